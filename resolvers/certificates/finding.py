"""A finding in the graph: its words, its data, who has to act, and where it stands.

A finding as a phrase is one object for all that is equal to it, whoever it is about.
What it shows of one verdict alone, that verdict's own copy shows (``beyond``).
"""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import ClassVar

import strawberry

from bureau.caller import Scope
from policy.clause_text import ClauseText, load_clause_texts
from policy.compared_values import NOTHING, Compared
from policy.finding import Finding as PolicyFinding
from policy.next_steps import NextStep as PolicyNextStep
from policy.next_steps import load_next_steps
from policy.places import load_places
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.compared import Basis, FindingSource, source_of
from resolvers.certificates.finding_values import FindingValue, shown_values
from resolvers.documents.directives import list_of
from resolvers.enums import Actor, FindingOutcome


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
        return source_of(_clause_texts()[self.clause], load_places()[self.clause])

    @property
    def _compared(self) -> Compared:
        return NOTHING if self.basis is None else self.compared_by(self.basis)

    def compared_by(self, basis: Basis) -> Compared:
        """Return what the clause compared in the verdict of ``basis``."""
        return basis.compared(PolicyFinding(self.clause, self.outcome, self.said))

    # What is equal is one object (``finding_of``), and found again as that.
    __hash__ = object.__hash__


# A clause comes out in few ways, but for the days of issue: eleven years of them.
@lru_cache(maxsize=4096)
def finding_of(finding: PolicyFinding) -> Finding:
    """Return a finding as the graph shows it."""
    clause, outcome, reason = finding
    return Finding(said=reason, clause=clause, outcome=outcome)


@cache
def _clause_texts() -> Mapping[str, ClauseText]:
    return MappingProxyType({text.id: text for text in load_clause_texts()})
