"""Quality is added up by day, of all gateways; what is new is counted once."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.quality import Measure, Sight, Sighting
from connectors.registration.sanctions import ProposalCause, SanctionProposal
from policy.documents import Document
from store.audit.retention import forget_marks
from store.quality.counts import StoredQuality, first_day_of
from store.registration.registrations import StoredRegistrations
from store.store import Store
from tests.store.registration.office import NOON

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ONE = Sight("mark-1", "facts", "person-1", TODAY, Document(place="place-1"))
NOTHING = Sighting((), frozenset())
RECORD: Counter[Measure] = Counter({Measure.RECORDS: 1})


@pytest.fixture(name="quality")
async def _quality(store: Store) -> StoredQuality:
    """A store that knows the agency since forty days."""
    quality = StoredQuality(store)
    await quality.add("a", TODAY - 40 * DAY, Counter(), NOTHING)
    return quality


def seen(*sights: Sight, whole: frozenset[str] = frozenset()) -> Sighting:
    return Sighting(sights, whole)


async def test_counts_are_added_up_by_day_and_agency(quality: StoredQuality) -> None:
    await quality.add("a", TODAY - 7 * DAY, RECORD, NOTHING)
    await quality.add("a", TODAY - DAY, RECORD, NOTHING)
    for _ in range(2):
        await quality.add("a", TODAY, RECORD, NOTHING)
    await quality.add("b", TODAY, RECORD, NOTHING)

    found = [
        (await quality.sums("a", first_day_of(days, TODAY)))[Measure.RECORDS]
        for days in (1, 7, 30)
    ]
    assert found == [2, 3, 4]


async def test_many_gateways_at_once_lose_no_count(quality: StoredQuality) -> None:
    await asyncio.gather(*(quality.add("a", TODAY, RECORD, NOTHING) for _ in range(20)))

    assert (await quality.sums("a", TODAY))[Measure.RECORDS] == 20


async def test_a_certificate_is_new_once(quality: StoredQuality) -> None:
    first = await asyncio.gather(
        *(quality.add("a", TODAY, Counter(), seen(ONE)) for _ in range(4))
    )
    again = await quality.add("a", TODAY + 9 * DAY, Counter(), seen(ONE))

    assert sum(sums[Measure.FIRST_SEEN] for sums in first) == 1
    assert again[Measure.FIRST_SEEN] == 0


async def test_a_mark_that_was_kept_for_its_time_is_forgotten_and_no_other(
    quality: StoredQuality, store: Store
) -> None:
    old, young = ONE, replace(ONE, mark="mark-2")
    await quality.add("a", TODAY, Counter(), seen(old, whole=frozenset({"person-1"})))
    await quality.add("a", TODAY + DAY, Counter(), seen(young))

    assert await forget_marks(store, TODAY) == 0
    assert await forget_marks(store, TODAY + DAY) == 2

    again = await quality.add("a", TODAY + DAY, Counter(), seen(old, young))
    assert again[Measure.FIRST_SEEN] == 1


async def test_what_is_older_than_the_acquaintance_says_nothing_of_delay(
    quality: StoredQuality,
) -> None:
    old = replace(ONE, issued_on=TODAY - 41 * DAY)
    late = replace(ONE, mark="mark-2", issued_on=TODAY - 40 * DAY)

    sums = await quality.add("a", TODAY, Counter(), seen(old, late))

    assert (sums[Measure.FIRST_SEEN], sums[Measure.LATE]) == (1, 1)
    assert sums[Measure.DELAY_DAYS] == 40


async def test_other_facts_are_an_alteration_counted_once(
    quality: StoredQuality,
) -> None:
    await quality.add("a", TODAY, Counter(), seen(ONE))
    changed = seen(replace(ONE, facts="other"))

    first = await quality.add("a", TODAY, Counter(), changed)
    again = await quality.add("a", TODAY, Counter(), changed)
    elsewhere = await quality.add("b", TODAY, Counter(), changed)

    assert [s[Measure.ALTERED] for s in (first, again, elsewhere)] == [1, 0, 0]


async def test_facts_that_were_kept_as_they_were_spelt_are_no_alteration(
    quality: StoredQuality,
) -> None:
    before = replace(ONE, facts="as it came")
    now = replace(ONE, facts="plain", facts_as_spelt="as it came")
    respelt = replace(now, facts_as_spelt="in another way")
    other = replace(now, facts="other", facts_as_spelt="other")

    counts = [
        await quality.add("a", TODAY, Counter(), seen(one))
        for one in (before, now, respelt, other)
    ]

    assert [sums[Measure.ALTERED] for sums in counts] == [0, 0, 0, 1]


async def test_a_certificate_behind_a_whole_list_is_back_dated(
    quality: StoredQuality,
) -> None:
    whole = frozenset({"person-1"})
    await quality.add("a", TODAY - DAY, Counter(), seen(whole=whole))
    old = replace(ONE, issued_on=TODAY - 39 * DAY)
    other = replace(old, mark="mark-2", person="person-2")

    sums = await quality.add("a", TODAY, Counter(), seen(old, other, whole=whole))

    assert sums[Measure.BACK_DATED] == 1


async def test_a_cause_is_proposed_once_a_day(
    quality: StoredQuality, engine: AsyncEngine
) -> None:
    proposal = SanctionProposal(
        connector="a",
        body="transport",
        cause=ProposalCause.ALTERED_RECORDS,
        found=7,
        threshold=5,
        proposed_at=NOON,
    )

    kept = await asyncio.gather(*(quality.propose(proposal, TODAY) for _ in range(3)))
    tomorrow = await quality.propose(proposal, TODAY + DAY)
    other = replace(proposal, cause=ProposalCause.BACK_DATED_RECORDS)
    another = await quality.propose(other, TODAY)

    assert (sorted(kept), tomorrow, another) == ([False, False, True], True, True)
    found = await StoredRegistrations(engine).proposals()
    assert [p.found for p in found] == [7, 7, 7]


async def test_nothing_is_known_of_an_agency_nobody_asked(
    quality: StoredQuality,
) -> None:
    assert await quality.sums("nobody", TODAY) == {}


async def test_what_was_counted_of_many_is_read_at_once(quality: StoredQuality) -> None:
    await quality.add("a", TODAY - DAY, RECORD, NOTHING)
    await quality.add("a", TODAY, RECORD, NOTHING)
    await quality.add("b", TODAY, RECORD + RECORD, NOTHING)
    await quality.add("c", TODAY, RECORD, NOTHING)

    found = await quality.sums_of(["a", "b", "nobody"], TODAY)

    assert found == {
        "a": {Measure.RECORDS: 1},
        "b": {Measure.RECORDS: 2},
        "nobody": {},
    }


async def test_what_was_seen_by_its_spelling_is_not_new_by_its_form(
    quality: StoredQuality,
) -> None:
    """Neither late, nor dated back, nor altered: it was here all the time."""
    await quality.add("a", TODAY, Counter(), seen(ONE))
    form = replace(ONE, mark="form", facts="of the form", former=ONE.mark)

    found = [
        await quality.add("a", TODAY + days * DAY, Counter(), seen(form))
        for days in (1, 2)
    ]

    assert found == [Counter(), Counter()]
