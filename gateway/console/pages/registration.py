"""The registration inbox: what agencies submitted, explained, and the next step on it.

Every step is the graph's own mutation, in the words of its trusted document: whoever
submitted does not approve, and a step on another version than was seen is refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from bureau.caller import Scope
from connectors.conformance.codes import FindingCode
from connectors.conformance.explanations import EXPLANATIONS
from gateway.console.visit import Visit

LIST, ONE = "registration.html", "connector.html"
STEPS: Mapping[str, Sequence[str]] = {
    "SUBMITTED": ("CheckConnector", "ReturnConnector"),
    "CHECKED": ("ApproveConnector", "CheckConnector", "ReturnConnector"),
    "APPROVED": ("ActivateConnector", "ReturnConnector"),
    "ACTIVE": ("SuspendConnector",),
    "SUSPENDED": ("ResumeConnector", "RetireConnector"),
}
"""The steps that a page offers of a connector's state."""
KEY_STEP = "ApproveKey"
REASON_LENGTH = 500


async def registration(visit: Visit) -> Response:
    """Show what was registered, or one of them; take the step that was chosen."""
    if visit.request.method == "POST":
        return await _step(visit)
    id_ = visit.request.query_params.get("id")
    if id_ is not None:
        return await _one(visit, id_)
    answered = await visit.answer("Connectors")
    return visit.page(
        LIST,
        connectors=answered.data.get("connectors") or (),
        problems=answered.problems,
        waiting=("SUBMITTED", "CHECKED", "APPROVED"),
    )


async def _step(visit: Visit) -> Response:
    name, id_ = visit.form.get("step", ""), visit.form.get("id", "")
    version = visit.number("version")
    offered = {KEY_STEP, *(step for steps in STEPS.values() for step in steps)}
    if name not in offered or version is None:
        return await _one(visit, id_, 422)
    step = {
        "id": id_,
        "version": version,
        "reason": visit.form.get("reason", "").strip()[:REASON_LENGTH],
    }
    more = {"keyId": visit.form.get("keyId", "")} if name == KEY_STEP else {}
    taken = await visit.answer(name, step=step, **more)
    return await _one(visit, id_, said=taken.said, problems=taken.problems)


async def _one(
    visit: Visit,
    id_: str,
    status: int = 200,
    *,
    said: Mapping[str, Any] | None = None,
    problems: Sequence[object] = (),
) -> Response:
    answered = await visit.answer("Connector", id=id_)
    manifest = await visit.answer("ConnectorManifest", id=id_)
    found = answered.data.get("connector")
    is_operator = visit.caller.may(Scope.APPROVE)
    return visit.page(
        ONE,
        status,
        found=found,
        manifest=(manifest.data.get("connector") or {}).get("manifest") or (),
        problems=[*problems, *answered.problems],
        taken=said,
        findings=_explained(visit, found),
        steps=STEPS.get(found["state"], ()) if found and is_operator else (),
        may_approve_keys=is_operator,
        reason_length=REASON_LENGTH,
    )


def _explained(
    visit: Visit, found: Mapping[str, Any] | None
) -> Sequence[Mapping[str, str]]:
    """Return the kit's findings with what each means, and what mends it."""
    report = (found or {}).get("report") or {}
    rows = []
    for finding in report.get("findings", ()):
        severity, code, place = [*finding.split(" ", 2), "", ""][:3]
        known = EXPLANATIONS[FindingCode(code)] if code in list(FindingCode) else None
        rows.append(
            {
                "severity": severity,
                "code": code,
                "place": place.removeprefix("at "),
                "meaning": "" if known is None else visit.language.of(known.meaning),
                "remedy": "" if known is None else visit.language.of(known.remedy),
            }
        )
    return rows
