"""Which facts would have to be otherwise, for a verdict to be ELIGIBLE.

Each set returned is minimal: were all of its facts otherwise, the verdict could be
ELIGIBLE, and were any of them left as it is, it could not, whatever the others were.
That is proved by trying: the clauses that decide are asked again with what the facts
may be instead (``policy.variations``), and there is no second copy of any rule.
``tests/policy/test_what_if.py`` proves it again by brute force.

A fact that is not known is one that may be otherwise. Sets that need no more than the
facts of clauses that are not met come first; there may be others, and no more than
``MOST`` are looked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeAlias

from policy.case import Case, ClaimCase
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clause_inputs import INPUTS
from policy.clauses import CLAUSES
from policy.facts import Fact
from policy.finding import FindingOutcome
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.question import Question
from policy.row import row_of
from policy.variations import BEST, INPUTS_OF, Varied, alternatives

MOST = 6
"""So many sets are looked for."""
MOST_FREE = 3
"""So many facts, beside those that every set has, are tried together."""
MOST_ASKED = 4_000
"""So often clauses are asked again, a tenth of a second at most: of a certificate with
nearly nothing right, what was found by then is all that is said."""
MOST_TRIED = 60_000
"""So many choices of values are looked at, most of them by what clauses said before."""
MET = FindingOutcome.MET
Facts: TypeAlias = frozenset[Fact]
Values: TypeAlias = Mapping[Fact, Any]


def would_be_eligible_if(
    asked: Question, given: Facts = frozenset()
) -> tuple[Facts, ...]:
    """Return minimal sets of facts, the smallest first; none if nothing would help.

    Of a question without evidence, and of a verdict that is ELIGIBLE, there are none.
    What is ``given`` may be otherwise in any case, and is in no set; the set is empty
    where nothing else has to be.
    """
    if asked.evidence is None:
        return ()
    return tuple(_found(asked, given))


def _found(asked: Question, given: Facts) -> Iterator[Facts]:
    try:
        search = _Search(asked, given)
        if search.could_be(frozenset()):
            if given:
                yield frozenset()
            return
        for among in (search.touching, frozenset(search.otherwise) - given):
            if search.could_be(among):
                yield from search.minimal(among)
                return
    except _TooManyError:
        return


class _TooManyError(Exception):
    """Enough was asked, or tried."""


class _Search:
    """Tries what the facts of one question may be instead."""

    def __init__(self, asked: Question, given: Facts) -> None:
        evidence = asked.evidence
        assert evidence is not None  # noqa: S101 - see ``would_be_eligible_if``
        self._asked = asked
        self._given = given
        self._evidence = evidence
        self.otherwise = alternatives(asked)
        self._best = frozenset(
            fact
            for fact, values in self.otherwise.items()
            if fact in BEST and len(values) == 1
        )
        ids = [*CLAUSES]
        if asked.claim is not None:
            ids += [*CLAIM_CLAUSES, *asked.figures.optional_clauses]
        self._facts = {id_: self._read_by(id_) for id_ in ids}
        self._outcomes: dict[tuple[object, ...], bool] = {}
        self._could_be_met: dict[tuple[str, ...], bool] = {}
        """By a clause, and those of the facts it reads that may be otherwise."""
        self._varied = Varied(evidence)
        self._tried = 0
        open_ = [id_ for id_ in ids if not self._is_met(id_, {})]
        # What is not met as it stands rules out the most.
        self._order = [*open_, *(id_ for id_ in ids if id_ not in open_)]
        freshness = {Fact.FRESHNESS} if evidence.attestation.is_outdated else set()
        self.touching = frozenset(
            {fact for id_ in open_ for fact in self._facts[id_]} | freshness
        ).difference(given)

    def _read_by(self, clause: str) -> tuple[Fact, ...]:
        """Return the facts that a clause reads and that may be otherwise."""
        named = {fact for name in INPUTS[clause].facts for fact in INPUTS_OF[name]}
        return tuple(fact for fact in self.otherwise if fact in named)

    def minimal(self, among: Facts) -> Iterator[Facts]:
        """Yield minimal sets among facts that are enough, the smallest first."""
        needed = frozenset(fact for fact in among if not self.could_be(among - {fact}))
        if self.could_be(needed):
            yield needed
            return
        free = [fact for fact in self.otherwise if fact in among - needed]
        found: list[Facts] = []
        for size in range(1, min(MOST_FREE, len(free)) + 1):
            for more in map(frozenset, combinations(free, size)):
                if any(smaller <= more for smaller in found):
                    continue
                if self.could_be(needed | more):
                    found.append(more)
                    yield needed | more
                    if len(found) == MOST:
                        return
        if not found:
            yield self._shrunk(among)

    def _shrunk(self, enough: Facts) -> Facts:
        """Return what is left of ``enough`` when all that can be left out is."""
        for fact in sorted(enough):
            if self.could_be(enough - {fact}):
                enough -= {fact}
        return enough

    def could_be(self, facts: Facts) -> bool:
        """Whether every clause could be met if no fact but these were otherwise."""
        facts = (facts | self._given).intersection(self.otherwise)
        if self._evidence.attestation.is_outdated and Fact.FRESHNESS not in facts:
            return False
        best = {fact: self.otherwise[fact][0] for fact in facts & self._best}
        free = [fact for fact in self.otherwise if fact in facts - self._best]
        if not all(self._can_be_met(id_, best, free) for id_ in self._order):
            return False
        return self._all_met(best, free)

    def _can_be_met(self, clause: str, best: Values, free: Sequence[Fact]) -> bool:
        """Whether one clause could be met by itself."""
        read = [fact for fact in free if fact in self._facts[clause]]
        # Of facts that it does not read it says the same.
        key = (clause, *read, *[fact for fact in self._facts[clause] if fact in best])
        could = self._could_be_met.get(key)
        if could is None:
            could = self._any(best, read, lambda values: self._is_met(clause, values))
            self._could_be_met[key] = could
        return could

    def _any(
        self, values: Values, free: Sequence[Fact], is_so: Callable[[Values], bool]
    ) -> bool:
        if not free:
            return is_so(values)
        fact, rest = free[0], free[1:]
        return self._any(values, rest, is_so) or any(
            self._any({**values, fact: value}, rest, is_so)
            for value in self.otherwise[fact]
        )

    def _all_met(self, values: Values, free: Sequence[Fact]) -> bool:
        """Whether all clauses could be met together."""
        self._count()
        still = frozenset(free)
        # A clause that reads none of what is still free has come to its end.
        for id_ in self._order:
            if still.isdisjoint(self._facts[id_]) and not self._is_met(id_, values):
                return False
        if not free:
            return True
        fact, rest = free[0], free[1:]
        return self._all_met(values, rest) or any(
            self._all_met({**values, fact: value}, rest)
            for value in self.otherwise[fact]
        )

    def _is_met(self, clause: str, values: Values) -> bool:
        self._count()
        key = (clause, *[values.get(fact, _AS_IT_IS) for fact in self._facts[clause]])
        outcome = self._outcomes.get(key)
        if outcome is None:
            if len(self._outcomes) == MOST_ASKED:
                raise _TooManyError
            outcome = self._outcomes[key] = self._outcome(clause, values) is MET
        return outcome

    def _count(self) -> None:
        self._tried += 1
        if self._tried > MOST_TRIED:
            raise _TooManyError

    def _outcome(self, clause: str, values: Values) -> FindingOutcome:
        read = {fact: values[fact] for fact in self._facts[clause] if fact in values}
        evidence, asked = self._varied.by(read), self._asked
        row = row_of(evidence.record, asked.catalogue)
        if clause in CLAUSES:
            return CLAUSES[clause](Case(evidence, row, asked.figures))[0]
        assert evidence.claim is not None  # noqa: S101 - else no such clause is asked
        case = ClaimCase.of(
            *(evidence.record, evidence.claim),
            row=row,
            figures=asked.figures,
            catalogue=asked.catalogue,
        )
        return _OF_CLAIMS[clause](case)[0]


_OF_CLAIMS = {**CLAIM_CLAUSES, **OPTIONAL_CLAUSES}
_AS_IT_IS = object()
