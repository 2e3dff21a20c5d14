"""What each page shows of what the graph told it, and what it offers to do next."""

import re
from collections.abc import Mapping

import pytest

from connectors.conformance.codes import FindingCode
from connectors.conformance.explanations import EXPLANATIONS
from gateway.console.pages.totals import Bar, bars_of
from gateway.console.sections import Section
from gateway.console.words import WORDS
from tests.gateway.console.made_up import NOBODY, after, shown


def offered(text: str) -> list[str]:
    """Return the steps that have a button."""
    return re.findall(r'name="(?:step|action|answer)" value="(\w+)"', text)


async def test_an_agency_is_shown_with_what_was_measured_and_overseen() -> None:
    measured = {"_count": 4.0, "_sum": 0.1234, "gateway_circuit_state": 2.0}
    asked: list[tuple[str, dict[str, str]]] = []

    def sample(name: str, labels: dict[str, str]) -> float:
        asked.append((name, labels))
        return measured[name.removeprefix("gateway_agency_call_seconds")]

    text, seen = await shown(Section.AGENCIES, sample=sample)

    assert after(seen, "latency") == ["30.8 ms（4 calls）"]
    assert 'data-circuit="OPEN"' in text
    assert after(seen, "circuit") == [WORDS["circuit_open"].en]
    of = {"agency": "Agency.id"}
    assert asked == [
        ("gateway_agency_call_seconds_count", of),
        ("gateway_agency_call_seconds_sum", of),
        ("gateway_circuit_state", {**of, "operation": "LOOK_UP"}),
    ]
    assert seen.count("50.0%（7）") == 4
    assert any(one.endswith("Sanction.reason") for one in seen)
    assert re.findall(r'window=(\w+)"( aria-current)?', text) == [
        ("DAY", ""),
        ("WEEK", " aria-current"),
        ("MONTH", ""),
    ]


async def test_an_agency_that_was_not_asked_yet_has_no_time_and_is_asked() -> None:
    text, seen = await shown(Section.AGENCIES, caller=NOBODY)

    assert after(seen, "latency") == [WORDS["no_calls"].en]
    assert 'data-circuit="CLOSED"' in text
    assert WORDS["quality"].en not in seen


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("DRAFT", []),
        ("SUBMITTED", ["CheckConnector", "ReturnConnector"]),
        ("CHECKED", ["ApproveConnector", "CheckConnector", "ReturnConnector"]),
        ("APPROVED", ["ActivateConnector", "ReturnConnector"]),
        ("ACTIVE", ["SuspendConnector"]),
        ("SUSPENDED", ["ResumeConnector", "RetireConnector"]),
        ("RETIRED", []),
    ],
)
async def test_a_connector_is_offered_the_steps_of_its_state(
    state: str, steps: list[str]
) -> None:
    known = {"Connector.state": state}

    may, _ = await shown(Section.REGISTRATION, known, query="id=c")
    may_not, _ = await shown(Section.REGISTRATION, known, query="id=c", caller=NOBODY)

    assert offered(may) == ["ApproveKey", *steps]
    assert offered(may_not) == []
    assert may.count('maxlength="500"') == (2 if steps else 1)


async def test_a_connector_is_shown_with_what_the_kit_found_and_its_manifest() -> None:
    code = FindingCode.NO_CONNECTION
    known = {"ConnectorReport.findings": [f"FAILURE {code} at record 1", "NEW odd"]}
    form = {"id": "c", "version": "7", "step": "CheckConnector"}

    text, seen = await shown(Section.REGISTRATION, known, form)

    means = EXPLANATIONS[code]
    at = seen.index(f"FAILURE {code}")
    words = [means.meaning.en, means.remedy.en]
    assert seen[at : at + 5] == [f"FAILURE {code}", "record 1", *words, "NEW odd"]
    keys = ["ManifestEntry.key", "ManifestEntry.value", "ManifestEntry.meaning"]
    assert after(seen, keys[0], 2) == keys[1:]
    assert 'role="status" data-version="7"' in text
    assert WORDS["manifest_unreadable"].en not in seen
    assert WORDS["unknown_connector"].en not in seen


async def test_connectors_that_wait_for_a_step_are_shown_apart() -> None:
    states = ["DRAFT", "SUBMITTED", "CHECKED", "APPROVED", "ACTIVE"]
    known = {"Query.connectors": [{"id": one, "state": one} for one in states]}

    text, _ = await shown(Section.REGISTRATION, known)

    assert re.findall('data-connector="([A-Z]+)"', text) == [
        *states[1:4],
        states[0],
        states[4],
    ]


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("PROPOSED", ["ConfirmSanction", "RejectSanction"]),
        ("UNCONFIRMED", ["ConfirmSanction", "RejectSanction"]),
        ("IN_FORCE", ["LiftSanction"]),
        ("OVERDUE", ["LiftSanction"]),
        ("LIFTED", []),
    ],
)
async def test_a_sanction_is_offered_the_steps_of_its_state(
    state: str, steps: list[str]
) -> None:
    known = {"Sanction.state": state}

    may, seen = await shown(Section.SANCTIONS, known)
    may_not, _ = await shown(Section.SANCTIONS, known, caller=NOBODY)

    assert offered(may) == steps
    assert ('maxlength="500"' in may) is bool(steps)
    assert offered(may_not) == []
    assert after(seen, WORDS["proposed_by_the_gateway"].en)
    assert "SanctionProposal.connector" in seen


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("OPEN", ["NOTIFY", "REPAY", "REFER", "CLOSE"]),
        ("NOTIFIED", ["REPAY", "REFER", "CLOSE"]),
        ("PARTLY_RECOVERED", ["REPAY", "REFER", "CLOSE"]),
        ("REFERRED", ["REPAY", "CLOSE"]),
        ("RECOVERED", []),
    ],
)
async def test_a_recovery_is_offered_the_steps_of_its_state(
    state: str, steps: list[str]
) -> None:
    known = {"Recovery.state": state}

    may, seen = await shown(Section.RECOVERIES, known, query="id=7")
    may_not, _ = await shown(Section.RECOVERIES, known, query="id=7", caller=NOBODY)

    assert offered(may) == steps
    assert ('maxlength="500"' in may) is bool(steps)
    assert offered(may_not) == []
    assert f"{WORDS['of_claim'].en} Recovery.claim" in seen


async def test_recoveries_are_listed_with_their_sum() -> None:
    text, seen = await shown(Section.RECOVERIES)

    assert "7 / 7 yuan（7）" in seen
    assert 'data-recovery="Recovery.id"' in text
    assert "after=PageInfo.endCursor" in text


async def test_decisions_are_listed_with_their_number() -> None:
    text, seen = await shown(Section.LEDGER)

    assert f"{WORDS['decisions'].en}（7）" in seen
    assert 'data-decision="Decision.id"' in text
    assert "after=PageInfo.endCursor" in text


async def test_a_wrong_payment_is_shown_beside_the_right_one() -> None:
    decisions = [
        {"id": "1", "certificate": "another"},
        {"id": "4", "certificate": "wrong"},
    ]
    known = {"Correction.decision": "4", "DecisionConnection.nodes": decisions}

    text, seen = await shown(Section.CORRECTIONS, known, query="id=Correction.id")
    may_not, _ = await shown(
        Section.CORRECTIONS, known, query="id=Correction.id", caller=NOBODY
    )

    assert "wrong" in seen
    assert "another" not in seen
    fields = ["certificate", "district", "amountYuan", "category"]
    assert re.findall('data-field="([A-Za-z]+)"', text) == fields
    assert 'value="浦0017"' in text
    assert re.findall('maxlength="([0-9]+)"', text) == ["64", "500", "64"]
    assert (offered(text), offered(may_not)) == (["CONFIRM", "REJECT"], [])


async def test_corrections_that_wait_are_listed_and_an_unknown_one_is_not_shown() -> (
    None
):
    for query in ("", "id=8"):
        text, _ = await shown(Section.CORRECTIONS, query=query)
        assert 'data-correction="Correction.id"' in text


async def test_the_log_is_shown_with_its_age_and_its_witnesses() -> None:
    text, seen = await shown(Section.LOG)

    # From midnight of 1 November to three o'clock of 1 December.
    assert after(seen, "log_age") == ["2602800 s"]
    assert 'data-witness="LogWitness.name"' in text


async def test_totals_are_plotted_listed_and_what_changed_is_apart() -> None:
    row = {"month": "2026-11", "district": "310115"}
    quiet = dict.fromkeys(
        ("returnedYuan", "correctedYuan", "recoveriesOpenedYuan", "recoveredYuan"), 0
    )
    rows = [
        row,
        {**row, **quiet, "month": "2026-10"},
        {**row, **quiet, "month": "2026-09", "recoveredYuan": 1},
        {**row, "district": None},
    ]
    found = {"Query.totals": rows, "TotalsRow.district": None}

    text, seen = await shown(Section.TOTALS, found)

    assert re.findall('data-month="([^"]+)"', text) == [
        "2026-11",
        "2026-10",
        "2026-09",
        "2026-11",
    ]
    assert re.findall('data-district="([^"]+)"', text) == ["310115"] * 3
    assert re.findall('data-changed="([^"]+)"', text) == [
        "2026-11 310115",
        "2026-09 310115",
        "2026-11 None",
    ]
    assert "Pudong" in seen
    assert re.findall('viewBox="([^"]+)"', text) == ["0 0 720 280", "0 0 720 120"]
    # Of districts a line each, and of months the width that is left of the words.
    bars = re.findall('<rect class="bar" x="([^"]+)" y="([^"]+)" width="([^"]+)"', text)
    assert bars[0] == ("125.2", "10.0", "58.0")
    assert bars[5:8] == [("110", y, "530.0") for y in ("3.0", "33.0", "63.0")]


def test_a_bar_is_as_long_as_its_share_and_never_below_nothing() -> None:
    def row(of: str | None, paid: int, recovered: int) -> Mapping[str, object]:
        return {"month": of, "paidYuan": paid, "recoveredYuan": recovered}

    rows = [row("a", 100, 25), row(None, 900, 900), row("b", -50, -1)]

    assert bars_of(rows, "month", 200, 300) == [
        Bar("a", 10.0, 38.0, 100, 300.0, 25, 75.0),
        Bar("b", 110.0, 38.0, -50, 0.0, -1, 0.0),
    ]
    assert bars_of([row("a", 0, 0)], "month", 200, 300)[0].paid_long == 0
    assert bars_of([], "month", 200, 300) == []


def test_a_bar_alone_has_the_line_and_lengths_are_told_to_a_tenth() -> None:
    def row(of: str, paid: int, recovered: int) -> Mapping[str, object]:
        return {"district": of, "paidYuan": paid, "recoveredYuan": recovered}

    (alone,) = bars_of([row("a", 1, 0)], "district", 101, 100)
    first, second = bars_of([row("a", 3, 2), row("b", 2, 3)], "district", 200, 100)

    assert alone == Bar("a", 10.1, 38.4, 1, 100.0, 0, 0.0)
    assert (first.paid_long, first.recovered_long) == (100.0, 66.7)
    assert (second.paid_long, second.recovered_long) == (66.7, 100.0)
