"""New keys and accounts hold at once: for what is cached, and for what is under way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.agency import Agency
from connectors.answer import SourceOutcome
from connectors.connector import Reply
from policy.catalogue import load_catalogue
from policy.evidence import AccountState
from policy.identity import Identity, IdType, parse_identity
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import BUNDLE, NOW, ZHANG, manifest, record, trusted
from tests.connectors.guard.slow_agency import Notes

HOLDER = parse_identity(ZHANG)
RETIRED = TrustBundle.of([trusted(state=KeyState.RETIRED)])
AGE = "max_age_seconds = 3600\n"
LONG = (AGE, f"{AGE}[cache]\nttl_seconds = 60\n")


@dataclass
class Waits:
    """A connector that sends a record once it may."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    def can_ask(self, id_type: IdType) -> bool:
        return id_type is IdType.RESIDENT_ID

    async def fetch(self, holders: Sequence[Identity]) -> Reply:
        self.asked += 1
        await self.may_answer.wait()
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
