"""Recoveries: what is claimed back, how far each is, and its next step.

A step is the graph's mutation, on the version that was seen.
"""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from bureau.caller import Scope
from gateway.console.asking import Answered
from gateway.console.visit import Visit
from resolvers.ledger.recoveries import CURSOR

LIST, ONE = "recoveries.html", "recovery.html"
ROWS = 50
STEPS: Mapping[str, Sequence[str]] = {
    "OPEN": ("NOTIFY", "REPAY", "REFER", "CLOSE"),
    "NOTIFIED": ("REPAY", "REFER", "CLOSE"),
    "PARTLY_RECOVERED": ("REPAY", "REFER", "CLOSE"),
    "REFERRED": ("REPAY", "CLOSE"),
}
"""The steps that the page offers of a recovery's state."""
REPAY = "REPAY"
REASON_LENGTH = 500


async def recoveries(visit: Visit) -> Response:
    """Show what is claimed back, or one of it; take the step that was chosen."""
    if visit.request.method == "POST":
        return await _step(visit)
    id_ = visit.request.query_params.get("id")
    if id_ is not None:
        return await _one(visit, id_)
    after = visit.request.query_params.get("after")
    answered = await visit.answer("ConsoleRecoveries", first=ROWS, after=after)
    return visit.page(
        LIST,
        recoveries=answered.data.get("recoveries"),
        problems=answered.problems,
    )


async def _step(visit: Visit) -> Response:
    id_, action = visit.form.get("id", ""), visit.form.get("action", "")
    version, amount = visit.number("version"), visit.number("amountYuan")
    offered = {step for steps in STEPS.values() for step in steps}
    is_odd = amount is None and visit.stated("amountYuan") is not None
    if action not in offered or version is None or is_odd:
        return await _one(visit, id_, 422)
    step: dict[str, object] = {
        "id": id_,
        "version": version,
        "action": action,
        "reason": visit.form.get("reason", "").strip()[:REASON_LENGTH],
    }
    if action == REPAY and amount is not None:
        step["amountYuan"] = amount
    taken = await visit.answer(
        "ConsoleRecoveryStep", step=step, language=visit.language
    )
    return await _one(visit, id_, taken=taken)


async def _one(
    visit: Visit, id_: str, status: int = 200, *, taken: Answered | None = None
) -> Response:
    # What is no number is nobody's.
    known = id_ if CURSOR.fullmatch(id_) else "0"
    answered = await visit.answer("ConsoleRecovery", id=known)
    found = answered.data.get("recovery")
    may_act = visit.caller.may(Scope.RECOVER)
    return visit.page(
        ONE,
        status,
        found=found,
        taken=None if taken is None else taken.said,
        problems=[*(taken.problems if taken else ()), *answered.problems],
        steps=STEPS.get(found["state"], ()) if found and may_act else (),
        reason_length=REASON_LENGTH,
    )
