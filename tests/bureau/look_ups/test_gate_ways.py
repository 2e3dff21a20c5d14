"""No way in leads past the gate; what is handed out, shown and tried is counted."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bureau.caller import LookUp, Purpose
from bureau.look_ups.audit import (
    AuditEvent,
    AuditRecord,
)
from bureau.look_ups.budget import OverBudgetError
from bureau.look_ups.elements import ElementsError, ElementsMissingError
from bureau.look_ups.gate import (
    REFUSAL_CODES,
    REFUSALS,
    Shows,
)
from bureau.look_ups.oversight import Alert
from bureau.look_ups.purpose import PurposeError, PurposeMissingError
from bureau.look_ups.unknown_people import FEWEST_UNKNOWN
from connectors.answer import Answer, SourceOutcome
from connectors.elements import Element
from tests.bureau.look_ups.office import (
    ALICE,
    BOB,
    EVERY_WAY,
    FIVE,
    HELD,
    LOOKED_UP,
    NONE,
    NOW,
    Log,
    Office,
    Way,
    _name,
    _read_books,
    handed_out,
)


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
