"""How far a recheck came is kept with what it found, and a step counts once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bureau.ledger.entries import DecisionOutcome
from bureau.ledger.recheck import Looked, Paid, Progress, Recheck, TakenOverError
from policy.certificate import CertificateState
from policy.documents import Document
from policy.recovery import RecoverySource
from store.ledger.ledger import StoredLedger
from store.ledger.rechecks import StoredRechecks
from store.store import Store
from tests.store.ledger.test_documents import PAID, SEEN
from tests.store.ledger.test_ledger import ALICE, NOON, all_of, change, decision, free

SINCE = date(2026, 11, 1)
BEFORE = date(2026, 10, 31)


@pytest.fixture(name="ledger")
def _ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


@pytest.fixture(name="rechecks")
def _rechecks(store: Store) -> StoredRechecks:
    return StoredRechecks(store)


async def begun(rechecks: StoredRechecks) -> Recheck:
    return await rechecks.begin(SINCE, NOON, anew=False)


@pytest.fixture(name="paid")
async def _paid(ledger: StoredLedger) -> list[Paid]:
    """Three payments of one agency since the day, and others that are not asked."""
    others = (
        decision(10, decided_on=BEFORE),
        decision(11, outcome=DecisionOutcome.APPROVED, amount_yuan=None),
    )
    for one in others:
        await ledger.record(one, [ALICE], free)
    made = [
        await ledger.record(decision(number, decided_on=SINCE), [ALICE], free)
        for number in (1, 2, 3)
    ]
    await ledger.record(decision(4, connector="fire-rescue"), [ALICE], free)
    return [Paid(one.id, one.certificate) for one in made]


def looked(recheck: Recheck, paid: list[Paid], before: int = 0) -> Looked:
    """Return a step that had an answer about all but the last."""
    return Looked(
        recheck=recheck.id,
        connector="transport",
        before=before,
        after=paid[-1].decision,
        paid=paid,
        answered=frozenset(one.decision for one in paid[:-1]),
        at=NOON,
    )


async def part(rechecks: StoredRechecks, recheck: Recheck) -> Progress:
    (found,) = [
        one for one in await rechecks.progress(recheck) if one.connector == "transport"
    ]
    return found


async def test_every_payment_of_the_months_is_asked_about_by_its_agency(
    rechecks: StoredRechecks, paid: list[Paid]
) -> None:
    recheck = await begun(rechecks)

    parts = await rechecks.progress(recheck)
    first = await rechecks.paid(recheck, "transport", 0, 2)
    rest = await rechecks.paid(recheck, "transport", first[-1].decision, 2)

    assert [one.connector for one in parts] == ["fire-rescue", "transport"]
    assert [*first, *rest] == paid


async def test_what_was_begun_goes_on_and_is_begun_anew_if_that_is_asked(
    rechecks: StoredRechecks, paid: list[Paid]
) -> None:
    first = await begun(rechecks)
    await rechecks.keep(looked(first, paid))

    again = await rechecks.begin(BEFORE, NOON, anew=False)
    there = await part(rechecks, again)
    anew = await rechecks.begin(BEFORE, NOON, anew=True)

    assert again == first
    assert (there.position, there.asked, there.unanswered) == (paid[-1].decision, 3, 1)
    assert (anew.since, (await part(rechecks, anew)).position) == (BEFORE, 0)


async def test_of_two_steps_at_one_position_one_counts(
    rechecks: StoredRechecks, ledger: StoredLedger, paid: list[Paid]
) -> None:
    recheck = await begun(rechecks)
    step = replace(
        looked(recheck, paid[:1]), seen=[replace(SEEN, certificate="sealed-1")]
    )
    await rechecks.keep(step)

    with pytest.raises(TakenOverError):
        await rechecks.keep(replace(step, seen=[replace(SEEN, certificate="sealed-2")]))

    assert [one.certificate for one in await all_of(ledger)] == ["sealed-1"]
    there = await part(rechecks, recheck)
    assert (there.asked, there.opened) == (1, 1)


async def test_it_ends_once_everything_was_answered(
    rechecks: StoredRechecks, paid: list[Paid]
) -> None:
    recheck = await begun(rechecks)
    await rechecks.keep(looked(recheck, paid))
    await rechecks.finish(recheck, "transport")
    under_way = await rechecks.end(recheck, NOON)
    await rechecks.finish(recheck, "fire-rescue")
    unanswered = await rechecks.unanswered(recheck, "transport", 0, 9)
    left = await rechecks.end(recheck, NOON)
    last = paid[-1].decision
    await rechecks.keep(
        replace(
            looked(recheck, list(unanswered), last),
            after=last,
            answered=frozenset({last}),
        )
    )

    assert (under_way, left) == (False, False)
    assert list(unanswered) == paid[-1:]
    assert await rechecks.end(recheck, NOON)
    assert (await begun(rechecks)).id != recheck.id


async def test_what_was_sent_before_the_document_was_known_opens_it_now(
    rechecks: StoredRechecks, ledger: StoredLedger, store: Store, paid: list[Paid]
) -> None:
    """As payments of before documents were noted, of which the place alone is known."""
    await change(store, 1, CertificateState.REVOKED, "new id", replace(PAID, place="p"))
    unknown = await all_of(ledger)
    recheck = await begun(rechecks)

    step = replace(looked(recheck, paid), documents={"sealed-1": PAID})
    opened = await rechecks.keep(step)

    assert unknown == []
    assert opened == 1
    (recovery,) = await all_of(ledger)
    assert (recovery.certificate, recovery.source) == (
        *("sealed-1", RecoverySource.CHANGE),
    )
    ((event,),) = await ledger.histories([recovery.id])
    assert (event.reason, event.actor) == ("撤销 / revoked", "agency:transport")


async def test_a_lifting_before_the_answer_came_is_not_undone(
    rechecks: StoredRechecks, ledger: StoredLedger, store: Store, paid: list[Paid]
) -> None:
    recheck = await begun(rechecks)
    before = replace(SEEN, certificate="sealed-1", document=Document(place="x"))
    await ledger.open_seen([before], NOON)
    await change(store, 1, CertificateState.VALID)

    opened = await rechecks.keep(replace(looked(recheck, paid), seen=[before]))
    later = replace(before, seen_at=NOON + timedelta(hours=1))
    again = await rechecks.keep(
        replace(looked(recheck, paid, paid[-1].decision), seen=[later])
    )

    assert (opened, again) == (0, 1)


async def test_it_does_not_end_while_an_agency_is_under_way(
    rechecks: StoredRechecks, paid: list[Paid]
) -> None:
    recheck = await begun(rechecks)
    everything = frozenset(one.decision for one in paid)
    await rechecks.keep(replace(looked(recheck, paid), answered=everything))

    ended = [await rechecks.end(recheck, NOON)]
    for connector in ("transport", "fire-rescue"):
        await rechecks.finish(recheck, connector)
        ended.append(await rechecks.end(recheck, NOON))

    assert ended == [False, False, True]


async def test_what_an_earlier_one_left_is_not_a_later_ones(
    rechecks: StoredRechecks, paid: list[Paid]
) -> None:
    first = await begun(rechecks)
    await rechecks.keep(looked(first, paid))
    second = await rechecks.begin(SINCE, NOON, anew=True)
    everything = frozenset(one.decision for one in paid)
    await rechecks.keep(replace(looked(second, paid), answered=everything))
    for connector in ("transport", "fire-rescue"):
        await rechecks.finish(second, connector)

    assert await rechecks.unanswered(second, "transport", 0, 9) == []
    assert await rechecks.unanswered(first, "transport", 0, 9) == paid[-1:]
    assert await rechecks.unanswered(first, "fire-rescue", 0, 9) == []
    assert [one.is_done for one in await rechecks.progress(first)] == [False] * 2
    assert await rechecks.end(second, NOON)
