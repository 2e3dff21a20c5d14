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
MOST_DIGITS = 7


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
    version, amount = visit.form.get("version", ""), visit.stated("amountYuan")
    offered = {step for steps in STEPS.values() for step in steps}
    is_sound = version.isdecimal() and (amount is None or _is_amount(amount))
    if action not in offered or not is_sound:
        return await _one(visit, id_, 422)
    step: dict[str, object] = {
        "id": id_,
        "version": int(version),
        "action": action,
        "reason": visit.form.get("reason", "").strip()[:REASON_LENGTH],
    }
    if action == REPAY and amount is not None:
        step["amountYuan"] = int(amount)
    taken = await visit.answer(
        "ConsoleRecoveryStep", step=step, language=visit.language
    )
    return await _one(visit, id_, taken=taken)


def _is_amount(amount: str) -> bool:
    return amount.isascii() and amount.isdecimal() and len(amount) <= MOST_DIGITS


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
