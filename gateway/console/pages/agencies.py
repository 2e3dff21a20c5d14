"""The agencies: how they are, how quick, how good, and until when their keys hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from bureau.scopes import READER, may
from connectors.guard.circuit import CircuitState, Operation
from gateway.console.visit import Visit

TEMPLATE = "agencies.html"
WINDOWS = ("DAY", "WEEK", "MONTH")
CIRCUITS = (CircuitState.CLOSED, CircuitState.HALF_OPEN, CircuitState.OPEN)
"""By the numbers that ``gateway_circuit_state`` has for them."""


async def agencies(visit: Visit) -> Response:
    """Show them; to overseers with the quality of their data and sanctions."""
    answered = await visit.answer("ConsoleAgencies", language=visit.language)
    window = visit.request.query_params.get("window", "WEEK")
    overseen: Mapping[str, Any] = {}
    problems = [*answered.problems]
    if may(visit.caller.scopes, READER):
        more = await visit.answer(
            "ConsoleAgenciesOverseen", window=window if window in WINDOWS else "WEEK"
        )
        overseen = {one["id"]: one for one in more.data.get("agencies", ())}
        problems += more.problems
    listed: Sequence[Mapping[str, Any]] = answered.data.get("agencies", ())
    return visit.page(
        TEMPLATE,
        agencies=listed,
        overseen=overseen,
        measured={one["id"]: _measured(visit, one["id"]) for one in listed},
        problems=problems,
        windows=WINDOWS,
        window=window if window in WINDOWS else "WEEK",
    )


def _measured(visit: Visit, agency: str) -> Mapping[str, object]:
    """Return what this gateway measured of an agency since it began.

    Everybody may read the metrics; of people they say nothing.
    """
    of = {"agency": agency}
    calls = visit.sample("gateway_agency_call_seconds_count", of) or 0
    seconds = visit.sample("gateway_agency_call_seconds_sum", of) or 0
    circuit = visit.sample(
        "gateway_circuit_state", {**of, "operation": Operation.LOOK_UP}
    )
    return {
        "calls": int(calls),
        "milliseconds": round(1000 * seconds / calls, 1) if calls else None,
        "circuit": CIRCUITS[int(circuit or 0)],
    }
