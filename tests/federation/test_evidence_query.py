"""An auditor asks the graph for a bundle; an office does for a holder who asks it."""

import asyncio
import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.clock import utc_now
from gateway.privacy.evidence import erase
from gateway.settings.settings import load_settings
from tests.federation.offices import (
    BUREAU,
    DISTRICT_AUDITOR,
    PLATFORM,
    PUDONG,
    READER,
    UNSTATED,
    XUHUI,
    Offices,
)
from tests.running import eventually

EVIDENCE = """query Proof($decision: ID, $certificate: ID, $asOf: Date) {
  evidence(decision: $decision, certificate: $certificate, asOf: $asOf) { __typename
    ... on EvidenceBundle { json digest madeAt erased }
    ... on EvidenceRefused { code message } } }"""
EXTRACT = """query Extract($decision: ID) { evidence(decision: $decision) {
  ... on EvidenceBundle { digest extract } } }"""
PEOPLE = """query($n: String!) { auditRecords(filter: {event: READ, idNumber: $n}) {
  nodes { caller person purpose caseNumber operation certificates } } }"""
OWN = {"X-Purpose": "HOLDER_REQUEST", "X-Case-Number": "holder-1"}
_NUMBERS = count(1)


def post(
    offices: Offices,
    token: str,
    headers: Mapping[str, str] | None = None,
    **asked: object,
) -> Any:
    """Return the body of an answer, once what is asked for is in the signed log."""
    body = {"query": EVIDENCE, "variables": asked}
    found: list[Any] = []

    def is_logged() -> bool:
        found.append(offices.gateways[1].post(body, token, headers)[1])
        shown = (found[-1].get("data") or {}).get("evidence") or {}
        return bool(shown.get("code") != "PENDING")

    eventually(is_logged)
    return found[-1]


def given(offices: Offices, token: str, **asked: Any) -> dict[str, Any]:
    """Return what an answer without errors shows."""
    body = post(offices, token, asked.pop("headers", None), **asked)
    assert body.get("errors") is None, body
    shown: dict[str, Any] = body["data"]["evidence"]
    return shown


def code_of(body: Any) -> str:
    (error,) = body["errors"]
    code: str = error["extensions"]["code"]
    return code


def paid(offices: Offices) -> tuple[str, str, str]:
    """Have a claim paid in Pudong; return the decision, certificate, and number."""
    holder, _, certificate = offices.certified()
    answer = offices.decide(0, certificate, f"evidence-query-{next(_NUMBERS)}")
    return str(answer["id"]), certificate, holder.number


def verified(folder: Path, shown: dict[str, Any]) -> str:
    """Return what ``gateway verify`` says of a bundle, which it has to accept."""
    file = folder / "bundle.json"
    file.write_bytes(shown["json"].encode())
    done = CliRunner().invoke(app, ["verify", str(file)])
    assert done.exit_code == 0, done.output
    assert "VERIFIED" in done.output
    whole = json.loads(shown["json"])
    assert shown["digest"] == whole["digest"]
    assert shown["madeAt"].replace("+00:00", "Z") == whole["madeAt"]
    return done.output


def test_an_auditor_gets_the_bundle_of_a_decision_in_any_district(
    offices: Offices, tmp_path: Path
) -> None:
    decision, _, number = paid(offices)

    shown = given(offices, DISTRICT_AUDITOR, decision=decision)

    assert (shown["__typename"], shown["erased"]) == ("EvidenceBundle", 0)
    verified(tmp_path, shown)
    assert json.loads(shown["json"])["subject"] == {"kind": "DECISION", "id": decision}
    records = offices.ask(0, BUREAU, PEOPLE, n=number)["auditRecords"]["nodes"]
    # What asks here is on the log about this person, too, and states no purpose.
    record = next(one for one in records if one["purpose"])
    assert record["caller"] == DISTRICT_AUDITOR
    assert record["person"]
    assert record["purpose"] == "SUPERVISION_AND_AUDIT"
    assert record["caseNumber"] == f"{DISTRICT_AUDITOR}-1"
    assert (record["operation"], record["certificates"]) == ("Proof", 1)


def test_it_is_the_bundle_that_the_command_makes(offices: Offices) -> None:
    decision, _, _ = paid(offices)
    shown = given(offices, DISTRICT_AUDITOR, decision=decision)
    config = str(offices.gateways[0].folder / "gateway.toml")

    done = CliRunner().invoke(app, ["evidence", "bundle", decision, "--config", config])

    assert done.exit_code == 0, done.output
    by_query, by_command = json.loads(shown["json"]), json.loads(done.stdout)
    for one in (by_query, by_command):
        # It grows, and so does every proof.
        for name in ("madeAt", "digest", "log"):
            del one[name]
        for row in one["rows"]:
            del row["proof"]
    assert by_query == by_command


def test_an_auditor_gets_all_that_was_sent_of_a_certificate(
    offices: Offices, tmp_path: Path
) -> None:
    _, said, certificate = offices.certified()
    offices.change(said, "暂扣")

    shown = given(offices, DISTRICT_AUDITOR, certificate=certificate)

    verified(tmp_path, shown)
    whole = json.loads(shown["json"])
    assert (len(whole["records"]), len(whole["states"])) == (1, 1)
    assert whole["trace"]["verdict"]["outcome"] == "INELIGIBLE"
    assert whole["trace"]["record"]["changes"][0]["state"] == "SUSPENDED"


def test_an_office_gets_the_holder_s_own_if_the_holder_asks(
    offices: Offices, tmp_path: Path
) -> None:
    decision, certificate, number = paid(offices)

    for asked in ({"decision": decision}, {"certificate": certificate}):
        shown = given(offices, PUDONG, headers=OWN, **asked)
        verified(tmp_path, shown)

    records = offices.ask(0, BUREAU, PEOPLE, n=number)["auditRecords"]["nodes"]
    # While it is PENDING nothing is given, and that it was asked for is kept, too.
    given_out = [one for one in records if one["purpose"] and one["certificates"]]
    purposes = [(one["caller"], one["purpose"]) for one in given_out]
    assert purposes == [(PUDONG, "HOLDER_REQUEST")] * 2


def test_the_holder_s_extract_is_given_where_the_bundle_is(offices: Offices) -> None:
    decision, _, number = paid(offices)
    given(offices, PUDONG, headers=OWN, decision=decision)
    asked = {"query": EXTRACT, "variables": {"decision": decision}}

    body = offices.gateways[1].post(asked, PUDONG, OWN)[1]
    refused = offices.gateways[1].post(asked, XUHUI, OWN)[1]

    shown = body["data"]["evidence"]
    assert shown["digest"] in shown["extract"]
    assert number not in shown["extract"]
    assert refused["data"]["evidence"] == {}


def test_another_district_does_not_get_it_even_if_the_holder_asks(
    offices: Offices,
) -> None:
    decision, _, number = paid(offices)

    shown = given(offices, XUHUI, headers=OWN, decision=decision)

    assert shown["code"] == "NOT_YOUR_DISTRICT"
    assert "区" in shown["message"]
    found = offices.ask(0, BUREAU, PEOPLE, n=number)["auditRecords"]["nodes"]
    assert [one for one in found if one["purpose"]] == []


@pytest.mark.parametrize("token", [BUREAU, READER])
def test_who_may_not_see_a_number_in_full_or_is_no_office_gets_nothing(
    offices: Offices, token: str
) -> None:
    body = post(offices, token, OWN, decision="1")

    assert (code_of(body), body.get("data")) == ("FORBIDDEN", None)


@pytest.mark.parametrize(
    ("token", "purpose"),
    [
        pytest.param(PLATFORM, "SUPERVISION_AND_AUDIT", id="no auditor"),
        pytest.param(PLATFORM, "SUBSIDY_CLAIM", id="another purpose"),
        pytest.param(DISTRICT_AUDITOR, "SUBSIDY_CLAIM", id="an auditor's other"),
        pytest.param(UNSTATED, None, id="none"),
    ],
)
def test_it_is_given_for_the_purposes_that_it_is_for(
    offices: Offices, token: str, purpose: str | None
) -> None:
    stated = {} if purpose is None else {"X-Purpose": purpose, "X-Case-Number": "1"}

    # Whether or not there is such a decision.
    for decision in (paid(offices)[0], "99999999"):
        body = post(offices, token, stated, decision=decision)

        assert code_of(body) == "PURPOSE_REQUIRED"
        assert body["data"] == {"evidence": None}


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"decision": "99999999"}, id="a number"),
        pytest.param({"decision": "no-number"}, id="no number"),
        pytest.param({"decision": "9" * 19}, id="a number too long"),
        pytest.param({"certificate": "no-id"}, id="no id"),
    ],
)
def test_of_what_is_not_there_that_is_said(
    offices: Offices, asked: dict[str, str]
) -> None:
    assert given(offices, DISTRICT_AUDITOR, **asked)["code"] == "UNKNOWN"


def test_of_a_certificate_that_was_never_sent_that_is_said_and_is_on_the_log(
    offices: Offices,
) -> None:
    person = offices.agencies.person("all-three")["idNumber"]
    live = offices.ask(
        *(0, PLATFORM),
        """query($n: String!) { holder(idNumber: $n) { certificates { nodes {
          id } } } }""",
        n=person,
    )["holder"]["certificates"]["nodes"]

    shown = given(offices, DISTRICT_AUDITOR, certificate=live[0]["id"])

    assert shown["code"] == "UNKNOWN"
    found = offices.ask(0, BUREAU, PEOPLE, n=person)["auditRecords"]["nodes"]
    (record,) = [one for one in found if one["purpose"]][:1]
    assert (record["caller"], record["certificates"]) == (DISTRICT_AUDITOR, 0)


def test_a_day_before_it_was_recorded_there_was_none(offices: Offices) -> None:
    decision, _, _ = paid(offices)

    shown = given(offices, DISTRICT_AUDITOR, decision=decision, asOf="2020-01-01")

    assert shown["code"] == "UNKNOWN"


@pytest.mark.parametrize("asked", [{}, {"decision": "1", "certificate": "x"}])
def test_one_thing_is_asked_for(offices: Offices, asked: dict[str, str]) -> None:
    assert code_of(post(offices, DISTRICT_AUDITOR, None, **asked)) == "BAD_USER_INPUT"


def test_what_was_erased_is_proved_without_its_bytes(
    offices: Offices, tmp_path: Path
) -> None:
    decision, _, number = paid(offices)
    settings = load_settings(offices.gateways[0].folder / "gateway.toml", {})
    erased = erase(
        *(settings,), id_number=number, before=None, reason="依申请", now=utc_now()
    )
    assert asyncio.run(erased) == 1

    shown = given(offices, DISTRICT_AUDITOR, decision=decision)

    assert shown["erased"] == 1
    assert "ERASED" in verified(tmp_path, shown)
    assert json.loads(shown["json"])["records"][0]["envelope"] is None
