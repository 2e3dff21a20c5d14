"""Events are judged for each follower and encoded for all of them once."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bureau.caller import Caller, Scope
from bureau.events.events import Kind
from connectors.registration.rules import AGENCY
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.clock import utc_now
from gateway.demo.demo import write_configuration
from gateway.metrics import Metrics
from gateway.settings.settings import load_settings
from gateway.subscriptions.event_stream import joined
from gateway.subscriptions.feed import PAGE
from gateway.wiring import open_services
from resolvers.context import RequestContext, Services
from resolvers.documents.documents import Documents, Question
from resolvers.documents.limits import Limits
from resolvers.execution.subscribe import (
    JUDGED_SECONDS,
    TOGETHER,
    Delivery,
    Join,
    open_stream,
)
from resolvers.schema import schema
from resolvers.subscriptions.encoded import AT_ONCE
from store.background import Supervisor
from store.migrate import upgrade_database
from store.store import Store, open_store
from tests.gateway.subscriptions.following import change, write
from tests.running import Agencies

CHANGES = """subscription($after: String, $short: Boolean = false) {
  certificateStateChanged(after: $after) {
    cursor certificateId reason @skip(if: $short) } }"""
EVENTS = 5


@dataclass(slots=True)
class Following:
    """A gateway's services and store, without a gateway."""

    services: Services
    store: Store
    sent: int = 0

    async def write(self, count: int) -> None:
        """Commit changes together."""
        first, self.sent = self.sent + 1, self.sent + count
        await write(self.store, *map(change, range(first, self.sent + 1)))

    async def follow(
        self, who: "Who", join: Join | None = None, **variables: object
    ) -> AsyncGenerator[Delivery, None]:
        """Begin to follow."""
        question = Question(query=CHANGES, variables=variables)
        documents = Documents(schema.core, Limits(), is_open=True)
        prepared = documents.prepare(question, who.caller)
        context = RequestContext(self.services, who.caller)
        return await open_stream(prepared, question, context, who.renew, join)


@dataclass(slots=True)
class Who:
    """A caller, asked for again and again, until it is known no more."""

    id: str
    asked: int = 0
    known_for: int = 1_000
    caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.caller = Caller(self.id, frozenset({Scope.READ_CERTIFICATES}))

    async def renew(self) -> Caller:
        """Return who it is now."""
        self.asked += 1
        if self.asked > self.known_for:
            raise AuthenticationError(Reason.UNKNOWN_TOKEN)
        return self.caller


@pytest.fixture(name="following")
async def _following(
    running_agencies: Agencies, tmp_path: Path
) -> AsyncIterator[Following]:
    config = write_configuration(
        tmp_path,
        trust_folder=running_agencies.folder,
        port=0,
        agencies=running_agencies.urls,
        token="unused",
        id_number="",
    )
    settings = load_settings(config, {})
    await upgrade_database(settings.database_url)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database_url))
        opening = open_services(settings, Metrics(), store, Supervisor(), utc_now)
        opened = await stack.enter_async_context(opening)
        yield Following(opened.services, store)


async def taken(
    stream: AsyncGenerator[Delivery, None], count: int, pause: float = 0.0
) -> list[Delivery]:
    """Return the next deliveries, taken at some pace."""
    found = []
    async with asyncio.timeout(20), aclosing(stream):
        async for one in stream:
            found.append(one)
            if len(found) == count:
                break
            await asyncio.sleep(pause)
    return found


async def test_what_all_see_is_encoded_once_and_judged_for_each(
    following: Following,
) -> None:
    one, two, short = Who("one"), Who("two"), Who("short")
    cursor = following.services.cursors.of(Kind.CERTIFICATE_STATES, 0)
    streams = [
        await following.follow(one),
        await following.follow(two, after=cursor),
        await following.follow(short, short=True),
    ]
    taking = asyncio.gather(*(taken(stream, EVENTS) for stream in streams))
    await asyncio.sleep(0)
    await following.write(EVENTS)

    first, second, other = await taking

    assert [one.cursor for one in first] == [two.cursor for two in second]
    assert all(a.payload is b.payload for a, b in zip(first, second, strict=True))
    assert b"reason" in first[0].payload
    assert b"reason" not in other[0].payload
    assert [one.is_followed for one in first] == [True] * (EVENTS - 1) + [False]
    assert (one.asked, two.asked, short.asked) == (1, 1, 1)


async def test_who_is_slow_is_judged_again(following: Following) -> None:
    slow = Who("slow", known_for=3)
    stream = await following.follow(slow)
    taking = asyncio.create_task(taken(stream, EVENTS, pause=1.2 * JUDGED_SECONDS))
    await asyncio.sleep(0)
    await following.write(EVENTS)

    with pytest.raises(AuthenticationError):
        await taking

    assert slow.asked == slow.known_for + 1


async def test_many_events_are_sent_in_parts(following: Following) -> None:
    who = Who("one")
    stream = await following.follow(who)
    taking = asyncio.create_task(taken(stream, 2 * TOGETHER + 1))
    await asyncio.sleep(0)
    await following.write(2 * TOGETHER + 1)

    found = await taking

    assert [n for n, one in enumerate(found, start=1) if not one.is_followed] == [
        TOGETHER,
        2 * TOGETHER,
        2 * TOGETHER + 1,
    ]
    assert who.asked == len((TOGETHER, TOGETHER, 1))


async def test_events_that_are_joined_are_joined_once_and_judged_for_each(
    following: Following,
) -> None:
    whos = Who("one"), Who("two")
    streams = [await following.follow(who, joined) for who in whos]
    taking = asyncio.gather(*(taken(stream, 2) for stream in streams))
    await asyncio.sleep(0)
    await following.write(PAGE + 1)

    (first, last), (second, _) = await taking

    assert first.payload is second.payload
    assert first.payload.count(b"cursor") == first.count == PAGE
    assert (last.count, last.cursor > "") == (1, True)
    # Again after others had their turn, while the first page was encoded.
    assert [who.asked for who in whos] == [3, 3]


async def test_what_is_joined_for_one_is_not_told_to_who_may_not_see_all_of_it(
    following: Following,
) -> None:
    all_of_it, its_own = Who("one"), Who(f"{AGENCY}transport")
    streams = [await following.follow(who, joined) for who in (all_of_it, its_own)]
    taking = asyncio.gather(*(taken(stream, 1) for stream in streams))
    await asyncio.sleep(0)
    others = change(2, "fire-rescue")
    await write(following.store, change(1), others, change(3))

    (whole,), (part,) = await taking

    assert (whole.count, part.count) == (3, 2)
    assert whole.cursor == part.cursor


async def test_what_an_agency_may_see_is_joined_once_for_all_its_connections(
    following: Following,
) -> None:
    own, others, all_of_it = (
        [f"{AGENCY}transport"] * 2,
        [f"{AGENCY}fire-rescue"] * 2,
        ["one"],
    )
    whos = [Who(id_) for id_ in (*own, *others, *all_of_it)]
    streams = [await following.follow(who, joined) for who in whos]
    taking = asyncio.gather(*(taken(stream, 1) for stream in streams))
    await asyncio.sleep(0)
    await write(following.store, change(1), change(2, "fire-rescue"), change(3))

    told = [one for (one,) in await taking]

    assert [one.count for one in told] == [2, 2, 1, 1, 3]
    assert told[0].payload is told[1].payload
    assert told[2].payload is told[3].payload
    assert [who.asked for who in whos] == [1] * len(whos)


async def test_who_is_known_no_more_is_not_told_what_was_joined_for_another(
    following: Following,
) -> None:
    whos = Who("one"), Who("two", known_for=0)
    streams = [await following.follow(who, joined) for who in whos]
    taking = asyncio.gather(
        *(taken(stream, 1) for stream in streams), return_exceptions=True
    )
    await asyncio.sleep(0)
    await following.write(1)

    told, refused = await taking

    assert isinstance(told, list)
    assert isinstance(refused, AuthenticationError)


async def test_deliveries_take_turns(following: Following) -> None:
    turn = following.services.encoded.turn
    stream = await following.follow(Who("one"))
    for _ in range(AT_ONCE):
        await turn.acquire()
    taking = asyncio.create_task(taken(stream, 1))
    await asyncio.sleep(0)
    await following.write(1)
    await asyncio.sleep(1)
    assert not taking.done()

    turn.release()

    assert len(await taking) == 1
