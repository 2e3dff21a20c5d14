"""Where the operator requires the five elements, nobody is looked up without them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.batch.checking import check
from tests.gateway.privacy.callers import AUDITOR, IDENTITY, READ, asked, entry
from tests.gateway.privacy.questions import (
    HOLDER,
    error_of,
    number_of,
    question,
    ways,
)
from tests.running import Agencies, Gateway, running_gateway

WAYS = [
    *("holder", "holders", "certificate", "licence", "entities", "claims"),
    *("person", "node", "nodes"),
]
NOBODY = {"emergency-management": 0, "fire-rescue": 0, "transport": 0}
DESK, STATES_NONE = "desk", "states-none"
ORGANISATION = "上海市浦东新区人力资源和社会保障局"
EXTENSIONS = {
    "organisation": ORGANISATION,
    "officer": "0042",
    "matterCode": "000514009000",
    "matterName": "职业技能提升补贴申领",
    "businessNumber": "2026-17",
}
HEADERS = {
    "X-Organisation": ORGANISATION,
    "X-Officer": "0042",
    "X-Matter-Code": "000514009000",
    "X-Matter-Name": "职业技能提升补贴申领",
    "X-Business-Number": "2026-17",
}
SENT = {name: value.encode().decode("latin-1") for name, value in HEADERS.items()}
RECORDS = """query Records($filter: AuditFilter) { auditRecords(filter: $filter) {
  nodes { event caller organisation officer matterCode matterName businessNumber }
} }"""
TABLES = "\n".join(
    (
        entry(STATES_NONE, READ, IDENTITY),
        entry(DESK, READ, IDENTITY),
        "[tokens.elements]",
        'organisation = "徐汇区"',
        'officer = "desk"',
        'matter_code = "desk"',
        entry(AUDITOR, "audit:read", purpose=False),
        "[privacy]",
        "require_elements = true",
    )
)


@pytest.fixture(scope="module", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-elements")
    with running_gateway(folder, running_agencies, tables=TABLES) as gateway:
        yield gateway


def records(gateway: Gateway, **filter_: object) -> list[dict[str, str | None]]:
    _, answer, _ = gateway.post(question(RECORDS, filter=filter_), token=AUDITOR)
    nodes: list[dict[str, str | None]] = answer["data"]["auditRecords"]["nodes"]
    return nodes


@pytest.mark.parametrize("way", WAYS)
def test_without_them_nobody_is_asked(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    body = ways(gateway, agencies)[way]
    before = len(records(gateway, caller=STATES_NONE))
    agencies.reset()

    _, answer, _ = gateway.post(body, token=STATES_NONE)

    error = error_of(answer)["extensions"]
    assert error["code"] == "ELEMENTS_REQUIRED"
    assert error["elements"] == list(EXTENSIONS)
    assert asked(agencies) == NOBODY
    assert len(records(gateway, caller=STATES_NONE)) == before


@pytest.mark.parametrize("left_out", EXTENSIONS)
def test_without_one_nobody_is_asked(
    gateway: Gateway, agencies: Agencies, left_out: str
) -> None:
    body = question(HOLDER, n=number_of(agencies))
    stated = {name: value for name, value in EXTENSIONS.items() if name != left_out}

    _, answer, _ = gateway.post({**body, "extensions": stated}, token=STATES_NONE)

    assert error_of(answer)["extensions"]["elements"] == [left_out]


@pytest.mark.parametrize("way", WAYS)
def test_headers_state_them(gateway: Gateway, agencies: Agencies, way: str) -> None:
    body = ways(gateway, agencies)[way]

    _, answer, _ = gateway.post(body, token=STATES_NONE, headers=SENT)

    assert "errors" not in answer


@pytest.mark.parametrize("way", WAYS)
def test_extensions_state_them(gateway: Gateway, agencies: Agencies, way: str) -> None:
    body = {**ways(gateway, agencies)[way], "extensions": EXTENSIONS}

    _, answer, _ = gateway.post(body, token=STATES_NONE)

    assert "errors" not in answer


def test_a_question_about_nobody_needs_none(gateway: Gateway) -> None:
    _, answer, _ = gateway.post(question("{ agencies { id } }"), token=STATES_NONE)

    assert "errors" not in answer


def test_an_identity_number_in_one_is_refused_and_not_repeated(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = number_of(agencies)
    body = question(HOLDER, n=number)
    stated = {**EXTENSIONS, "businessNumber": f"T{number}"}

    _, answer, _ = gateway.post({**body, "extensions": stated}, token=STATES_NONE)

    error = error_of(answer)
    assert error["extensions"]["elements"] == ["businessNumber"]
    assert number not in str(error)


def test_the_log_has_all_five_and_the_officer_as_a_pseudonym(
    gateway: Gateway, agencies: Agencies
) -> None:
    body = question(HOLDER, n=number_of(agencies))
    stated = {**EXTENSIONS, "matterCode": "on-the-log"}
    gateway.post({**body, "extensions": stated}, token=STATES_NONE)

    (record,) = records(gateway, matterCode="on-the-log")

    officer = record.pop("officer")
    assert record == {
        "event": "LOOKED_UP",
        "caller": STATES_NONE,
        **{k: v for k, v in stated.items() if k != "officer"},
    }
    assert officer is not None
    assert len(officer) == 64
    assert "0042" not in officer


def test_an_auditor_asks_who_looked_under_a_matter_between_two_moments(
    gateway: Gateway, agencies: Agencies
) -> None:
    body = question(HOLDER, n=number_of(agencies))
    stated = {**EXTENSIONS, "matterCode": "between"}
    gateway.post({**body, "extensions": stated}, token=STATES_NONE)
    day = {"from": "2020-01-01T00:00:00Z", "to": "2099-01-01T00:00:00Z"}
    past = {"from": "2020-01-01T00:00:00Z", "to": "2021-01-01T00:00:00Z"}

    assert len(records(gateway, matterCode="between", **day)) == 1
    assert records(gateway, matterCode="between", **past) == []
    assert records(gateway, matterCode="another", **day) == []


def test_an_officer_is_found_by_the_name_whose_pseudonym_alone_is_kept(
    gateway: Gateway, agencies: Agencies
) -> None:
    body = question(HOLDER, n=number_of(agencies))
    stated = {**EXTENSIONS, "officer": "张某-7"}
    gateway.post({**body, "extensions": stated}, token=STATES_NONE)

    (record,) = records(gateway, officerName=f"{STATES_NONE}:张某-7")

    assert records(gateway, officer=record["officer"]) == [record]
    assert records(gateway, officerName="张某-7") == []


def test_what_a_caller_states_wins_over_its_entry_one_by_one(
    gateway: Gateway, agencies: Agencies
) -> None:
    body = question(HOLDER, n=number_of(agencies))
    stated = {"matterName": "申领", "businessNumber": "own-and-stated"}
    gateway.post({**body, "extensions": stated}, token=DESK)

    (record,) = records(gateway, businessNumber="own-and-stated")

    assert (record["organisation"], record["matterCode"]) == ("徐汇区", "desk")


def test_the_check_of_a_file_states_them(
    gateway: Gateway, agencies: Agencies, tmp_path: Path
) -> None:
    claims, out = tmp_path / "claims.csv", tmp_path / "out.csv"
    number = number_of(agencies)
    claims.write_text(f"idNumber,item\n{number},1.2\n", encoding="utf-8")

    without = check(gateway, claims, out, token=STATES_NONE)

    assert without.code == 2
    assert "ELEMENTS_REQUIRED" in without.error

    stated = {
        "organisation": ORGANISATION,
        "officer": "0042",
        "matter-code": "a-file",
        "matter-name": "申领",
        "business-number": "2026-17",
    }
    options = [f"--{name}={value}" for name, value in stated.items()]
    done = check(gateway, claims, out, *options, token=STATES_NONE)

    assert done.code in (0, 1), done.error
    (record,) = records(gateway, matterCode="a-file")
    assert record["organisation"] == ORGANISATION
