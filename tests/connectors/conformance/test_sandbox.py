"""The kit finds every fault of the sandbox, and nothing wrong with honest agencies."""

from collections.abc import Iterator

import pytest

from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.report import Outcome
from sandbox.faults import Fault
from tests.connectors.conformance.kit import checked_sandbox, codes, outcome
from tests.running import Agencies, running_agencies

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
    Fault.WRONG_SIGNER_ID: "BAD_SIGNATURE",
}
"""The finding that names each fault."""

OF_BINDING = (Fault.REPLAY, Fault.UNBOUND, Fault.OTHER_AUDIENCE)
"""Faults of agencies that bind their answers: see ``test_bound_answers.py``."""
NO_FAULTS = {
    (Fault.OLD_NONCE, EMERGENCY),
    (Fault.OLD_NONCE, TRANSPORT),
    (Fault.WITHHELD, FIRE),
    *((f, a) for f in OF_BINDING for a in (EMERGENCY, TRANSPORT, FIRE)),
    *((Fault.WRONG_SIGNER_ID, agency) for agency in (EMERGENCY, TRANSPORT, FIRE)),
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


@pytest.fixture(scope="module", name="by_sm2")
def _by_sm2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    """The agencies with a Fire Rescue that signs by SM2, under an id of its own."""
    with running_agencies(
        tmp_path_factory.mktemp("sm2"), 50, with_sm2=True
    ) as agencies:
        yield agencies


async def test_nothing_is_wrong_with_an_agency_that_signs_by_sm2(
    by_sm2: Agencies,
) -> None:
    report = await checked_sandbox(by_sm2, FIRE)

    assert report.findings == []


@pytest.mark.parametrize(
    "fault", [Fault.TAMPERED, Fault.WRONG_KEY, Fault.FORGED_KEY, Fault.WRONG_SIGNER_ID]
)
async def test_a_fault_of_an_agency_that_signs_by_sm2_is_found(
    by_sm2: Agencies, fault: Fault
) -> None:
    with by_sm2.fault(FIRE, fault):
        report = await checked_sandbox(by_sm2, FIRE)

    assert FOUND[fault] in codes(report)


async def test_a_wrong_signer_id_is_said_to_be_one_perhaps(by_sm2: Agencies) -> None:
    with by_sm2.fault(FIRE, Fault.WRONG_SIGNER_ID):
        report = await checked_sandbox(by_sm2, FIRE)

    assert "sm2_signer_id" in str(report)


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
