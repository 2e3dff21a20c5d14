"""The sheets that failed once, checked against the registry that they are about."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bureau.caller import LookUp, Purpose
from gateway.batch.asking import Gateway as Asked
from gateway.batch.run import Work, check_claims
from tests.architecture.documents import ROOT
from tests.federation.case_registry import AGENCY, serving_cases
from tests.federation.claims import verify
from tests.federation.conftest import NO_CACHE
from tests.gateway.batch.checking import results
from tests.gateway.batch.conftest import NIGHT, TABLES
from tests.gateway.batch.test_cases import CASES, SHEETS, TEXTS, Row
from tests.running import Agencies, Gateway, running_gateway

NAMES = ROOT / "tests" / "cases" / "normal_form"
REGISTRY = ROOT / "tests" / "cases" / "registry" / "people.json"
PEOPLE = json.loads(REGISTRY.read_text("utf-8"))[AGENCY]
TODAY = date(2026, 11, 29)
FILES = {
    **{CASES / "xlsx" / f"{name}.xlsx": rows for name, rows in SHEETS.items()},
    **{CASES / "csv" / f"{name}.csv": rows for name, rows in TEXTS.items()},
}


@pytest.fixture(scope="module", name="registry")
def _registry(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway before the registry of the cases."""
    with serving_cases(running_agencies.folder, REGISTRY) as cases:
        urls = {**running_agencies.urls, AGENCY: cases.url}
        with running_gateway(
            tmp_path_factory.mktemp("cases"),
            replace(running_agencies, urls=urls),
            manifest=NO_CACHE,
            tables=TABLES,
        ) as gateway:
            yield gateway


def checked(gateway: Gateway, claims: Path, out: Path) -> list[dict[str, str]]:
    """Check a file as the command does; return the rows of the results."""
    asked = Asked(
        url=gateway.url,
        token=NIGHT,
        look_up=LookUp(Purpose.SUBSIDY_CLAIM, "night-1"),
        language="en",
    )
    work = Work(claims=claims, out=out, encoding=None, at_once=500, today=TODAY)
    check_claims(work, asked, lambda _done, _all: None)
    return results(out)


def outcome_of(stated: Row, number: str) -> str:
    """Return what has to come of a row; other people are other registries'."""
    if isinstance(stated, str) or not number.isalnum():
        return "REFUSED"
    return "MATCH" if number in PEOPLE else "NOT_FOUND"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_row_of_a_sheet_is_a_mismatch(
    registry: Gateway, tmp_path: Path, path: Path
) -> None:
    found = checked(registry, path, tmp_path / "results.csv")

    assert [row["outcome"] for row in found] == [
        outcome_of(stated, row["id_number"])
        for stated, row in zip(FILES[path], found, strict=True)
    ]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("names-utf8.csv", "utf-8-sig"),
        ("names-gb18030.csv", "gb18030"),
        ("names-gb18030-two-byte.csv", "gb18030"),
    ],
)
def test_every_name_is_the_registrys_and_shown_as_it_was(
    registry: Gateway, tmp_path: Path, name: str, encoding: str
) -> None:
    found = checked(registry, NAMES / name, tmp_path / "results.csv")

    assert {row["outcome"] for row in found} == {"MATCH"}
    lines = (NAMES / name).read_text(encoding).splitlines()[1:]
    assert [row["name"] for row in found] == [line.split(",")[1] for line in lines]


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        pytest.param("31019919710305002x", "MATCH", id="a claim in lower case"),
        pytest.param("31019919710305010X", "MATCH", id="a licence in lower case"),
        pytest.param("31019919710305029x", "MATCH", id="two, in lower case both"),
        pytest.param("31019919710305037X", "MATCH", id="blanks"),
        pytest.param("31019919710305053X", "MATCH", id="full width"),
        pytest.param("31019919710305061X", "MATCH", id="a t"),
        pytest.param("31019919710305045X", "MISMATCH", id="another letter"),
        pytest.param("31019919710305096X", "MISMATCH", id="a number that goes on"),
    ],
)
def test_a_licences_number_is_that_of_its_holder_in_any_spelling(
    registry: Gateway, number: str, outcome: str
) -> None:
    claim = {"idNumber": number, "item": "1.2", "number": f"T{number}"}

    (answer,) = verify(registry, [claim])

    assert answer["outcome"] == outcome
