"""Each way of reading the ledger back shows a district its own, and no more."""

import asyncio
from itertools import count

import pytest

from tests.federation.offices import (
    BUREAU,
    DISTRICT_AUDITOR,
    NOWHERE,
    PLATFORM,
    PUDONG,
    Offices,
)
from tests.federation.test_kept_decisions import DECISION, file, listed, rows_of
from tests.federation.test_ledger_events import DECIDED, cursors, following, run
from tests.federation.test_reconciliation import NDJSON, ndjson_of, reconcile, results

IN_PUDONG, IN_XUHUI = "310115", "310104"
_CLAIMS = count(1)


def both(offices: Offices) -> tuple[str, str]:
    """Have a claim paid in Pudong, and one in Xuhui; return them."""
    claims = []
    for district in (IN_PUDONG, IN_XUHUI):
        claim = f"read-by-district-{next(_CLAIMS)}"
        _, _, certificate = offices.certified()
        answer = offices.decide(0, certificate, claim, district=district)
        assert answer["__typename"] == "DecisionRecorded", answer
        claims.append(claim)
    return claims[0], claims[1]


SEES = pytest.mark.parametrize(
    ("token", "seen"),
    [
        pytest.param(PUDONG, [True, False], id="a district"),
        pytest.param(NOWHERE, [False, False], id="of none"),
        pytest.param(PLATFORM, [True, True], id="the city"),
        pytest.param(DISTRICT_AUDITOR, [True, True], id="an auditor"),
    ],
)


@SEES
def test_in_the_graph_and_in_the_file(
    offices: Offices, token: str, seen: list[bool]
) -> None:
    claims = both(offices)

    alone = [
        offices.ask(1, token, DECISION, claim=claim)["decision"] for claim in claims
    ]
    listings = [listed(offices, token, claim=claim) for claim in claims]
    told = {row["claim"] for row in rows_of(file(offices, "", token)[1]).values()}

    assert [one is not None for one in alone] == seen
    assert [one["totalCount"] == 1 for one in listings] == seen
    assert [claim in told for claim in claims] == seen


@SEES
def test_in_a_reconciliation(offices: Offices, token: str, seen: list[bool]) -> None:
    claims = both(offices)
    stated = ndjson_of(*({"claim": claim} for claim in claims))

    _, with_both = reconcile(offices, stated, token=token, Content_Type=NDJSON)
    _, with_none = reconcile(offices, b"", token=token, Content_Type=NDJSON)

    found, lacking = results(with_both), results(with_none)
    assert [found[claim]["result"] == "MATCH" for claim in claims] == seen
    assert [claim in lacking for claim in claims] == seen


async def test_as_it_happens(offices: Offices) -> None:
    start = await cursors(offices)
    mine, others = await run(both, offices)
    last, _ = await run(both, offices)

    told: list[str] = []
    async with following(offices, PUDONG, DECIDED, start["decisions"]) as socket:
        while not told or told[-1] != last:
            event = await socket.next()
            assert event["decision"]["district"] == IN_PUDONG
            told.append(event["decision"]["claim"])

    assert mine in told
    assert others not in told


async def test_who_acts_for_none_is_told_nothing(offices: Offices) -> None:
    start = await cursors(offices)
    await run(both, offices)

    async with following(offices, NOWHERE, DECIDED, start["decisions"]) as socket:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.next(), 2)


def test_there_is_somebody_to_tell(offices: Offices) -> None:
    claim, _ = both(offices)

    assert offices.ask(1, BUREAU, DECISION, claim=claim)["decision"] is not None
