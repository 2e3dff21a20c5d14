"""Sanctions: what is in force or proposed, and the second person's answer to it.

Steps are the graph's mutations, by the trusted documents of registration: whoever
proposed does not confirm.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from bureau.caller import Scope
from gateway.console.asking import Problem
from gateway.console.visit import Visit

TEMPLATE = "sanctions.html"
STEPS: Mapping[str, Sequence[str]] = {
    "PROPOSED": ("ConfirmSanction", "RejectSanction"),
    "UNCONFIRMED": ("ConfirmSanction", "RejectSanction"),
    "IN_FORCE": ("LiftSanction",),
    "OVERDUE": ("LiftSanction",),
}
"""The steps that the page offers of a sanction's state."""
REASON_LENGTH = 500


async def sanctions(visit: Visit) -> Response:
    """Show them; take the step that was chosen."""
    said: Mapping[str, Any] | None = None
    problems: list[Problem] = []
    status = 200
    if visit.request.method == "POST":
        name = visit.form.get("step", "")
        if any(name in steps for steps in STEPS.values()):
            taken = await visit.answer(
                name,
                id=visit.form.get("id", ""),
                reason=visit.form.get("reason", "").strip()[:REASON_LENGTH],
            )
            problems += taken.problems
            said = taken.said
        else:
            status = 422
    answered = await visit.answer("SanctionsByState", lifted=True)
    return visit.page(
        TEMPLATE,
        status,
        sanctions=answered.data.get("sanctions") or (),
        proposals=answered.data.get("sanctionProposals") or (),
        problems=[*problems, *answered.problems],
        taken=said,
        steps=STEPS if visit.caller.may(Scope.SANCTION) else {},
        reason_length=REASON_LENGTH,
    )
