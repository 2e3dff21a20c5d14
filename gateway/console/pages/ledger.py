"""The ledger: what was decided on claims, newest first."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gateway.console.visit import Visit

TEMPLATE = "ledger.html"
ROWS = 50


async def ledger(visit: Visit) -> Response:
    """Show the decisions that the caller may see."""
    after = visit.request.query_params.get("after")
    answered = await visit.answer("ConsoleDecisions", first=ROWS, after=after)
    decisions: Mapping[str, Any] = answered.data.get("decisions") or {}
    return visit.page(TEMPLATE, decisions=decisions, problems=answered.problems)
