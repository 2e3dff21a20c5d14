"""The page of a file of claims: what it takes, asks, holds and shows, in pieces."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import ExecutionResult
from starlette.responses import Response

from bureau.caller import Caller, LookUp, Purpose, Scope
from gateway.batch.tables import rows_of
from gateway.console.batches import ALL, KEPT_SECONDS, Batch
from gateway.console.language import Language
from gateway.console.pages.batch import batch
from gateway.console.sections import Section
from gateway.console.sessions import Session, Sessions
from gateway.console.uploads import Upload
from gateway.console.words import WORDS
from gateway.settings.console import Console
from tests.gateway.console.made_up import NOW, MadeUp, shown, visit_of
from tests.gateway.console.test_attempts import Clock
from tests.gateway.console.test_unknown import AWAY

WHY = {"purpose": "SUBSIDY_CLAIM", "caseNumber": "night-1"}
BEGIN = {"step": "begin", **WHY}
TODAY = NOW.date()
KNOWN = Caller(
    "night", frozenset(Scope), look_up=LookUp(Purpose.RECOVERY, "always-this")
)
REFUSED = {"__typename": "RefusedClaim", "message": "no such item"}


def claims(number: int, day: str = "2026-12-01") -> Upload:
    """Return a file of so many claims, issued on a day."""
    rows = "".join(f"{one},x,{day}\r\n" for one in range(number))
    return Upload("claims.csv", f"id_number,item,issued_on\r\n{rows}".encode())


def session_with(number: int, day: str = "2026-12-01") -> Session:
    """Return a session that holds so many claims."""
    file = claims(number, day)
    session = Session("token", 0.0, 0.0, None)
    session.batch = Batch(
        caller="district",
        rows=list(rows_of(file.name, file.content)),
        language=Language.EN,
        extensions=WHY,
        today=TODAY,
        began_at=0.0,
    )
    return session


def answering(*nodes: dict[str, Any]) -> MadeUp:
    """Return a graph that answers these of the claims it is asked about."""
    return MadeUp({"CheckedClaims.nodes": [*nodes]})


def claim_check(outcome: str) -> dict[str, Any]:
    """Return what a claim came to."""
    return {
        "__typename": "ClaimCheck",
        "outcome": outcome,
        "reason": f"it is {outcome}",
        "fields": [],
        "sources": [],
    }


async def of(
    form: dict[str, str] | None = None, graph: MadeUp | None = None, **more: Any
) -> Response:
    """Return what the page answers to a form."""
    return await batch(visit_of(Section.BATCH, graph or MadeUp(), form, **more))


def text(response: Response) -> str:
    return bytes(response.body).decode()


async def test_a_file_is_held_with_whose_it_is_and_why_it_is_looked_up() -> None:
    session = Session("token", 0.0, 0.0, None)

    sent = await of(BEGIN, file=claims(2), session=session, language=Language.ZH)

    assert (sent.status_code, sent.headers["location"]) == (303, "/console/batch")
    held = session.batch
    assert held is not None
    assert (held.caller, held.language, held.extensions) == ("district", "ZH", WHY)
    assert (held.today, held.began_at) == (TODAY, NOW.timestamp())
    assert [row.line for row in held.rows] == [2, 3]
    assert held.done == []


async def test_the_day_of_a_file_is_shanghai_s() -> None:
    session = Session("token", 0.0, 0.0, None)
    late = datetime(2026, 11, 30, 16, tzinfo=UTC)

    await of(BEGIN, file=claims(1), session=session, now=late)

    assert session.batch is not None
    assert session.batch.today == TODAY


@pytest.mark.parametrize("lacking", ["purpose", "caseNumber", "file"])
async def test_what_a_file_needs_is_asked_for_where_it_is_missing(lacking: str) -> None:
    session = Session("token", 0.0, 0.0, None)
    form = {**BEGIN, lacking: " "}
    file = None if lacking == "file" else claims(1)

    sent = await of(form, file=file, session=session)

    assert (sent.status_code, session.batch) == (422, None)
    (marked,) = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', text(sent))
    assert marked == lacking
    assert WORDS["fields_missing"].en in text(sent)


async def test_who_has_one_reason_for_all_need_not_state_it() -> None:
    form = {"step": "begin"}

    taken = await of(form, file=claims(1), caller=KNOWN)
    without = await of(form, caller=KNOWN)

    assert taken.status_code == 303
    assert (without.status_code, text(without).count("aria-invalid")) == (422, 1)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ZH, "文件未予核验：文件为空"),
        (Language.EN, "The file is not checked: the file is empty"),
    ],
)
async def test_a_file_that_cannot_be_used_leaves_none_that_is_held(
    language: Language, words: str
) -> None:
    session, file = session_with(1), Upload("a.csv", b"")

    sent = await of(BEGIN, file=file, session=session, language=language)

    assert (sent.status_code, session.batch) == (422, None)
    assert words in text(sent)


async def test_a_place_that_is_taken_while_a_file_is_read_is_no_other_file_s() -> None:
    sessions = Sessions(Console(), lambda: 0.0)
    session = Session("token", 0.0, 0.0, None)

    async with sessions.reading:
        waits = asyncio.create_task(
            of(BEGIN, file=claims(1), session=session, sessions=sessions)
        )
        await asyncio.sleep(0)
        for _ in range(ALL):
            other = sessions.of(sessions.begin("token"))
            assert other is not None
            other.batch = session_with(1).batch
    sent = await waits

    assert (sent.status_code, session.batch) == (422, None)
    assert "files of yours are held already" in text(sent)


async def test_a_file_that_nobody_comes_back_for_is_let_go_of_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, clock = asyncio.get_running_loop(), Clock()
    clock.now = NOW.timestamp()
    sessions = Sessions(Console(session_seconds=86_400), clock)
    session = sessions.of(sessions.begin("token"))
    assert session is not None
    await of(BEGIN, file=claims(1), session=session, sessions=sessions)
    began = loop.time()

    for seconds, is_held in ((KEPT_SECONDS - 60, True), (KEPT_SECONDS + 60, False)):
        clock.now = NOW.timestamp() + seconds
        monkeypatch.setattr(loop, "time", lambda at=began + seconds: at)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (session.batch is not None) is is_held


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        pytest.param([(b"hx-request", b"true")], 100, id="the page itself"),
        pytest.param([(b"hx-request", b"false")], 500, id="no script"),
        pytest.param([], 500, id="a button"),
    ],
)
async def test_a_piece_is_as_large_as_whoever_asks_for_it_waits(
    headers: Sequence[tuple[bytes, bytes]], asked: int
) -> None:
    session = session_with(501)
    graph = answering(*[REFUSED] * asked)

    sent = await of({"step": "go"}, graph, session=session, headers=headers)

    assert session.batch is not None
    assert len(session.batch.done) == asked
    ((operation, variables),) = graph.said
    assert operation == "VerifyClaims"
    assert variables["language"] == "EN"
    assert variables["claims"] == [
        {"idNumber": str(one), "item": "x", "issuedOn": "2026-12-01"}
        for one in range(asked)
    ]
    assert graph.asked[0].extensions == WHY
    assert f"{asked} / 501 rows" in text(sent)
    assert 'data-state="under-way"' in text(sent)


async def test_rows_that_are_no_claims_are_asked_of_nobody() -> None:
    session, graph = session_with(3, "2026-12-02"), MadeUp()

    sent = await of({"step": "go"}, graph, session=session)

    assert graph.said == []
    assert 'data-state="done"' in text(sent)
    assert text(sent).count("the day of issue is after today") == 3
    assert WORDS["batch_more"].en not in text(sent)


async def test_outcomes_are_counted_and_of_those_to_be_looked_at_fifty_are_listed() -> (
    None
):
    session = session_with(54)
    nodes = [claim_check("MATCH"), claim_check("MISMATCH"), *[REFUSED] * 52]

    sent = await of({"step": "go"}, answering(*nodes), session=session)

    page = text(sent)
    counted = re.findall(r'data-outcome="(\w+)" data-count="(\d+)"', page)
    assert {name: int(count) for name, count in counted if count != "0"} == {
        "MATCH": 1,
        "MISMATCH": 1,
        "REFUSED": 52,
    }
    assert len(counted) == 5
    lines = [int(line) for line in re.findall(r'data-line="(\d+)"', page)]
    assert lines == [*range(4, 54)]
    assert "（52）" in page
    assert page.count("no such item") == 50
    assert WORDS["batch_more"].en in page


async def test_a_piece_that_is_refused_stops_it_and_says_why() -> None:
    session = session_with(2)

    async def away(*_: object) -> ExecutionResult:
        return ExecutionResult(None, [AWAY])

    visit = visit_of(Section.BATCH, MadeUp(), {"step": "go"}, session=session)
    sent = await batch(replace(visit, ask=away))

    assert 'data-state="paused"' in text(sent)
    assert 'data-code="STORE_UNAVAILABLE"' in text(sent)
    assert session.batch is not None
    assert session.batch.done == []


async def test_the_results_are_a_file_to_be_downloaded() -> None:
    session = session_with(1)
    await of({"step": "go"}, answering(REFUSED), session=session)

    sent = await of({"step": "fetch"}, session=session)

    assert sent.status_code == 200
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"
    assert sent.headers["content-disposition"] == 'attachment; filename="results.csv"'
    assert "content-security-policy" in sent.headers
    assert bytes(sent.body).decode("utf-8-sig").splitlines()[1].endswith("no such item")


@pytest.mark.parametrize("step", ["go", "fetch"])
async def test_what_is_asked_of_a_file_that_is_gone_is_answered_by_the_form(
    step: str,
) -> None:
    graph = MadeUp()

    sent = await of({"step": step}, graph)

    assert (sent.status_code, graph.said) == (200, [])
    assert f"The file is not checked: {WORDS['batch_gone'].en}" in text(sent)
    assert 'id="batch"' in text(sent)


async def test_a_file_that_goes_while_it_is_asked_about_is_said_to_be_gone() -> None:
    session = session_with(1)
    graph = answering(REFUSED)
    held = session.batch
    assert held is not None

    async with held.lock:
        waits = asyncio.create_task(of({"step": "go"}, graph, session=session))
        await asyncio.sleep(0)
        await of({"step": "forget"}, session=session)

    assert WORDS["batch_gone"].en in text(await waits)


async def test_a_file_is_forgotten_when_it_is_said() -> None:
    session = session_with(1)

    sent = await of({"step": "forget"}, session=session)

    assert (sent.status_code, sent.headers["location"]) == (303, "/console/batch")
    assert session.batch is None


async def test_the_page_says_its_limits_and_the_reasons_one_may_have() -> None:
    page, seen = await shown(Section.BATCH)

    assert any(one.startswith("At most 4 MB and 10000 rows.") for one in seen)
    assert "memory alone, for 30 minutes at most" in page.replace("&#39;", "'")
    reasons = re.findall(r'<option value="([A-Z_]+)"', page)
    assert reasons == [*Purpose]
    for word in ("fields_missing", "batch_gone", "batch_refused"):
        assert WORDS[word].en not in page
