"""The console's page that compares a list with the ledger, row by row."""

import html
import re
from collections.abc import Callable, Iterator, Mapping

import pytest

from gateway.console.reconciled import ROWS_EACH
from tests.contracts.people import nobodies
from tests.federation.offices import BUREAU, PLATFORM, READER, UNSTATED, Offices
from tests.federation.test_reconciliation import (
    csv_of,
    paid,
    reconcile,
    row,
    summary,
)
from tests.gateway.console.visitor import Page, Visitor
from tests.gateway.status.sending import today

PAGE = "/console/reconciliation"
END = {"step": "forget"}


Somebody = Callable[..., Visitor]


@pytest.fixture(name="somebody")
def _somebody(offices: Offices) -> Iterator[Somebody]:
    """Signs in by a token; what is held for them goes with the test."""
    visitors: list[Visitor] = []

    def somebody(token: str = PLATFORM, language: str = "en") -> Visitor:
        visitors.append(Visitor(offices.gateways[0].url, language))
        visitors[-1].sign_in(token)
        return visitors[-1]

    yield somebody
    for visitor in visitors:
        visitor.sign_out()


def drop(visitor: Visitor, content: bytes, name: str = "paid.csv", **more: str) -> Page:
    """Drop a list into the page; show what came of it."""
    day = today().isoformat()
    fields = {"step": "begin", "from": day, "to": day, "district": "310106", **more}
    sent = visitor.post(PAGE, fields, visitor.get(PAGE), file=(name, content))
    return visitor.get(PAGE) if sent.status == 303 else sent


def counts(page: Page) -> Mapping[str, int]:
    """Return how many rows have each result, as the page says."""
    found = page.data("count")
    return dict(zip(page.data("result"), map(int, found), strict=True))


def test_each_row_is_shown_with_its_result_and_what_the_ledger_has(
    offices: Offices, somebody: Somebody
) -> None:
    own = {"district": "310106"}
    good, wrong, _ = (
        {**row(claim, *paid(offices, claim, "310106")), **own}
        for claim in ("page-good", "page-wrong-sum", "page-unlisted")
    )
    (other,) = nobodies(1)
    wrong |= {"amountYuan": 1500, "idNumber": other.number}
    absent = {**good, "claim": "page-absent"}
    listed = csv_of(good, wrong, absent, good, {**good, "claim": "x", "day": "?"})
    visitor = somebody()
    window = f"from={today()}&to={today()}&district=310106"
    _, lines = reconcile(offices, listed.encode(), window=window)

    page = drop(visitor, listed.encode("gb18030"))

    assert page.data("state") == ["done"]
    assert counts(page) == summary(lines)["results"]
    assert page.data("row") == [line["result"] for line in lines[:-1]]
    different = visitor.get(f"{PAGE}?result=DIFFERENT")
    assert different.data("row") == ["DIFFERENT"]
    assert different.data("differs") == ["amountYuan", "person"]
    assert "Yuan: 1600" in different.text
    assert different.text.count('aria-current="true"') == 1
    refused = html.unescape(visitor.get(f"{PAGE}?result=REFUSED").text)
    assert "DUPLICATE_CLAIM" in refused
    assert "It stands in line 2" in refused
    assert "the day is none; write 2026-11-25" in refused
    missing = visitor.get(f"{PAGE}?result=MISSING_THERE").text
    assert "page-unlisted" in missing
    assert "page-good" not in missing
    for shown in (page, different):
        assert good["idNumber"] not in shown.text
        assert other.number not in shown.text


def test_rows_are_shown_by_fifty(somebody: Somebody) -> None:
    visitor = somebody()
    listed = "claim\n" + "".join(f"page-many-{n}\n" for n in range(120))

    first = drop(visitor, listed.encode(), district="310112")
    (then,) = re.findall(r'href="([^"]+after=50)"', first.text)
    second = visitor.get(html.unescape(then))
    last = visitor.get(f"{PAGE}?result=MISSING_HERE&after=100")
    beyond = visitor.get(f"{PAGE}?after=1000")

    assert [len(page.data("row")) for page in (first, second, last)] == [50, 50, 20]
    assert "page-many-50<" in second.text
    assert "page-many-119<" in last.text
    assert "after=150" not in last.text
    assert "There are none of these" in beyond.text
    for odd in ("after=-1", "after=x", "after=" + "1" * 5_000, "result=ALL"):
        assert visitor.get(f"{PAGE}?{odd}").data("row") == first.data("row")


def test_of_each_result_so_many_rows_are_held_and_all_are_counted(
    somebody: Somebody,
) -> None:
    visitor = somebody()
    listed = "claim\n" + "".join(f"page-most-{n}\n" for n in range(ROWS_EACH + 7))

    page = drop(visitor, listed.encode(), district="310112")
    last = visitor.get(f"{PAGE}?result=MISSING_HERE&after={ROWS_EACH - 1}")

    assert counts(page)["MISSING_HERE"] == ROWS_EACH + 7
    assert len(last.data("row")) == 1
    assert f"page-most-{ROWS_EACH - 1}<" in last.text
    assert "gateway reconcile writes them all" in last.text


def test_who_may_not_reconcile_is_told_what_it_takes(somebody: Somebody) -> None:
    visitor = somebody(READER)

    page = visitor.get(PAGE)
    sent = drop(visitor, b"claim\nx\n")

    for shown in (page, sent):
        assert shown.data("code") == ["FORBIDDEN"]
        assert "audit:read" in shown.text
        assert 'id="reconciliation"' not in shown.text


def test_why_it_is_compared_is_asked_for_and_on_the_log(
    offices: Offices, somebody: Somebody
) -> None:
    records = """{ auditRecords(filter: {event: READ}, first: 1000) {
      nodes { caller operation caseNumber } } }"""
    visitor = somebody(UNSTATED)

    unsaid = drop(visitor, b"claim\n")
    said = drop(visitor, b"claim\n", purpose="SUBSIDY_CLAIM", caseNumber="沪审1号")

    assert (unsaid.status, unsaid.text.count('aria-invalid="true"')) == (422, 2)
    assert said.data("state") == ["done"]
    found = offices.ask(1, BUREAU, records)["auditRecords"]["nodes"]
    assert {
        "caller": UNSTATED,
        "operation": "reconciliation",
        "caseNumber": "沪审1号",
    } in found


@pytest.mark.parametrize("lacking", ["from", "to"])
def test_a_list_of_no_days_is_not_taken(somebody: Somebody, lacking: str) -> None:
    page = drop(somebody(), b"claim\nx\n", **{lacking: ""})

    assert (page.status, 'aria-invalid="true"' in page.text) == (422, True)


@pytest.mark.parametrize(
    ("name", "content", "more", "words"),
    [
        pytest.param("a.csv", b"claim,what\n", {}, "列名无法识别", id="a column"),
        pytest.param("a.csv", b"", {}, "列名无法识别", id="empty"),
        pytest.param("a.xlsx", b"PK", {}, "Excel 文件请另存为 CSV", id="a sheet"),
        pytest.param(
            "a.csv", b"claim\n", {"from": "2999-01-01"}, "首日晚于末日", id="its window"
        ),
        pytest.param(
            "a.csv", b"claim\n", {"to": "1. 11. 2026"}, "日期应写作", id="no day"
        ),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_in_words(
    somebody: Somebody, name: str, content: bytes, more: Mapping[str, str], words: str
) -> None:
    visitor = somebody(language="zh")

    page = drop(visitor, content, name, **more)

    assert page.status == 422
    assert words in page.text


def test_what_a_list_came_to_is_its_session_s_and_goes_when_it_is_told_to(
    somebody: Somebody,
) -> None:
    visitor, other = somebody(), somebody()
    page = drop(visitor, b"claim\npage-held\n")
    assert page.data("row") != []

    assert other.get(PAGE).data("row") == []
    visitor.post(PAGE, END, page)

    assert 'id="reconciliation"' in visitor.get(PAGE).text


def test_a_caller_has_two_at_a_time(somebody: Somebody) -> None:
    visitors = [somebody() for _ in range(3)]

    pages = [drop(visitor, b"claim\npage-held\n") for visitor in visitors]

    assert [page.status for page in pages] == [200, 200, 422]
    assert "2 files of yours are held already" in pages[2].text
