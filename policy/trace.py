"""A trace: everything that a verdict was computed from, and what came of each clause.

It is made where the verdict is, of the same evidence, and kept with it, so that anybody
computes the verdict again years later, by the edition of the rules that it names
(``policy.edition``), and needs nothing of ours. ``annex/trace-v1.schema.json`` says
what it holds; ``gateway/evidence/verify-bundle.mjs`` computes it again.

It names nobody: of a certificate's number it has what the clauses read of it, of the
claimant whether they are the holder. The signed bytes are known by their digest. What
an agency writes freely is masked by whoever hands it in (``bureau.ledger.tracing``).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from policy.certificate import CertificateRecord
from policy.clause_inputs import INPUTS
from policy.contradictions import said_by_number
from policy.edition import Edition, Json, canonical
from policy.eligibility import Absence, Eligibility
from policy.evidence import Attestation, Claim, Claimant, Evidence, HeldLevel, Payment
from policy.level import Level
from policy.names import same_name, stated_name
from policy.parameters import Parameters
from policy.row import number_length

FORMAT = "certificate-gateway-trace@v1"


def trace_of(
    evidence: Evidence,
    verdict: Eligibility,
    *,
    digest: str,
    edition: Edition,
    figures_of: date,
) -> str:
    """Return the trace of a verdict on a certificate, as JSON.

    ``digest`` is the SHA-256 of the signed bytes, in hexadecimal.
    """
    return _trace(
        verdict,
        edition,
        {
            "asOf": evidence.as_of.isoformat(),
            "today": evidence.today.isoformat(),
            "figuresOf": figures_of.isoformat(),
            "record": {"digest": digest, **_record(evidence.record)},
            "attestation": _attestation(evidence.attestation),
            "claimant": _claimant(evidence.claimant, evidence.record),
            "claim": None if evidence.claim is None else _claim(evidence.claim),
            "absence": None,
        },
    )


def trace_without(  # noqa: PLR0913 - what a verdict on nothing rests on
    why: Absence,
    verdict: Eligibility,
    *,
    claim: Claim,
    is_another: bool,
    edition: Edition,
    today: date,
    figures_of: date,
) -> str:
    """Return the trace of a verdict for which no certificate came, as JSON.

    ``is_another`` says that the claimant is not who the certificate's id is of.
    """
    return _trace(
        verdict,
        edition,
        {
            "asOf": today.isoformat(),
            "today": today.isoformat(),
            "figuresOf": figures_of.isoformat(),
            "record": None,
            "attestation": None,
            "claimant": None,
            "claim": _claim(claim),
            "absence": {
                "why": why,
                "item": verdict.item_code,
                "level": verdict.level,
                "isAnother": is_another,
            },
        },
    )


def _trace(
    verdict: Eligibility,
    edition: Edition,
    facts: dict[str, Any],
) -> str:
    in_force = dict(
        _in_force(edition.parameters, date.fromisoformat(facts["figuresOf"]))
    )
    return canonical(
        {
            "format": FORMAT,
            "policy": edition.digest,
            **facts,
            "parameters": in_force,
            "clauses": [
                {
                    "clause": found.clause,
                    "outcome": found.outcome,
                    "inputs": [*_inputs(found.clause, facts)],
                    "parameters": [*INPUTS[found.clause].parameters],
                }
                for found in verdict.findings
            ],
            "verdict": {
                "outcome": verdict.outcome,
                "itemCode": verdict.item_code,
                "level": verdict.level,
                "sharePercent": verdict.share_percent,
                "amountYuan": verdict.amount_yuan,
                "computedYuan": verdict.computed_yuan,
            },
        }
    )


def _in_force(parameters: Parameters, day: date) -> Iterator[tuple[str, Json]]:
    """Yield of each parameter from when on, and until before when, its value holds."""
    days: dict[str, list[date]] = {}
    for entry in parameters.entries:
        days.setdefault(entry.name, []).append(entry.in_force_from)
    for name, starts in days.items():
        place = max(sum(start <= day for start in starts), 1)
        after = starts[place : place + 1]
        yield (
            name,
            {
                "from": starts[place - 1].isoformat(),
                "until": after[0].isoformat() if after else None,
            },
        )


def _inputs(clause: str, facts: dict[str, Any]) -> Iterable[str]:
    """Return the facts that a clause was handed, by their names in the trace."""
    named = INPUTS[clause].facts
    if facts["record"] is None:
        others = [name for name in named if name.startswith("claim.")]
        return ["absence", *others]
    if not facts["attestation"]["isOutdated"]:
        return named
    # What is outdated decides nothing to anybody's harm, but that it was revoked.
    return [*named, "attestation.isOutdated", *INPUTS["219-3b"].facts]


def _record(record: CertificateRecord) -> dict[str, Json]:
    said = said_by_number(record)
    changes = record.changes
    return {
        "number": {
            "length": number_length(record),
            "isHolders": said.is_holders,
            "grade": said.grade,
            "year": said.year,
        },
        "title": record.title,
        "category": record.category,
        "item": record.item,
        "itemCode": record.item_code,
        "level": record.level,
        "firstIssuedOn": _day(record.first_issued_on),
        "issuedOn": _day(record.issued_on),
        "validFrom": _day(record.valid_from),
        "validUntil": _day(record.valid_until),
        "reviewDueOn": _day(record.review_due_on),
        "state": record.state,
        "stateSince": _day(record.state_since),
        "changes": None
        if changes is None
        else [
            {"state": change.state, "effectiveOn": _day(change.effective_on)}
            for change in changes
        ],
        "evaluationBody": record.evaluation_body,
    }


def _attestation(attestation: Attestation) -> Json:
    return {
        "institution": attestation.institution,
        "scope": [*sorted(attestation.scope)],
        "keyInForce": attestation.key_in_force,
        "account": attestation.account,
        "isOutdated": attestation.is_outdated,
    }


def _claimant(claimant: Claimant | None, record: CertificateRecord) -> Json:
    """Return what a claimant has in common with the holder."""
    if claimant is None:
        return None
    claimed, registered = stated_name(claimant.name), stated_name(record.holder_name)
    is_compared = claimed is not None and registered is not None
    return {
        "sameNumber": claimant.identity.number == record.holder.number,
        "sameDocument": claimant.identity.type is record.holder.type,
        "isNamed": claimed is not None,
        "isHolderNamed": registered is not None,
        "sameName": same_name(claimed or "", registered or "") if is_compared else None,
    }


def _claim(claim: Claim) -> Json:
    return {
        "claimedOn": _day(claim.claimed_on),
        "category": claim.category,
        "hukou": claim.hukou,
        "studiesInShanghai": claim.studies_in_shanghai,
        "dischargedOn": _day(claim.discharged_on),
        "payments": None if claim.payments is None else [*map(_paid, claim.payments)],
        "held": None if claim.held is None else [*map(_held, claim.held)],
        "isCivilServant": claim.is_civil_servant,
        "acquisition": claim.acquisition,
    }


def _paid(payment: Payment) -> Json:
    return {
        "itemCode": payment.item_code,
        "level": payment.level,
        "category": payment.category,
        "fund": payment.fund,
        "paidOn": _day(payment.paid_on),
        "amountYuan": payment.amount_yuan,
        "isRecovered": payment.is_recovered,
    }


def _held(held: HeldLevel) -> Json:
    level: Level | None = held.level
    return {"itemCode": held.item_code, "level": level}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
