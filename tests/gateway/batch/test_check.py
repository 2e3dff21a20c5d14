"""A night's claims: rows in, rows out, few calls, and a cut costs nothing."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.documents import ROOT
from tests.federation.queries import EMERGENCY, FIRE, TRANSPORT
from tests.gateway.batch.checking import (
    check,
    column,
    command,
    kill_once,
    results,
)
from tests.gateway.batch.conftest import POOR
from tests.gateway.batch.population import claims, night_of_one_agency
from tests.gateway.batch.sheets import HEADER, csv_of, workbook
from tests.running import Agencies, Gateway

CASES = ROOT / "tests" / "cases" / "sheets" / "xlsx"


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    path.write_bytes(csv_of([HEADER, *rows], encoding))
    return path


def test_ten_thousand_claims_cost_an_agency_a_hundred_calls(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    stated = night_of_one_agency(agencies) * 20
    source = write(tmp_path / "claims.csv", [row for row, _, _ in stated], "gb18030")
    out = tmp_path / "results.csv"

    run = check(gateway, source, out)

    assert (run.code, run.error) == (0, "")
    found = results(out)
    assert [row["line"] for row in found] == [str(n) for n in range(2, 10_002)]
    assert [row["outcome"] for row in found] == [outcome for _, outcome, _ in stated]
    assert [row["mismatched"] for row in found] == [wrong for _, _, wrong in stated]
    assert agencies.calls(EMERGENCY) == {"calls": 100, "holders": [100] * 100}
    assert agencies.calls(TRANSPORT)["calls"] == agencies.calls(FIRE)["calls"] == 0
    assert "10000 rows" in run.output


def test_claims_of_three_agencies_cost_none_of_them_more(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    stated = sorted(claims(agencies, 10_000), key=lambda one: one[0][2])
    source = write(tmp_path / "claims.csv", [row for row, _, _ in stated])
    out = tmp_path / "results.csv"

    run = check(gateway, source, out)

    assert (run.code, run.error) == (0, "")
    assert column(out, "outcome") == [outcome for _, outcome, _ in stated]
    assert column(out, "mismatched") == [wrong for _, _, wrong in stated]
    calls = [agencies.calls(agency)["calls"] for agency in (EMERGENCY, TRANSPORT, FIRE)]
    assert all(0 < count <= 100 for count in calls), calls


def test_a_workbook_is_checked(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    stated = claims(agencies, 10)
    source = workbook(
        tmp_path / "claims.xlsx", [HEADER, *(row for row, _, _ in stated)]
    )
    out = tmp_path / "results.csv"

    assert check(gateway, source, out).code == 0
    assert column(out, "outcome") == [outcome for _, outcome, _ in stated]


def test_a_formula_that_nobody_computed_is_refused_and_shown(
    gateway: Gateway, tmp_path: Path
) -> None:
    out = tmp_path / "results.csv"

    run = check(gateway, CASES / "x06-formula-no-value.xlsx", out, "--language", "en")

    assert run.code == 1
    assert column(out, "outcome") == ["REFUSED"] * 4
    assert column(out, "name")[:2] == ['\'="错"&"名"', "甲丠"]
    assert [reason[:15] for reason in column(out, "reason")] == [
        f"{address} is a formula"[:15] for address in ("B2", "F3", "G4", "C5")
    ]


def test_a_run_that_was_killed_goes_on_and_writes_no_row_twice(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    stated = claims(agencies, 3_000)
    source = write(tmp_path / "claims.csv", [row for row, _, _ in stated])
    out = tmp_path / "results.csv"
    kill_once(
        lambda: out.exists() and out.stat().st_size > 20_000,
        command(gateway, source, out, "--at-once", "100"),
    )
    with out.open("ab") as file:
        file.write(b"torn,row")
    kept = len(results(out)) - 1

    run = check(gateway, source, out)

    assert 0 < kept < 3_000
    assert run.code == 0
    assert f"{kept} of them by an earlier run" in run.output
    assert column(out, "line") == [str(n) for n in range(2, 3_002)]
    assert column(out, "outcome") == [outcome for _, outcome, _ in stated]


def test_what_is_done_is_not_asked_again(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    source = write(tmp_path / "claims.csv", [row for row, _, _ in claims(agencies, 5)])
    out = tmp_path / "results.csv"
    check(gateway, source, out)
    content = out.read_bytes()
    agencies.reset()

    run = check(gateway, source, out, token="no token that is known")

    assert (run.code, out.read_bytes()) == (0, content)
    assert agencies.calls(EMERGENCY)["calls"] == 0


def test_each_bad_row_is_refused_by_its_line_and_the_others_are_checked(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    (good, _, _), *_ = claims(agencies, 1)
    rows = [
        good,
        [*good[:2], "310", *good[3:]],
        [*good[:3], "压力焊作业", *good[4:]],
        [*good[:5], "2999-01-01", good[6]],
        [*good[:1], "=HYPERLINK(1)", *good[2:]],
    ]
    source = write(tmp_path / "claims.csv", rows)
    source.write_bytes(source.read_bytes() + "王,1,2\n".encode("gb18030"))
    out = tmp_path / "results.csv"

    run = check(gateway, source, out, "--language", "en")

    assert run.code == 1
    assert column(out, "outcome") == [
        "MATCH",
        "REFUSED",
        "REFUSED",
        "REFUSED",
        "MISMATCH",
        "REFUSED",
    ]
    reasons = column(out, "reason")
    assert "3 characters" in reasons[1]
    assert "no code of the annex" in reasons[2]
    assert reasons[3] == "the day of issue is after today"
    assert reasons[5] == "the line is not in the encoding of the file, or no text"
    assert column(out, "name")[4] == "'=HYPERLINK(1)"


def test_an_agency_that_is_silent_leaves_its_rows_unknown(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    rows = [row for row, outcome, _ in claims(agencies, 1_000) if outcome == "MATCH"]
    # Of each agency one.
    some = [
        next(row for row in rows if row[3] == item) for item in ("1.2", "4-02-01-01")
    ]
    source, out = write(tmp_path / "claims.csv", some), tmp_path / "results.csv"

    with agencies.fault(EMERGENCY, "error-500"):
        run = check(gateway, source, out)

    assert run.code == 1
    assert column(out, "outcome") == ["UNKNOWN", "MATCH"]
    assert column(out, "sources") == [
        f"{EMERGENCY} UNREACHABLE",
        f"{TRANSPORT} ANSWERED",
    ]


def test_a_spent_budget_ends_the_run_and_another_caller_ends_the_file(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    stated = claims(agencies, 400)
    people = len({row[2] for row, _, _ in stated})
    source = write(tmp_path / "claims.csv", [row for row, _, _ in stated])
    out = tmp_path / "results.csv"
    assert people > 2

    poor = check(gateway, source, out, token=POOR)
    rich = check(gateway, source, out)

    assert (poor.code, rich.code) == (2, 0)
    assert "PEOPLE_BUDGET_EXCEEDED" in poor.error
    assert Counter(column(out, "outcome")).total() == 400


@pytest.mark.parametrize(
    ("options", "why"),
    [
        pytest.param(("wrong",), "UNAUTHENTICATED", id="an unknown token"),
        pytest.param(("",), "state a token", id="no token"),
        pytest.param(("night", "--case", "案 号"), "案号", id="a case that is none"),
        pytest.param(("night", "--token-file", "/nowhere"), "nowhere", id="no file"),
        pytest.param(("night", "--url", "ftp://x"), "no address", id="no address"),
        pytest.param(
            ("night", "--url", "http://gateway.example"), "https", id="in the open"
        ),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_and_asks_nobody(
    gateway: Gateway,
    agencies: Agencies,
    tmp_path: Path,
    options: tuple[str, ...],
    why: str,
) -> None:
    source = write(tmp_path / "claims.csv", [row for row, _, _ in claims(agencies, 1)])

    token, *more = options

    run = check(gateway, source, tmp_path / "out.csv", *more, token=token)

    assert run.code == 2
    assert run.error.startswith("gateway: ")
    assert why in run.error
    assert agencies.calls(EMERGENCY)["calls"] == 0


def test_a_token_may_be_in_a_file(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    source = write(tmp_path / "claims.csv", [row for row, _, _ in claims(agencies, 1)])
    file = tmp_path / "token"
    file.write_text("night\n", "utf-8")
    os.chmod(file, 0o600)  # noqa: PTH101 - a secret

    run = check(
        gateway, source, tmp_path / "out.csv", "--token-file", str(file), token=""
    )

    assert run.code == 0


def test_the_claims_are_never_their_own_results(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    source = write(tmp_path / "claims.csv", [row for row, _, _ in claims(agencies, 1)])
    content = source.read_bytes()

    assert check(gateway, source, source).code == 2
    assert source.read_bytes() == content


def test_wrong_columns_are_refused_before_anybody_is_asked(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    source = tmp_path / "claims.csv"
    source.write_bytes(csv_of([("姓名", "身份证"), ("王小明", "1")]))

    run = check(gateway, source, tmp_path / "out.csv")

    assert run.code == 2
    assert (
        "line 1: 1 unknown columns; perhaps the column 证件号码 (id_number). "
        in run.error
    )
    assert not (tmp_path / "out.csv").exists()
    assert agencies.calls(EMERGENCY)["calls"] == 0
