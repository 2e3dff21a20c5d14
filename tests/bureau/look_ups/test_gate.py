"""The gate lets a look-up pass in order, or refuses it before anybody is asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from bureau.caller import Caller, LookUp, Purpose, Scope
from bureau.look_ups.audit import (
    AuditEvent,
    AuditRecord,
    AuditSelection,
)
from bureau.look_ups.budget import OverBudgetError, PeopleBudget
from bureau.look_ups.elements import ElementsError, ElementsMissingError
from bureau.look_ups.gate import Gate, Origin, Statement
from bureau.look_ups.oversight import Alert, Oversight
from bureau.look_ups.purpose import PurposeError, PurposeMissingError
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.answer import Answer, SourceOutcome
from connectors.elements import NOT_STATED, Element, Elements
from connectors.errors import StoreUnavailableError
from policy.identity import Identity, IdType

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
TODAY = date(2026, 5, 4)
CALLER = Caller("hr", frozenset({Scope.READ_CERTIFICATES}))
STATED = LookUp(Purpose.SUBSIDY_CLAIM, "17-2026-1")
ALICE = Identity(IdType.RESIDENT_ID, "310110199003074514")
BOB = Identity(IdType.RESIDENT_ID, "110101199003074514")
NONE = Answer(agency="transport", outcome=SourceOutcome.NONE)
ORIGIN = Origin("request-1", "HolderCheck", "mark")


@dataclass
class Log:
    """An audit log in memory; it may be closed, or fill up while agencies are asked."""

    records: list[AuditRecord] = field(default_factory=list)
    is_open: bool = True
    takes: bool = True
    late: OverBudgetError | None = None
    """What other gateways have spent meanwhile."""

    def require_open(self) -> None:
        if not self.is_open:
            raise StoreUnavailableError("closed")

    async def write(self, record: AuditRecord) -> None:
        if not self.takes:
            raise StoreUnavailableError("closed")
        if self.late is not None:
            raise self.late
        self.records.append(record)

    def note(self, record: AuditRecord) -> None:
        self.records.append(record)

    async def page(
        self,
        selection: AuditSelection,  # noqa: ARG002 - the log's signature
        *,
        first: int,
        before: int | None,  # noqa: ARG002 - as above
    ) -> Sequence[AuditRecord]:
        return self.records[:first]


@dataclass
class Notes:
    """What the gate reported."""

    looked_up_for: list[Purpose] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    def looked_up(self, purpose: Purpose) -> None:
        self.looked_up_for.append(purpose)

    def look_up_refused(self, code: str) -> None:
        self.refused.append(code)

    def alerted(self, alert: Alert, caller: str, people: int) -> None:  # noqa: ARG002
        self.alerts.append(alert)


@dataclass
class Office:
    """A gate for one request, and everything around it."""

    stated: LookUp | PurposeError | None = STATED
    elements: Elements | ElementsError = NOT_STATED
    requires_elements: bool = False
    allowed: int = 10
    log: Log = field(default_factory=Log)
    notes: Notes = field(default_factory=Notes)
    asked: int = 0

    def __post_init__(self) -> None:
        oversight = Oversight(
            Pseudonyms([bytes(32)]),
            PeopleBudget(self.allowed, {}),
            UnknownPeopleWatch(),
            self.log,
            self.notes,
            requires_elements=self.requires_elements,
        )
        statement = Statement(self.stated, self.elements)
        self.gate = Gate(oversight, CALLER, statement, now=NOW, today=TODAY)

    async def look_up(self, whom: Identity | str = ALICE) -> list[Answer]:
        async def ask() -> list[Answer]:
            self.asked += 1
            return [NONE]

        return await self.gate.look_up(whom, ask, lambda: ORIGIN)


async def test_a_look_up_is_on_the_log_with_its_purpose_and_origin() -> None:
    office = Office()

    answers = await office.look_up()

    assert answers == [NONE]
    assert office.notes.looked_up_for == [Purpose.SUBSIDY_CLAIM]
    (kept,) = office.log.records
    assert (kept.event, kept.caller, kept.case_number) == (
        AuditEvent.LOOKED_UP,
        "hr",
        "17-2026-1",
    )
    assert (kept.request_id, kept.operation, kept.document) == (
        "request-1",
        "HolderCheck",
        "mark",
    )
    assert (kept.sources, kept.certificates) == (
        {"transport": SourceOutcome.NONE},
        0,
    )


@pytest.mark.parametrize(
    ("stated", "error"),
    [
        pytest.param(None, PurposeMissingError, id="nothing stated"),
        pytest.param(PurposeError("no such"), PurposeError, id="stated wrongly"),
    ],
)
async def test_without_a_purpose_nobody_is_asked(
    stated: PurposeError | None, error: type[PurposeError]
) -> None:
    office = Office(stated)

    with pytest.raises(error):
        await office.look_up()

    assert (office.asked, office.log.records) == (0, [])
    assert office.notes.refused == ["PURPOSE_REQUIRED"]


async def test_over_the_budget_nobody_is_asked() -> None:
    office = Office(allowed=0)

    with pytest.raises(OverBudgetError):
        await office.look_up()

    assert (office.asked, office.log.records) == (0, [])
    assert office.notes.refused == ["PEOPLE_BUDGET_EXCEEDED"]
    assert office.notes.alerts == [Alert.PEOPLE_BUDGET_SPENT]


async def test_with_the_log_closed_nobody_is_asked() -> None:
    office = Office(log=Log(is_open=False))

    with pytest.raises(StoreUnavailableError):
        await office.look_up()

    assert office.asked == 0
    assert office.notes.refused == ["AUDIT_UNAVAILABLE"]


async def test_what_the_log_does_not_take_is_not_answered() -> None:
    office = Office(log=Log(takes=False))

    with pytest.raises(StoreUnavailableError):
        await office.look_up()

    assert (office.asked, office.notes.looked_up_for) == (1, [])


async def test_those_who_are_asked_about_together_are_admitted_together() -> None:
    office = Office(allowed=1)

    ends = await asyncio.gather(
        office.look_up(ALICE), office.look_up(BOB), return_exceptions=True
    )

    assert [type(end) for end in ends] == [OverBudgetError, OverBudgetError]
    assert office.asked == 0


async def test_what_begins_a_turn_later_is_admitted_with_the_rest() -> None:
    """As people in a list do beside a person of their own."""
    office = Office(allowed=3)
    people = [Identity(IdType.PASSPORT, f"E1234567{number}") for number in range(3)]

    async def in_a_list(person: Identity) -> list[Answer]:
        await asyncio.sleep(0)
        return await office.look_up(person)

    ends = await asyncio.gather(
        office.look_up(), *map(in_a_list, people), return_exceptions=True
    )

    assert [type(end) for end in ends] == [OverBudgetError] * 4
    assert office.asked == 0


@pytest.mark.parametrize(
    ("is_late", "is_news", "alerts"),
    [
        pytest.param(True, True, [Alert.PEOPLE_BUDGET_SPENT], id="late, and news"),
        pytest.param(True, False, [], id="late, and told before"),
        # Told where it was found.
        pytest.param(False, True, [], id="early"),
    ],
)
async def test_a_budget_that_others_spent_is_told_once(
    is_late: bool, is_news: bool, alerts: list[Alert]
) -> None:
    late = OverBudgetError(11, 10, is_news=is_news, is_late=is_late)
    office = Office(log=Log(late=late))

    with pytest.raises(OverBudgetError):
        await office.look_up()

    assert office.notes.alerts == alerts
    assert office.notes.refused == ["PEOPLE_BUDGET_EXCEEDED"]
    assert office.notes.looked_up_for == []


async def test_who_gives_up_is_on_the_log_as_abandoned() -> None:
    office = Office()

    async def ask() -> list[Answer]:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await office.gate.look_up(ALICE, ask, lambda: ORIGIN)

    (kept,) = office.log.records
    assert (kept.event, kept.certificates) == (AuditEvent.ABANDONED, None)


async def test_an_id_that_is_none_counts_as_a_person() -> None:
    office = Office(allowed=1)
    await office.look_up(ALICE)

    with pytest.raises(OverBudgetError):
        await office.look_up("no id")


FIVE = Elements(
    organisation="浦东新区人力资源和社会保障局",
    officer="0f" * 32,
    matter_code="000514009000",
    matter_name="职业技能提升补贴申领",
    business_number="2026-17",
)


async def test_the_five_elements_are_on_the_log() -> None:
    office = Office(elements=FIVE, requires_elements=True)

    await office.look_up()

    (record,) = office.log.records
    assert record.elements == FIVE


async def test_what_is_stated_of_them_is_on_the_log_where_none_is_required() -> None:
    office = Office(elements=Elements(organisation="浦东"))

    await office.look_up()

    (record,) = office.log.records
    assert record.elements == Elements(organisation="浦东")


@pytest.mark.parametrize("missing", Element)
async def test_where_they_are_required_nobody_is_asked_without_one(
    missing: Element,
) -> None:
    office = Office(elements=replace(FIVE, **{missing: None}), requires_elements=True)

    with pytest.raises(ElementsMissingError) as refused:
        await office.look_up()

    assert refused.value.elements == (missing,)
    assert (office.asked, office.log.records) == (0, [])
    assert office.notes.refused == ["ELEMENTS_REQUIRED"]


async def test_one_that_cannot_be_used_is_refused_though_none_is_required() -> None:
    office = Office(elements=ElementsError("no", [Element.OFFICER]))

    with pytest.raises(ElementsError):
        await office.look_up()

    assert (office.asked, office.log.records) == (0, [])


async def test_the_purpose_is_asked_for_first() -> None:
    office = Office(stated=None, requires_elements=True)

    with pytest.raises(PurposeMissingError):
        await office.look_up()
