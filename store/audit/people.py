"""Count whom each caller looked up today, by the audit log: one budget for all.

Gateways on one database have one log, and so one count of people. Each of them admits
look-ups by what it knows, and asks agencies; when it puts the look-ups on the log it
reads, in the same transaction, what the others put there meanwhile and whom they are
asking about (``intents``), and judges again.
Since one transaction comes after the other, the log's order decides: nobody is answered
about more people than the budget has, however many gateways there are. What was asked
in vain is on the log as OVER_BUDGET, and counts for nobody.

SQLite lets one write at a time, and on PostgreSQL the writer takes a lock first, so ids
grow in the order of commits and what is new is what has a greater id.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from bureau.look_ups.audit import AuditEvent, AuditRecord
from bureau.look_ups.budget import account_of
from policy.calendar import SHANGHAI
from store.audit.intents import Intents
from store.audit.rows import districts_of
from store.audit.tables import audit_records
from store.prepared import first_value

COUNTED = frozenset(
    {
        *(AuditEvent.LOOKED_UP, AuditEvent.ABANDONED, AuditEvent.UNCONFIRMED),
        AuditEvent.READ,
    }
)
"""The events by which a person counts as looked up; READ, if it was for a purpose:
who reads the log about a person states none."""

_IS_OF_PEOPLE = or_(
    audit_records.c.event != AuditEvent.READ, audit_records.c.purpose.is_not(None)
)
Person = tuple[str, str]
"""A caller's account, and the pseudonym of whom it looked up."""


@dataclass(slots=True)
class Draft:
    """The people a transaction counts, to be taken over once it is committed."""

    day: date
    people: dict[str, set[str]]
    """Whom callers, by account, looked up on ``day``; not to be changed."""
    allowed: Callable[[str], int]
    seen: int
    found: list[Person] = field(default_factory=list)
    """Whom others looked up on ``day``, as far as that was not known."""
    added: dict[str, set[str]] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    """The places of refused records, and how many people there would have been."""

    def judged(self, place: int, record: AuditRecord) -> AuditRecord:
        """Return ``record`` as it is to be kept: what is over the budget says so."""
        is_counted = record.event in COUNTED and record.person is not None
        is_of_log = record.event is AuditEvent.READ and record.purpose is None
        if not is_counted or is_of_log or record.person is None:
            return record
        if day_of(record.at) > self.day:
            self._turn_to(day_of(record.at))
        account = record.account
        known = self.people.get(account, set())
        added = self.added.setdefault(account, set())
        if record.person in known or record.person in added:
            return record
        count = len(known) + len(added) + 1
        if count > self.allowed(account):
            self.refused[place] = count
            return replace(record, event=AuditEvent.OVER_BUDGET, certificates=None)
        added.add(record.person)
        return record

    def find(self, row: Row[*tuple[Any, ...]]) -> None:
        """Take in what another gateway put on the log."""
        at, event, caller, districts, person = row
        account = account_of(caller, districts_of(districts))
        if event not in COUNTED or person is None or day_of(at) < self.day:
            return
        if day_of(at) > self.day:
            self._turn_to(day_of(at))
        if person not in self.people.get(account, set()):
            self.found.append((account, person))
            self.added.setdefault(account, set()).add(person)

    def _turn_to(self, day: date) -> None:
        self.day = day
        self.people, self.added, self.found = {}, {}, []


def newest(connection: Connection) -> int:
    """Return the id of the newest record; 0 if there is none."""
    return int(first_value(connection, "SELECT max(id) FROM audit_records") or 0)


class LoggedPeople:
    """Follows the log; used by its one writer."""

    def __init__(self, allowed: Callable[[str], int], intents: Intents) -> None:
        self._allowed = allowed
        self._intents = intents
        self._day = date.min
        self._people: dict[str, set[str]] = {}
        self._seen = 0

    def restore(self, connection: Connection, today: date) -> None:
        """Read what is on the log of ``today``."""
        column = audit_records.c
        self._seen = newest(connection)
        midnight = datetime.combine(today, time.min, SHANGHAI)
        rows = connection.execute(
            # Each as often as it is there: to tell them apart SQLite would read all of
            # the log in its callers' order.
            select(column.caller, column.districts, column.person).where(
                column.at >= midnight,
                column.event.in_(COUNTED),
                _IS_OF_PEOPLE,
                column.person.is_not(None),
            )
        )
        self._day, self._people = today, {}
        for caller, districts, person in rows:
            account = account_of(caller, districts_of(districts))
            self._people.setdefault(account, set()).add(person)
        self.take(self.draft(connection))

    def draft(self, connection: Connection) -> Draft:
        """Read what others put on the log since the last draft that was taken."""
        draft = Draft(self._day, self._people, self._allowed, self._seen)
        draft.seen = newest(connection)
        if draft.seen > self._seen:
            column = audit_records.c
            rows = connection.execute(
                select(
                    *(column.at, column.event, column.caller, column.districts),
                    column.person,
                )
                .where(column.id > self._seen, _IS_OF_PEOPLE)
                .order_by(column.id)
            )
            for row in rows:
                draft.find(row)
        for row in self._intents.of_others(connection):
            draft.find(row)
        return draft

    def take(self, draft: Draft) -> None:
        """Take over what was found out in a transaction that is committed."""
        self._seen = draft.seen
        if draft.day > self._day:
            self._day, self._people = draft.day, {}
        for caller, people in draft.added.items():
            self._people.setdefault(caller, set()).update(people)

    @property
    def today(self) -> tuple[date, list[Person]]:
        """Return the newest day, and whom callers looked up on it."""
        people = [(c, p) for c, people in self._people.items() for p in people]
        return self._day, people


def day_of(at: datetime) -> date:
    """Return the day of a moment, as Shanghai counts."""
    return at.astimezone(SHANGHAI).date()
