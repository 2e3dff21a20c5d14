"""The gate lets a look-up pass in order, or refuses it before anybody is asked."""

import asyncio
from dataclasses import replace

import pytest

from bureau.caller import Purpose
from bureau.look_ups.audit import (
    AuditEvent,
)
from bureau.look_ups.budget import OverBudgetError
from bureau.look_ups.elements import ElementsError, ElementsMissingError
from bureau.look_ups.oversight import Alert
from bureau.look_ups.purpose import PurposeError, PurposeMissingError
from connectors.answer import Answer
from connectors.elements import Element, Elements
from connectors.errors import StoreUnavailableError
from policy.identity import Identity, IdType
from tests.bureau.look_ups.office import (
    ALICE,
    BOB,
    FIVE,
    LOOKED_UP,
    NONE,
    ORIGIN,
    Log,
    Office,
)


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


async def test_what_no_agency_is_asked_is_kept_once_and_before_it_is_answered() -> None:
    office = Office()

    async def read() -> list[Answer]:
        assert office.log.records == []
        return [NONE]

    answers = await office.gate.look_up(
        ALICE, read, lambda: ORIGIN, asks_agencies=False
    )

    assert (answers, office.log.records) == ([NONE], [LOOKED_UP])
    assert office.log.intended == []


async def test_what_no_agency_is_asked_is_not_answered_unless_the_log_takes_it() -> (
    None
):
    async def read() -> list[Answer]:
        return [NONE]

    async def leave() -> list[Answer]:
        raise asyncio.CancelledError

    full, left = Office(log=Log(takes=False)), Office()
    with pytest.raises(StoreUnavailableError):
        await full.gate.look_up(ALICE, read, lambda: ORIGIN, asks_agencies=False)
    with pytest.raises(asyncio.CancelledError):
        await left.gate.look_up(ALICE, leave, lambda: ORIGIN, asks_agencies=False)

    assert full.log.records == []
    assert [one.event for one in left.log.records] == [AuditEvent.ABANDONED]


async def test_an_id_that_is_none_counts_as_a_person() -> None:
    office = Office(allowed=1)
    await office.look_up(ALICE)

    with pytest.raises(OverBudgetError):
        await office.look_up("no id")


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
