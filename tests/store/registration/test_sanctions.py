"""Freezes and cancellations take two people, the clock ends what was not confirmed."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.rules import Actor
from connectors.registration.sanction_clock import SanctionClock
from connectors.registration.sanction_steps import Sanctioner
from connectors.registration.sanctions import (
    ProposalCause,
    ProposalState,
    Sanction,
    SanctionKind,
    SanctionProposal,
    SanctionState,
    SanctionStep,
    account_of,
)
from policy.evidence import AccountState
from store.database import open_database
from store.migrate import upgrade_database
from store.quality.counts import StoredQuality
from store.store import Store
from tests.store.registration.office import NOON, Office, open_office
from tests.store.steps import before, make_at
from tests.store.test_migrate import run

ONE, OTHER, THIRD = Actor("officer-1"), Actor("officer-2"), Actor("officer-3")
BODY = "transport"
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
LAST_DAY = date(2026, 11, 30)
LAST_MOMENT = NOON.replace(day=30, hour=16) - INSTANT
"""Of that day in Shanghai."""
FREEZE, CANCEL = SanctionKind.FREEZE, SanctionKind.CANCEL_COLLECTION
S, Step = SanctionState, SanctionStep


@pytest.fixture(name="office")
def _office(engine: AsyncEngine) -> Office:
    return open_office(engine)


@pytest.fixture(name="steps")
def _steps(office: Office) -> Sanctioner:
    return office.office.sanctions


async def follow_up(office: Office) -> Sequence[Sanction]:
    return await SanctionClock(store=office.store, clock=office.clock).follow_up()


async def refusal(step: Awaitable[object]) -> RefusalCode:
    with pytest.raises(RegistrationError) as refused:
        await step
    return refused.value.code


async def account(office: Office) -> AccountState:
    sanctions = await office.store.sanctions(lifted=False)
    return account_of([BODY], sanctions, office.clock.now)


async def history(
    office: Office, one: Sanction
) -> list[tuple[SanctionStep, str, SanctionState]]:
    events = await office.store.sanction_events(id_of(one))
    return [(event.step, event.actor, event.after) for event in events]


def id_of(sanction: Sanction) -> int:
    assert sanction.id is not None
    return sanction.id


async def of(office: Office, id_: int) -> Sanction:
    every = await office.store.sanctions(lifted=True)
    return next(one for one in every if one.id == id_)


async def test_a_warning_is_on_record_and_freezes_nobody(
    office: Office, steps: Sanctioner
) -> None:
    first = await steps.warn(ONE, BODY, "records came late")
    again = await steps.warn(ONE, BODY, "and again")

    assert (first.state, again.state) == (S.IN_FORCE, S.IN_FORCE)
    assert await account(office) is AccountState.ACTIVE
    assert await history(office, first) == [(Step.IMPOSE, "officer-1", S.IN_FORCE)]


@pytest.mark.parametrize(
    ("kind", "treated"),
    [
        (FREEZE, AccountState.FROZEN),
        (CANCEL, AccountState.COLLECTION_CANCELLED),
    ],
)
async def test_what_one_proposes_is_in_force_once_another_confirms(
    office: Office, steps: Sanctioner, kind: SanctionKind, treated: AccountState
) -> None:
    made = await steps.propose(ONE, BODY, kind, "forged")
    before_ = await account(office)
    done = await steps.confirm(OTHER, id_of(made), "the records were seen")

    assert (made.state, done.state, done.confirmed_by) == (
        *(S.PROPOSED, S.IN_FORCE, "officer-2"),
    )
    assert (before_, await account(office)) == (AccountState.ACTIVE, treated)
    assert await of(office, id_of(made)) == done
    assert await history(office, made) == [
        (Step.PROPOSE, "officer-1", S.PROPOSED),
        (Step.CONFIRM, "officer-2", S.IN_FORCE),
    ]


@pytest.mark.parametrize("kind", [FREEZE, CANCEL])
async def test_who_proposed_does_not_confirm(
    office: Office, steps: Sanctioner, kind: SanctionKind
) -> None:
    made = await steps.propose(ONE, BODY, kind, "forged")

    code = await refusal(steps.confirm(ONE, id_of(made), "I am sure"))

    assert code is RefusalCode.SAME_OFFICER
    assert await account(office) is AccountState.ACTIVE


async def test_of_two_who_confirm_at_once_one_does(
    office: Office, steps: Sanctioner
) -> None:
    made = await steps.propose(ONE, BODY, FREEZE, "forged")

    outcomes = await asyncio.gather(
        *(steps.confirm(one, id_of(made), "seen") for one in (OTHER, THIRD)),
        return_exceptions=True,
    )

    refused = [o.code for o in outcomes if isinstance(o, RegistrationError)]
    assert refused == [RefusalCode.SANCTION_STATE]
    assert len(await history(office, made)) == 2


@pytest.mark.parametrize("who", [ONE, OTHER], ids=["taken back", "rejected"])
async def test_a_proposal_that_is_let_go_never_was_in_force(
    office: Office, steps: Sanctioner, who: Actor
) -> None:
    made = await steps.propose(ONE, BODY, FREEZE, "forged")
    gone = await steps.reject(who, id_of(made), "it was a mistake")

    assert (gone.state, gone.lifted_by) == (S.REJECTED, who.id)
    code = await refusal(steps.confirm(OTHER, id_of(made), "seen"))
    assert code is RefusalCode.UNKNOWN_SANCTION
    assert await account(office) is AccountState.ACTIVE


async def test_an_urgent_freeze_is_in_force_at_once_and_stays_once_confirmed(
    office: Office, steps: Sanctioner
) -> None:
    made = await steps.freeze_urgently(ONE, BODY, "being forged now")
    at_once = await account(office)
    assert await refusal(steps.confirm(ONE, id_of(made), "mine")) is (
        RefusalCode.SAME_OFFICER
    )
    office.clock.now += DAY - INSTANT
    done = await steps.confirm(OTHER, id_of(made), "seen")
    office.clock.now += DAY

    assert (at_once, made.confirm_before) == (AccountState.FROZEN, NOON + DAY)
    assert await follow_up(office) == ()
    assert (done.state, await account(office)) == (S.IN_FORCE, AccountState.FROZEN)


@pytest.mark.parametrize(
    ("after", "treated", "lapsed"),
    [
        pytest.param(DAY - INSTANT, AccountState.FROZEN, 0, id="an instant before"),
        pytest.param(DAY, AccountState.ACTIVE, 1, id="a day to the instant"),
        pytest.param(DAY * 9, AccountState.ACTIVE, 1, id="no gateway ran for days"),
    ],
)
async def test_an_urgent_freeze_that_nobody_confirmed_ends_after_a_day(
    office: Office,
    steps: Sanctioner,
    after: timedelta,
    treated: AccountState,
    lapsed: int,
) -> None:
    made = await steps.freeze_urgently(ONE, BODY, "being forged now")
    office.clock.now += after

    # Before the clock's step is taken, too.
    assert await account(office) is treated
    assert len(await follow_up(office)) == lapsed
    assert await account(office) is treated
    assert (Step.LAPSE in [step for step, *_ in await history(office, made)]) == bool(
        lapsed
    )


@pytest.mark.parametrize("is_followed_up", [False, True])
async def test_a_confirmation_that_is_late_is_told_so(
    office: Office, steps: Sanctioner, *, is_followed_up: bool
) -> None:
    made = await steps.freeze_urgently(ONE, BODY, "being forged now")
    office.clock.now += DAY
    if is_followed_up:
        await follow_up(office)

    code = await refusal(steps.confirm(OTHER, id_of(made), "seen"))

    assert code is RefusalCode.CONFIRMATION_LATE


@pytest.mark.parametrize(
    ("moment", "state", "open_"),
    [
        pytest.param(LAST_MOMENT, S.IN_FORCE, 1, id="the last moment of the day"),
        pytest.param(LAST_MOMENT + INSTANT, S.OVERDUE, 2, id="the first one after"),
    ],
)
async def test_a_rectification_is_overdue_once_its_last_day_is_over(
    office: Office,
    steps: Sanctioner,
    moment: object,
    state: SanctionState,
    open_: int,
) -> None:
    made = await steps.order_rectification(ONE, BODY, LAST_DAY, "name the assessors")
    office.clock.now = moment  # type: ignore[assignment]  # a parameter's
    await follow_up(office)

    assert (await of(office, id_of(made))).state is state
    assert len(await office.store.sanctions(lifted=False)) == open_
    assert await account(office) is AccountState.ACTIVE, "a machine freezes nobody"


async def test_what_is_overdue_has_a_freeze_proposed_which_another_confirms(
    office: Office, steps: Sanctioner
) -> None:
    made = await steps.order_rectification(ONE, BODY, LAST_DAY, "name the assessors")
    office.clock.now = LAST_MOMENT + INSTANT
    overdue, proposed = await follow_up(office)

    code = await refusal(steps.confirm(ONE, id_of(proposed), "I said so"))
    done = await steps.confirm(OTHER, id_of(proposed), "not a name came")

    assert (overdue.id, proposed.follows) == (made.id, made.id)
    assert code is RefusalCode.SAME_OFFICER
    assert (done.kind, await account(office)) == (FREEZE, AccountState.FROZEN)
    assert await history(office, made) == [
        (Step.IMPOSE, "officer-1", S.IN_FORCE),
        (Step.FALL_DUE, "gateway", S.OVERDUE),
    ]


async def test_nothing_is_followed_up_twice_by_however_many(
    steps: Sanctioner, engine: AsyncEngine
) -> None:
    await steps.order_rectification(ONE, BODY, LAST_DAY, "name the assessors")
    await steps.freeze_urgently(ONE, "fire-rescue", "being forged now")
    others = [open_office(engine) for _ in range(4)]
    for one in others:
        one.clock.now = LAST_MOMENT + INSTANT

    taken = await asyncio.gather(*(follow_up(one) for one in others for _ in range(3)))

    assert sorted(map(len, taken)) == [0] * 11 + [3]
    async with engine.connect() as connection:
        count = text("SELECT count(*) FROM sanction_events")
        assert (await connection.execute(count)).scalar_one() == 5


async def test_while_a_freeze_is_there_none_is_proposed(
    office: Office, steps: Sanctioner
) -> None:
    await steps.order_rectification(ONE, BODY, LAST_DAY, "name the assessors")
    await steps.propose(ONE, BODY, FREEZE, "forged")
    office.clock.now = LAST_MOMENT + INSTANT

    (overdue,) = await follow_up(office)

    assert overdue.state is S.OVERDUE


async def test_what_was_put_right_has_nothing_follow(
    office: Office, steps: Sanctioner
) -> None:
    made = await steps.order_rectification(ONE, BODY, LAST_DAY, "name the assessors")
    done = await steps.lift(ONE, id_of(made), "put right")
    office.clock.now = LAST_MOMENT + INSTANT

    assert done.state is S.LIFTED
    assert await follow_up(office) == ()


@pytest.mark.parametrize(
    "last_day", [date(2026, 11, 23), date(2027, 11, 24), date(9999, 12, 31)]
)
async def test_a_last_day_is_to_come_and_within_a_year(
    steps: Sanctioner, last_day: date
) -> None:
    ordered = steps.order_rectification(ONE, BODY, last_day, "name the assessors")

    assert await refusal(ordered) is RefusalCode.LAST_DAY_UNUSABLE


async def test_lifting_is_a_step_of_its_own(office: Office, steps: Sanctioner) -> None:
    made = await steps.freeze_urgently(ONE, BODY, "being forged now")
    lifted = await steps.lift(ONE, id_of(made), "it was not")

    assert (lifted.state, lifted.lift_reason) == (S.LIFTED, "it was not")
    assert await account(office) is AccountState.ACTIVE
    code = await refusal(steps.lift(ONE, id_of(made), "again"))
    assert code is RefusalCode.UNKNOWN_SANCTION


async def test_a_proposal_is_rejected_and_not_lifted_and_the_other_way_round(
    steps: Sanctioner,
) -> None:
    proposed = await steps.propose(ONE, BODY, FREEZE, "forged")
    warned = await steps.warn(ONE, BODY, "late")

    codes = [
        await refusal(steps.lift(OTHER, id_of(proposed), "no")),
        await refusal(steps.reject(OTHER, id_of(warned), "no")),
        await refusal(steps.confirm(OTHER, id_of(warned), "yes")),
    ]

    assert codes == [RefusalCode.SANCTION_STATE] * 3


async def test_a_body_has_one_freeze_and_one_cancellation(steps: Sanctioner) -> None:
    await steps.propose(ONE, BODY, FREEZE, "forged")
    await steps.propose(ONE, BODY, CANCEL, "forged")

    codes = [
        await refusal(steps.propose(OTHER, BODY, FREEZE, "forged")),
        await refusal(steps.freeze_urgently(OTHER, BODY, "forged")),
        await refusal(steps.propose(OTHER, BODY, CANCEL, "forged")),
    ]

    assert codes == [RefusalCode.ALREADY_SANCTIONED] * 3


@pytest.mark.parametrize("kind", [SanctionKind.WARNING, SanctionKind.RECTIFICATION])
async def test_what_one_person_imposes_is_not_proposed(
    steps: Sanctioner, kind: SanctionKind
) -> None:
    code = await refusal(steps.propose(ONE, BODY, kind, "late"))

    assert code is RefusalCode.KIND_NOT_PROPOSED


async def test_a_body_of_the_annex_and_a_reason_are_needed(steps: Sanctioner) -> None:
    codes = [
        await refusal(steps.warn(ONE, "nobody", "late")),
        await refusal(steps.propose(ONE, "nobody", FREEZE, "late")),
        await refusal(steps.freeze_urgently(ONE, "nobody", "late")),
        await refusal(steps.warn(ONE, BODY, " ")),
        await refusal(steps.freeze_urgently(ONE, BODY, "310101199001010012")),
        await refusal(steps.confirm(ONE, 7, "why")),
    ]

    assert codes == [
        *[RefusalCode.UNKNOWN_BODY] * 3,
        *[RefusalCode.REASON_MISSING] * 2,
        RefusalCode.UNKNOWN_SANCTION,
    ]


async def test_the_former_step_freezes_urgently_and_proposes_to_cancel(
    office: Office, steps: Sanctioner
) -> None:
    frozen = await steps.impose(ONE, BODY, FREEZE, "forged")
    proposed = await steps.impose(ONE, BODY, CANCEL, "forged")
    warned = await steps.impose(ONE, BODY, SanctionKind.WARNING, "late")
    ordered = steps.impose(ONE, BODY, SanctionKind.RECTIFICATION, "late")

    states = (frozen.state, proposed.state, warned.state)
    assert states == (S.UNCONFIRMED, S.PROPOSED, S.IN_FORCE)
    assert await refusal(ordered) is RefusalCode.LAST_DAY_UNUSABLE
    assert await account(office) is AccountState.FROZEN


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE sanction_events SET actor = 'nobody'", id="changed"),
        pytest.param("DELETE FROM sanction_events", id="removed"),
    ],
)
async def test_what_was_done_to_a_sanction_cannot_be_undone(
    steps: Sanctioner, engine: AsyncEngine, statement: str
) -> None:
    await steps.warn(ONE, BODY, "late")

    with pytest.raises(IntegrityError):
        async with engine.begin() as connection:
            await connection.execute(text(statement))


OLD = (
    "INSERT INTO sanctions "
    "(body, kind, reason, imposed_by, imposed_at, lifted_by, lifted_at, lift_reason) "
    "VALUES (:body, 'FREEZE', 'forged', 'officer-1', '2026-11-20 08:00:00+00:00', "
)


async def test_what_was_imposed_before_there_were_steps_stays_in_force(
    empty_database_url: str,
) -> None:
    await make_at(empty_database_url, before("0012"))
    await run(empty_database_url, f"{OLD} NULL, NULL, NULL)", body=BODY)
    lifted = "'officer-2', '2026-11-21 08:00:00+00:00', 'put right'"
    await run(empty_database_url, f"{OLD} {lifted})", body="fire-rescue")
    await upgrade_database(empty_database_url)

    async with open_database(empty_database_url) as engine:
        office = open_office(engine)
        kept, gone = await office.store.sanctions(lifted=True)
        assert (kept.state, gone.state) == (S.IN_FORCE, S.LIFTED)
        assert await account(office) is AccountState.FROZEN
        assert await history(office, kept) == [
            (Step.IMPOSE, "officer-1", S.IN_FORCE),
        ]
        assert await history(office, gone) == [
            (Step.IMPOSE, "officer-1", S.IN_FORCE),
            (Step.LIFT, "officer-2", S.LIFTED),
        ]
        await office.office.sanctions.lift(OTHER, id_of(kept), "put right")
        assert await account(office) is AccountState.ACTIVE


async def test_a_machine_s_proposal_is_decided_once_by_a_person(
    store: Store, office: Office, steps: Sanctioner
) -> None:
    for cause in (ProposalCause.ALTERED_RECORDS, ProposalCause.BACK_DATED_RECORDS):
        machine_s = SanctionProposal(
            connector="a",
            body=BODY,
            cause=cause,
            found=7,
            threshold=5,
            proposed_at=NOON,
        )
        await StoredQuality(store).propose(machine_s, NOON.date())
    first, second = await office.store.proposals()
    assert first.id is not None
    assert second.id is not None

    dismissed = await steps.decide(ONE, first.id, accept=False, reason="no")
    assert await account(office) is AccountState.ACTIVE
    accepted = await steps.decide(OTHER, second.id, accept=True, reason="yes")

    assert (dismissed.state, dismissed.decided_by) == (ProposalState.DISMISSED, ONE.id)
    assert (accepted.state, accepted.reason) == (ProposalState.ACCEPTED, "yes")
    assert accepted.decided_at == office.clock.now
    assert await account(office) is AccountState.FROZEN
    assert await office.store.proposals() == []
    again = steps.decide(ONE, first.id, accept=True, reason="r")
    assert await refusal(again) is RefusalCode.UNKNOWN_PROPOSAL
    unsaid = steps.decide(ONE, first.id, accept=True, reason="")
    assert await refusal(unsaid) is RefusalCode.REASON_MISSING
