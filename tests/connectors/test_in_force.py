"""New keys and accounts hold at once: for what is cached, and for what is under way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter

import aiohttp
import pytest

from connectors.agency import Agency
from connectors.answer import SourceOutcome
from connectors.connector import Reply
from connectors.elements import Told
from connectors.status.listed_states import ListedStates
from policy.catalogue import load_catalogue
from policy.evidence import AccountState
from policy.identity import Identity, IdType, parse_identity
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import BUNDLE, NOW, ZHANG, manifest, record, trusted
from tests.connectors.guard.slow_agency import Notes
from tests.connectors.status.listing import Lists, status_list
from tests.connectors.status.test_listed_states import is_so, listing
from tests.serving import serving

HOLDER = parse_identity(ZHANG)
RETIRED = TrustBundle.of([trusted(state=KeyState.RETIRED)])
AGE = "max_age_seconds = 3600\n"
LONG = (AGE, f"{AGE}[cache]\nttl_seconds = 60\n")


@dataclass
class Waits:
    """A connector that sends a record once it may."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    is_asked: bool = False

    def can_ask(self, id_type: IdType) -> bool:
        return id_type is IdType.RESIDENT_ID

    async def fetch(
        self,
        holders: Sequence[Identity],
        told: Told | None = None,  # noqa: ARG002 - tells nobody
    ) -> Reply:
        self.asked += 1
        self.is_asked = True
        self.was_asked.set()
        try:
            await self.may_answer.wait()
        finally:
            self.is_asked = False
        return Reply([(record(),)] * len(holders))

    async def probe(self) -> None:
        """Speak."""


def agency_of(connector: Waits) -> Agency:
    return Agency(
        manifest(LONG),
        connector,
        bundle=BUNDLE,
        catalogue=load_catalogue(),
        observer=Notes(),
        clock=lambda: NOW,
    )


async def outcome(agency: Agency) -> SourceOutcome:
    (answer,) = await agency.ask([HOLDER], 5.0)
    return answer.outcome


async def test_an_account_frozen_while_it_was_asked_answers_nothing() -> None:
    connector = Waits()
    agency = agency_of(connector)
    asking = asyncio.create_task(outcome(agency))
    await asyncio.sleep(0)

    agency.put_in_force(BUNDLE, AccountState.FROZEN, is_suspended=False)
    connector.may_answer.set()

    assert await asking is SourceOutcome.SUSPENDED


async def test_a_key_retired_while_it_was_asked_is_not_believed() -> None:
    connector = Waits()
    agency = agency_of(connector)
    asking = asyncio.create_task(outcome(agency))
    await asyncio.sleep(0)

    agency.put_in_force(RETIRED, AccountState.ACTIVE, is_suspended=False)
    connector.may_answer.set()

    assert await asking is SourceOutcome.UNVERIFIED


async def test_what_was_cached_under_another_key_is_asked_again() -> None:
    connector = Waits()
    connector.may_answer.set()
    agency = agency_of(connector)
    assert [await outcome(agency), await outcome(agency)] == ["ANSWERED", "ANSWERED"]
    assert connector.asked == 1

    agency.put_in_force(RETIRED, AccountState.ACTIVE, is_suspended=False)

    assert await outcome(agency) is SourceOutcome.UNVERIFIED
    assert connector.asked == 2


async def test_a_lifted_sanction_begins_with_a_new_question() -> None:
    connector = Waits()
    connector.may_answer.set()
    agency = agency_of(connector)
    await outcome(agency)

    agency.put_in_force(BUNDLE, AccountState.FROZEN, is_suspended=False)
    frozen = await outcome(agency)
    agency.put_in_force(BUNDLE, AccountState.ACTIVE, is_suspended=False)

    assert (frozen, await outcome(agency)) == ("SUSPENDED", "ANSWERED")
    assert connector.asked == 2


async def test_what_did_not_change_keeps_its_cache() -> None:
    connector = Waits()
    connector.may_answer.set()
    agency = agency_of(connector)
    await outcome(agency)

    agency.put_in_force(
        TrustBundle.of([trusted()]), AccountState.ACTIVE, is_suspended=False
    )

    assert await outcome(agency) is SourceOutcome.ANSWERED
    assert connector.asked == 1


async def test_a_suspended_connector_is_skipped() -> None:
    connector = Waits()
    agency = agency_of(connector)

    agency.put_in_force(BUNDLE, AccountState.ACTIVE, is_suspended=True)

    assert await outcome(agency) is SourceOutcome.SKIPPED
    assert connector.asked == 0


@asynccontextmanager
async def with_a_list() -> AsyncIterator[tuple[Agency, ListedStates, Lists]]:
    """An agency with a status list in hand."""
    lists = Lists()
    async with serving(lists.serve) as port, aiohttp.ClientSession() as session:
        rules = listing(f"http://127.0.0.1:{port}/1")
        lists.body = status_list([0], NOW, url=str(rules.status_list.url)).signature
        listed = ListedStates(rules, session, lambda: NOW)
        agency = Agency(
            rules,
            Waits(),
            bundle=BUNDLE,
            catalogue=load_catalogue(),
            observer=Notes(),
            clock=lambda: NOW,
            listed=listed,
        )
        await is_so(lambda: listed.fault is None)
        assert listed.until is not None
        # Whatever is fetched from now on is not had.
        lists.status = "503 Busy"
        yield agency, listed, lists
        await agency.close()


@pytest.mark.parametrize(
    ("bundle", "account", "is_suspended"),
    [
        pytest.param(RETIRED, AccountState.ACTIVE, False, id="the keys"),
        pytest.param(BUNDLE, AccountState.FROZEN, False, id="the account"),
        pytest.param(BUNDLE, AccountState.ACTIVE, True, id="the connector"),
    ],
)
async def test_the_status_list_is_forgotten_with_what_it_was_believed_under(
    bundle: TrustBundle, account: AccountState, is_suspended: bool
) -> None:
    async with with_a_list() as (agency, listed, lists):
        agency.put_in_force(bundle, account, is_suspended=is_suspended)
        forgotten = listed.until, listed.fault
        # And back: it stays forgotten until one is had.
        agency.put_in_force(BUNDLE, AccountState.ACTIVE, is_suspended=False)
        await is_so(lambda: listed.fault == "UNREACHABLE")

        assert forgotten == (None, "KEYS_CHANGED")
        assert listed.until is None
        assert len(lists.asked) > 1


async def test_the_status_list_stays_where_nothing_changed() -> None:
    async with with_a_list() as (agency, listed, _):
        again = TrustBundle.of([trusted()])
        agency.put_in_force(again, AccountState.ACTIVE, is_suspended=False)

        assert (listed.until is not None, listed.fault) == (True, None)


async def test_an_answer_says_how_long_its_agency_took() -> None:
    connector = Waits()
    agency = agency_of(connector)
    before = perf_counter()
    asking = asyncio.ensure_future(agency.ask([HOLDER], 5.0))
    await connector.was_asked.wait()
    asked = perf_counter()
    await asyncio.sleep(0.05)
    at_least = perf_counter() - asked
    connector.may_answer.set()
    (answer,) = await asking

    assert answer.latency_seconds is not None
    assert at_least <= answer.latency_seconds <= perf_counter() - before


async def test_who_was_not_asked_took_no_time() -> None:
    agency = agency_of(Waits())
    agency.put_in_force(BUNDLE, AccountState.FROZEN, is_suspended=False)
    (answer,) = await agency.ask([HOLDER], 5.0)

    assert answer.latency_seconds is None


@pytest.mark.parametrize("others", [[], [Identity(IdType.PASSPORT, "E12345678")]])
async def test_who_gives_up_stops_waiting_and_the_next_is_answered(
    others: list[Identity],
) -> None:
    """Alone, and beside somebody whose number the agency does not know."""
    connector = Waits()
    agency = agency_of(connector)
    asking = agency.ask([HOLDER, *others], 5.0)
    await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    connector.may_answer.set()

    assert await outcome(agency) is SourceOutcome.ANSWERED


async def test_closing_ends_what_is_asked_and_whoever_waits() -> None:
    connector = Waits()
    agency = agency_of(connector)
    asking = agency.ask([HOLDER], 5.0)
    await asyncio.sleep(0.01)

    await agency.close()

    assert (connector.asked, connector.is_asked) == (1, False)
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_closing_ends_the_fetching_of_the_list() -> None:
    async with with_a_list() as (agency, _, _):
        (keeping,) = (task for task in asyncio.all_tasks() if "_keep" in repr(task))

        await agency.close()

        assert keeping.cancelled()
