"""The one gate through which every look-up of a person passes.

In this order: the purpose and the five elements are stated, the caller's budget of
people has room, the agencies are asked while the look-up is put on the audit log; only
when it is there is anything answered.
Whatever is asked in one tick is admitted or refused as a whole, so that a refused batch
asks nobody. The same refusal, in the same time, comes for known and unknown people,
because it comes before anybody is asked.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from bureau.caller import PURPOSE_NAMES, Caller, LookUp, Purpose
from bureau.look_ups.admission import Admission
from bureau.look_ups.audit import AuditEvent, AuditRecord, Intent
from bureau.look_ups.budget import OverBudgetError
from bureau.look_ups.elements import ElementsError, ElementsMissingError
from bureau.look_ups.oversight import Alert, Oversight
from bureau.look_ups.purpose import PurposeError, PurposeMissingError
from connectors.answer import Answer, ShownCertificate, SourceOutcome
from connectors.elements import NOT_STATED, Elements
from connectors.errors import StoreUnavailableError
from connectors.guard.health import CONCLUSIVE
from policy.identity import Identity

NO_SOURCES: Mapping[str, SourceOutcome] = MappingProxyType({})
CONCLUSIVE_OR_SKIPPED = CONCLUSIVE | {SourceOutcome.SKIPPED}

Made = TypeVar("Made")
Ask = Callable[[], Awaitable[list[Answer]]]
"""Asks the agencies, once the gate lets it."""
Shows = Callable[[ShownCertificate], bool]
"""Says whether the caller will get a certificate of the answers."""
RefusedLookUpError = (
    PurposeError | ElementsError | OverBudgetError | StoreUnavailableError
)
"""Why a look-up is refused."""
REFUSALS = (PurposeError, ElementsError, OverBudgetError, StoreUnavailableError)
REFUSAL_CODES: dict[type[Exception], str] = {
    PurposeError: "PURPOSE_REQUIRED",
    PurposeMissingError: "PURPOSE_REQUIRED",
    ElementsError: "ELEMENTS_REQUIRED",
    ElementsMissingError: "ELEMENTS_REQUIRED",
    OverBudgetError: "PEOPLE_BUDGET_EXCEEDED",
    StoreUnavailableError: "AUDIT_UNAVAILABLE",
}
"""The code of each, for callers and metrics."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The question that look-ups come from, as the audit log keeps it."""

    request_id: str | None = None
    operation: str | None = None
    document: str | None = None
    """The mark of the caller's document (``Pseudonyms.of_document``)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a request states of its look-ups: as it can be used, or why it cannot."""

    look_up: LookUp | PurposeError | None = None
    elements: Elements | ElementsError = NOT_STATED
    """With the officer's pseudonym."""
    told: Elements = field(init=False)
    """The elements; where they cannot be used nobody is asked or told."""

    def __post_init__(self) -> None:
        """Look once whether the elements can be used."""
        elements = self.elements
        can_be_used = not isinstance(elements, ElementsError)
        object.__setattr__(self, "told", elements if can_be_used else NOT_STATED)


class Gate:
    """Lets the look-ups of one request pass, or refuses them."""

    def __init__(  # noqa: PLR0913 - composed of what one request is
        self,
        oversight: Oversight,
        caller: Caller,
        stated: Statement,
        *,
        now: datetime,
        today: date,
        is_of_one: bool = False,
    ) -> None:
        self._oversight = oversight
        self._caller = caller.id
        self._districts = caller.districts_in_order
        self._stated = stated
        self._now = now
        self._admission = Admission(oversight, caller, today, is_of_one=is_of_one)
        self.has_admitted = self._admission.has_admitted
        """Says whether a person may be looked up."""

    async def look_up(
        self,
        whom: Identity | str,
        ask: Ask,
        origin: Callable[[], Origin],
        shows: Shows | None = None,
        *,
        asks_agencies: bool = True,
    ) -> list[Answer]:
        """Return what ``ask`` returns about ``whom``, once that is on the audit log.

        A text is a certificate id that is none; it counts as one more person.
        ``shows`` is asked of every certificate; all of them are shown if it is
        ``None``. Where it ``asks_agencies`` nothing, nobody outside learns that it
        began: it is kept once, with how it ended, as what is read of our books is.

        Raises:
            PurposeError: no purpose is stated, or none that can be used.
            ElementsError: an element is missing that is required, or cannot be used.
            OverBudgetError: the caller's budget of people is spent.
            StoreUnavailableError: the audit log takes no record.
        """
        try:
            stated = self._purpose()
            self._require_elements()
            person = await self._admission.load(whom)
            answers: list[Answer] | None = None
            audit, question = self._oversight.audit, origin()
            intent: Intent | None = None
            if asks_agencies:
                intent = audit.intend(partial(self._record, stated, person, question))
            try:
                answers = await ask()
            finally:
                if answers is None:
                    # The client is gone, or a bug of ours: agencies may have been
                    # asked.
                    gone = self._record(stated, person, question, AuditEvent.ABANDONED)
                    audit.note(gone, intent)
            found = sum([len(one.certificates) + len(one.unsigned) for one in answers])
            shown = found if shows is None else _count(answers, shows)
            ended = self._record(
                *(stated, person, question, AuditEvent.LOOKED_UP),
                sources={answer.agency: answer.outcome for answer in answers},
                certificates=shown,
            )
            await audit.write(ended, intent)
        except REFUSALS as refusal:
            self._report(refusal)
            raise
        self._oversight.observer.looked_up(stated.purpose)
        if found or {answer.outcome for answer in answers} <= CONCLUSIVE_OR_SKIPPED:
            self._watch(person, is_known=found > 0)
        return answers

    async def name(self, person: Identity, origin: Callable[[], Origin]) -> None:
        """Let our own books be asked about ``person``, once that is on the audit log.

        No agency is asked, so nothing is learnt of whether anybody knows them.

        Raises:
            PurposeError, ElementsError, OverBudgetError, StoreUnavailableError: as
                ``look_up``.
        """
        try:
            stated = self._purpose()
            self._require_elements()
            pseudonym = await self._admission.load(person)
            record = self._record(stated, pseudonym, origin(), AuditEvent.LOOKED_UP)
            await self._oversight.audit.write(record)
        except REFUSALS as refusal:
            self._report(refusal)
            raise
        self._oversight.observer.looked_up(stated.purpose)

    async def read_books(self, origin: Callable[[], Origin]) -> None:
        """Let our own books be read for a purpose, once that is on the audit log.

        For who states people and is told of none; they count in no budget.

        Raises:
            PurposeError: no purpose is stated, or none that can be used.
            ElementsError: the elements of the question are not in order.
            StoreUnavailableError: the audit log takes no record.
        """
        try:
            stated, question = self._purpose(), origin()
            self._require_elements()
            await self._oversight.audit.write(
                AuditRecord(
                    at=self._now,
                    event=AuditEvent.READ,
                    caller=self._caller,
                    districts=self._districts,
                    request_id=question.request_id,
                    purpose=stated.purpose,
                    case_number=stated.case_number,
                    elements=self._stated.told,
                    operation=question.operation,
                )
            )
        except REFUSALS as refusal:
            self._report(refusal)
            raise

    def require_purpose(self, allowed: Sequence[Purpose]) -> None:
        """Refuse whoever states no purpose, or another than these.

        Raises:
            PurposeError: see there.
        """
        try:
            self._require_one_of(allowed)
        except PurposeError as refusal:
            self._report(refusal)
            raise

    async def hand_out(
        self,
        whom: Identity | str,
        make: Callable[[], Awaitable[Made]],
        is_given: Callable[[Made], bool],
        origin: Callable[[], Origin],
    ) -> Made:
        """Return what ``make`` makes of our books about ``whom``, once that is logged.

        It counts as a look-up of one person. A text is a certificate's id, if nobody
        knows whose it is. ``is_given`` says whether what was made is shown.

        Raises:
            PurposeError, ElementsError, OverBudgetError, StoreUnavailableError: as
                ``look_up``.
        """
        try:
            stated = self._purpose()
            self._require_elements()
            person = await self._admission.load(whom)
            made = await make()
            await self._oversight.audit.write(
                self._record(
                    *(stated, person, origin(), AuditEvent.READ),
                    certificates=int(is_given(made)),
                )
            )
        except REFUSALS as refusal:
            self._report(refusal)
            raise
        self._oversight.observer.looked_up(stated.purpose)
        return made

    def _purpose(self) -> LookUp:
        """Return why this request looks people up.

        Raises:
            PurposeError: nothing says so, or not in a way that can be used.
        """
        match self._stated.look_up:
            case LookUp() as stated:
                return stated
            case PurposeError() as unusable:
                raise unusable
            case None:
                raise PurposeMissingError

    def _require_one_of(self, allowed: Sequence[Purpose]) -> None:
        if self._purpose().purpose not in allowed:
            names = ", ".join(f"{one} {PURPOSE_NAMES[one].zh}" for one in allowed)
            raise PurposeError(
                f"此项查询的目的只能是 / this is for these purposes only: {names}",
                allowed,
            )

    def _require_elements(self) -> None:
        """Refuse a question whose elements are not in order.

        Raises:
            ElementsError: one cannot be used, or is required and missing.
        """
        elements = self._stated.elements
        if isinstance(elements, ElementsError):
            raise elements
        if self._oversight.requires_elements and (missing := elements.missing()):
            raise ElementsMissingError(missing)

    def _report(self, refusal: RefusedLookUpError) -> None:
        observer = self._oversight.observer
        if isinstance(refusal, OverBudgetError) and refusal.is_late and refusal.is_news:
            observer.alerted(Alert.PEOPLE_BUDGET_SPENT, self._caller, refusal.found)
        observer.look_up_refused(REFUSAL_CODES[type(refusal)])

    def _watch(self, person: str, *, is_known: bool) -> None:
        """Count a person, or a certificate id that is none, as known or unknown."""
        oversight = self._oversight
        unknown = oversight.watch.note(
            self._caller, person, self._now, is_known=is_known
        )
        if unknown:
            oversight.observer.alerted(Alert.MANY_UNKNOWN_PEOPLE, self._caller, unknown)

    def _record(  # noqa: PLR0913 - what a record says
        self,
        stated: LookUp,
        person: str,
        origin: Origin,
        event: AuditEvent = AuditEvent.UNCONFIRMED,
        *,
        sources: Mapping[str, SourceOutcome] = NO_SOURCES,
        certificates: int | None = None,
    ) -> AuditRecord:
        """Return the record of a look-up, which may not have ended yet."""
        return AuditRecord(
            at=self._now,
            event=event,
            caller=self._caller,
            districts=self._districts,
            request_id=origin.request_id,
            person=person,
            purpose=stated.purpose,
            case_number=stated.case_number,
            elements=self._stated.told,
            operation=origin.operation,
            document=origin.document,
            sources=sources,
            certificates=certificates,
        )


def _count(answers: Sequence[Answer], shows: Shows) -> int:
    return sum(shows(one) for answer in answers for one in answer.shown)
