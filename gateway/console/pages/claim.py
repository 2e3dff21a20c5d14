"""One claim, looked up and explained clause by clause in the notice's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from bureau.caller import Purpose
from gateway.console.visit import Visit
from policy.evidence import ClaimantCategory, Hukou
from policy.identity import IdType
from policy.level import Level
from resolvers.enums import Acquisition

TEMPLATE = "claim.html"
MET = "MET"
YES_OR_NO = {"yes": True, "no": False}
CHOICES: Mapping[str, Sequence[str]] = {
    "idType": [*IdType],
    "level": [*Level],
    "purpose": [*Purpose],
    "category": [*ClaimantCategory],
    "hukou": [*Hukou],
    "acquisition": [*Acquisition],
}
"""What one may choose from, as the graph names it."""
NEEDED = ("idNumber", "itemCode", "level")
_COMPARED = ("number", "issuedOn")
"""What of a certificate may be stated beside its item and level, and is compared."""


async def claim(visit: Visit) -> Response:
    """Show the form, and below it what was found of a claim that was sent."""
    catalogue = await visit.answer("ConsoleCatalogue", language=visit.language)
    shown: dict[str, Any] = {
        "items": catalogue.data.get("catalogue", {}).get("items", ()),
        "choices": CHOICES,
        "found": None,
        "missing": (),
        "problems": catalogue.problems,
    }
    if visit.request.method != "POST":
        return visit.page(TEMPLATE, **shown)
    missing = [name for name in NEEDED if visit.stated(name) is None]
    if missing:
        return visit.page(TEMPLATE, 422, **{**shown, "missing": missing})
    return visit.page(TEMPLATE, **{**shown, **await _found(visit)})


async def _found(visit: Visit) -> Mapping[str, Any]:
    """Return what the graph says of the claim in the form."""
    answered = await visit.answer(
        "ConsoleClaim",
        idNumber=visit.stated("idNumber"),
        idType=visit.stated("idType"),
        name=visit.stated("name"),
        itemCode=visit.stated("itemCode"),
        itemCodes=[visit.stated("itemCode")],
        level=visit.stated("level"),
        claim=claim_of(visit),
        language=visit.language,
    )
    holder = answered.data.get("holder")
    found: dict[str, Any] = {"problems": [*answered.problems], "found": holder}
    if holder is None:
        return found
    verdict = holder.get("claimEligibility") or {}
    findings = verdict.get("findings") or ()
    clauses = (answered.data.get("policy") or {}).get("clauses", ())
    found["verdict"] = verdict
    found["clauses"] = {one["id"]: one for one in clauses}
    found["findings"] = findings
    found["open"] = [one for one in findings if one["outcome"] != MET]
    found["compared"] = None
    if any(visit.stated(name) for name in (*_COMPARED, "name")):
        compared = await visit.answer(
            "ConsoleComparison", claims=[_stated(visit)], language=visit.language
        )
        found["problems"] += compared.problems
        nodes = (compared.data.get("verifyClaims") or {}).get("nodes") or [None]
        found["compared"] = nodes[0]
    return found


def claim_of(visit: Visit) -> Mapping[str, object]:
    """Return the facts of the claim as ``ClaimInput`` has them; blanks left out."""
    stated: dict[str, object] = {
        name: visit.stated(name)
        for name in ("claimedOn", "category", "hukou", "dischargedOn", "acquisition")
    }
    for name in ("studiesInShanghai", "isCivilServant"):
        stated[name] = YES_OR_NO.get(visit.form.get(name, ""))
    return {name: value for name, value in stated.items() if value is not None}


def _stated(visit: Visit) -> Mapping[str, object]:
    stated = {
        "idNumber": visit.stated("idNumber"),
        "idType": visit.stated("idType"),
        "item": visit.stated("itemCode"),
        "level": visit.stated("level"),
        "issuedOn": visit.stated("issuedOn"),
        "number": visit.stated("number"),
        "name": visit.stated("name"),
    }
    return {name: value for name, value in stated.items() if value is not None}
