"""Judge a decision by the rules: all clauses of both notices, the sum, the day.

Pure: the certificate was vouched for before, and what was paid is handed in by the
ledger, in the transaction that keeps the decision. What is unmet is refused, whatever
anybody ruled; what is undetermined needs a person's ruling, and so does a sum that is
not the computed one. A decision that refuses the claim is judged, and nothing of it
stands against that.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from bureau.ledger.entries import (
    AlreadyPaidError,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    Objection,
    Ruling,
    StatedDecision,
)
from bureau.privacy.masks import Mask
from connectors.answer import AttestedCertificate
from policy.catalogue import Catalogue
from policy.clause_results import ANOTHER_NUMBER
from policy.eligibility import (
    Absence,
    Eligibility,
    EligibilityOutcome,
    evaluate,
    without_certificate,
)
from policy.evidence import Claim, Claimant, ClaimantCategory, Evidence
from policy.finding import Finding, FindingOutcome
from policy.identity import Identity
from policy.parameters import Parameters
from policy.payments import Payments, payments_before
from policy.text import Text
from signing.envelope import Envelope

MASK = Mask(lifted=False)
IN_FORCE, ONCE, SHARE, AMOUNT = "219-3b", "17-once", "17-share", "17-amount"
HOLDER = "219-2c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules come to on a decision."""

    verdict: EligibilityOutcome
    findings: tuple[Finding, ...]
    computed_yuan: int | None
    """The sum by the figures; ``None`` where it is not known."""
    figures_from: date
    """The day from which on the figures are in force by which it was judged."""
    figures_digest: str
    """SHA-256 of the file of the figures."""
    facts: Claim
    """What the claim stated."""
    rulings: tuple[Ruling, ...]
    status_list: str | None = None
    """The digest of the list that said the certificate's state, if one did."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """A certificate that is vouched for now, and the signed bytes beside its own."""

    certificate: AttestedCertificate
    listed: Envelope | None = None
    """The status list that says its state, if its agency has one."""
    claimant: Claimant | None = None
    """Who claims, if that was stated."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A certificate whose registry does not answer, by what its id says of it."""

    holder: Identity
    agency: str
    claimant: Claimant | None = None
    """Who claims, if that was stated."""

    @property
    def is_another(self) -> bool:
        """Say whether somebody else claims."""
        return self.claimant is not None and self.claimant.identity != self.holder


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement, and what stands against recording the decision."""

    judgement: Judgement
    objections: tuple[Objection, ...] = ()
    publication_days: int = 0
    """How long it has to have been published before it is paid."""


Judge = Callable[[Payments], Judged]
"""Judges a decision, given what was paid to its holder before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The annex and the figures by which decisions are judged."""

    catalogue: Catalogue
    parameters: Parameters

    def judge(
        self,
        stated: StatedDecision,
        vouched: Vouched,
        paid: Payments,
        today: date,
    ) -> Judged:
        """Judge what is stated of a certificate that was vouched for.

        Where a certificate is worth nothing today it is paid for no more, whatever it
        was on the day decided; the figures are those of that day.
        """
        day, found = stated.decided_on or today, vouched.certificate
        verdict = evaluate(
            Evidence(
                record=found.record,
                attestation=found.attestation,
                claimant=vouched.claimant,
                claim=_claim(stated, paid),
                as_of=today,
                today=today,
            ),
            catalogue=self.catalogue,
            parameters=self.parameters,
            figures_of=day,
        )
        judgement, listed = self._judgement(stated, verdict, day), vouched.listed
        return self._judged(
            stated,
            replace(
                judgement,
                # Kept for good, so without what an agency's words tell of the holder.
                findings=tuple(
                    finding._replace(reason=MASK.text(finding.reason, found.record))
                    for finding in judgement.findings
                ),
                status_list=None if listed is None else listed.digest.hex(),
            ),
            day,
            _of_day(found, day),
        )

    def judge_unseen(
        self, stated: StatedDecision, silent: Silent, paid: Payments, today: date
    ) -> Judged:
        """Judge what is stated of a certificate whose registry is silent.

        Nothing of it is known but what an officer saw, so each clause that asks about
        it needs a ruling by its name.
        """
        day, seen = stated.decided_on or today, stated.seen
        assert seen is not None  # noqa: S101 - else nobody would judge it
        verdict = without_certificate(
            self.catalogue.items[seen.item],
            seen.level,
            Absence.NOT_ANSWERED,
            claim=_claim(stated, paid),
            figures=self.parameters.in_force(day),
        )
        judgement = self._judgement(stated, verdict, day)
        if silent.is_another:
            # The one thing of it that its id tells for certain.
            judgement = _of_another(judgement)
        return self._judged(replace(stated, ruling=None), judgement, day, ())

    def _judgement(
        self, stated: StatedDecision, verdict: Eligibility, day: date
    ) -> Judgement:
        return Judgement(
            verdict=verdict.outcome,
            findings=verdict.findings,
            computed_yuan=verdict.computed_yuan,
            figures_from=self.parameters.version(day),
            figures_digest=self.parameters.digest,
            facts=stated.facts,
            rulings=stated.rulings,
        )

    def _judged(
        self,
        stated: StatedDecision,
        judgement: Judgement,
        day: date,
        of_day: Iterable[Objection],
    ) -> Judged:
        objections = list(of_day)
        if stated.outcome is not DecisionOutcome.REFUSED:
            objections += _of_unmet(stated, judgement)
            objections += of_amount(stated, judgement)
            objections += _of_undetermined(stated, judgement)
        days = self.parameters.in_force(day).publication_days
        return Judged(judgement, tuple(objections), days)

    def unjudged(self, day: date) -> Judgement:
        """Return what is known of a decision that was recorded before there were any.

        Nothing was computed on it, so a sum needs a ruling.
        """
        reason = Text("记录时未作计算", "nothing was computed when it was recorded")
        return Judgement(
            verdict=EligibilityOutcome.UNDETERMINED,
            findings=(Finding(AMOUNT, FindingOutcome.UNDETERMINED, reason),),
            computed_yuan=None,
            figures_from=self.parameters.version(day),
            figures_digest=self.parameters.digest,
            facts=Claim(),
            rulings=(),
        )


def _of_another(judgement: Judgement) -> Judgement:
    """Return ``judgement`` where the claimant is known not to be the holder."""
    return replace(
        judgement,
        verdict=EligibilityOutcome.INELIGIBLE,
        findings=tuple(
            Finding(HOLDER, *ANOTHER_NUMBER) if one.clause == HOLDER else one
            for one in judgement.findings
        ),
    )


def _claim(stated: StatedDecision, paid: Payments) -> Claim:
    facts = stated.facts
    return replace(
        facts,
        category=stated.claimant_category,
        payments=payments_before(facts.payments, paid),
    )


def _of_day(found: AttestedCertificate, day: date) -> Iterator[Objection]:
    record = found.record
    issued = record.issued_on or record.first_issued_on
    if issued is not None and day < issued:
        yield DecisionError(DecisionRefusal.BEFORE_ISSUE)


def _of_unmet(stated: StatedDecision, judgement: Judgement) -> Iterator[Objection]:
    unmet = [one for one in judgement.findings if one.outcome is FindingOutcome.UNMET]
    others = []
    for finding in unmet:
        if _is_of_payments(finding.clause, stated):
            yield AlreadyPaidError(finding)
        elif finding.clause == IN_FORCE:
            yield DecisionError(DecisionRefusal.NOT_IN_FORCE, [finding])
        else:
            others.append(finding)
    if others:
        yield DecisionError(DecisionRefusal.INELIGIBLE, others)


def _is_of_payments(clause: str, stated: StatedDecision) -> bool:
    """Say whether an unmet ``clause`` tells of what was paid before."""
    # A vocational student's share is paid so many times in all.
    student = ClaimantCategory.VOCATIONAL_FINAL_YEAR
    return clause == ONCE or (clause == SHARE and stated.claimant_category is student)


def of_amount(stated: StatedDecision, judgement: Judgement) -> Iterator[Objection]:
    """Yield what stands against the stated sum: it is the computed one, or ruled on."""
    computed, amount = judgement.computed_yuan, stated.amount_yuan
    if computed is None and amount is None:
        yield DecisionError(DecisionRefusal.BAD_AMOUNT)
    elif None not in (computed, amount) and amount != computed:
        if stated.is_ruled(AMOUNT):
            return
        reason = Text(
            f"按规定应为{computed}元，所述为{amount}元",
            f"it comes to {computed} yuan by the rules, {amount} is stated",
        )
        finding = Finding(AMOUNT, FindingOutcome.UNMET, reason)
        yield DecisionError(DecisionRefusal.AMOUNT_DIFFERS, [finding])


def _of_undetermined(
    stated: StatedDecision, judgement: Judgement
) -> Iterator[Objection]:
    if stated.ruling is not None:
        return
    unruled = [
        finding
        for finding in judgement.findings
        if finding.outcome is FindingOutcome.UNDETERMINED
        and not stated.is_ruled(finding.clause)
    ]
    if unruled:
        yield DecisionError(DecisionRefusal.UNDETERMINED, unruled)
