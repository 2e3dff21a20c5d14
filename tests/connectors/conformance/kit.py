"""Run the kit in tests: quickly, and against this machine."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.conformance.check import check_connector
from connectors.conformance.codes import Check
from connectors.conformance.plan import Plan, planned
from connectors.conformance.report import Outcome, Report
from connectors.conformance.subject import Effort
from connectors.manifest import Manifest, read_manifest
from connectors.network.addresses import AddressGuard
from connectors.network.networks import read_networks
from policy.catalogue import load_catalogue
from signing.trust import TrustBundle, read_trust_bundle
from tests.running import Agencies

HERE = read_networks(["127.0.0.0/8"])
QUICKLY = Effort(requests=5, request_timeout_seconds=1.5, total_seconds=60)
PORTS = {"emergency-management": 9101, "transport": 9102, "fire-rescue": 9103}
PEOPLE = ("whole-annex", "all-three", "none")
"""Story persons that are honest everywhere: many certificates, one, none."""


def now() -> datetime:
    """Read the clock: agencies sign by the real one."""
    return datetime.now(UTC)


async def checked(
    manifest: Manifest,
    bundle: TrustBundle,
    plan: Plan,
    *,
    effort: Effort = QUICKLY,
    tls: ssl.SSLContext | None = None,
) -> Report:
    """Check an agency of this machine."""
    return await check_connector(
        manifest,
        bundle,
        plan,
        catalogue=load_catalogue(),
        guard=AddressGuard(HERE),
        clock=now,
        effort=effort,
        tls=tls,
    )


def manifest_text(agencies: Agencies, agency: str) -> str:
    """Return a sandbox agency's manifest, with where it really is."""
    text = Path("sandbox/agencies", f"{agency}.toml").read_text("utf-8")
    return text.replace(f"http://127.0.0.1:{PORTS[agency]}", agencies.urls[agency])


def sandbox_plan(agencies: Agencies, agency: str) -> Plan:
    """Return what is known of story persons at one agency."""
    return Plan(
        tuple(
            planned(
                person["idNumber"],
                items_at(person["certificates"], agency),
                name=person["name"],
            )
            for person in map(agencies.person, PEOPLE)
        )
    )


def items_at(certificates: Sequence[dict[str, str]], agency: str) -> list[str]:
    return [one["itemCode"] for one in certificates if one["agency"] == agency]


async def checked_sandbox(
    agencies: Agencies, agency: str, timeout_seconds: float = 1.8
) -> Report:
    """Check one of the sandbox's agencies as it is now."""
    text = manifest_text(agencies, agency)
    limit = f"timeout_seconds = {timeout_seconds}"
    return await checked(
        read_manifest(text.replace("timeout_seconds = 1.8", limit)),
        read_trust_bundle((agencies.folder / "trust.toml").read_text("utf-8")),
        sandbox_plan(agencies, agency),
    )


def codes(report: Report) -> set[str]:
    """Return what was found."""
    return {str(finding.code) for finding in report.findings}


def outcome(report: Report, check: Check) -> Outcome:
    """Return how one check ended."""
    return next(r.outcome for r in report.results if r.check is check)
