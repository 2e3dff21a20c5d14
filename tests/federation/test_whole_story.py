"""The whole story on two gateways with one database, over sockets, as it is lived.

An agency sends a certificate; it is eligible and paid for; the agency revokes it. From
then on both gateways say so, the payment is claimed back, whoever follows was told, and
the sums agree with all of it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from tests.contracts.people import nobodies
from tests.federation.offices import (
    BUREAU,
    DISTRICT,
    ITEM,
    LEVEL,
    READER,
    Offices,
    clauses,
    sent,
)
from tests.gateway.status.sending import today
from tests.gateway.subscriptions.following import Socket, connected

T = TypeVar("T")
YUAN, REPAID_YUAN = 1600, 600
ANOTHER_DISTRICT = "310104"
TOTALS = """query($day: Date!, $by: [TotalsBy!]!) {
  totals(from: $day, to: $day, by: $by) { district itemCode level certificatesCollected
    stateChanges revocations paid paidYuan recoveriesOpened recoveriesOpenedYuan
    recoveredYuan } }"""
CURSORS = "{ eventCursors { certificateStates } }"
FOLLOW = """subscription($after: String) { certificateStateChanged(after: $after) {
  certificateId state effectiveOn } }"""
Sums = dict[str | None, dict[str, Any]]


def run(work: Callable[..., T], *arguments: object, **more: object) -> Awaitable[T]:
    return asyncio.to_thread(work, *arguments, **more)


@asynccontextmanager
async def following(offices: Offices, place: int) -> AsyncIterator[Socket]:
    """Follow changes of certificates' states from now on.

    From the cursor of now: when a subscription begins without, nobody tells.
    """
    cursors = await run(offices.ask, place, READER, CURSORS)
    after = cursors["eventCursors"]["certificateStates"]
    async with connected(offices.gateways[place]) as socket:
        await socket.init(READER)
        await socket.subscribe(FOLLOW, after=after)
        yield socket


def sums(offices: Offices, place: int) -> Sums:
    """Return today's sums of the story's item and level, by district."""
    day, by = today().isoformat(), ["DISTRICT", "ITEM", "LEVEL"]
    rows = offices.ask(place, BUREAU, TOTALS, day=day, by=by)["totals"]
    ours = [row for row in rows if (row["itemCode"], row["level"]) == (ITEM, LEVEL)]
    return {row["district"]: row for row in ours}


def risen(before: Sums, after: Sums, district: str | None, name: str) -> int:
    """Return by how much a sum has risen; other tests pay, too."""
    earlier = before.get(district)
    rise: int = after[district][name] - (0 if earlier is None else earlier[name])
    return rise


async def test_from_the_first_record_to_the_last_sum(offices: Offices) -> None:
    (holder,) = nobodies(1)
    claim = f"story-{holder.number[-4:]}"
    before = await run(sums, offices, 0)

    # Collected at one gateway, in force at the other.
    said = sent(holder)
    await run(offices.send, said)
    (certificate,) = await run(offices.certificates, 1, holder)
    assert certificate["provenance"]["verdict"] == "VERIFIED"
    assert certificate["provenance"]["sequence"] >= 1

    # Eligible: nothing was ever paid, which the ledger knows.
    assert (certificate["standing"], certificate["eligibility"]["outcome"]) == (
        *("VALID", "ELIGIBLE"),
    )
    assert certificate["eligibility"]["amountYuan"] == YUAN

    # Paid once, although two districts do at the same moment, at two gateways.
    id_ = certificate["id"]
    decided = await asyncio.gather(
        run(offices.decide, 0, id_, claim, key="pudong"),
        run(offices.decide, 1, id_, claim, key="xuhui", district=ANOTHER_DISTRICT),
    )
    assert sorted(one["__typename"] for one in decided) == [
        *("AlreadyPaid", "DecisionRecorded"),
    ]
    district = DISTRICT if "id" in decided[0] else ANOTHER_DISTRICT
    for place in (0, 1):
        (again,) = await run(offices.certificates, place, holder)
        assert clauses(again)["17-once"] == "UNMET"
        assert again["eligibility"]["outcome"] == "INELIGIBLE"

    # Revoked at one gateway while somebody follows at the other.
    async with following(offices, 1) as followed:
        await run(offices.change, said, "撤销")
        while (event := await followed.next())["certificateId"] != id_:
            """Other tests revoke, too."""
    assert (event["state"], event["effectiveOn"]) == ("REVOKED", today().isoformat())

    # At the one it was sent to and at the one that told of it, nothing else is said.
    for place in (0, 1):
        (now,) = await run(offices.certificates, place, holder)
        assert (now["state"], now["standing"]) == ("REVOKED", "REVOKED")
        assert clauses(now)["219-3b"] == "UNMET"
    refused = await run(offices.decide, 1, id_, "late")
    assert (refused["__typename"], refused["code"]) == (
        *("DecisionRefused", "NOT_IN_FORCE"),
    )

    # Claimed back from the one payment, and paid back in part.
    recovery = await run(offices.recovery, claim)
    assert recovery is not None
    assert recovery["authority"] == {"id": "transport"}
    assert (recovery["state"], recovery["cause"], recovery["amountYuan"]) == (
        *("OPEN", "REVOKED", YUAN),
    )
    seen = {"id": recovery["id"], "version": recovery["version"]}
    taken = await run(offices.step, **seen, action="REPAY", amountYuan=REPAID_YUAN)
    assert taken["state"] == "PARTLY_RECOVERED"

    # The sums agree with all of it, at both.
    after = await run(sums, offices, 0)
    assert after == await run(sums, offices, 1)
    assert [
        risen(before, after, district, name)
        for name in ("paid", "paidYuan", "recoveriesOpenedYuan", "recoveredYuan")
    ] == [1, YUAN, YUAN, REPAID_YUAN]
    assert [
        risen(before, after, None, name)
        for name in ("certificatesCollected", "stateChanges", "revocations")
    ] == [1, 1, 1]
