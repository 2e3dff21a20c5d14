"""Run the conformance kit on what files and options say."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.conformance.check import Progress, check_connector
from connectors.conformance.plan import (
    Plan,
    PlanError,
    PlannedPerson,
    planned,
    read_plan,
)
from connectors.conformance.report import Report
from connectors.conformance.subject import Effort
from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from connectors.network.addresses import AddressGuard
from connectors.secrets import named_in
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.settings.registration import Registration
from gateway.settings.secrets import SecretSource, read_secrets
from gateway.trust import read_bundle
from policy.catalogue import load_catalogue

SECRET_VARIABLE = "AGENCY_SECRET_"  # noqa: S105 - the variable's name
"""What begins the variable that has a secret for a check by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An agency to check, and the options of the check."""

    manifest: Path
    trust: Path
    plan: Path | None
    holders: tuple[str, ...]
    """``NUMBER:ITEM,ITEM`` each."""
    absent: tuple[str, ...]
    networks: tuple[str, ...]
    requests: int
    max_seconds: float


def run_check(request: Request, progress: Progress) -> Report:
    """Check the agency and return what was found.

    Raises:
        StartError: a file or an option cannot be used.
    """
    networks = Registration(allowed_networks=request.networks).networks
    manifest = _with_secrets(request.manifest, read_manifest_file(request.manifest))
    bundle = read_bundle(request.trust)
    plan = plan_of(request.plan, request.holders, request.absent)

    async def check() -> Report:
        return await check_connector(
            manifest,
            bundle,
            plan,
            catalogue=load_catalogue(),
            guard=AddressGuard(networks),
            clock=utc_now,
            effort=Effort(requests=request.requests, total_seconds=request.max_seconds),
            progress=progress,
        )

    try:
        return asyncio.run(check())
    except ManifestError as error:
        raise StartError(f"{request.manifest}: {error}") from None


def read_manifest_file(path: Path) -> Manifest:
    """Return the manifest in ``path``.

    Raises:
        StartError: it cannot be used.
    """
    try:
        return read_manifest(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ManifestError) as error:
        raise StartError(f"{path}: {error}") from None


def _with_secrets(path: Path, manifest: Manifest) -> Manifest:
    """Return the manifest with the secrets that it names, from the environment.

    Who checks has no gateway's configuration, and an agency has its own secrets alone.
    """
    sources = {
        name: SecretSource(
            variable=f"{SECRET_VARIABLE}{name.upper().replace('-', '_')}",
            connectors=(manifest.id,),
        )
        for name in named_in(manifest)
    }
    try:
        return read_secrets(sources, os.environ).put_in(manifest)
    except ManifestError as error:
        raise StartError(f"{path}: {error}") from None


def plan_of(file: Path | None, holders: Iterable[str], absent: Iterable[str]) -> Plan:
    """Join the plan's file with the people named by options.

    Raises:
        StartError: it is no plan, or names nobody.
    """
    people: list[PlannedPerson] = []
    try:
        if file is not None:
            people += read_plan(file.read_text(encoding="utf-8")).people
        people += _named(holders, absent)
        return Plan(tuple(people))
    except (OSError, UnicodeDecodeError, PlanError) as error:
        place = file or "the plan"
        remedy = "name people with --plan, or with --holder and --absent"
        raise StartError(f"{place}: {error}; {remedy}") from None


def _named(holders: Iterable[str], absent: Iterable[str]) -> Iterator[PlannedPerson]:
    for holder in holders:
        number, _, items = holder.partition(":")
        if not items:
            raise PlanError("--holder is NUMBER:ITEM, or NUMBER:ITEM,ITEM for two")
        yield planned(number, items.split(","))
    yield from (planned(number, []) for number in absent)
