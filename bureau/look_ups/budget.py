"""Limit how many different people a caller looks up in a day.

People are counted, not requests: aliases, lists, entities and certificate ids all
count whom they are about, and somebody looked up again on the same day counts once.
What would go over the budget is refused as a whole. A day is a day in Shanghai.

A caller that acts for districts has a budget for those it acts for: a platform of many
districts does not spend one district's on another.

Several gateways may share one budget by one audit log. Each counts whom it admitted,
and learns whom the others looked up; what two of them admitted at once is judged when
it is put on the log, and refused late.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

WARNING_SHARE = 0.8
APART = "#"
"""Between a client's name and the mark of one of its people, who is a caller apart."""


def account_of(caller: str, districts: Iterable[str] | None) -> str:
    """Return by what people are counted: a caller, and the districts it acts for.

    No caller's name has a blank in it, so no account is another caller.
    """
    return caller if districts is None else " ".join((caller, *districts))


@dataclass(frozen=True, slots=True)
class Spent:
    """A caller's use of its budget; ``is_news`` the first time that day."""

    people: int
    allowed: int
    percent: int
    """100, or 80 if the warning share is reached; else 0."""
    is_news: bool


class OverBudgetError(Exception):
    """These people would be more than the caller may look up today."""

    def __init__(
        self, found: int, allowed: int, *, is_news: bool, is_late: bool = False
    ) -> None:
        self.found = found
        self.allowed = allowed
        self.is_news = is_news
        self.is_late = is_late
        """Whether agencies were asked before it was known."""
        super().__init__(f"{found} people, at most {allowed} allowed")


@dataclass(slots=True)
class _Day:
    """One caller's day."""

    people: set[str] = field(default_factory=set)
    reported: int = 0
    """The highest percentage that was reported."""


class PeopleBudget:
    """Counts people by caller; forgets yesterday."""

    def __init__(self, allowed: int, allowed_of: Mapping[str, int]) -> None:
        self._allowed = allowed
        self._allowed_of = allowed_of
        self._today: date | None = None
        self._days: dict[str, _Day] = {}

    def allowed(self, account: str) -> int:
        """Return how many people may be looked up on ``account`` in a day."""
        caller = account.partition(" ")[0]
        of_client = self._allowed_of.get(caller.partition(APART)[0], self._allowed)
        of_caller = self._allowed_of.get(caller, of_client)
        return self._allowed_of.get(account, of_caller)

    def learn(self, day: date, looked_up: Iterable[tuple[str, str]]) -> None:
        """Take over whom callers looked up on ``day``, here before or elsewhere."""
        self._turn_to(day)
        if day == self._today:
            for caller, person in looked_up:
                self._day_of(caller).people.add(person)

    def refused(self, caller: str, person: str | None, found: int) -> OverBudgetError:
        """Return the refusal of ``person``, who was admitted when there was no room."""
        day = self._day_of(caller)
        day.people.discard(str(person))
        return OverBudgetError(
            found, self.allowed(caller), is_news=_is_news(day, 100), is_late=True
        )

    def admit(self, caller: str, people: Collection[str], today: date) -> Spent:
        """Count ``people``, given as pseudonyms, as looked up by ``caller``.

        Raises:
            OverBudgetError: there is no room for all of them; none is counted.
        """
        self._turn_to(today)
        day = self._day_of(caller)
        allowed = self.allowed(caller)
        # Not by a union: that would copy a day's people for each request.
        others = set(people) - day.people
        found = len(day.people) + len(others)
        # Whoever was counted already stays open until midnight.
        if found > allowed and others:
            raise OverBudgetError(found, allowed, is_news=_is_news(day, 100))
        day.people |= others
        percent = _percent(found, allowed)
        return Spent(found, allowed, percent, _is_news(day, percent))

    def _turn_to(self, today: date) -> None:
        # A request that began before midnight may end after it; days never go back.
        if self._today is None or today > self._today:
            self._today = today
            self._days = {}

    def _day_of(self, caller: str) -> _Day:
        return self._days.setdefault(caller, _Day())


def _percent(found: int, allowed: int) -> int:
    if found >= allowed:
        return 100
    return 80 if found >= allowed * WARNING_SHARE else 0


def _is_news(day: _Day, percent: int) -> bool:
    is_news = percent > day.reported
    day.reported = max(day.reported, percent)
    return is_news
