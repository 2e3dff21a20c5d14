"""Report whether the process lives, and whether its agencies answer.

``/health/ready`` is 200 while the gateway can answer anything, which it can with some
agencies down: an answer then says UNDETERMINED where it must. It is 503 when no agency
answers, and where nothing can be put on the audit log, without which nobody is
answered. The body names each agency's state, found by the last real question, or by a
probe where there was none lately; the database's, the disk's under it, that of the work
beside the requests, whether the files say something that could not be put in force,
whether the log of hashes is in time, and who keeps keys and did not sign when asked
last; the last two turn nothing off.
Anybody may ask here, so neither agencies nor the database are probed for each who does:
once, and for all who ask in the next seconds.

While an agency is not asked for a while, since it did not answer, its ``circuit`` says
since when, and when it is asked again. After that it is probed, so that a gateway
without traffic gets some, and tries.

An agency that refuses, or whose answer is not believed, is there: one person's bad
record says nothing about the next one's, so it does not turn readiness off. Keys that
end soon are named beside their agency.
"""

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

from cachetools import TTLCache
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bureau.look_ups.audit import AuditLog
from connectors.agency import Agency
from connectors.errors import StoreUnavailableError
from connectors.guard.health import Health
from gateway.application_state import state_of
from gateway.providers.wiring import Providers
from gateway.registry.expiry import key_ends
from gateway.reloading.metrics import ReloadMetrics
from gateway.transparency.showing import standing_of
from policy.evidence import AccountState
from resolvers.context import Services
from store.background import Supervisor
from store.store import Store

DATABASE = " database"
"""Among agencies' ids, of which none has a blank."""
ROOM_BYTES = 64 * 1024 * 1024
"""With less room than this a disk is full: soon nothing can be written."""
PROBE_SECONDS = 1.0
PROBE_KEPT_SECONDS = 5.0
USABLE = ("answering", "doubtful", "reachable")
RECENT = timedelta(seconds=30)

State = dict[str, object]
"""The report on one agency, or one piece of work."""


async def live(_: Request) -> Response:
    """Answer that the process runs."""
    return JSONResponse({"status": "live"})


class Readiness:
    """Answers with the state of what answers rest on."""

    def __init__(self, reloads: ReloadMetrics) -> None:
        self._reloads = reloads
        self._probes: TTLCache[str, asyncio.Task[bool]] = TTLCache(
            maxsize=inf, ttl=PROBE_KEPT_SECONDS
        )

    async def answer(self, request: Request) -> Response:
        """Answer 200 if anybody can be answered, else 503."""
        state = state_of(request.scope)
        services, store = state.services, state.store
        snapshot = services.live.snapshot
        writes = asyncio.create_task(self._probed(DATABASE, lambda: _writes(store)))
        states = await asyncio.gather(
            *(self._state(agency, services) for agency in snapshot.registry.agencies)
        )
        is_written = await writes
        is_failing = not (is_written and _takes_records(services.oversight.audit))
        ends = list(key_ends(snapshot, services.clock()))
        for one in states:
            one["key_warnings"] = [
                {"key": end.kid, "days": end.warning}
                for end in ends
                if end.agency == one["id"] and end.warning is not None
            ]
        return summary(
            states,
            database="failing" if is_failing else "answering",
            disk=disk_of(store.file),
            configuration="refused" if self._reloads.is_refused else "in force",
            tasks=_tasks_of(state.supervisor),
            transparency=standing_of(state.log.reports).lower().replace("_", " "),
            providers=_providers_of(state.providers),
        )

    async def _state(self, agency: Agency, services: Services) -> State:
        if agency.account is not AccountState.ACTIVE or agency.is_suspended:
            return {"id": agency.id, "state": "suspended", "last_outcome": None}
        health, spared = agency.health, agency.circuit.opened
        asked_at = health.asked_at
        if spared is not None and services.clock() < spared.next_try_at:
            state = "failing"
        elif asked_at is not None and services.clock() - asked_at < RECENT:
            state = _state_of(health)
        else:
            reached = await self._probed(agency.id, lambda: _probe(agency))
            state = "reachable" if reached else "unreachable"
        outcome = health.last_outcome
        return {
            "id": agency.id,
            "state": state,
            "last_outcome": None if outcome is None else outcome.value,
            **_circuit_of(agency),
        }

    async def _probed(
        self, name: str, probe: Callable[[], Coroutine[Any, Any, bool]]
    ) -> bool:
        """Probe, or await the probe under way, or return what the last one found."""
        found = self._probes.get(name)
        if found is None:
            found = asyncio.create_task(probe())
            self._probes[name] = found
        # Whoever gives up waiting does not take the result from the others.
        return await asyncio.shield(found)


def summary(  # noqa: PLR0913 - all that answers rest on
    states: list[State],
    *,
    database: str,
    disk: str,
    configuration: str,
    tasks: list[State],
    transparency: str,
    providers: list[State],
) -> Response:
    """Say what all of that comes to, and 503 if nobody can be answered."""
    usable = [state for state in states if state["state"] in USABLE]
    is_whole = (
        len(usable) == len(states)
        and disk != "full"
        and configuration == "in force"
        and transparency == "in time"
        and all(provider["state"] == "signing" for provider in providers)
    )
    if not usable or database == "failing":
        status = "unavailable"
    elif is_whole and all(task["state"] == "running" for task in tasks):
        status = "ready"
    else:
        status = "degraded"
    return JSONResponse(
        {
            "status": status,
            "database": database,
            "disk": disk,
            "configuration": configuration,
            "transparency": transparency,
            "providers": providers,
            "tasks": tasks,
            "agencies": states,
        },
        status_code=503 if status == "unavailable" else 200,
    )


def _tasks_of(supervisor: Supervisor) -> list[State]:
    return [
        {
            "name": name,
            "state": "running" if is_going else "waiting",
            "restarts": supervisor.restarts.get(name, 0),
        }
        for name, is_going in sorted(supervisor.going.items())
    ]


def _providers_of(providers: Providers) -> list[State]:
    return [
        {"name": name, "state": "signing" if is_signing else "failing"}
        for name, is_signing in sorted(providers.states.items())
    ]


def _takes_records(audit: AuditLog) -> bool:
    try:
        audit.require_open()
    except StoreUnavailableError:
        return False
    return True


async def _writes(store: Store) -> bool:
    """Say whether the database lets anybody write within a second."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await store.require_writable()
    except (TimeoutError, StoreUnavailableError):
        return False
    return True


def disk_of(file: Path | None) -> str:
    """Say whether there is room for a database, if it is a file here."""
    if file is None:
        return "elsewhere"
    return "room" if shutil.disk_usage(file.parent).free > ROOM_BYTES else "full"


def _circuit_of(agency: Agency) -> State:
    opened = agency.circuit.opened
    if opened is None:
        return {}
    times = {name: at.isoformat() for name, at in opened._asdict().items()}
    return {"circuit": {"state": agency.circuit.state.value, **times}}


def _state_of(health: Health) -> str:
    if health.is_answering:
        return "answering"
    return "doubtful" if health.is_speaking else "failing"


async def _probe(agency: Agency) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await agency.probe()
    except TimeoutError:
        return False
