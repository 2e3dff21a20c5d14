"""A person the agencies were asked about, and what all their answers amount to.

``judge`` answers for a row of the annex and not for a certificate: the best
certificate counts, and "holds none" is said only where signed bytes say so. Pure:
no clock, no I/O, so a table of answers is a test.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from connectors.agency import Agency
from connectors.answer import (
    Answer,
    AttestedCertificate,
    ShownCertificate,
    SourceOutcome,
)
from connectors.guard.health import CONCLUSIVE
from policy.catalogue import Catalogue, Item, load_catalogue
from policy.contradictions import LEVEL_IN_DOUBT, warnings_of
from policy.eligibility import (
    Absence,
    Eligibility,
    EligibilityOutcome,
    evaluate,
    without_certificate,
)
from policy.evidence import Claim, Claimant, Evidence
from policy.level import Level
from policy.parameters import Parameters
from policy.payments import Payments
from policy.question import Question
from policy.row import row_of

PREFERENCE: Mapping[EligibilityOutcome, int] = MappingProxyType(
    {
        EligibilityOutcome.ELIGIBLE: 0,
        EligibilityOutcome.UNDETERMINED: 1,
        EligibilityOutcome.INELIGIBLE: 2,
    }
)
"""A holder with two certificates of one row is paid for the one that is in order."""


_OF_TODAY = frozenset({Absence.NONE_HELD, Absence.ACCOUNT_FROZEN})
"""What a signed absence or an account says today it does not say of tomorrow."""


@dataclass(frozen=True, slots=True)
class Person:
    """The person of a question, and what each agency answered."""

    claimant: Claimant
    answers: Sequence[tuple[Agency, Answer]]
    paid: Payments | None = None
    """What the ledger has of them, where a claim is to be judged."""

    @property
    def certificates(self) -> list[ShownCertificate]:
        """Return what is shown in the annex's order, what it lacks at the end.

        Of what nobody signed, ``judge`` takes nothing.
        """
        unsigned = [one for _, answer in self.answers for one in answer.unsigned]
        verified = in_annex_order(self.answers)
        return (
            sorted([*verified, *unsigned], key=_annex_order)
            if unsigned
            else [*verified]
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict, and the certificate it is about; ``None`` if it is about none."""

    eligibility: Eligibility
    certificate: AttestedCertificate | None
    absence: Absence | None = None
    """Why it is about none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuestion:
    """Does the notice pay for this item and level?"""

    item: Item
    level: Level
    as_of: date
    today: date
    claim: Claim | None

    def evidence(
        self, claimant: Claimant, certificate: AttestedCertificate
    ) -> Evidence:
        """Return what ``certificate`` is judged by."""
        return Evidence(
            record=certificate.record,
            attestation=certificate.attestation,
            claimant=claimant,
            claim=self.claim,
            as_of=self.as_of,
            today=self.today,
        )

    def compared(
        self,
        claimant: Claimant,
        certificate: AttestedCertificate | None,
        *,
        catalogue: Catalogue,
        parameters: Parameters,
    ) -> Question:
        """Return what a verdict on ``certificate``, or on none, was asked with."""
        figures = parameters.in_force(self.as_of)
        if certificate is None:
            return Question.without_certificate(
                *(self.item, self.level, self.claim),
                figures=figures,
                catalogue=catalogue,
            )
        return Question.of(
            self.evidence(claimant, certificate),
            figures=figures,
            catalogue=catalogue,
        )


def judge(
    person: Person,
    question: RowQuestion,
    *,
    catalogue: Catalogue,
    parameters: Parameters,
) -> Verdict:
    """Return the verdict on the person's best certificate of the row asked about."""
    verdicts = [
        Verdict(
            evaluate(
                question.evidence(person.claimant, certificate),
                catalogue=catalogue,
                parameters=parameters,
            ),
            certificate,
        )
        for certificate in in_annex_order(person.answers)
        if _may_be_of(certificate, question, catalogue)
    ]
    absence = absence_of(person.answers, {question.item.code})
    best = min(verdicts, key=lambda v: PREFERENCE[v.eligibility.outcome], default=None)
    if best is not None and (
        best.eligibility.outcome is EligibilityOutcome.ELIGIBLE
        or absence is Absence.NONE_HELD
    ):
        return best
    # What nobody proved might be the certificate in order, so a worse one that
    # somebody did prove decides nothing.
    if question.as_of > question.today and absence in _OF_TODAY:
        absence = Absence.DAY_NOT_COME
    eligibility = without_certificate(
        question.item,
        question.level,
        absence,
        claim=question.claim,
        figures=parameters.in_force(question.as_of),
    )
    return Verdict(eligibility, None, absence)


def _may_be_of(
    certificate: AttestedCertificate, question: RowQuestion, catalogue: Catalogue
) -> bool:
    """Say whether a certificate is of the row, or could be for all that is known."""
    record = certificate.record
    is_certain = LEVEL_IN_DOUBT.isdisjoint(warnings_of(record))
    if is_certain and record.level not in (question.level, None):
        return False
    return question.item.code in row_of(record, catalogue).candidates


def absence_of(
    answers: Sequence[tuple[Agency, Answer]], items: AbstractSet[str]
) -> Absence:
    """Return what a missing certificate of ``items``, by their codes, means."""
    concerned = [one for one in answers if items & one[0].rows]
    answered_for = {code for agency, _ in concerned for code in agency.rows}
    outcomes = {answer.outcome for _, answer in concerned}
    if SourceOutcome.SUSPENDED in outcomes:
        return Absence.ACCOUNT_FROZEN
    if items <= answered_for and outcomes - CONCLUSIVE == {SourceOutcome.UNSIGNED}:
        return Absence.UNSIGNED
    if not items <= answered_for or not outcomes <= CONCLUSIVE:
        return Absence.NOT_ANSWERED
    if all(answer.is_complete for _, answer in concerned):
        return Absence.NONE_HELD
    return Absence.NOT_SHOWN


def in_annex_order(
    answers: Sequence[tuple[Agency, Answer]],
) -> list[AttestedCertificate]:
    """Return the verified ones of ``answers`` in the annex's order, others last."""
    found = [c for _, answer in answers for c in answer.certificates]
    return sorted(found, key=_annex_order)


def _annex_order(certificate: ShownCertificate) -> tuple[int, str, str, str, str]:
    record = certificate.record
    order = _positions()
    return (
        order.get(record.item_code or "", len(order)),
        certificate.agency,
        record.level or "",
        str(record.issued_on),
        record.number,
    )


@cache
def _positions() -> Mapping[str, int]:
    return {code: position for position, code in enumerate(load_catalogue().items)}
