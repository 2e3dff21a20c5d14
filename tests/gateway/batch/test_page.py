"""A file dropped into the console gives what ``gateway check`` writes, or is told."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.federation.queries import EMERGENCY
from tests.gateway.batch.checking import check
from tests.gateway.batch.conftest import NIGHT, POOR, TABLES
from tests.gateway.batch.population import claims, night_of_one_agency
from tests.gateway.batch.sheets import HEADER, csv_of, workbook
from tests.gateway.console.visitor import Page, Visitor
from tests.gateway.reloading.test_reload import Desk
from tests.running import Agencies, Gateway, gateway_by, running_gateway

PAGE = "/console/batch"
WHY = {"purpose": "SUBSIDY_CLAIM", "caseNumber": "night-1"}
END = {"step": "forget"}


@pytest.fixture(name="visitor")
def _visitor(gateway: Gateway) -> Visitor:
    """Who checks claims by night, at the page, with nothing held."""
    visitor = Visitor(gateway.url)
    visitor.sign_in(NIGHT)
    return visitor


def drop(visitor: Visitor, name: str, content: bytes, **more: str) -> Page:
    """Drop a file into the page; show what came of it."""
    fields = {"step": "begin", **WHY, **more}
    page = visitor.get(PAGE)
    sent = visitor.post(PAGE, fields, page, file=(name, content))
    return visitor.get(PAGE) if sent.status == 303 else sent


def go(visitor: Visitor, page: Page, *, by_script: bool = True) -> Page:
    """Ask for the next piece."""
    return visitor.post(PAGE, {"step": "go"}, page, by_script=by_script)


def so_far(page: Page) -> str:
    """Return how many rows of how many are done."""
    found = re.search(r'id="so-far">([0-9]+ / [0-9]+) ', page.text)
    assert found is not None, page.text
    return found[1]


def fetched(visitor: Visitor, page: Page) -> bytes:
    """Download what there is of the results."""
    sent = visitor.post(PAGE, {"step": "fetch"}, page)
    assert sent.status == 200
    assert sent.headers["content-disposition"] == 'attachment; filename="results.csv"'
    return sent.body


def rows_of(stated: Sequence[tuple[list[str], str, str]]) -> bytes:
    return csv_of([HEADER, *(row for row, _, _ in stated)])


def test_the_results_are_those_of_the_command_byte_for_byte(
    gateway: Gateway, agencies: Agencies, visitor: Visitor, tmp_path: Path
) -> None:
    source = tmp_path / "claims.csv"
    source.write_bytes(rows_of(claims(agencies, 120)))
    out = tmp_path / "results.csv"
    assert check(gateway, source, out, "--language", "en").code == 0

    page = drop(visitor, "claims.csv", source.read_bytes())
    assert so_far(page) == "0 / 120"
    page = go(visitor, page)
    assert (so_far(page), page.data("state")) == ("100 / 120", ["under-way"])
    page = go(visitor, page)

    assert (so_far(page), page.data("state")) == ("120 / 120", ["done"])
    assert fetched(visitor, page) == out.read_bytes()
    visitor.post(PAGE, END, page)
    assert 'id="batch"' in visitor.get(PAGE).text


def test_a_cell_that_cannot_be_read_is_told_by_its_address(
    agencies: Agencies, visitor: Visitor, tmp_path: Path
) -> None:
    (good, *_) = claims(agencies, 1)
    rows = [HEADER, good[0], ["2", "张三", 310115199001010000, "1.2", "", "", ""]]
    book = workbook(tmp_path / "claims.xlsx", rows)

    page = go(visitor, drop(visitor, "claims.xlsx", book.read_bytes()))

    assert page.data("count") == ["1", "0", "0", "0", "1"]
    assert page.data("line") == ["3"]
    assert "(C3)" in page.text
    assert b"(C3)" in fetched(visitor, page)
    visitor.post(PAGE, END, page)


def test_two_pages_of_one_file_ask_about_no_row_twice(
    agencies: Agencies, visitor: Visitor
) -> None:
    page = drop(visitor, "claims.csv", rows_of(night_of_one_agency(agencies)[:250]))

    with ThreadPoolExecutor(3) as pages:
        asked = [pages.submit(go, visitor, page) for _ in range(3)]
        done = sorted(so_far(one.result()) for one in asked)

    assert done[-1] == "250 / 250"
    assert agencies.calls(EMERGENCY)["holders"] == [100, 100, 50]
    results = fetched(visitor, page).decode("utf-8-sig").splitlines()
    lines = [row.partition(",")[0] for row in results[1:]]
    assert lines == [str(line) for line in range(2, 252)]
    visitor.post(PAGE, END, page)


@pytest.mark.parametrize("step", ["go", "fetch"])
def test_a_page_whose_file_is_gone_says_so_where_its_rows_were(
    agencies: Agencies, visitor: Visitor, step: str
) -> None:
    page = drop(visitor, "claims.csv", rows_of(night_of_one_agency(agencies)[:150]))
    page = go(visitor, page)
    # As another page of the same browser does, or time.
    visitor.post(PAGE, END, page)

    sent = visitor.post(PAGE, {"step": step}, page, by_script=True)

    (result,) = re.findall(r'<div id="result">.*</div>', sent.text, re.DOTALL)
    assert "it and its results are no longer held" in result
    assert 'id="batch"' in result
    assert visitor.get(PAGE).data("state") == []


def test_no_other_page_takes_a_file(visitor: Visitor) -> None:
    page = visitor.get("/console/claim")

    sent = visitor.post("/console/claim", {}, page, file=("claims.csv", b"1"))

    assert sent.status == 415


def test_without_scripts_a_button_asks_for_five_hundred(
    agencies: Agencies, visitor: Visitor
) -> None:
    page = drop(visitor, "claims.csv", rows_of(night_of_one_agency(agencies) * 2))

    page = go(visitor, page, by_script=False)

    assert so_far(page) == "500 / 1000"
    visitor.post(PAGE, END, page)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("a.csv", b"", "文件为空", id="empty"),
        pytest.param("a.csv", b"id_number,item\r\n", "首行以下没有内容", id="no rows"),
        pytest.param(
            "a.csv", b"id_nubmer,item\r\n1,2", "无法识别，或为证件号码", id="a column"
        ),
        pytest.param(
            "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "是Excel 97-2003", id="kind"
        ),
        pytest.param("a.xlsx", b"PK\x03\x04", "不是 .xlsx 文件", id="cut"),
        pytest.param(
            "a.csv",
            b"id_number,item\r\n" + b"1,2\r\n" * 10_001,
            "超过10000行",
            id="rows",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    gateway: Gateway, name: str, content: bytes, words: str
) -> None:
    visitor = Visitor(gateway.url, "zh")
    visitor.sign_in(NIGHT)

    page = drop(visitor, name, content)

    assert page.status == 422
    assert "文件未予核验" in page.text
    assert words in page.text


def test_a_file_that_is_too_large_is_not_read(visitor: Visitor) -> None:
    page = drop(visitor, "claims.csv", b"x" * 4_100_000)

    assert page.status == 413
    assert "a file has at most 4 MB" in page.text


@pytest.mark.parametrize("lacking", ["purpose", "caseNumber"])
def test_a_file_without_a_reason_is_not_taken(visitor: Visitor, lacking: str) -> None:
    page = drop(visitor, "claims.csv", b"id_number,item\r\n1,2", **{lacking: ""})

    assert (page.status, 'aria-invalid="true"' in page.text) == (422, True)


def test_a_caller_has_two_files_at_a_time(gateway: Gateway) -> None:
    visitors = [Visitor(gateway.url) for _ in range(3)]
    for visitor in visitors:
        visitor.sign_in(NIGHT)
    rows = b"id_number,item\r\n1,2"

    pages = [drop(visitor, "claims.csv", rows) for visitor in visitors]

    assert [page.status for page in pages] == [200, 200, 422]
    assert "2 files of yours are held already" in pages[2].text
    # One that signs out takes its file along; one's own makes room for the next.
    visitors[0].sign_out()
    assert drop(visitors[1], "claims.csv", rows).status == 200
    assert drop(visitors[2], "claims.csv", rows).status == 200
    for visitor in visitors[1:]:
        visitor.sign_out()


def test_a_form_of_another_page_takes_no_file(visitor: Visitor) -> None:
    page = visitor.get(PAGE)
    forged = Page(200, {}, re.sub(rb"[0-9a-f]{64}", b"0" * 64, page.body))

    sent = visitor.post(
        PAGE, {"step": "begin", **WHY}, forged, file=("a.csv", b"id_number,item\r\n1,2")
    )

    assert sent.status == 403


def test_rows_of_an_agency_that_goes_away_say_so(
    agencies: Agencies, visitor: Visitor
) -> None:
    page = drop(visitor, "claims.csv", rows_of(night_of_one_agency(agencies)[:150]))
    page = go(visitor, page)
    assert page.data("line") == []

    with agencies.fault(EMERGENCY, "error-500"):
        page = go(visitor, page)

    assert page.data("line") == [str(line) for line in range(102, 152)]
    assert "emergency-management" in page.text
    results = fetched(visitor, page).decode("utf-8-sig").splitlines()
    assert [row.count(",MATCH,") + row.count(",MISMATCH,") for row in results[1:]] == [
        1
    ] * 100 + [0] * 50
    visitor.post(PAGE, END, page)


def test_a_budget_that_is_spent_stops_it_and_what_was_answered_is_kept(
    gateway: Gateway, agencies: Agencies
) -> None:
    visitor = Visitor(gateway.url)
    visitor.sign_in(POOR)
    page = drop(visitor, "claims.csv", rows_of(night_of_one_agency(agencies)[:3]))

    page = go(visitor, page)

    assert (so_far(page), page.data("state")) == ("0 / 3", ["paused"])
    assert page.data("code") != []
    # It does not go on by itself.
    assert 'hx-trigger="submit"' in page.text
    assert fetched(visitor, page).decode("utf-8-sig").startswith("line,")
    visitor.post(PAGE, END, page)


def test_neither_a_lost_token_nor_a_restart_leaves_anything_behind(
    agencies: Agencies, tmp_path: Path
) -> None:
    stated = night_of_one_agency(agencies)[:150]
    with running_gateway(tmp_path, agencies, tables=TABLES) as gateway:
        visitor, other = Visitor(gateway.url), Visitor(gateway.url)
        visitor.sign_in(NIGHT)
        other.sign_in(POOR)
        page = go(visitor, drop(visitor, "claims.csv", rows_of(stated)))
        held = drop(other, "claims.csv", rows_of(stated))
        desk = Desk(gateway)
        desk.config.write_text(
            desk.config.read_text("utf-8").replace(
                f'caller = "{NIGHT}"',
                f'caller = "{NIGHT}"\nexpires_at = 2020-01-01T00:00:00Z',
            ),
            "utf-8",
        )
        desk.reload()

        sent = go(visitor, page)

        assert (sent.status, sent.headers["hx-redirect"]) == (204, "/console/sign-in")
        port = int(gateway.url.rpartition(":")[2])
    with gateway_by(tmp_path / "gateway.toml", port):
        sent = go(other, held)
        assert (sent.status, sent.headers["hx-redirect"]) == (204, "/console/sign-in")
        other.sign_in(POOR)
        assert 'id="batch"' in other.get(PAGE).text
    numbers = {row[2].encode() for row, _, _ in stated}
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not any(number in content for content in kept for number in numbers)
