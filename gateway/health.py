"""Report whether the process lives, and whether its agencies answer.

``/health/ready`` is 200 while the gateway can answer anything, which it can with some
agencies down: an answer then says UNDETERMINED where it must. It is 503 when no
agency answers. The body names each agency's state, found by the last real question,
or by a probe where there was none lately. Anybody may ask here, so agencies are not
probed for each who does: once, and for all who ask in the next seconds.

While an agency is not asked for a while, since it did not answer, its ``circuit`` says
since when, and when it is asked again. After that it is probed, so that a gateway
without traffic gets some, and tries.

An agency that refuses, or whose answer is not believed, is there: one person's bad
record says nothing about the next one's, so it does not turn readiness off. Keys that
end soon are named beside their agency.
"""

import asyncio
from datetime import timedelta
from math import inf

from cachetools import TTLCache
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.agency import Agency
from connectors.guard.health import Health
from gateway.application_state import state_of
from gateway.registry.expiry import key_ends
from policy.evidence import AccountState
from resolvers.context import Services

PROBE_SECONDS = 1.0
PROBE_KEPT_SECONDS = 5.0
USABLE = ("answering", "doubtful", "reachable")
RECENT = timedelta(seconds=30)

State = dict[str, object]
"""The report on one agency."""


async def live(_: Request) -> Response:
    """Answer that the process runs."""
    return JSONResponse({"status": "live"})


class Readiness:
    """Answers with each agency's state."""

    def __init__(self) -> None:
        self._probes: TTLCache[str, asyncio.Task[bool]] = TTLCache(
            maxsize=inf, ttl=PROBE_KEPT_SECONDS
        )

    async def answer(self, request: Request) -> Response:
        """Answer 200 if any agency can be used, else 503."""
        services = state_of(request.scope).services
        snapshot = services.live.snapshot
        states = await asyncio.gather(
            *(self._state(agency, services) for agency in snapshot.registry.agencies)
        )
        ends = list(key_ends(snapshot, services.clock()))
        for state in states:
            state["key_warnings"] = [
                {"key": end.kid, "days": end.warning}
                for end in ends
                if end.agency == state["id"] and end.warning is not None
            ]
        return _summary(states)

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
            state = "reachable" if await self._reaches(agency) else "unreachable"
        outcome = health.last_outcome
        return {
            "id": agency.id,
            "state": state,
            "last_outcome": None if outcome is None else outcome.value,
            **_circuit_of(agency),
        }

    async def _reaches(self, agency: Agency) -> bool:
        """Probe, or await the probe under way, or return what the last one found."""
        probe = self._probes.get(agency.id)
        if probe is None:
            probe = asyncio.create_task(_probe(agency))
            self._probes[agency.id] = probe
        # Whoever gives up waiting does not take the result from the others.
        return await asyncio.shield(probe)


def _summary(states: list[State]) -> Response:
    usable = [state for state in states if state["state"] in USABLE]
    if not usable:
        status = "unavailable"
    else:
        status = "ready" if len(usable) == len(states) else "degraded"
    return JSONResponse(
        {"status": status, "agencies": states},
        status_code=503 if status == "unavailable" else 200,
    )


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
