"""What commands show of connectors, sanctions and reports, cell by cell."""

import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from connectors.conformance.codes import Check, FindingCode, Severity
from connectors.conformance.explanations import EXPLANATIONS
from connectors.conformance.report import Finding, Latency, Report, Result, not_tested
from gateway.registration.format import Format
from gateway.registration.screen import show, to_json, to_junit
from policy.text import Text
from tests.gateway.registration.desk import Ended
from tests.gateway.registration.test_asking import TAKEN, data, said

LISTED = {
    **TAKEN,
    "id": "fire[1]",
    "collectionBody": {"id": "fire-rescue"},
    "items": ["3.1", "3.2"],
    "changedAt": "2026-11-25T08:30:59.123Z",
}
SANCTION = {
    "__typename": "Sanction",
    "id": "7",
    "body": {"id": "fire-rescue"},
    "kind": "FREEZE",
    "reason": "伪造",
    "imposedBy": "bureau-1",
    "liftedAt": None,
    "state": "UNCONFIRMED",
    "lastDay": None,
    "confirmBefore": "2026-11-26T08:30:00Z",
    "confirmedBy": None,
}
REASON = ("--reason", "r")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def rows(shown: str) -> list[list[str]]:
    """Return the cells of a table that was printed."""
    return [
        [cell.strip() for cell in line.replace("┃", "│").split("│")[1:-1]]
        for line in shown.splitlines()
        if line.startswith(("│", "┃"))
    ]


async def listed(tmp_path: Path, *words: str, **fields: object) -> Ended:
    return await said(tmp_path, data(**fields), words=words)


async def test_connectors_are_listed_with_state_version_body_items_and_moment(
    tmp_path: Path,
) -> None:
    none = {**LISTED, "id": "x", "collectionBody": {"id": None}, "items": []}

    shown = await listed(tmp_path, "connector", "list", connectors=[LISTED, none])

    assert shown.code == 0
    assert rows(shown.output) == [
        ["id", "state", "version", "collection body", "items", "changed"],
        [
            *("fire[1]", "SUBMITTED", "3", "fire-rescue", "3.1, 3.2"),
            "2026-11-25 08:30:59Z",
        ],
        ["x", "SUBMITTED", "3", "", "", "2026-11-25 08:30:59Z"],
    ]


async def test_a_connector_is_shown_with_keys_findings_warnings_and_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {
        "version": 2,
        "step": "SUBMIT",
        "after": "SUBMITTED",
        "actor": "agency:fire",
        "at": "2026-11-25T08:30:59Z",
        "reason": "as [agreed]",
    }
    connector = {
        **TAKEN,
        "keys": [{"keyId": "key[1]", "state": "ACTIVE"}],
        "report": {"findings": ["TLS at [url]"]},
        "warningsZh": ["编号"],
        "warningsEn": ["number"],
        "history": [event],
    }
    words = ("connector", "show", "transport")

    whole = await listed(tmp_path, *words, connector=connector)
    with monkeypatch.context() as coloured:
        # What scripts read is plain, whatever the terminal can do.
        coloured.setenv("FORCE_COLOR", "1")
        short = await listed(tmp_path, *words, "--no-history", connector=connector)
    absent = await listed(tmp_path, *words, connector=None)
    absent_json = await listed(tmp_path, *words, "--json", connector=None)

    head = [
        "transport SUBMITTED version 3",
        "  key key[1] ACTIVE",
        "  TLS at [url]",
        "  warning: number / 编号",
    ]
    assert (whole.code, whole.output.splitlines()[:4]) == (0, head)
    assert rows(whole.output) == [
        ["version", "step", "state", "who", "when", "why"],
        [
            *("2", "SUBMIT", "SUBMITTED", "agency:fire", "2026-11-25 08:30:59Z"),
            "as [agreed]",
        ],
    ]
    assert (short.code, short.output.splitlines()) == (0, head)
    assert (absent.code, absent.output) == (1, "")
    assert absent.error.startswith("UNKNOWN_CONNECTOR: 'transport'\n")
    assert (absent_json.code, absent_json.json) == (1, {"connector": None})


async def test_a_refusal_says_code_detail_words_and_what_the_kit_found(
    tmp_path: Path,
) -> None:
    refused = {
        "__typename": "RegistrationRefused",
        "code": "NOT_CONFORMING",
        "detail": "2 failures",
        "messageZh": "不符合",
        "messageEn": "not conforming",
        "asItIs": {"report": {"findings": ["BAD_SIGNATURE at x"]}},
    }
    words = ("connector", "submit", "transport", *REASON, "--version", "1")

    shown = await listed(tmp_path, *words, submitConnector=refused)
    other = {**refused, "code": "WRONG_STATE", "detail": None}
    plain = await listed(tmp_path, *words, submitConnector=other)

    assert (shown.code, shown.error.splitlines()) == (
        1,
        [
            "NOT_CONFORMING: 2 failures",
            "不符合",
            "not conforming",
            "  BAD_SIGNATURE at x",
        ],
    )
    assert (plain.code, plain.error.splitlines()) == (
        1,
        ["WRONG_STATE", "不符合", "not conforming"],
    )


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({}, "2026-11-26T08:30Z"),
        ({"liftedAt": "2026-11-25T10:00:00Z"}, "2026-11-25"),
        ({"confirmBefore": None, "lastDay": "2026-12-31"}, "2026-12-31"),
        ({"confirmBefore": None}, ""),
    ],
)
async def test_a_sanction_is_said_with_its_end(
    tmp_path: Path, changes: dict[str, object], until: str
) -> None:
    sanction = {**SANCTION, **changes}
    words = ("sanction", "freeze-urgently", "fire-rescue", *REASON)

    made = await listed(tmp_path, *words, freezeUrgently=sanction)
    all_ = await listed(
        tmp_path, "sanction", "list", sanctions=[sanction], sanctionProposals=[]
    )

    end = f" until {until}" if until else ""
    assert made.output == f"sanction 7: fire-rescue FREEZE UNCONFIRMED{end}\n"
    assert rows(all_.output) == [
        ["id", "body", "what", "why", "by", "until"],
        ["7", "fire-rescue", "FREEZE UNCONFIRMED", "伪造", "bureau-1", until],
    ]


async def test_sanctions_and_proposals_are_listed_with_who_and_why(
    tmp_path: Path,
) -> None:
    confirmed = {**SANCTION, "confirmedBy": "bureau-2", "state": "IN_FORCE"}
    proposal = {
        "__typename": "SanctionProposal",
        "id": "4",
        "body": {"id": None},
        "cause": "ALTERED_RECORDS",
        "found": 9,
        "threshold": 5,
    }

    shown = await listed(
        *(tmp_path, "sanction", "list"),
        sanctions=[confirmed],
        sanctionProposals=[proposal],
    )

    assert rows(shown.output)[1:] == [
        [
            *("7", "fire-rescue", "FREEZE IN_FORCE", "伪造"),
            *("bureau-1 bureau-2", "2026-11-26T08:30Z"),
        ],
        [
            *("proposal 4", "", "FREEZE PROPOSED"),
            *("ALTERED_RECORDS: 9, threshold 5", "gateway", ""),
        ],
    ]


async def test_what_was_lifted_imposed_and_decided_is_said_in_a_line(
    tmp_path: Path,
) -> None:
    proposal = {
        "__typename": "SanctionProposal",
        "id": "4",
        "body": {"id": "fire-rescue"},
        "cause": "ALTERED_RECORDS",
        "found": 9,
        "threshold": 5,
    }
    lifted = await listed(
        tmp_path, "sanction", "lift", "7", *REASON, liftSanction=SANCTION
    )
    impose = ("sanction", "impose", "fire-rescue", "--kind", "FREEZE", *REASON)
    imposed = await listed(tmp_path, *impose, imposeSanction=SANCTION)
    decide = ("sanction", "decide", "4", *REASON)
    decided = [
        await listed(tmp_path, *decide, how, decideSanctionProposal=proposal)
        for how in ("--accept", "--dismiss")
    ]
    quiet = await listed(
        tmp_path, "sanction", "lift", "7", *REASON, "--json", liftSanction=SANCTION
    )

    assert lifted.output == "lifted 7: fire-rescue FREEZE\n"
    assert imposed.output == "sanction 7: fire-rescue FREEZE\n"
    assert [one.output for one in decided] == [
        "proposal 4: ACCEPTED\n",
        "proposal 4: DISMISSED\n",
    ]
    assert quiet.json == {"liftSanction": SANCTION}


def code_of(severity: Severity) -> FindingCode:
    return next(code for code in FindingCode if EXPLANATIONS[code].severity is severity)


FAILURE, WARNING = code_of(Severity.FAILURE), code_of(Severity.WARNING)
FIRST, SECOND, THIRD = list(Check)[:3]
REPORT = Report(
    agency="fire[1]",
    checked_at=datetime(2026, 11, 25, 8, 30, 59, tzinfo=UTC),
    results=(
        Result(FIRST, (Finding(FAILURE, "x", "why"), Finding(WARNING, "y"))),
        Result(SECOND, (), Text("注", "a [note]")),
        not_tested(THIRD, Text("未测", "not tested")),
    ),
    latency=Latency(20, 0.1, 0.2, 0.3, 0.4),
)
CLEAN = Report(REPORT.agency, REPORT.checked_at, REPORT.results[1:], None)


def test_a_report_is_shown_check_by_check_and_finding_by_finding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(REPORT, Format.TABLE)
    shown = capsys.readouterr().out
    show(CLEAN, Format.TABLE)
    clean = capsys.readouterr().out

    words = {code: EXPLANATIONS[code] for code in (FAILURE, WARNING)}
    assert rows(shown) == [
        ["check", "outcome", "note"],
        [FIRST, "FAILED", ""],
        [SECOND, "PASSED", "a [note]"],
        [THIRD, "NOT_TESTED", "not tested"],
    ]
    assert shown.partition("┘\n")[2].splitlines() == [
        f"FAILURE {FAILURE} at x (why)",
        f"  {words[FAILURE].meaning.en}: {words[FAILURE].remedy.en}",
        f"  {words[FAILURE].meaning.zh}：{words[FAILURE].remedy.zh}",
        f"WARNING {WARNING} at y",
        f"  {words[WARNING].meaning.en}: {words[WARNING].remedy.en}",
        f"  {words[WARNING].meaning.zh}：{words[WARNING].remedy.zh}",
        "NOT CONFORMING fire[1], 2026-11-25 08:30:59Z: 1 failures, 1 warnings",
    ]
    assert clean.splitlines()[-1] == (
        "CONFORMING fire[1], 2026-11-25 08:30:59Z: 0 failures, 0 warnings"
    )


def test_a_report_is_json_with_everything_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(REPORT, Format.JSON)
    found = json.loads(capsys.readouterr().out)

    assert found == json.loads(to_json(REPORT))
    checks = found.pop("checks")
    assert found == {
        "agency": "fire[1]",
        "checkedAt": "2026-11-25T08:30:59+00:00",
        "conforming": False,
        "latencySeconds": {
            "requests": 20,
            "p50": 0.1,
            "p95": 0.2,
            "p99": 0.3,
            "max": 0.4,
        },
    }
    assert json.loads(to_json(CLEAN))["latencySeconds"] is None
    assert checks[1:] == [
        {
            "check": SECOND,
            "outcome": "PASSED",
            "note": {"zh": "注", "en": "a [note]"},
            "findings": [],
        },
        {
            "check": THIRD,
            "outcome": "NOT_TESTED",
            "note": {"zh": "未测", "en": "not tested"},
            "findings": [],
        },
    ]
    words = EXPLANATIONS[FAILURE]
    assert checks[0]["note"] is None
    assert checks[0]["findings"][0] == {
        "code": FAILURE,
        "severity": "FAILURE",
        "place": "x",
        "detail": "why",
        "meaning": {"zh": words.meaning.zh, "en": words.meaning.en},
        "remedy": {"zh": words.remedy.zh, "en": words.remedy.en},
    }


def test_a_report_is_junit_a_case_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    show(REPORT, Format.JUNIT)
    written = capsys.readouterr().out
    suite = ET.fromstring(written)  # noqa: S314 - our own

    assert written.startswith("<?xml version='1.0'")
    assert written == f"{to_junit(REPORT)}\n"
    assert suite.tag == "testsuite"
    assert suite.attrib == {
        "name": "conformance fire[1]",
        "timestamp": "2026-11-25T08:30:59",
        "tests": "3",
        "failures": "1",
        "skipped": "1",
        "errors": "0",
    }
    first, second, third = suite
    words, warned = EXPLANATIONS[FAILURE], EXPLANATIONS[WARNING]
    assert [(one.tag, one.attrib) for one in suite] == [
        ("testcase", {"classname": "fire[1]", "name": check})
        for check in (FIRST, SECOND, THIRD)
    ]
    assert [(one.tag, one.attrib, one.text) for one in first] == [
        (
            "failure",
            {"type": FAILURE, "message": f"{FAILURE} at x (why)"},
            f"{words.meaning.en}: {words.remedy.en}",
        ),
        (
            "system-out",
            {},
            f"{WARNING} at y: {warned.meaning.en}: {warned.remedy.en}",
        ),
    ]
    assert [*second] == []
    assert [(one.tag, one.attrib) for one in third] == [
        ("skipped", {"message": "not tested"})
    ]
