"""Limit how many different things a caller states about one person in a day.

What is stated is answered by right or wrong, so whoever may state anything as often as
they like finds out a date by trying days, and a masked name by trying names. An honest
applicant states few things about a person, and the same again is free. A name beside a
number counts like a claim's: 219-2c says whether it is right. The count is of
pseudonyms, in this process, and starts anew with the day or the process.
"""

from datetime import date

MAX_STATEMENTS = 20
"""Different statements about one person, by one caller, in one day. More items than
anybody has certificates for, and too few to try a month's days."""


class Statements:
    """Counts statements by caller and person; forgets yesterday.

    Bounded by the budget of people, times ``MAX_STATEMENTS``: ask it about those who
    were looked up, and nobody else.
    """

    def __init__(self) -> None:
        self._today: date | None = None
        self._made: dict[tuple[str, str], set[str]] = {}

    def admit(self, caller: str, person: str, statement: str, today: date) -> bool:
        """Count ``statement`` about ``person``, both pseudonyms; say if it may be."""
        if self._today is None or today > self._today:
            self._today = today
            self._made = {}
        made = self._made.setdefault((caller, person), set())
        if statement not in made and len(made) >= MAX_STATEMENTS:
            return False
        made.add(statement)
        return True
