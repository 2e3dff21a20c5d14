"""The accountability of look-ups of people, as one value for the services."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from bureau.caller import Purpose
from bureau.look_ups.audit import AuditLog
from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.statements import Statements
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from bureau.privacy.pseudonyms import Pseudonyms
from policy.identity import Identity


class Alert(StrEnum):
    """An alert for the operator."""

    PEOPLE_BUDGET_80 = "PEOPLE_BUDGET_80"
    PEOPLE_BUDGET_SPENT = "PEOPLE_BUDGET_SPENT"
    MANY_UNKNOWN_PEOPLE = "MANY_UNKNOWN_PEOPLE"


class LookUpObserver(Protocol):
    """The observer of the gate; metrics and logs implement it."""

    def looked_up(self, purpose: Purpose) -> None:
        """Note an answered look-up of one person."""

    def look_up_refused(self, code: str) -> None:
        """Note a refused look-up; ``code`` is the error's."""

    def alerted(self, alert: Alert, caller: str, people: int) -> None:
        """Report that ``caller`` is worth a look."""


@dataclass(frozen=True, slots=True)
class Oversight:
    """Budget, audit log, watch, and the count of statements."""

    pseudonyms: Pseudonyms
    budget: PeopleBudget
    watch: UnknownPeopleWatch
    audit: AuditLog
    observer: LookUpObserver
    statements: Statements = field(default_factory=Statements)
    requires_elements: bool = False
    """Whether nobody is looked up without all of the five elements."""

    def lets_state(
        self, caller: str, person: Identity, stated: object, today: date
    ) -> bool:
        """Count what is ``stated`` about a person who was looked up; say if it may be.

        ``stated`` is whatever has the same ``repr`` for the same statement.
        """
        return self.statements.admit(
            caller,
            self.pseudonyms.of(person),
            self.pseudonyms.of_statement(repr(stated)),
            today,
        )
