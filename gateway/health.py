"""Whether the process lives, and whether its agencies answer.

``/health/ready`` is 200 while the gateway can answer anything, which it can with some
agencies down: an answer then says UNDETERMINED where it must. It is 503 when no
agency answers. The body names each agency's state, found by the last
real question, or by knocking where there was none lately.
"""

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.agency import Agency
from policy.evidence import AccountState
from resolvers.context import Services

PROBE_SECONDS = 1.0
USABLE = ("answering", "reachable")
RECENT = timedelta(seconds=30)


async def live(_: Request) -> Response:
    """Answer that the process runs."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """Answer how each agency is."""
    services: Services = request.app.state.services
    agencies = services.registry.agencies
    states = await asyncio.gather(*(_state(agency, services) for agency in agencies))
    usable = [state for state in states if state["state"] in USABLE]
    if not usable:
        status = "unavailable"
    else:
        status = "ready" if len(usable) == len(states) else "degraded"
    return JSONResponse(
        {"status": status, "agencies": states},
        status_code=503 if status == "unavailable" else 200,
    )


async def _state(agency: Agency, services: Services) -> dict[str, str | None]:
    if agency.manifest.account is not AccountState.ACTIVE:
        return {"id": agency.id, "state": "suspended", "last_outcome": None}
    health = agency.health
    asked_at = health.asked_at
    if asked_at is not None and services.clock() - asked_at < RECENT:
        state = "answering" if health.is_answering else "failing"
    else:
        state = "reachable" if await _reaches(agency) else "unreachable"
    outcome = health.last_outcome
    return {
        "id": agency.id,
        "state": state,
        "last_outcome": None if outcome is None else outcome.value,
    }


async def _reaches(agency: Agency) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await agency.probe()
    except TimeoutError:
        return False
