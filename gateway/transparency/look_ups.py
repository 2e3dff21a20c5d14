"""``GET /look-ups/{agency}``: what an agency is told of look-ups of its data.

An agency gets its own: the caller is the agency, by its key or by a token that the
operator named so, or has registered the connector. ``docs/transparency.md`` says what
it may make of them.
"""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bureau.caller import Caller
from bureau.scopes import AGENCY as AGENCY_SCOPES
from bureau.scopes import actor_of, may
from connectors.errors import StoreUnavailableError
from connectors.registration.rules import AGENCY
from gateway.application_state import state_of
from gateway.request_state import request_of
from gateway.transparency.publishing import LATER
from store.transparency.look_ups import told_as_json

LOOK_UPS = "/look-ups/{agency}"
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


async def look_ups(request: Request) -> Response:
    """Answer with the next lists of an agency."""
    agency = request.path_params["agency"]
    after = request.query_params.get("after", "0")
    if not NUMBER.fullmatch(after):
        return PlainTextResponse("after is a number\n", 400)
    state = state_of(request.scope)
    caller = request_of(request.scope).known_caller
    try:
        if not await _is_its_own(request, caller, agency):
            return PlainTextResponse("these are another agency's\n", 403)
        found = await state.log.look_ups.of(agency, int(after))
    except StoreUnavailableError:
        return PlainTextResponse("the database is away\n", 503, LATER)
    return JSONResponse(
        {"lookUps": [told_as_json(one) for one in found]},
        headers={"Cache-Control": "no-store"},
    )


async def _is_its_own(request: Request, caller: Caller, agency: str) -> bool:
    if not may(caller.scopes, AGENCY_SCOPES):
        return False
    if caller.id.startswith(AGENCY):
        return caller.id == f"{AGENCY}{agency}"
    store = state_of(request.scope).services.registration.store
    connector = await store.connector(agency)
    return connector is not None and actor_of(caller).owns(connector)
