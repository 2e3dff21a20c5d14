"""Look at one agency step by step, in the order in which one thing rests on another."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.conformance.answers import NOBODY_SIGNS
from connectors.conformance.check import check_connector
from connectors.conformance.codes import FindingCode
from connectors.conformance.plan import Plan, of_nobody
from connectors.conformance.report import Finding, Report
from connectors.conformance.subject import Effort
from connectors.errors import ManifestError
from connectors.manifest_endpoint import Protocol
from connectors.network.addresses import AddressGuard
from connectors.network.networks import read_networks
from connectors.secrets import Secrets
from connectors.status.listed_states import ListedStates
from connectors.status.status_list import ListFault
from gateway.doctor.codes import (
    OF_THE_KIT,
    Diagnosis,
    Fault,
    Found,
    Looked,
    Step,
)
from gateway.doctor.connecting import connect
from gateway.doctor.places import Places
from gateway.doctor.running import ask_gateway
from policy.catalogue import Catalogue
from policy.text import Text
from signing.errors import Refusal
from signing.trust import KeyState, TrustBundle

EVERYWHERE = ("0.0.0.0/0", "::/0")
"""What the operator's own manifests may name."""
_STALE = frozenset({ListFault.EXPIRED, ListFault.ROLLED_BACK, Refusal.STALE})
_REFUSED = {
    Fault.TOKEN_REFUSED: ("HTTP 401", "HTTP 403"),
    Fault.WRONG_PATH: ("HTTP 404", "HTTP 405", "HTTP 410"),
}
_NOT_REACHED = Text(
    "此前的问题使本项无法检查", "what was found before left nothing to look at"
)
_NOBODY_IS_ASKED = Text(
    "此连接器不被查询，以报送数据作答", "nobody is asked: it answers from what was sent"
)
_NO_LIST = Text("清单未设 status_list", "the manifest names no status list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The agency that is looked at, and by what."""

    places: Places
    secrets: Secrets
    unread: Mapping[str, str] = field(default_factory=dict)
    """Why secrets are not there that the configuration names, by their names."""
    bundle: TrustBundle
    catalogue: Catalogue
    clock: Callable[[], datetime]
    plan: Plan | None = None
    """Whom to ask about; somebody whom nobody knows, if nobody is named."""
    tls: ssl.SSLContext | None = None
    effort: Effort


async def diagnose(patient: Patient) -> Diagnosis:
    """Return what was found; nothing that an agency does is raised.

    Raises:
        ManifestError: the manifest cannot be used at all.
    """
    rules = patient.places.rules
    steps = [_secret(patient), _keys(patient)]
    if rules.endpoint.protocol is Protocol.COLLECTED:
        steps += [
            _not_taken(step, _NOBODY_IS_ASKED)
            for step in (Step.NAME, Step.CONNECTION, *map(_step_of, OF_THE_KIT))
        ]
    else:
        steps += await connect(patient.places)
        steps += await _of_the_kit(
            patient,
            is_possible=not any(
                step.found for step in steps if step.step is not Step.KEYS
            ),
        )
    steps.append(await _status_list(patient))
    steps.append(await asyncio.to_thread(ask_gateway, patient.places, rules.id))
    return Diagnosis(rules.id, tuple(steps))


def _step_of(check: object) -> Step:
    return Step(str(check))


def _not_taken(step: Step, why: Text) -> Looked:
    return Looked(step, note=why, is_taken=False)


def _secret(patient: Patient) -> Looked:
    try:
        patient.secrets.put_in(patient.places.rules)
    except ManifestError as error:
        why = [
            reason
            for name, reason in patient.unread.items()
            if repr(name) in str(error)
        ]
        found = patient.places.found(
            *(Step.SECRET, Fault.SECRET_MISSING, patient.places.manifest),
            "; ".join((str(error), *why)),
        )
        return Looked(Step.SECRET, (found,))
    return Looked(Step.SECRET)


def _keys(patient: Patient) -> Looked:
    """Say whether a key of the collection body is in force."""
    now, places = patient.clock(), patient.places
    if places.rules.is_unsigned:
        return _not_taken(Step.KEYS, NOBODY_SIGNS)
    institution = places.rules.collection_body
    active = [
        key
        for key in patient.bundle.keys.values()
        if key.institution == institution and key.state is KeyState.ACTIVE
    ]
    found: tuple[Found, ...] = ()
    if not active:
        found = (places.found(Step.KEYS, Fault.NO_KEY, institution),)
    elif not any(key.not_before <= now <= key.not_after for key in active):
        ends = ", ".join(f"{key.kid} {key.not_after:%Y-%m-%d}" for key in active)
        found = (places.found(Step.KEYS, Fault.KEY_EXPIRED, institution, ends),)
    return Looked(Step.KEYS, found)


async def _of_the_kit(patient: Patient, *, is_possible: bool) -> list[Looked]:
    """Ask as the gateway does, and have what comes judged by the conformance kit."""
    if not is_possible:
        return [_not_taken(_step_of(check), _NOT_REACHED) for check in OF_THE_KIT]
    report = await check_connector(
        patient.secrets.put_in(patient.places.rules),
        patient.bundle,
        patient.plan or of_nobody(),
        catalogue=patient.catalogue,
        guard=_guard(),
        clock=patient.clock,
        effort=patient.effort,
        tls=patient.tls,
        checks=OF_THE_KIT,
        is_judged=False,
    )
    return list(_translated(patient.places, report))


def _guard() -> AddressGuard:
    return AddressGuard(read_networks(EVERYWHERE))


def _translated(places: Places, report: Report) -> list[Looked]:
    return [
        Looked(
            step := _step_of(result.check),
            tuple(
                places.found(step, _code_of(one), one.place, one.detail)
                for one in result.findings
            ),
            result.note,
            result.is_tested,
        )
        for result in report.results
        if result.check in OF_THE_KIT
    ]


def _code_of(finding: Finding) -> Fault | FindingCode:
    """Return the finding's code, or what a refusal's status says closer."""
    if finding.code is FindingCode.REFUSED:
        for code, statuses in _REFUSED.items():
            if finding.detail.startswith(statuses):
                return code
    return finding.code


async def _status_list(patient: Patient) -> Looked:
    rules, places = patient.places.rules, patient.places
    if rules.status_list.url is None:
        return _not_taken(Step.STATUS_LIST, _NO_LIST)
    async with _guard().session(patient.tls) as session:
        listed = ListedStates(rules, session, patient.clock)
        await listed.refresh(patient.bundle)
    if listed.fault is None:
        until = f"{listed.until:%Y-%m-%d %H:%M:%SZ}"
        return Looked(Step.STATUS_LIST, note=Text(f"有效至 {until}", f"until {until}"))
    code = Fault.LIST_REFUSED
    if listed.fault == "UNREACHABLE":
        code = Fault.LIST_SILENT
    elif listed.fault in _STALE:
        code = Fault.LIST_STALE
    found = places.found(
        Step.STATUS_LIST, code, rules.status_list.url, str(listed.fault)
    )
    return Looked(Step.STATUS_LIST, (found,))
