"""What a verdict rests on, in the graph: what was compared, the source, what it lacks.

Made for whoever selects it: a verdict has the question (``Basis``), and nothing is
compared before a field asks.
"""

from collections.abc import Callable, Sequence

import strawberry

from bureau.caller import Scope
from policy.clause_text import ClauseText
from policy.compared import compare
from policy.compared_values import (
    NOTHING,
    Codes,
    Compared,
    Days,
    Numbers,
    Value,
    Values,
    Words,
)
from policy.facts import FACT_NAMES, Fact
from policy.finding import Finding
from policy.places import Place
from policy.question import Question
from policy.text import Text
from policy.what_if import Facts, would_be_eligible_if
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.catalogue.catalogue import Clause, Parameter, parameter_shown
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.enums import FindingFact


class Basis:
    """What the clauses of one verdict were asked with, and how it is masked.

    Of what nobody signed nothing was asked (``None``), and nothing is compared.
    """

    __slots__ = ("_asked", "_masked", "_otherwise", "_question")

    def __init__(
        self,
        asked: Callable[[], Question] | None,
        masked: Callable[[Text], Text] | None = None,
        otherwise: Callable[[Question], Sequence[Facts]] = would_be_eligible_if,
    ) -> None:
        self._asked = asked
        self._masked = masked
        self._otherwise = otherwise
        self._question: Question | None = None

    def otherwise(self) -> Sequence[Facts]:
        """Return sets of facts by which the verdict would be ELIGIBLE."""
        question = self._looked_at()
        return OF_UNSIGNED if question is None else self._otherwise(question)

    def _looked_at(self) -> Question | None:
        if self._question is None and self._asked is not None:
            self._question = self._asked()
        return self._question

    def compared(self, finding: Finding) -> Compared:
        """Return what the clause of ``finding`` compared, as the caller may see it."""
        question = self._looked_at()
        if question is None:
            return NOTHING
        found = compare(question, finding)
        if self._masked is None:
            return found
        return found._replace(actual=_masked(found.actual, self._masked))


OF_UNSIGNED = (frozenset({Fact.SIGNATURE}),)
"""What else it would need is not looked at: nothing that nobody signed is."""
UNSIGNED = Basis(None)


def _masked(values: Values, masked: Callable[[Text], Text]) -> Values:
    """Return ``values`` without what an agency's words tell of the holder."""

    def seen(value: Value) -> Value:
        match value:
            case Words(words):
                return Words(masked(words))
            case Codes(codes):
                # One that an agency spells, where it is no row's.
                return Codes(tuple(masked(Text(code, code)).zh for code in codes))
            case Days() | Numbers():
                return value

    return {fact: seen(value) for fact, value in values.items()}


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "结论的依据：条款、其在文件中的位置、所用数值（含已作选择的未决问题）",
        "What a finding rests on: the clause, its place in its document, and the "
        "figures it uses, among them open questions that were decided",
    ),
)
class FindingSource:
    """The source of a finding."""

    place_of: strawberry.Private[Place]
    clause: Clause = strawberry.field(description=both("条款", "The clause"))
    document: str | None = strawberry.field(
        description=both(
            "文号；文件均未规定的为空", "The document's number; null if none has it"
        )
    )
    page: str = strawberry.field(
        description=both(
            "本项目说明其理解的页面",
            "The page of this project that says how it is read",
        )
    )

    @strawberry.field(description=both("在文件中的位置", "The place in the document"))
    def place(self, language: InLanguage = Language.ZH) -> str:
        """Return the place in ``language``."""
        return said(self.place_of.words, language)

    @strawberry.field(
        directives=[list_of(5)],
        description=both(
            "该条的数值及其适用起始日；source 为 OPEN 的是本项目的选择",
            "The clause's figures and from when on each is in force; one whose source "
            "is OPEN was this project's choice",
        ),
    )
    def parameters(self, info: Info) -> list[Parameter]:
        """Return the figures of the clause."""
        return [
            parameter_shown(entry)
            for entry in info.context.services.parameters.entries
            if entry.clause == self.clause.id
        ]


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "一组事实：均为另一情形时方可获补贴，缺一不可；不说明应为何值",
        "Facts that would all have to be otherwise, and none of which could be left as "
        "it is; which value is right is not said",
    ),
)
class FactSet:
    """A minimal set of facts."""

    facts: list[FindingFact] = strawberry.field(
        directives=[list_of(4)], description=both("各项事实", "The facts")
    )

    @strawberry.field(description=both("各项事实的名称", "The facts by their names"))
    def words(self, language: InLanguage = Language.ZH) -> str:
        """Return the facts in ``language``."""
        names = [said(FACT_NAMES[Fact(fact)], language) for fact in self.facts]
        return ("、" if language is Language.ZH else ", ").join(names)


def fact_sets(sets: Sequence[Facts]) -> list[FactSet]:
    """Return sets of facts as the graph shows them."""
    return [FactSet(facts=[one for one in Fact if one in facts]) for facts in sets]


PAGE = "docs/policy.md#clauses"


def source_of(text: ClauseText, place: Place) -> FindingSource:
    """Return where a clause stands."""
    return FindingSource(
        place_of=place,
        clause=Clause(text=text, id=strawberry.ID(text.id), source=text.source),
        document=place.document,
        page=PAGE,
    )
