"""Judge a decision by the rules: all clauses of both notices, the sum, the day.

Pure: the certificate was vouched for before, and what was paid is handed in by the
ledger, in the transaction that keeps the decision. What is unmet is refused, whatever
anybody ruled; what is undetermined needs a person's ruling, and so does a sum that is
not the computed one. A decision that refuses the claim is judged, and nothing of it
stands against that.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from bureau.evidence.facts import Basis
from bureau.ledger.entries import DecisionOutcome, Objection, Ruling, StatedDecision
from bureau.ledger.objections import (
    AMOUNT,
    of_amount,
    of_day,
    of_undetermined,
    of_unmet,
)
from bureau.ledger.tracing import basis_of, basis_unseen, edition_by
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
from policy.evidence import Claim, Claimant, Evidence
from policy.finding import Finding, FindingOutcome
from policy.identity import Identity
from policy.parameters import Parameters
from policy.payments import Payments, payments_before
from policy.text import Text
from signing.envelope import Envelope
from signing.trust import TrustedKey

MASK = Mask(lifted=False)
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
    listed_by: TrustedKey | None = None
    """The key that had signed that list."""


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
    basis: Basis | None = None
    """What it was computed from; ``None`` if that is kept with another decision."""


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
        evidence = Evidence(
            record=found.record,
            attestation=found.attestation,
            claimant=vouched.claimant,
            claim=_claim(stated, paid),
            as_of=today,
            today=today,
        )
        verdict = evaluate(
            evidence,
            catalogue=self.catalogue,
            parameters=self.parameters,
            figures_of=day,
        )
        basis = basis_of(
            found,
            evidence,
            verdict,
            edition=edition_by(self.catalogue, self.parameters),
            figures_of=day,
            listed_by=vouched.listed_by,
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
            of_day(found, day),
            basis,
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
        claim = _claim(stated, paid)
        verdict = without_certificate(
            self.catalogue.items[seen.item],
            seen.level,
            Absence.NOT_ANSWERED,
            claim=claim,
            figures=self.parameters.in_force(day),
        )
        if silent.is_another:
            # The one thing of it that its id tells for certain.
            verdict = _of_another(verdict)
        basis = basis_unseen(
            verdict,
            claim,
            is_another=silent.is_another,
            edition=edition_by(self.catalogue, self.parameters),
            today=today,
            figures_of=day,
        )
        judgement = self._judgement(stated, verdict, day)
        return self._judged(replace(stated, ruling=None), judgement, day, (), basis)

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
        others: Iterable[Objection],
        basis: Basis,
    ) -> Judged:
        objections = list(others)
        if stated.outcome is not DecisionOutcome.REFUSED:
            objections += of_unmet(stated, judgement.findings)
            objections += of_amount(stated, judgement.computed_yuan)
            objections += of_undetermined(stated, judgement.findings)
        days = self.parameters.in_force(day).publication_days
        return Judged(judgement, tuple(objections), days, basis)

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


def _of_another(verdict: Eligibility) -> Eligibility:
    """Return ``verdict`` where the claimant is known not to be the holder."""
    return replace(
        verdict,
        outcome=EligibilityOutcome.INELIGIBLE,
        findings=tuple(
            Finding(HOLDER, *ANOTHER_NUMBER) if one.clause == HOLDER else one
            for one in verdict.findings
        ),
    )


def _claim(stated: StatedDecision, paid: Payments) -> Claim:
    facts = stated.facts
    return replace(
        facts,
        category=stated.claimant_category,
        payments=payments_before(facts.payments, paid),
    )
