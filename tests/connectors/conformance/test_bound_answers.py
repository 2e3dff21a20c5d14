"""The kit finds what is wrong with an agency that says it binds its answers."""

from collections.abc import Iterator

import pytest

from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.report import Outcome, Report
from connectors.manifest import read_manifest
from sandbox.binding import AUDIENCE, NONCE_HEADER
from sandbox.faults import Fault
from signing.trust import read_trust_bundle
from tests.connectors.conformance.kit import (
    checked,
    codes,
    manifest_text,
    outcome,
    sandbox_plan,
)
from tests.connectors.conformance.test_sandbox import EMERGENCY, FIRE, FOUND, TRANSPORT
from tests.running import Agencies, running_agencies

BINDS = f'[binding]\naudience = "{AUDIENCE}"\n\n[signature]'
OURS = (Fault.REPLAY, Fault.UNBOUND, Fault.OTHER_AUDIENCE, Fault.OLD_NONCE)


@pytest.fixture(scope="module", name="binding_agencies")
def _binding_agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    folder = tmp_path_factory.mktemp("binding")
    with running_agencies(folder, 200, "--binds") as agencies:
        yield agencies


async def checked_binding(
    agencies: Agencies, agency: str, binds: str = BINDS
) -> Report:
    """Check an agency by a manifest that says it binds."""
    text = manifest_text(agencies, agency).replace('nonce = "nonce"\n', "")
    return await checked(
        read_manifest(text.replace("[signature]", binds)),
        read_trust_bundle((agencies.folder / "trust.toml").read_text("utf-8")),
        sandbox_plan(agencies, agency),
    )


@pytest.mark.parametrize("agency", [EMERGENCY, TRANSPORT, FIRE])
async def test_nothing_is_wrong_with_an_agency_that_binds(
    binding_agencies: Agencies, agency: str
) -> None:
    report = await checked_binding(binding_agencies, agency)

    assert report.findings == []
    assert outcome(report, Check.REPLAY) is Outcome.PASSED


async def test_the_nonce_may_come_in_a_header(binding_agencies: Agencies) -> None:
    binds = BINDS.replace("\n\n", f'\nnonce_header = "{NONCE_HEADER}"\n\n')

    report = await checked_binding(binding_agencies, TRANSPORT, binds)

    assert report.findings == []


@pytest.mark.parametrize("agency", [EMERGENCY, TRANSPORT, FIRE])
@pytest.mark.parametrize("fault", OURS)
async def test_what_is_wrong_is_named(
    binding_agencies: Agencies, fault: Fault, agency: str
) -> None:
    with binding_agencies.fault(agency, fault):
        report = await checked_binding(binding_agencies, agency)

    assert not report.is_conforming
    assert FOUND[fault] in codes(report)
    assert outcome(report, Check.REPLAY) is Outcome.FAILED


async def test_a_manifest_that_promises_more_than_the_agency_does(
    agencies: Agencies,
) -> None:
    report = await checked_binding(agencies, EMERGENCY)

    assert FindingCode.NOT_BOUND in codes(report)
    assert not report.is_conforming
