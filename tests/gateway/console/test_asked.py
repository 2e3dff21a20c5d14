"""What each page asks the graph, and the steps that it takes in somebody's name."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from gateway.console.language import Language
from gateway.console.sections import Section
from tests.gateway.console.made_up import NOBODY, MadeUp, opened, visit_of

LONG = "r" * 501
OF_RECOVERY = {"id": "7", "version": "3", "action": "REPAY", "amountYuan": "1600"}
REPAYMENT = {
    "id": "7",
    "version": 3,
    "action": "REPAY",
    "reason": "paid",
    "amountYuan": 1600,
}
CORRECTION: list[tuple[str, Mapping[str, object]]] = [("ConsoleCorrections", {})]
TOTALS = {"from": "2026-01-01", "to": "2026-12-01"}
SANCTIONS = ("SanctionsByState", {"lifted": True})
CONNECTOR = [("Connector", {"id": "fire"}), ("ConnectorManifest", {"id": "fire"})]
OVERSEEN = "ConsoleAgenciesOverseen"


def of_recovery(**more: str) -> dict[str, str]:
    return {**OF_RECOVERY, "reason": " paid ", **more}


@pytest.mark.parametrize(
    ("section", "query", "expected"),
    [
        (Section.LEDGER, "", [("ConsoleDecisions", {"first": 50, "after": None})]),
        (
            Section.LEDGER,
            "after=9",
            [("ConsoleDecisions", {"first": 50, "after": "9"})],
        ),
        (
            Section.RECOVERIES,
            "",
            [("ConsoleRecoveries", {"first": 50, "after": None})],
        ),
        (
            Section.RECOVERIES,
            "after=9",
            [("ConsoleRecoveries", {"first": 50, "after": "9"})],
        ),
        (Section.RECOVERIES, "id=7", [("ConsoleRecovery", {"id": "7"})]),
        # What is no number is nobody's.
        (Section.RECOVERIES, "id=x", [("ConsoleRecovery", {"id": "0"})]),
        (Section.CORRECTIONS, "", CORRECTION),
        (Section.CORRECTIONS, "id=8", CORRECTION),
        (
            Section.CORRECTIONS,
            "id=Correction.id",
            [
                *CORRECTION,
                (
                    "ConsoleDecisions",
                    {"first": 100, "filter": {"claim": "Correction.claim"}},
                ),
            ],
        ),
        (Section.REGISTRATION, "", [("Connectors", {})]),
        (Section.REGISTRATION, "id=fire", CONNECTOR),
        (Section.SANCTIONS, "", [SANCTIONS]),
        (Section.LOG, "", [("ConsoleLog", {})]),
        (
            Section.AGENCIES,
            "",
            [("ConsoleAgencies", {"language": "EN"}), (OVERSEEN, {"window": "WEEK"})],
        ),
        (
            Section.AGENCIES,
            "window=MONTH",
            [("ConsoleAgencies", {"language": "EN"}), (OVERSEEN, {"window": "MONTH"})],
        ),
        (
            Section.AGENCIES,
            "window=YEAR",
            [("ConsoleAgencies", {"language": "EN"}), (OVERSEEN, {"window": "WEEK"})],
        ),
        (
            Section.TOTALS,
            "",
            [
                ("ConsoleTotals", {**TOTALS, "by": by})
                for by in (["MONTH"], ["DISTRICT"], ["MONTH", "DISTRICT"])
            ],
        ),
        (Section.CLAIM, "", [("ConsoleCatalogue", {"language": "EN"})]),
        (Section.CERTIFICATE, "", []),
        (Section.BATCH, "", []),
        (Section.RECONCILIATION, "", []),
    ],
)
async def test_a_page_asks_what_it_shows(
    section: Section, query: str, expected: list[tuple[str, Mapping[str, object]]]
) -> None:
    graph = MadeUp()

    status, text = await opened(visit_of(section, graph, query=query))

    assert (status, "data-code" in text, graph.said) == (200, False, expected)


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        # In Shanghai it is the next day already.
        ("2027-02-28T16:00:00+00:00", "2026-04-01", "2027-03-01"),
        ("2027-02-28T15:59:59+00:00", "2026-03-01", "2027-02-28"),
        ("2026-12-31T15:59:59+00:00", "2026-01-01", "2026-12-31"),
    ],
)
async def test_totals_are_of_twelve_months_of_which_this_is_the_last(
    now: str, first: str, last: str
) -> None:
    graph = MadeUp()

    await opened(visit_of(Section.TOTALS, graph, now=datetime.fromisoformat(now)))

    asked = [(said["from"], said["to"]) for _, said in graph.said]
    assert asked == [(first, last)] * 3


async def test_who_does_not_oversee_asks_nothing_of_quality() -> None:
    graph = MadeUp()

    await opened(visit_of(Section.AGENCIES, graph, caller=NOBODY))

    assert graph.said == [("ConsoleAgencies", {"language": "EN"})]


@pytest.mark.parametrize(
    ("section", "form", "operation", "expected"),
    [
        pytest.param(
            Section.RECOVERIES,
            of_recovery(),
            "ConsoleRecoveryStep",
            {"step": REPAYMENT, "language": "EN"},
            id="a repayment",
        ),
        pytest.param(
            Section.RECOVERIES,
            of_recovery(action="CLOSE", reason=LONG),
            "ConsoleRecoveryStep",
            {
                "step": {
                    "id": "7",
                    "version": 3,
                    "action": "CLOSE",
                    "reason": LONG[:500],
                },
                "language": "EN",
            },
            id="an end, of which no amount is noted",
        ),
        pytest.param(
            Section.RECOVERIES,
            {"id": "7", "version": "3", "action": "REPAY"},
            "ConsoleRecoveryStep",
            {
                "step": {"id": "7", "version": 3, "action": "REPAY", "reason": ""},
                "language": "EN",
            },
            id="a repayment of nothing, which the graph refuses",
        ),
        pytest.param(
            Section.CORRECTIONS,
            {
                "id": "7",
                "answer": "CONFIRM",
                "officer": f" {'o' * 65} ",
                "reason": f" {LONG} ",
                "purpose": "SUBSIDY_CLAIM",
                "caseNumber": "A-1",
            },
            "ConsoleAnswerCorrection",
            {
                "answer": {
                    "id": "7",
                    "answer": "CONFIRM",
                    "officer": "o" * 64,
                    "reason": LONG[:500],
                },
                "language": "EN",
            },
            id="an answer to a correction",
        ),
        pytest.param(
            Section.CORRECTIONS,
            {"answer": "REJECT"},
            "ConsoleAnswerCorrection",
            {
                "answer": {"id": "", "answer": "REJECT", "officer": "", "reason": ""},
                "language": "EN",
            },
            id="an answer that says nothing, which the graph refuses",
        ),
        pytest.param(
            Section.REGISTRATION,
            {"id": "fire", "version": "3", "step": "ReturnConnector", "reason": " no "},
            "ReturnConnector",
            {"step": {"id": "fire", "version": 3, "reason": "no"}},
            id="a step of a connector",
        ),
        pytest.param(
            Section.REGISTRATION,
            {"version": "3", "step": "CheckConnector", "keyId": "k"},
            "CheckConnector",
            {"step": {"id": "", "version": 3, "reason": ""}},
            id="a step that says nothing, which the graph refuses",
        ),
        pytest.param(
            Section.REGISTRATION,
            {
                "id": "fire",
                "version": "3",
                "step": "ApproveKey",
                "keyId": "k",
                "reason": LONG,
            },
            "ApproveKey",
            {
                "step": {"id": "fire", "version": 3, "reason": LONG[:500]},
                "keyId": "k",
            },
            id="a key",
        ),
        pytest.param(
            Section.SANCTIONS,
            {"id": "9", "step": "LiftSanction", "reason": f" {LONG}"},
            "LiftSanction",
            {"id": "9", "reason": LONG[:500]},
            id="a sanction",
        ),
        pytest.param(
            Section.SANCTIONS,
            {"step": "RejectSanction"},
            "RejectSanction",
            {"id": "", "reason": ""},
            id="a sanction that is not named",
        ),
    ],
)
async def test_a_step_is_taken_as_the_form_says(
    section: Section, form: Mapping[str, str], operation: str, expected: object
) -> None:
    graph = MadeUp()

    status, text = await opened(visit_of(section, graph, form))

    assert status == 200
    assert graph.said[0] == (operation, expected)
    assert 'role="status"' in text
    why = {key: form[key] for key in ("purpose", "caseNumber") if key in form}
    assert graph.asked[0].extensions == why


@pytest.mark.parametrize(
    ("section", "form"),
    [
        pytest.param(Section.RECOVERIES, of_recovery(action="OPEN"), id="no step"),
        pytest.param(Section.RECOVERIES, of_recovery(version=""), id="no version"),
        pytest.param(Section.RECOVERIES, of_recovery(amountYuan="1.5"), id="odd yuan"),
        pytest.param(
            Section.RECOVERIES, of_recovery(amountYuan="12345678"), id="too many yuan"
        ),
        pytest.param(Section.CORRECTIONS, {"answer": "MAYBE"}, id="no answer"),
        pytest.param(
            Section.REGISTRATION,
            {"id": "fire", "version": "3", "step": "DraftConnector"},
            id="no step of a connector",
        ),
        pytest.param(
            Section.REGISTRATION,
            {"id": "fire", "version": "-3", "step": "CheckConnector"},
            id="no version of a connector",
        ),
        pytest.param(Section.SANCTIONS, {"step": "ImposeSanction"}, id="no sanction's"),
    ],
)
async def test_what_no_page_offers_is_not_asked(
    section: Section, form: Mapping[str, str]
) -> None:
    graph = MadeUp()

    status, text = await opened(visit_of(section, graph, form))

    assert status == 422
    assert 'role="status"' not in text
    assert [one for one in graph.asked if (one.query or "").startswith("mut")] == []


async def test_pages_ask_in_the_language_of_who_reads_them() -> None:
    graph = MadeUp()

    _, text = await opened(
        visit_of(Section.AGENCIES, graph, caller=NOBODY, language=Language.ZH)
    )

    assert graph.said == [("ConsoleAgencies", {"language": "ZH"})]
    assert "登记机构" in text
