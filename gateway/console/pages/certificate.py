"""A certificate's chain of evidence: from who examined to the log, as a picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bureau.caller import Purpose, Scope
from bureau.evidence.printed.code import drawn
from bureau.evidence.statement import NotForACodeError, statement_of
from gateway.console.rendering import Drawn, described, moment
from gateway.console.visit import Visit
from gateway.console.words import WORDS

TEMPLATE = "certificate.html"
BOX_HEIGHT, GAP = 84, 34
GOOD, BAD, UNSURE = "good", "bad", "unsure"
_OUTCOMES = {"VALID": GOOD, "INVALID": BAD}


@dataclass(frozen=True, slots=True)
class Link:
    """One box of the picture."""

    y: int
    title: str
    lines: Sequence[str]
    outcome: str
    """A class of the stylesheet."""
    mark: str
    """The outcome in words, so that no colour alone tells it."""


async def certificate(visit: Visit) -> Response:
    """Show the form, and below it the chain of a certificate that was asked for."""
    shown: dict[str, Any] = {
        "purposes": [*Purpose],
        "found": None,
        "links": (),
        "code": None,
        "evidence": None,
        "problems": (),
    }
    id_ = visit.stated("id")
    if visit.request.method != "POST" or id_ is None:
        return visit.page(TEMPLATE, **shown)
    answered = await visit.answer("ConsoleCertificate", id=id_, language=visit.language)
    found = answered.data.get("certificate")
    shown |= {"found": found, "problems": [*answered.problems]}
    if found is not None and found["__typename"] == "Certificate":
        shown["links"] = chain_of(visit, found)
        if _may_have_evidence(visit):
            shown |= await _evidence(visit, id_)
    return visit.page(TEMPLATE, **shown)


def _may_have_evidence(visit: Visit) -> bool:
    may = visit.caller.may
    return may(Scope.READ_IDENTITY) and (may(Scope.AUDIT) or may(Scope.WRITE_PAYMENTS))


async def _evidence(visit: Visit, id_: str) -> Mapping[str, Any]:
    """Return the bundle's digest and its code, or why there is none."""
    answered = await visit.answer("ConsoleEvidence", id=id_, language=visit.language)
    evidence = answered.data.get("evidence")
    code = None
    if evidence is not None and evidence["__typename"] == "EvidenceBundle":
        try:
            code = Drawn(drawn(statement_of(json.loads(evidence["json"]))))
        except NotForACodeError:
            code = None
    return {"evidence": evidence, "code": code}


def chain_of(visit: Visit, found: Mapping[str, Any]) -> Sequence[Link]:
    """Return the boxes of the picture, from top to bottom."""
    provenance = found["provenance"]
    checks = {one["check"]: one for one in provenance["checks"]}

    def word(key: str) -> str:
        return visit.language.of(WORDS[key])

    def name(body: str) -> str:
        return (found[body] or {}).get("name") or word("not_known")

    examination = found["examination"] or {}
    batch = " · ".join(
        filter(None, [examination.get("site"), examination.get("batch")])
    )
    received = provenance["collectedAt"] or provenance["retrievedAt"]
    boxes = (
        ("chain_examined", [name("evaluationBody"), batch], None),
        ("chain_authority", [name("authority")], "AUTHORITY"),
        (
            "chain_signed",
            [
                name("collectionBody"),
                f"{provenance['keyId']} · {provenance['algorithm']}",
                moment(provenance["signedAt"]),
            ],
            "INTEGRITY",
        ),
        ("chain_key", [checks["KEY"]["message"]], "KEY"),
        ("chain_scope", [checks["SCOPE"]["message"]], "SCOPE"),
        ("chain_received", [moment(received), checks["BINDING"]["message"]], "BINDING"),
        (
            "chain_fresh",
            [checks["FRESHNESS"]["message"], checks["STATUS"]["message"]],
            "STATUS",
        ),
        ("chain_logged", [checks["INCLUSION"]["message"]], "INCLUSION"),
    )
    return [
        Link(
            place * (BOX_HEIGHT + GAP),
            word(key),
            [line for line in lines if line],
            _OUTCOMES.get(checks[check]["result"], UNSURE) if check else "quiet",
            visit.language.of(described(f"CheckResult.{checks[check]['result']}"))
            if check
            else "",
        )
        for place, (key, lines, check) in enumerate(boxes)
    ]
