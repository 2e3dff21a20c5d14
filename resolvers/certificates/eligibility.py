"""Eligibility in the graph: a verdict with one finding a clause."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import Annotated, ClassVar

import strawberry
from strawberry.federation.schema_directives import Cost

from bureau.caller import Scope
from bureau.person import Person, RowQuestion, Verdict
from connectors.answer import AttestedCertificate, UnsignedCertificate
from policy.absent import would_be_eligible_with
from policy.eligibility import Eligibility as PolicyEligibility
from policy.eligibility import evaluate, of_unsigned
from policy.evidence import Claim, Claimant, Evidence
from policy.finding import Finding as PolicyFinding
from policy.question import Question
from policy.text import Text
from policy.what_if import Facts
from resolvers.bilingual import both
from resolvers.certificates.claim import ClaimInFuture
from resolvers.certificates.compared import UNSIGNED, Basis, FactSet, fact_sets
from resolvers.certificates.finding import Finding, finding_of
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import EligibilityOutcome, FindingOutcome

OTHERWISE_WEIGHT = 500
"""What it costs to look for facts: a hundredth of a second as a rule, a tenth at most,
in which as many values are answered that were found already."""
AsOf = Annotated[
    date | None,
    strawberry.argument(
        description=both(
            "所问之日，默认为今日（上海）；今日以后之事未知",
            "The day asked about; today in Shanghai by default. Of a day after today "
            "nothing is known but what a date decides",
        )
    ),
]


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "是否符合补贴条件：每条规定都有结论，最差的一条决定",
        "Whether the notice pays: every clause is reported, the worst decides",
    ),
)
class Eligibility:
    """A verdict."""

    as_phrases: ClassVar = {"findings": "phrases"}
    """Which attribute has the phrases of a field alone (``resolvers.plans.writer``)."""

    outcome: EligibilityOutcome = strawberry.field(
        description=both("总结论", "The verdict")
    )
    phrases: strawberry.Private[list[Finding]]
    """The findings without what is of this verdict alone."""
    basis: strawberry.Private[Basis]
    amount_yuan: int | None = strawberry.field(
        description=both(
            "补贴金额（元）；仅在给出 claim 且结论为符合时有值",
            "The amount in yuan; only for a claim that is eligible",
        )
    )
    share_percent: int | None = strawberry.field(
        description=both("补贴比例（%）", "The share of the standard amount, percent")
    )

    @strawberry.field(
        directives=[list_of(15)],
        description=both("逐条结论，按附件顺序", "One finding a clause, in order"),
    )
    def findings(self) -> list[Finding]:
        """Return the findings, each with what the verdict was asked with."""
        return [replace(phrase, basis=self.basis) for phrase in self.phrases]

    def met_until(self, clauses: AbstractSet[str]) -> date | None:
        """Return the first day until which one of ``clauses`` is met, if one ends."""
        days = [
            phrase.compared_by(self.basis).due_on
            for phrase in self.phrases
            if phrase.clause in clauses and phrase.outcome is not FindingOutcome.UNMET
        ]
        return min((day for day in days if day is not None), default=None)

    @strawberry.federation.field(
        directives=[list_of(2), Cost(weight=OTHERWISE_WEIGHT)],
        description=both(
            "结论若要为符合，哪些事实须为另一情形：每组均为最小，任一组即可，至多六组；"
            "已符合、无论如何均不能符合的为空列表",
            "Which facts would have to be otherwise for it to be ELIGIBLE: any one set "
            "will do, each is minimal, six at most; empty if it is, or if nothing "
            "would help",
        ),
    )
    async def eligible_if(self, info: Info) -> list[FactSet]:
        """Return minimal sets of facts, the smallest first."""
        if self.outcome is EligibilityOutcome.ELIGIBLE:
            return []
        return fact_sets(await info.context.aside.run(self.basis.otherwise))


def shown(
    eligibility: PolicyEligibility,
    basis: Basis,
    masked: Callable[[Text], Text] | None = None,
) -> Eligibility:
    """Return a verdict as the graph shows it, its reasons ``masked``."""
    findings = eligibility.findings
    return Eligibility(
        outcome=eligibility.outcome,
        basis=basis,
        phrases=[*map(finding_of, findings)]
        if masked is None
        else [
            finding_of(PolicyFinding(f.clause, f.outcome, masked(f.reason)))
            for f in findings
        ],
        amount_yuan=eligibility.amount_yuan,
        share_percent=eligibility.share_percent,
    )


def evaluated(
    attested: AttestedCertificate,
    claimant: Claimant,
    context: RequestContext,
    *,
    as_of: date,
    claim: Claim | None,
) -> Eligibility:
    """Evaluate the clauses against one certificate."""
    evidence = Evidence(
        record=attested.record,
        attestation=attested.attestation,
        claimant=claimant,
        claim=claim,
        as_of=as_of,
        today=context.today,
    )
    services = context.services
    verdict = evaluate(
        evidence, catalogue=services.catalogue, parameters=services.parameters
    )
    mask = context.mask

    def asked() -> Question:
        return Question.of(
            evidence,
            figures=services.parameters.in_force(as_of),
            catalogue=services.catalogue,
        )

    if mask.lifted:
        return shown(verdict, Basis(asked))

    def masked(reason: Text) -> Text:
        return mask.text(reason, attested.record)

    return shown(verdict, Basis(asked, masked), masked)


def judged_shown(
    person: Person, question: RowQuestion, verdict: Verdict, context: RequestContext
) -> Eligibility:
    """Return the verdict on a person's row of the annex, as the graph shows it."""
    services, certificate, why = context.services, verdict.certificate, verdict.absence
    mask = context.mask

    def asked() -> Question:
        return question.compared(
            person.claimant,
            certificate,
            catalogue=services.catalogue,
            parameters=services.parameters,
        )

    if certificate is None:
        assert why is not None  # noqa: S101 - see ``Verdict``

        def otherwise(asked: Question) -> Sequence[Facts]:
            return would_be_eligible_with(
                *(asked, why, person.claimant),
                as_of=question.as_of,
                today=question.today,
            )

        return shown(verdict.eligibility, Basis(asked, otherwise=otherwise))
    record = certificate.record

    def masked(reason: Text) -> Text:
        return mask.text(reason, record)

    return shown(verdict.eligibility, Basis(asked, masked), masked)


def unsigned_evaluated(
    certificate: UnsignedCertificate,
    context: RequestContext,
    *,
    as_of: date | None,
    is_claimed: bool,
) -> Eligibility:
    """Say that nothing is decided by what nobody signed."""
    figures = context.services.parameters.in_force(as_of or context.today)
    level = certificate.record.level
    return shown(of_unsigned(level, figures, is_claimed=is_claimed), UNSIGNED)


ClaimEligibility = Annotated[
    Eligibility | ClaimInFuture,
    strawberry.union(
        "ClaimEligibility",
        description=both("一次申领的判断", "What judging a claim gives"),
    ),
]
