"""The page of a list: what it takes, how it has it compared, and what it shows."""

import asyncio
import html
import re
from typing import Any

import orjson
import pytest
from starlette.requests import Request
from starlette.responses import Response

from bureau.caller import Caller, LookUp, Purpose, Scope
from bureau.ledger.reconciliation import ClaimState, Comparison
from gateway.console.batches import KEPT_SECONDS
from gateway.console.language import Language
from gateway.console.pages.reconciliation import reconciliation
from gateway.console.reconciled import Reconciled
from gateway.console.sections import Section
from gateway.console.sessions import Session, Sessions
from gateway.console.uploads import Upload
from gateway.console.words import WORDS
from gateway.request_state import begin_request
from gateway.settings.console import Console
from gateway.tables import refused
from policy.districts import DISTRICTS
from resolvers.errors import RequestError
from tests.gateway.console.made_up import NOW, MadeUp, visit_of
from tests.gateway.console.test_attempts import Clock

DAYS = {"from": "2026-11-01", "to": "2026-11-30"}
WHY = {"purpose": "RECOVERY", "caseNumber": "2026-1"}
BEGIN = {"step": "begin", **DAYS, **WHY}
LIST = Upload("paid.csv", b"claim\nc-1\n")
KNOWN = Caller(
    "office", frozenset(Scope), look_up=LookUp(Purpose.RECOVERY, "always-this")
)
ROW = {"line": 2, "claim": "c-1", "result": "MISSING_HERE"}
COUNTS = dict.fromkeys(map(str, Comparison), 0)


class Compared:
    """Finds one row, and keeps what it was asked."""

    def __init__(self, row: dict[str, Any] = ROW) -> None:
        self.row = row
        self.asked: list[tuple[bytes, dict[str, str], bytes]] = []

    async def __call__(self, request: Request) -> Response:
        """Answer as ``/reconciliation`` does."""
        query, headers = request.scope["query_string"], dict(request.headers)
        self.asked.append((query, headers, await request.body()))
        counts = {**COUNTS, self.row["result"]: 1}
        summary = {"results": counts, "isComplete": True, **DAYS}
        lines = [self.row, {"summary": summary}]
        return Response(b"\n".join(map(orjson.dumps, lines)))


async def of(form: dict[str, str] | None = None, **more: Any) -> Response:
    """Return what the page answers to a form, or shows."""
    visit = visit_of(Section.RECONCILIATION, MadeUp(), form, **more)
    begin_request(visit.request.scope, "1").caller = visit.caller
    return await reconciliation(visit)


def text(response: Response) -> str:
    return html.unescape(bytes(response.body).decode())


def held(*results: str, **summary: Any) -> Session:
    """Return a session that holds a list whose rows came to these."""
    rows = [
        (Comparison(one), orjson.dumps({"line": n, "claim": f"c-{n}", "result": one}))
        for n, one in enumerate(results, start=2)
    ]
    counts = {**COUNTS, **{one: results.count(one) for one in results}}
    said = {"results": counts, "isComplete": True, **DAYS, **summary}
    session = Session("token", 0.0, 0.0, None)
    session.reconciled = Reconciled(
        caller="district", began_at=0.0, summary=said, rows=rows
    )
    return session


def lines(page: str) -> list[int]:
    """Return the lines of the rows that are shown."""
    return [int(n) for n in re.findall(r'data-row="[A-Z_]+"><td>(\d+)', page)]


async def test_a_list_is_compared_as_it_was_sent_and_what_came_of_it_is_held() -> None:
    session, compared = Session("token", 0.0, 0.0, None), Compared()
    form = {**BEGIN, "district": "310106", "state": "PAID", "other": "x"}

    sent = await of(form, file=LIST, session=session, reconcile=compared)

    assert sent.status_code == 303
    assert sent.headers["location"] == "/console/reconciliation"
    ((query, headers, body),) = compared.asked
    assert query == b"from=2026-11-01&to=2026-11-30&district=310106&state=PAID"
    assert headers == {
        "content-type": "text/csv",
        "x-purpose": "RECOVERY",
        "x-case-number": "2026-1",
    }
    assert body == LIST.content
    assert session.reconciled is not None
    assert session.reconciled.caller == "district"
    assert session.reconciled.began_at == NOW.timestamp()
    assert len(session.reconciled.rows) == 1


@pytest.mark.parametrize("lacking", ["from", "to", "purpose", "caseNumber", "file"])
async def test_what_a_list_needs_is_asked_for_where_it_is_missing(lacking: str) -> None:
    file = None if lacking == "file" else LIST

    sent = await of({**BEGIN, lacking: " "}, file=file)

    assert sent.status_code == 422
    (marked,) = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', text(sent))
    assert marked == lacking
    assert WORDS["fields_missing"].en in text(sent)


async def test_who_has_one_reason_for_all_need_not_state_it() -> None:
    form = {"step": "begin", **DAYS}

    taken = await of(form, file=LIST, caller=KNOWN, reconcile=Compared())
    without = await of(form, caller=KNOWN)

    assert taken.status_code == 303
    assert (without.status_code, text(without).count("aria-invalid")) == (422, 1)


@pytest.mark.parametrize(
    ("name", "days", "zh", "en"),
    [
        pytest.param(
            "paid.csv",
            {"from": "2026-13-01"},
            "日期应写作 2026-11-25",
            "the day is none; write 2026-11-25",
            id="no day",
        ),
        pytest.param(
            "paid.csv",
            {"from": "2026-12-01"},
            "首日晚于末日",
            "its last day is before its first",
            id="the last before the first",
        ),
        pytest.param(
            "paid.xlsx",
            {},
            "文件名应以 .csv、.ndjson、.jsonl 之一结尾；Excel 文件请另存为 CSV",
            "its name ends in none of .csv, .ndjson, .jsonl; save a sheet as CSV",
            id="another kind of file",
        ),
    ],
)
async def test_a_list_that_cannot_be_compared_is_refused_in_both_languages(
    name: str, days: dict[str, str], zh: str, en: str
) -> None:
    session, file = held("MATCH"), Upload(name, LIST.content)
    form = {**BEGIN, **days}

    chinese = await of(form, file=file, language=Language.ZH, session=session)
    english = await of(form, file=file, session=session)

    assert (chinese.status_code, english.status_code) == (422, 422)
    assert f"清单未予对账：{zh}<" in text(chinese)
    assert f"The list is not compared: {en}<" in text(english)
    assert session.reconciled is None


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("A.CSV", "text/csv"),
        ("a.ndjson", "application/x-ndjson"),
        ("a.jsonl", "application/x-ndjson"),
    ],
)
async def test_a_list_is_of_the_form_that_its_name_ends_in(
    name: str, form: str
) -> None:
    compared, file = Compared(), Upload(name, LIST.content)

    await of({**BEGIN, "from": DAYS["to"]}, file=file, reconcile=compared)

    assert [headers["content-type"] for _, headers, _ in compared.asked] == [form]


async def test_a_list_that_is_refused_says_why_and_nothing_is_held() -> None:
    async def refuse(_: Request) -> Response:
        return refused(RequestError("太忙 / busy", "OVERLOADED"))

    session = held("MATCH")
    sent = await of(BEGIN, file=LIST, session=session, reconcile=refuse)

    assert (sent.status_code, session.reconciled) == (422, None)
    assert 'data-code="OVERLOADED"' in text(sent)
    assert 'id="reconciliation"' in text(sent)


async def test_what_a_list_came_to_is_let_go_of_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, clock = asyncio.get_running_loop(), Clock()
    clock.now = NOW.timestamp()
    sessions = Sessions(Console(session_seconds=86_400), clock)
    session = sessions.of(sessions.begin("token"))
    assert session is not None
    kept: dict[str, Any] = {"session": session, "sessions": sessions}
    await of(BEGIN, file=LIST, reconcile=Compared(), **kept)
    began = loop.time()

    for seconds, is_held in ((KEPT_SECONDS - 60, True), (KEPT_SECONDS + 60, False)):
        clock.now = NOW.timestamp() + seconds
        monkeypatch.setattr(loop, "time", lambda at=began + seconds: at)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (session.reconciled is not None) is is_held


async def test_what_came_of_a_list_is_forgotten_when_it_is_said() -> None:
    session = held("MATCH")

    sent = await of({"step": "forget"}, session=session)

    assert sent.status_code == 303
    assert sent.headers["location"] == "/console/reconciliation"
    assert session.reconciled is None


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        pytest.param("", [*range(2, 52)], id="the first fifty"),
        pytest.param("after=50", [*range(52, 102)], id="the next"),
        pytest.param("after=100", [102, 103], id="the last"),
        pytest.param("after=200", [], id="none"),
        pytest.param("result=DIFFERENT", [103], id="of one result"),
        pytest.param("result=MATCH&after=100", [102], id="further ones of a result"),
        pytest.param("result=ODD&after=-1", [*range(2, 52)], id="nothing known"),
        pytest.param("after=10000001", [], id="a long number"),
        pytest.param("after=100000001", [*range(2, 52)], id="too long a number"),
        pytest.param("after=%D9%A1", [*range(2, 52)], id="digits of another script"),
    ],
)
async def test_rows_are_shown_by_fifty_and_by_result(
    query: str, shown: list[int]
) -> None:
    sent = await of(query=query, session=held(*["MATCH"] * 101, "DIFFERENT"))

    assert sent.status_code == 200
    assert lines(text(sent)) == shown
    assert (WORDS["reconciliation_none"].en in text(sent)) is (not shown)


@pytest.mark.parametrize(
    ("query", "links"),
    [
        ("", ["after=50"]),
        ("after=50", ["after=0", "after=100"]),
        ("after=100", ["after=0"]),
        ("result=MATCH", ["result=MATCH&after=50"]),
        ("result=MATCH&after=50", ["result=MATCH&after=0"]),
        ("result=DIFFERENT", []),
    ],
)
async def test_rows_lead_to_those_that_are_before_and_after(
    query: str, links: list[str]
) -> None:
    sent = await of(query=query, session=held(*["MATCH"] * 100, *["DIFFERENT"] * 20))

    found = re.findall(r'href="/console/reconciliation\?([^"]*after=\d+)"', text(sent))
    assert found == links


@pytest.mark.parametrize(
    ("is_complete", "word"),
    [(True, "reconciliation_done"), (False, "reconciliation_cut")],
)
async def test_what_was_not_compared_to_its_end_is_said_to_be_cut(
    word: str, *, is_complete: bool
) -> None:
    session = held("MATCH", "MISSING_HERE", isComplete=is_complete, end="TIMED_OUT")

    page = text(await of(session=session))

    assert WORDS[word].en in page
    assert ("TIMED_OUT" in page) is not is_complete
    assert "2026-11-01 – 2026-11-30" in page
    counted = re.findall(r'data-result="(\w+)" data-count="(\d+)"', page)
    assert counted == [
        (one, "1" if one in {"MATCH", "MISSING_HERE"} else "0") for one in Comparison
    ]
    assert WORDS["reconciliation_more"].en not in page


async def test_a_district_is_named_as_the_reader_s_language_does() -> None:
    differs = {"differs": ["district"], "here": {"district": "310106"}}
    row = {**ROW, "result": "DIFFERENT", **differs}
    session, compared = Session("token", 0.0, 0.0, None), Compared(row)
    await of(BEGIN, file=LIST, session=session, reconcile=compared)

    for language in Language:
        page = text(await of(session=session, language=language))
        assert language.of(DISTRICTS["310106"]) in page


def options(page: str, of: str) -> list[str]:
    """Return what one may choose of a field."""
    (found,) = re.findall(rf'<select[^>]*name="{of}".*?</select>', page, re.DOTALL)
    return re.findall('<option value="([^"]+)"', found)


async def test_the_page_says_its_limits_and_what_one_may_choose() -> None:
    page = text(await of())

    assert "At most 4 MB; 5000 rows of each result are listed at most." in page
    assert "memory alone, for 30 minutes at most" in page
    assert options(page, "purpose") == [*Purpose]
    assert options(page, "district") == [*DISTRICTS]
    assert options(page, "state") == [*ClaimState]
    for word in ("fields_missing", "reconciliation_refused"):
        assert WORDS[word].en not in page


async def test_who_may_not_compare_is_offered_no_form() -> None:
    session, compared = held("MATCH"), Compared()
    caller = Caller("clerk", frozenset({Scope.READ_CERTIFICATES}))

    sent = await of(
        BEGIN, file=LIST, session=session, caller=caller, reconcile=compared
    )

    assert compared.asked == []
    assert 'data-code="FORBIDDEN"' in text(sent)
    assert 'id="reconciliation"' not in text(sent)
    assert session.reconciled is None
