"""An office that looks people up through the gate, with a log that tests read."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from bureau.caller import Caller, LookUp, Purpose, Scope
from bureau.look_ups.audit import (
    AuditEvent,
    AuditRecord,
    AuditSelection,
    Intent,
)
from bureau.look_ups.budget import OverBudgetError, PeopleBudget
from bureau.look_ups.elements import ElementsError
from bureau.look_ups.gate import (
    Gate,
    Origin,
    Shows,
    Statement,
)
from bureau.look_ups.oversight import Alert, Oversight
from bureau.look_ups.purpose import PurposeError
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.answer import Answer, SourceOutcome
from connectors.elements import NOT_STATED, Elements
from connectors.errors import StoreUnavailableError
from policy.identity import Identity, IdType
from tests.resolvers.attested import certificate

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


TODAY = date(2026, 5, 4)


CALLER = Caller(
    "hr",
    frozenset({Scope.READ_CERTIFICATES}),
    districts=frozenset({"310115", "310104"}),
)


PSEUDONYMS = Pseudonyms([bytes(32)])


STATED = LookUp(Purpose.SUBSIDY_CLAIM, "17-2026-1")


ALICE = Identity(IdType.RESIDENT_ID, "310110199003074514")


BOB = Identity(IdType.RESIDENT_ID, "110101199003074514")


NONE = Answer(agency="transport", outcome=SourceOutcome.NONE)


ORIGIN = Origin("request-1", "HolderCheck", "mark")


LOOKED_UP = AuditRecord(
    at=NOW,
    event=AuditEvent.LOOKED_UP,
    caller="hr",
    districts=("310104", "310115"),
    request_id="request-1",
    person=PSEUDONYMS.of(ALICE),
    purpose=Purpose.SUBSIDY_CLAIM,
    case_number="17-2026-1",
    operation="HolderCheck",
    document="mark",
    sources={"transport": SourceOutcome.NONE},
    certificates=0,
)


"""What the log has of a look-up of Alice, of whom nobody has a certificate."""


@dataclass
class Log:
    """An audit log in memory; it may be closed, or fill up while agencies are asked."""

    records: list[AuditRecord] = field(default_factory=list)
    intended: list[AuditRecord] = field(default_factory=list)
    is_open: bool = True
    takes: bool = True
    late: OverBudgetError | None = None
    """What other gateways have spent meanwhile."""

    def require_open(self) -> None:
        if not self.is_open:
            raise StoreUnavailableError("closed")

    def intend(self, record: Callable[[], AuditRecord]) -> Intent:
        self.intended.append(record())
        return Intent(record)

    async def write(self, record: AuditRecord, _: Intent | None = None) -> None:
        if not self.takes:
            raise StoreUnavailableError("closed")
        if self.late is not None:
            raise self.late
        self.records.append(record)

    def note(self, record: AuditRecord, _: Intent | None = None) -> None:
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
    about: list[tuple[str, int]] = field(default_factory=list)
    """Of each alert: which caller, and how many people."""

    def looked_up(self, purpose: Purpose) -> None:
        self.looked_up_for.append(purpose)

    def look_up_refused(self, code: str) -> None:
        self.refused.append(code)

    def alerted(self, alert: Alert, caller: str, people: int) -> None:
        self.alerts.append(alert)
        self.about.append((caller, people))


@dataclass
class Office:
    """A gate for one request, and everything around it."""

    stated: LookUp | PurposeError | None = STATED
    elements: Elements | ElementsError = NOT_STATED
    requires_elements: bool = False
    is_of_one: bool = False
    allowed: int = 10
    log: Log = field(default_factory=Log)
    notes: Notes = field(default_factory=Notes)
    answers: list[Answer] = field(default_factory=lambda: [NONE])
    asked: int = 0

    def __post_init__(self) -> None:
        oversight = Oversight(
            PSEUDONYMS,
            PeopleBudget(self.allowed, {}),
            UnknownPeopleWatch(),
            self.log,
            self.notes,
            requires_elements=self.requires_elements,
        )
        statement = Statement(self.stated, self.elements)
        self.gate = Gate(
            oversight,
            CALLER,
            statement,
            now=NOW,
            today=TODAY,
            is_of_one=self.is_of_one,
        )

    async def look_up(
        self, whom: Identity | str = ALICE, shows: Shows | None = None
    ) -> list[Answer]:
        async def ask() -> list[Answer]:
            self.asked += 1
            return self.answers

        return await self.gate.look_up(whom, ask, lambda: ORIGIN, shows)


FIVE = Elements(
    organisation="浦东新区人力资源和社会保障局",
    officer="0f" * 32,
    matter_code="000514009000",
    matter_name="职业技能提升补贴申领",
    business_number="2026-17",
)


async def _name(office: Office) -> None:
    await office.gate.name(ALICE, lambda: ORIGIN)


async def _read_books(office: Office) -> None:
    await office.gate.read_books(lambda: ORIGIN)


async def _hand_out(office: Office) -> None:
    await handed_out(office)


async def handed_out(office: Office, made: str = "bundle") -> str:
    async def make() -> str:
        return made

    return await office.gate.hand_out(ALICE, make, bool, lambda: ORIGIN)


async def _look_up(office: Office) -> None:
    await office.look_up()


EVERY_WAY = pytest.mark.parametrize("way", [_look_up, _name, _read_books, _hand_out])


Way = Callable[[Office], Awaitable[None]]


HELD = Answer(
    agency="fire", outcome=SourceOutcome.ANSWERED, certificates=(certificate(),) * 2
)


"""Of an agency that has two certificates."""
