"""Eligibility in the graph: a verdict with one finding a clause."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Annotated, ClassVar

import strawberry

from bureau.caller import Scope
from connectors.answer import AttestedCertificate, UnsignedCertificate
from policy.clause_text import ClauseText, load_clause_texts
from policy.compared_values import NOTHING, Compared
from policy.eligibility import Eligibility as PolicyEligibility
from policy.eligibility import evaluate, of_unsigned
from policy.evidence import Claim, Claimant, Evidence
from policy.finding import Finding as PolicyFinding
from policy.next_steps import NextStep as PolicyNextStep
from policy.next_steps import load_next_steps
from policy.places import load_places
from policy.question import Question
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.claim import ClaimInFuture
from resolvers.certificates.compared import (
    Basis,
    FindingSource,
    FindingValue,
    shown_values,
    source_of,
)
from resolvers.context import RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import (
    Actor,
    EligibilityOutcome,
    FindingOutcome,
)

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
    description=both("下一步由谁做什么", "Who has to act next, and how"),
)
class NextStep:
    """What is to be done about a clause."""

    step: strawberry.Private[PolicyNextStep]

    @strawberry.field(description=both("由谁办理", "Who has to act"))
    def actor(self) -> Actor:
        """Return who has to act."""
        return self.step.actor

    @strawberry.field(description=both("如何办理", "How"))
    def words(self, language: InLanguage = Language.ZH) -> str:
        """Return what is to be done, in ``language``."""
        return said(self.step.words, language)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("一条规定的结论与理由", "One clause's outcome and the reason"),
)
class Finding:
    """One clause."""

    is_phrase: ClassVar = True
    beyond: ClassVar = frozenset(
        {"Finding.expected", "Finding.actual", "Finding.dueOn"}
    )
    """What is no part of the phrase: it is of one verdict."""

    said: strawberry.Private[Text]
    clause: str = strawberry.field(
        description=both("条款编号，见 policy.clauses", "See policy.clauses")
    )
    outcome: FindingOutcome = strawberry.field(description=both("结论", "The outcome"))
    basis: strawberry.Private[Basis | None] = None

    @strawberry.field(description=both("理由", "The reason"))
    def reason(self, language: InLanguage = Language.ZH) -> str:
        """Return the reason in ``language``."""
        return said(self.said, language)

    @strawberry.field(
        description=both(
            "下一步由谁做什么；已满足的无须办理",
            "Who has to act next, and how; nobody where the clause is met",
        )
    )
    def next_step(self) -> NextStep | None:
        """Return what is to be done about it."""
        step = load_next_steps().get((self.clause, self.outcome))
        return None if step is None else NextStep(step=step)

    @strawberry.field(
        directives=[list_of(4)],
        description=both(
            "该条所要求的，逐项事实；不比较什么的、以及留存的结论，为空列表",
            "What the clause expects, fact by fact; empty where it compares nothing, "
            "and of a finding that was kept",
        ),
    )
    def expected(self) -> list[FindingValue]:
        """Return what the clause expects."""
        return shown_values(self._compared.expected)

    @strawberry.field(
        directives=[list_of(4)],
        description=both(
            "登记或所述的；在 expected 之列而不在此列的为未知",
            "What is registered or stated; what is expected and not here is not known",
        ),
    )
    def actual(self) -> list[FindingValue]:
        """Return what is there."""
        return shown_values(self._compared.actual)

    @strawberry.field(
        description=both(
            "须办理事项的最后一日，或该条自行变化之日，可能已过；没有的为空",
            "The last day for what has to be done, or the day on which the clause "
            "comes out otherwise by itself; it may have passed; null if there is none",
        )
    )
    def due_on(self) -> date | None:
        """Return the day."""
        return self._compared.due_on

    @strawberry.field(description=both("依据及其出处", "What it rests on, and where"))
    def source(self) -> FindingSource:
        """Return the clause and its place."""
        return source_of(_clause_text(self.clause), load_places()[self.clause])

    @property
    def _compared(self) -> Compared:
        if self.basis is None:
            return NOTHING
        return self.basis.compared(PolicyFinding(self.clause, self.outcome, self.said))

    # What is equal is one object (``finding_of``), and found again as that.
    __hash__ = object.__hash__


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
    basis: strawberry.Private[Basis | None]
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
        if self.basis is None:
            return self.phrases
        return [replace(phrase, basis=self.basis) for phrase in self.phrases]


# A clause comes out in few ways, but for the days of issue: eleven years of them.
@lru_cache(maxsize=4096)
def finding_of(finding: PolicyFinding) -> Finding:
    """Return a finding as the graph shows it."""
    clause, outcome, reason = finding
    return Finding(said=reason, clause=clause, outcome=outcome)


@cache
def _clause_text(clause: str) -> ClauseText:
    return next(text for text in load_clause_texts() if text.id == clause)


def shown(
    eligibility: PolicyEligibility,
    asked: Callable[[], Question] | None,
    masked: Callable[[Text], Text] | None = None,
) -> Eligibility:
    """Return a verdict as the graph shows it, its reasons ``masked``.

    What it was ``asked`` with is made when it is looked at; ``None`` if nothing of it
    was compared.
    """
    findings = eligibility.findings
    return Eligibility(
        outcome=eligibility.outcome,
        basis=None if asked is None else Basis(asked, masked),
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
        return shown(verdict, asked)
    return shown(verdict, asked, lambda said: mask.text(said, attested.record))


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
    return shown(of_unsigned(level, figures, is_claimed=is_claimed), None)


ClaimEligibility = Annotated[
    Eligibility | ClaimInFuture,
    strawberry.union(
        "ClaimEligibility",
        description=both("一次申领的判断", "What judging a claim gives"),
    ),
]
