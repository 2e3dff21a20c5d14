"""The log of hashes: its newest checkpoint, who cosigned it, and how it stands."""

from datetime import datetime

from starlette.responses import Response

from gateway.application_state import state_of
from gateway.console.visit import Visit

TEMPLATE = "log.html"


async def log(visit: Visit) -> Response:
    """Show how it stands."""
    answered = await visit.answer("ConsoleLog")
    found = answered.data.get("transparencyLog")
    now = state_of(visit.request.scope).services.clock()
    return visit.page(
        TEMPLATE,
        log=found,
        problems=answered.problems,
        age=lambda at: int((now - datetime.fromisoformat(at)).total_seconds()),
    )
