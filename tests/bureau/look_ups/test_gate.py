"""The gate lets a look-up pass in order, or refuses it before anybody is asked."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
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
from bureau.look_ups.elements import ElementsError, ElementsMissingError
from bureau.look_ups.gate import (
    REFUSAL_CODES,
    REFUSALS,
    Gate,
    Origin,
    Shows,
    Statement,
)
from bureau.look_ups.oversight import Alert, Oversight
from bureau.look_ups.purpose import PurposeError, PurposeMissingError
from bureau.look_ups.unknown_people import FEWEST_UNKNOWN, UnknownPeopleWatch
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.answer import Answer, SourceOutcome
from connectors.elements import NOT_STATED, Element, Elements
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

    def intend(self, record: AuditRecord) -> Intent:
        self.intended.append(record)
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


async def test_a_look_up_is_on_the_log_with_its_purpose_and_origin() -> None:
    office = Office()

    answers = await office.look_up()

    assert answers == [NONE]
    assert office.notes.looked_up_for == [Purpose.SUBSIDY_CLAIM]
    assert office.log.records == [LOOKED_UP]
    assert office.log.intended == [
        replace(LOOKED_UP, event=AuditEvent.UNCONFIRMED, sources={}, certificates=None)
    ]


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


@pytest.mark.parametrize(("allowed", "asked"), [(1, 1), (0, 0)])
async def test_a_person_of_whom_alone_a_request_is_is_admitted_at_once(
    allowed: int, asked: int
) -> None:
    office = Office(is_of_one=True, allowed=allowed)

    looked_up = asyncio.ensure_future(office.look_up())
    await asyncio.sleep(0)

    assert office.asked == asked
    (end,) = await asyncio.gather(looked_up, return_exceptions=True)
    assert end == [NONE] if asked else isinstance(end, OverBudgetError)


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

    abandoned = AuditEvent.ABANDONED
    assert office.log.records == [
        replace(LOOKED_UP, event=abandoned, sources={}, certificates=None)
    ]


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


@EVERY_WAY
@pytest.mark.parametrize(
    ("office", "code"),
    [
        pytest.param(lambda: Office(None), "PURPOSE_REQUIRED", id="no purpose"),
        pytest.param(
            lambda: Office(requires_elements=True), "ELEMENTS_REQUIRED", id="elements"
        ),
        pytest.param(
            lambda: Office(elements=ElementsError("no", [])),
            "ELEMENTS_REQUIRED",
            id="unusable elements",
        ),
        pytest.param(
            lambda: Office(log=Log(takes=False)), "AUDIT_UNAVAILABLE", id="full log"
        ),
    ],
)
async def test_no_way_in_leads_past_the_gate(
    way: Way, office: Callable[[], Office], code: str
) -> None:
    refusing = office()

    with pytest.raises(REFUSALS) as refused:
        await way(refusing)

    assert REFUSAL_CODES[type(refused.value)] == code
    assert refusing.notes.refused == [code]
    assert (refusing.notes.looked_up_for, refusing.log.records) == ([], [])


async def test_a_person_named_to_our_books_is_on_the_log_and_counts() -> None:
    office = Office(allowed=1, elements=FIVE)

    await _name(office)

    assert office.log.records == [
        replace(LOOKED_UP, elements=FIVE, sources={}, certificates=None)
    ]
    assert office.notes.looked_up_for == [Purpose.SUBSIDY_CLAIM]
    assert (office.asked, office.notes.alerts) == (0, [Alert.PEOPLE_BUDGET_SPENT])
    with pytest.raises(OverBudgetError):
        await office.look_up(BOB)


@pytest.mark.parametrize(("made", "given"), [("bundle", 1), ("", 0)])
async def test_what_is_handed_out_about_a_person_is_read_and_counts(
    made: str, given: int
) -> None:
    office = Office(allowed=1, elements=FIVE)

    assert await handed_out(office, made) == made

    assert office.log.records == [
        replace(
            LOOKED_UP,
            event=AuditEvent.READ,
            elements=FIVE,
            sources={},
            certificates=given,
        )
    ]
    assert office.notes.looked_up_for == [Purpose.SUBSIDY_CLAIM]
    with pytest.raises(OverBudgetError):
        await office.look_up(BOB)


async def test_what_a_late_budget_has_no_room_for_is_not_handed_out() -> None:
    late = OverBudgetError(11, 10, is_news=True, is_late=True)
    office = Office(log=Log(late=late))

    with pytest.raises(OverBudgetError):
        await handed_out(office)

    assert office.notes.looked_up_for == []


@pytest.mark.parametrize("stated", [None, LookUp(Purpose.COMPLAINT, "1")])
async def test_another_purpose_than_what_it_is_for_is_refused(
    stated: LookUp | None,
) -> None:
    office, allowed = Office(stated), [Purpose.HOLDER_REQUEST]

    with pytest.raises(PurposeError):
        office.gate.require_purpose(allowed)

    assert office.notes.refused == ["PURPOSE_REQUIRED"]
    Office(LookUp(Purpose.HOLDER_REQUEST, "1")).gate.require_purpose(allowed)


async def test_books_that_are_read_are_on_the_log_and_count_nobody() -> None:
    office = Office(allowed=0, elements=FIVE)

    await _read_books(office)

    assert office.log.records == [
        AuditRecord(
            at=NOW,
            event=AuditEvent.READ,
            caller="hr",
            districts=("310104", "310115"),
            request_id="request-1",
            purpose=Purpose.SUBSIDY_CLAIM,
            case_number="17-2026-1",
            elements=FIVE,
            operation="HolderCheck",
        )
    ]


@pytest.mark.parametrize(
    ("allowed", "asked", "alert"),
    [
        pytest.param(5, 4, Alert.PEOPLE_BUDGET_80, id="the warning share"),
        pytest.param(4, 4, Alert.PEOPLE_BUDGET_SPENT, id="all of it"),
    ],
)
async def test_what_is_left_of_a_budget_is_told_with_whose_and_how_much(
    allowed: int, asked: int, alert: Alert
) -> None:
    office = Office(allowed=allowed)

    await asyncio.gather(*map(office.look_up, map(str, range(asked))))

    assert (office.notes.alerts, office.notes.about) == ([alert], [("hr", asked)])
    assert office.gate.has_admitted(ALICE) is False


HELD = Answer(
    agency="fire", outcome=SourceOutcome.ANSWERED, certificates=(certificate(),) * 2
)
"""Of an agency that has two certificates."""


@pytest.mark.parametrize(
    ("shows", "shown"),
    [
        pytest.param(None, 2, id="all"),
        pytest.param(lambda _: True, 2, id="each"),
        pytest.param(lambda _: False, 0, id="none"),
    ],
)
async def test_what_is_shown_is_counted_on_the_log(
    shows: Shows | None, shown: int
) -> None:
    office = Office(answers=[NONE, HELD])

    await office.look_up(shows=shows)

    (kept,) = office.log.records
    assert (kept.certificates, kept.sources) == (
        shown,
        {"transport": SourceOutcome.NONE, "fire": SourceOutcome.ANSWERED},
    )
    assert office.gate.has_admitted(ALICE)


@pytest.mark.parametrize(
    ("outcomes", "is_counted"),
    [
        pytest.param(["NONE", "SKIPPED"], True, id="nobody has any"),
        pytest.param(["NONE", "TIMED_OUT"], False, id="one did not answer"),
        pytest.param(["UNVERIFIED"], False, id="one is not believed"),
    ],
)
async def test_who_tries_numbers_is_told_of_by_those_whom_nobody_knows(
    outcomes: list[str], is_counted: bool
) -> None:
    answers = [Answer(agency=o, outcome=SourceOutcome(o)) for o in outcomes]
    office = Office(allowed=100, answers=answers)

    for number in range(FEWEST_UNKNOWN):
        await office.look_up(f"no id {number}")

    told = [Alert.MANY_UNKNOWN_PEOPLE] if is_counted else []
    assert office.notes.alerts == told
    assert office.notes.about == [("hr", FEWEST_UNKNOWN)] * len(told)


async def test_who_is_known_to_one_agency_is_known_whoever_is_silent() -> None:
    silent = Answer(agency="transport", outcome=SourceOutcome.TIMED_OUT)
    office = Office(allowed=100, answers=[silent, HELD])
    for number in range(FEWEST_UNKNOWN + 1):
        await office.look_up(f"known {number}")
    office.answers = [NONE]

    for number in range(FEWEST_UNKNOWN):
        await office.look_up(f"unknown {number}")

    assert office.notes.alerts == []


@pytest.mark.parametrize(
    "error", [PurposeMissingError(), ElementsMissingError(Element)]
)
def test_a_refusal_says_what_is_missing_in_both_languages(
    error: PurposeError | ElementsError,
) -> None:
    zh, en = error.message.split(" / ", 1)

    assert re.search(r"[\u4e00-\u9fff]{6}", zh)
    assert re.search(r"[a-z]{3} [a-z]{3}", en)
    assert str(error) == error.message
