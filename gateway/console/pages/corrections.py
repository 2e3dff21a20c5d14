"""The inbox of corrections: a wrong payment beside the right one, and the answer to it.

The answer is the graph's mutation: whoever proposed does not confirm, neither as the
same caller nor as the same officer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from bureau.caller import Purpose, Scope
from gateway.console.asking import Answered
from gateway.console.visit import Visit

LIST, ONE = "corrections.html", "correction.html"
ANSWERS = ("CONFIRM", "REJECT")
REASON_LENGTH, OFFICER_LENGTH = 500, 64
OF_A_CLAIM = 100
"""Decisions of one claim among which the wrong one is looked for, newest first."""
COMPARED = ("certificate", "district", "amountYuan", "category")
"""What is shown of the wrong payment and of the right one."""


async def corrections(visit: Visit) -> Response:
    """Show what waits, or one of it; take the answer that was chosen."""
    id_ = visit.request.query_params.get("id")
    taken: Answered | None = None
    status = 200
    if visit.request.method == "POST":
        id_ = visit.form.get("id", "")
        if visit.form.get("answer") in ANSWERS:
            taken = await _answer(visit, id_)
        else:
            status = 422
    answered = await visit.answer("ConsoleCorrections")
    waiting: Sequence[Mapping[str, Any]] = answered.data.get("openCorrections") or ()
    problems = [*(taken.problems if taken else ()), *answered.problems]
    found = next((one for one in waiting if one["id"] == id_), None)
    shown = {
        "taken": None if taken is None else taken.said,
        "problems": problems,
        "corrections": waiting,
    }
    if found is None:
        return visit.page(LIST, status, **shown)
    wrong = await visit.answer(
        "ConsoleDecisions", first=OF_A_CLAIM, filter={"claim": found["claim"]}
    )
    shown["problems"] = [*problems, *wrong.problems]
    decisions = (wrong.data.get("decisions") or {}).get("nodes", ())
    number = found["decision"]
    return visit.page(
        ONE,
        status,
        **shown,
        found=found,
        wrong=next((one for one in decisions if one["id"] == number), None),
        compared=COMPARED,
        officer=(visit.caller.subject or "").partition(":")[2],
        may_answer=visit.caller.may(Scope.WRITE_PAYMENTS),
        purposes=[*Purpose],
        answers=ANSWERS,
        reason_length=REASON_LENGTH,
        officer_length=OFFICER_LENGTH,
    )


async def _answer(visit: Visit, id_: str) -> Answered:
    answer = {
        "id": id_,
        "answer": visit.form.get("answer"),
        "officer": visit.form.get("officer", "").strip()[:OFFICER_LENGTH],
        "reason": visit.form.get("reason", "").strip()[:REASON_LENGTH],
    }
    return await visit.answer(
        "ConsoleAnswerCorrection", answer=answer, language=visit.language
    )
