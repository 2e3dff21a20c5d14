"""Gateways on one database have one budget of people: the log decides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from bureau.look_ups.audit import AuditEvent, AuditRecord, AuditSelection
from bureau.look_ups.budget import OverBudgetError, PeopleBudget
from store.audit import log as audit
from store.audit.log import StoredAuditLog, open_audit_log
from store.audit.people import Draft
from store.store import open_store
from tests.store.audit.records import ALICE, BOB, NOON, record

TODAY = date(2026, 11, 23)
CAROL, DAVE = "c" * 64, "e" * 64
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gateway:
    """What of a gateway counts people."""

    log: StoredAuditLog
    budget: PeopleBudget

    async def look_up(self, person: str, **changes: object) -> None:
        """Admit, and put on the log, as the gate does."""
        self.budget.admit("hr", [person], TODAY)
        await self.log.write(record(person=person, **changes))

    async def events(self) -> list[tuple[str, AuditEvent]]:
        """Return who is on the log, oldest first, and how."""
        page = await self.log.page(AuditSelection(), first=100, before=None)
        return [(str(found.person), found.event) for found in reversed(page)]


@asynccontextmanager
async def gateway(url: str, allowed: int = 2) -> AsyncIterator[Gateway]:
    budget = PeopleBudget(allowed, {})
    async with (
        open_store(url) as store,
        open_audit_log(store, budget=budget) as log,
    ):
        await log.restore(NOON)
        yield Gateway(log, budget)


@asynccontextmanager
async def two(url: str, allowed: int = 2) -> AsyncIterator[tuple[Gateway, Gateway]]:
    async with gateway(url, allowed) as one, gateway(url, allowed) as other:
        yield one, other


async def test_what_another_gateway_admitted_leaves_no_room(database_url: str) -> None:
    async with two(database_url) as (one, other):
        await one.look_up(ALICE)
        await other.look_up(BOB)

        # It does not know of Bob yet, and asks agencies.
        with pytest.raises(OverBudgetError) as refused:
            await one.look_up(CAROL)

        assert (refused.value.is_late, refused.value.found) == (True, 3)
        assert await one.events() == [
            (ALICE, AuditEvent.LOOKED_UP),
            (BOB, AuditEvent.LOOKED_UP),
            (CAROL, AuditEvent.OVER_BUDGET),
        ]


async def test_the_last_allowed_person_is_answered_by_either(database_url: str) -> None:
    async with two(database_url, allowed=3) as (one, other):
        await one.look_up(ALICE)
        await other.look_up(BOB)
        await one.look_up(CAROL)

        assert {event for _, event in await one.events()} == {AuditEvent.LOOKED_UP}


async def test_what_was_learnt_is_refused_before_anybody_is_asked(
    database_url: str,
) -> None:
    async with two(database_url) as (one, other):
        await one.look_up(ALICE)
        await other.look_up(BOB)
        with pytest.raises(OverBudgetError):
            await one.look_up(CAROL)

        with pytest.raises(OverBudgetError) as refused:
            await one.look_up(CAROL)

        assert not refused.value.is_late
        assert len(await one.events()) == 3


async def test_an_idle_gateway_learns_by_itself(database_url: str) -> None:
    async with two(database_url) as (one, other):
        await one.look_up(ALICE)
        await one.look_up(BOB)
        await asyncio.sleep(audit.LEARN_SECONDS * 1.5)

        with pytest.raises(OverBudgetError) as refused:
            await other.look_up(CAROL)

        assert not refused.value.is_late


async def test_a_person_counts_once_for_all_gateways(database_url: str) -> None:
    async with two(database_url) as (one, other):
        for _ in range(3):
            await one.look_up(ALICE)
            await other.look_up(ALICE)
        await other.look_up(BOB)
        await one.look_up(BOB)

        assert len(await one.events()) == 8


async def test_whoever_is_refused_late_is_not_open_from_then_on(
    database_url: str,
) -> None:
    async with two(database_url, allowed=1) as (one, other):
        await one.look_up(ALICE)
        for _ in range(2):
            with pytest.raises(OverBudgetError):
                await other.look_up(BOB)

        async with gateway(database_url, allowed=1) as restarted:
            with pytest.raises(OverBudgetError):
                await restarted.look_up(BOB)
            await restarted.look_up(ALICE)


async def test_a_look_up_that_was_given_up_opens_nobody(database_url: str) -> None:
    async with two(database_url, allowed=1) as (one, other):
        await one.look_up(ALICE)
        other.budget.admit("hr", [BOB], TODAY)
        other.log.note(record(person=BOB, event=AuditEvent.ABANDONED))
        await asyncio.sleep(0.2)

        with pytest.raises(OverBudgetError):
            await other.look_up(BOB)


async def test_a_restart_forgets_nobody(database_url: str) -> None:
    async with gateway(database_url) as before:
        await before.look_up(ALICE)
        await before.look_up(BOB)

    async with gateway(database_url) as after:
        await after.look_up(BOB)
        with pytest.raises(OverBudgetError) as refused:
            await after.look_up(CAROL)

    assert not refused.value.is_late


async def test_yesterday_and_what_is_no_look_up_do_not_count(database_url: str) -> None:
    async with gateway(database_url, allowed=1) as before:
        await before.log.write(record(at=NOON - DAY))
        await before.log.write(record(event=AuditEvent.READ, person=None))

    async with gateway(database_url, allowed=1) as after:
        await after.look_up(BOB)


async def test_the_count_starts_anew_the_next_day(database_url: str) -> None:
    async with two(database_url, allowed=1) as (one, other):
        await one.look_up(ALICE)

        for gate, person in ((other, BOB), (one, BOB)):
            gate.budget.admit("hr", [person], TODAY + DAY)
            await gate.log.write(record(person=person, at=NOON + DAY))


async def test_callers_have_budgets_of_their_own(database_url: str) -> None:
    async with two(database_url, allowed=1) as (one, other):
        await one.look_up(ALICE)

        await other.log.write(record(person=BOB, caller="audit"))


async def test_however_many_are_asked_at_once_so_many_are_answered(
    database_url: str,
) -> None:
    async with two(database_url, allowed=25) as (one, other):
        ends = await asyncio.gather(
            *(
                gate.look_up(f"{name}{number:063x}")
                for number in range(20)
                for name, gate in (("1", one), ("2", other))
            ),
            return_exceptions=True,
        )

        answered = [event for _, event in await one.events()].count(
            AuditEvent.LOOKED_UP
        )
    assert ends.count(None) == answered == 25


async def test_a_log_without_a_budget_judges_nobody(database_url: str) -> None:
    async with (
        open_store(database_url) as store,
        open_audit_log(store) as log,
    ):
        records: list[AuditRecord] = [record(person=p) for p in (ALICE, BOB, DAVE)]
        for one in records:
            await log.write(one)

        assert len(await log.page(AuditSelection(), first=9, before=None)) == 3


async def test_a_restart_forgets_nobody_of_any_district(database_url: str) -> None:
    pudong, xuhui = ("310115",), ("310104", "310115")
    async with gateway(database_url) as one:
        await one.log.write(record(person=ALICE, districts=pudong))
        await one.log.write(record(person=BOB, districts=pudong))
        await one.log.write(record(person=ALICE, districts=xuhui))

    async with gateway(database_url) as again:
        budget = again.budget
        with pytest.raises(OverBudgetError):
            budget.admit("hr 310115", [CAROL], TODAY)
        assert budget.admit("hr 310104 310115", [CAROL], TODAY).people == 2
        assert budget.admit("hr", [CAROL], TODAY).people == 1


async def test_what_two_gateways_admit_for_one_district_is_judged_on_the_log(
    database_url: str,
) -> None:
    async with gateway(database_url) as one, gateway(database_url) as other:
        for place, person in ((one, ALICE), (other, BOB)):
            await place.log.write(record(person=person, districts=("310115",)))

        with pytest.raises(OverBudgetError):
            await one.log.write(record(person=CAROL, districts=("310115",)))
        await one.log.write(record(person=CAROL, districts=("310104",)))


@pytest.mark.parametrize("districts", [None, (), ("310115",), ("310101", "310151")])
async def test_districts_come_back(
    log: StoredAuditLog, districts: tuple[str, ...] | None
) -> None:
    await log.write(record(districts=districts))

    (found,) = await log.page(AuditSelection(), first=1, before=None)
    assert found.districts == districts


async def test_who_is_given_evidence_about_a_person_has_looked_them_up(
    database_url: str,
) -> None:
    async with two(database_url) as (one, other):
        for person in (ALICE, BOB):
            await one.look_up(person, event=AuditEvent.READ)
        with pytest.raises(OverBudgetError):
            await other.look_up(CAROL, event=AuditEvent.READ)
    async with gateway(database_url) as again:
        with pytest.raises(OverBudgetError):
            await again.look_up(DAVE)


async def test_who_reads_the_log_about_a_person_has_looked_nobody_up(
    database_url: str,
) -> None:
    async with two(database_url) as (one, other):
        for person in (ALICE, BOB, CAROL):
            await one.log.write(
                record(event=AuditEvent.READ, person=person, purpose=None)
            )
        for person in (CAROL, DAVE):
            await other.look_up(person)
    async with gateway(database_url) as again:
        await again.look_up(CAROL)


def test_of_one_transaction_each_day_has_its_own_people() -> None:
    draft = Draft(TODAY, {"hr": {ALICE}}, lambda _: 1, seen=0)
    tomorrow = NOON + DAY

    judged = [
        draft.judged(place, record(person=person, at=at)).event
        for place, (person, at) in enumerate(
            [(ALICE, NOON), (BOB, NOON), (BOB, tomorrow), (CAROL, tomorrow)]
        )
    ]

    assert judged == [AuditEvent.LOOKED_UP, AuditEvent.OVER_BUDGET] * 2
    assert draft.refused == {1: 2, 3: 2}
    assert draft.added == {"hr": {BOB}}
    assert draft.day == TODAY + DAY
