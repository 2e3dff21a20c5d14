"""Keep with a judgement what it was computed from: its trace, the rules, the keys."""

from dataclasses import replace
from datetime import date

from bureau.evidence.facts import Basis, key_fact
from bureau.privacy.masks import Mask
from connectors.answer import AttestedCertificate
from policy.catalogue import Catalogue, load_catalogue
from policy.edition import Edition, edition_of, load_edition
from policy.eligibility import Absence, Eligibility
from policy.evidence import Claim, Evidence
from policy.parameters import Parameters, load_parameters
from policy.trace import trace_of, trace_without
from signing.trust import TrustedKey

MASK = Mask(lifted=False)


def edition_by(catalogue: Catalogue, parameters: Parameters) -> Edition:
    """Return the edition of some rules, which are the project's nearly always."""
    if catalogue is load_catalogue() and parameters is load_parameters():
        return load_edition()
    return edition_of(catalogue, parameters)


def basis_of(  # noqa: PLR0913 - what a judgement rests on
    found: AttestedCertificate,
    evidence: Evidence,
    verdict: Eligibility,
    *,
    edition: Edition,
    figures_of: date,
    listed_by: TrustedKey | None,
) -> Basis:
    """Return the basis of a judgement on a certificate.

    It is kept for good, so without what an agency's words tell of the holder.
    """
    record = evidence.record
    masked = replace(
        record,
        title=MASK.words(record.title, record) or "",
        category=MASK.words(record.category, record),
        item=MASK.words(record.item, record) or "",
        item_code=MASK.words(record.item_code, record),
        evaluation_body=MASK.words(record.evaluation_body, record),
    )
    trace = trace_of(
        replace(evidence, record=masked),
        verdict,
        digest=found.proof.digest.hex(),
        edition=edition,
        figures_of=figures_of,
    )
    keys = [found.proof.key, *([] if listed_by is None else [listed_by])]
    return Basis(trace, edition, tuple(map(key_fact, keys)))


def basis_unseen(  # noqa: PLR0913 - what a judgement on nothing rests on
    verdict: Eligibility,
    claim: Claim,
    *,
    is_another: bool,
    edition: Edition,
    today: date,
    figures_of: date,
) -> Basis:
    """Return the basis of a judgement for which no certificate came."""
    trace = trace_without(
        Absence.NOT_ANSWERED,
        verdict,
        claim=claim,
        is_another=is_another,
        edition=edition,
        today=today,
        figures_of=figures_of,
    )
    return Basis(trace, edition, ())
