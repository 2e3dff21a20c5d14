"""The kit finds every fault of the sandbox, and nothing wrong with honest agencies."""

import pytest

from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.report import Outcome
from sandbox.faults import Fault
from tests.connectors.conformance.kit import checked_sandbox, codes, outcome
from tests.running import Agencies

EMERGENCY, TRANSPORT, FIRE = "emergency-management", "transport", "fire-rescue"
FOUND = {
    Fault.SLOW: "SLOW_ANSWER",
    Fault.SILENT: "NO_ANSWER",
    Fault.ERROR_500: "SERVER_ERROR",
    Fault.REFUSED_403: "REFUSED",
    Fault.CUT_BODY: "BODY_CUT",
    Fault.WRONG_CONTENT_TYPE: "WRONG_MEDIA_TYPE",
    Fault.OVERSIZE: "BODY_TOO_LARGE",
    Fault.TAMPERED: "BAD_SIGNATURE",
    Fault.WRONG_KEY: "UNKNOWN_KEY",
    Fault.FORGED_KEY: "BAD_SIGNATURE",
    Fault.OTHER_AGENCY_KEY: "OUT_OF_SCOPE",
    Fault.REPLAYED: "STALE_SIGNATURE",
    Fault.OLD_NONCE: "REPLAYED",
    Fault.CLOCK_OFF: "CLOCK_AHEAD",
    Fault.UNSIGNED_ABSENCE: "UNSIGNED_ABSENCE",
    Fault.WRONG_HOLDER: "WRONG_HOLDER",
    Fault.WITHHELD: "INCOMPLETE",
    Fault.REPLAY: "OTHER_QUESTION",
    Fault.UNBOUND: "NOT_BOUND",
    Fault.OTHER_AUDIENCE: "OTHER_AUDIENCE",
}
"""The finding that names each fault."""

OF_BINDING = (Fault.REPLAY, Fault.UNBOUND, Fault.OTHER_AUDIENCE)
"""Faults of agencies that bind their answers: see ``test_bound_answers.py``."""
NO_FAULTS = {
    (Fault.OLD_NONCE, EMERGENCY),
    (Fault.OLD_NONCE, TRANSPORT),
    (Fault.WITHHELD, FIRE),
    *((f, a) for f in OF_BINDING for a in (EMERGENCY, TRANSPORT, FIRE)),
}
"""Where a fault changes nothing: see ``sandbox.faults``."""

LATE = {Fault.SLOW, Fault.SILENT}
"""The faults that have to be waited for."""


@pytest.mark.parametrize("agency", [EMERGENCY, TRANSPORT, FIRE])
@pytest.mark.parametrize("fault", list(Fault))
async def test_a_fault_is_found(agencies: Agencies, fault: Fault, agency: str) -> None:
    timeout_seconds = 0.3 if fault in LATE else 1.8
    with agencies.fault(agency, fault, seconds=0.6):
        report = await checked_sandbox(agencies, agency, timeout_seconds)

    is_fault = (fault, agency) not in NO_FAULTS
    assert report.is_conforming is not is_fault
    assert (FOUND[fault] in codes(report)) is is_fault


@pytest.mark.parametrize("agency", [EMERGENCY, TRANSPORT, FIRE])
async def test_nothing_is_wrong_with_an_honest_agency(
    agencies: Agencies, agency: str
) -> None:
    report = await checked_sandbox(agencies, agency)

    assert report.findings == []
    assert {r.check for r in report.results if r.outcome is Outcome.NOT_TESTED} == {
        Check.TLS,  # in the clear, on this machine
        Check.ROTATION,  # one key
    }
    assert report.latency is not None


async def test_a_fault_ends_the_run_where_more_questions_would_tell_no_more(
    agencies: Agencies,
) -> None:
    with agencies.fault(TRANSPORT, Fault.REFUSED_403):
        report = await checked_sandbox(agencies, TRANSPORT)

    assert outcome(report, Check.ANSWERS) is Outcome.FAILED
    assert outcome(report, Check.LATENCY) is Outcome.NOT_TESTED
    assert {result.check for result in report.results} == set(Check)


async def test_no_finding_names_a_person(agencies: Agencies) -> None:
    numbers = {person["idNumber"] for person in agencies.people}

    reports = []
    for fault in (Fault.TAMPERED, Fault.WRONG_HOLDER, Fault.CUT_BODY, Fault.WITHHELD):
        with agencies.fault(EMERGENCY, fault):
            reports.append(await checked_sandbox(agencies, EMERGENCY))

    said = str(reports)
    assert FindingCode.WRONG_HOLDER in said
    assert [number for number in numbers if number in said] == []
