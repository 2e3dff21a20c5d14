"""What was verified stands in for a silent agency, marked, for as long as it may."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.claims import weigh
from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.connector import Reply
from connectors.elements import Told
from connectors.errors import ManifestError, UnreachableError
from connectors.guard import answer_cache
from connectors.guard.health import SILENT
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState, StateChange
from policy.eligibility import Eligibility, EligibilityOutcome, evaluate
from policy.evidence import AccountState, Claimant, Evidence
from policy.identity import Identity, IdType, parse_identity
from policy.parameters import load_parameters
from policy.standing import Standing, standing
from policy.stated import ClaimOutcome, StatedCertificate
from signing.envelope import Envelope
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import (
    BUNDLE,
    NOW,
    RECORD,
    ZHANG,
    absence,
    manifest,
    record,
    signing_key,
    trusted,
)
from tests.connectors.guard.slow_agency import Notes
from tests.connectors.test_agency import Sends

HOLDER = parse_identity(ZHANG)
TTL, STALE, DECIDES = 10, 600, 120
MAX_AGE = 3600
IN_ORDER = {**RECORD, "by": "上海地铁职业技能培训学校"}
CACHE = (
    "[record]\n",
    (
        f"[cache]\nttl_seconds = {TTL}\nstale_if_error_seconds = {STALE}\n"
        f"stale_decides_seconds = {DECIDES}\n[record]\n"
        'evaluation_body = "by"\n'
    ),
)


class World:
    """An agency that can be reached or not, asked at moments that are told."""

    def __init__(
        self, *changes: tuple[str, str], sends: Envelope | None = None
    ) -> None:
        self.now = NOW
        self.is_there = True
        self.is_hanging = asyncio.Event()
        self.connector = Sends((sends or record(IN_ORDER),))
        self.agency = Agency(
            manifest(CACHE, *changes),
            self,
            bundle=BUNDLE,
            catalogue=load_catalogue(),
            observer=Notes(),
            clock=lambda: self.now,
        )

    def can_ask(self, id_type: IdType) -> bool:
        return self.connector.can_ask(id_type)

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        if self.is_hanging.is_set():
            await asyncio.Event().wait()
        if not self.is_there:
            raise UnreachableError("down")
        return await self.connector.fetch(holders, told)

    async def probe(self) -> None:
        raise UnreachableError

    def monotonic(self) -> float:
        return (self.now - NOW).total_seconds() + 1_000

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    async def ask(self) -> Answer:
        (answer,) = await self.agency.ask([HOLDER], 5.0)
        return answer

    async def ask_silent(self, after: float) -> Answer:
        """Ask once while it is there, and again when it has been gone for a while."""
        await self.ask()
        self.is_there = False
        self.wait(after)
        return await self.ask()


@contextmanager
def timed_by(world: World) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer_cache, "time", world)
        yield


@pytest.fixture(name="world")
def _world() -> Iterator[World]:
    world = World()
    with timed_by(world):
        yield world


def verdict(answer: Answer) -> Eligibility:
    (found,) = answer.certificates
    day = date(2026, 3, 1)
    return evaluate(
        Evidence(
            record=found.record,
            attestation=found.attestation,
            claimant=Claimant(HOLDER),
            claim=None,
            as_of=day,
            today=day,
        ),
        catalogue=load_catalogue(),
        parameters=load_parameters(),
    )


async def test_what_was_verified_stands_in_and_says_of_when_it_is(world: World) -> None:
    answer = await world.ask_silent(after=TTL + 1)

    (found,) = answer.certificates
    assert answer.outcome is SourceOutcome.UNREACHABLE
    assert (answer.as_of, found.as_of, found.retrieved_at) == (NOW, NOW, NOW)
    assert answer.reason is not None
    assert "2026-03-01T16:00:00+08:00" in answer.reason.zh
    assert "2026-03-01T16:00:00+08:00" in answer.reason.en
    # Nothing says that there is nothing else by now.
    assert not answer.is_complete


async def test_an_agency_that_answers_is_not_marked(world: World) -> None:
    first = await world.ask()
    world.wait(TTL + 1)
    second = await world.ask()

    for answer in (first, second):
        assert answer.as_of is None
        assert [one.as_of for one in answer.certificates] == [None]


async def test_what_it_lets_count_decides_and_what_is_older_does_not() -> None:
    for after, is_decided in ((DECIDES, True), (DECIDES + 1, False)):
        world = World()
        with timed_by(world):
            answer = await world.ask_silent(after)

        (found,) = answer.certificates
        assert found.as_of == NOW
        told = standing(found.record, world.now.date(), world.now.date())
        assert (told is Standing.VALID) is is_decided
        assert (verdict(answer).outcome is EligibilityOutcome.ELIGIBLE) is is_decided
        if not is_decided:
            assert verdict(answer).outcome is EligibilityOutcome.UNDETERMINED


async def test_what_it_would_have_refused_is_undetermined_by_then() -> None:
    """A level that the annex does not pay for may have been put right since."""
    wrong = record({**IN_ORDER, "code": "4-02-01-02", "item": "no such item"})
    for after, outcome in (
        (DECIDES, EligibilityOutcome.INELIGIBLE),
        (DECIDES + 1, EligibilityOutcome.UNDETERMINED),
    ):
        world = World(sends=wrong)
        with timed_by(world):
            answer = await world.ask_silent(after)

        assert verdict(answer).outcome is outcome


async def test_what_was_revoked_meanwhile_is_revoked(world: World) -> None:
    answer = await world.ask_silent(after=STALE)
    (found,) = answer.certificates
    change = StateChange(
        state=CertificateState.REVOKED,
        effective_on=date(2026, 3, 1),
        received_at=world.now,
    )
    told = replace(found, record=replace(found.record, changes=(change,)))

    assert verdict(replace(answer, certificates=(told,))).outcome is (
        EligibilityOutcome.INELIGIBLE
    )


async def test_a_statement_is_compared_with_nothing_outdated() -> None:
    stated = StatedCertificate(
        items=frozenset({"4-02-01-01"}), number=str(RECORD["number"])
    )
    for after, outcome in (
        (DECIDES, ClaimOutcome.MATCH),
        (DECIDES + 1, ClaimOutcome.UNKNOWN),
    ):
        world = World()
        with timed_by(world):
            answer = await world.ask_silent(after)

        told = weigh(stated, [(world.agency, answer)], load_catalogue())
        assert told.outcome is outcome


async def test_nothing_stands_in_for_longer_than_the_manifest_says() -> None:
    for after, stands_in in ((TTL + STALE - 1, True), (TTL + STALE, False)):
        world = World()
        with timed_by(world):
            answer = await world.ask_silent(after)

        assert bool(answer.certificates) is stands_in


async def test_nothing_stands_in_where_the_manifest_does_not_say_so() -> None:
    world = World(
        (f"stale_if_error_seconds = {STALE}\n", ""),
        (f"stale_decides_seconds = {DECIDES}\n", ""),
    )
    with timed_by(world):
        answer = await world.ask_silent(after=TTL + 1)

    assert (answer.outcome, answer.certificates, answer.as_of) == (
        SourceOutcome.UNREACHABLE,
        (),
        None,
    )


async def test_that_there_were_none_stands_in_for_nothing() -> None:
    world = World(sends=absence())
    with timed_by(world):
        answer = await world.ask_silent(after=TTL + 1)

    assert (answer.outcome, answer.is_complete) == (SourceOutcome.UNREACHABLE, False)
    assert (answer.as_of, answer.retrieved_at) == (None, None)


async def test_whoever_cannot_wait_longer_is_told_what_there_is(world: World) -> None:
    await world.ask()
    world.is_hanging.set()
    world.wait(TTL + 1)

    (answer,) = await world.agency.ask([HOLDER], 0.01)

    assert answer.outcome is SourceOutcome.TIMED_OUT
    assert answer.as_of == NOW
    assert len(answer.certificates) == 1
    await world.agency.close()


async def test_after_what_did_not_verify_nothing_stands_in(world: World) -> None:
    await world.ask()
    world.wait(TTL + 1)
    genuine = world.connector.envelopes
    world.connector.envelopes = (Envelope(b"not a jws"),)
    doubted = await world.ask()
    world.is_there = False
    after_that = await world.ask()
    world.is_there, world.connector.envelopes = True, genuine
    await world.ask()
    again = await world.ask_silent(after=TTL + 1)

    assert doubted.outcome is SourceOutcome.UNVERIFIED
    assert (after_that.certificates, after_that.as_of) == ((), None)
    assert len(again.certificates) == 1


@pytest.mark.parametrize("event", ["key", "account", "told", "signature"])
async def test_what_no_longer_holds_does_not_stand_in(event: str) -> None:
    world = World(
        (f"stale_if_error_seconds = {STALE}", "stale_if_error_seconds = 7200")
    )
    agency = world.agency
    with timed_by(world):
        await world.ask()
        world.is_there = False
        world.wait(TTL + 1)
        match event:
            case "key":
                withdrawn = TrustBundle.of([trusted(state=KeyState.COMPROMISED)])
                agency.put_in_force(withdrawn, AccountState.ACTIVE, is_suspended=False)
            case "account":
                agency.put_in_force(BUNDLE, AccountState.FROZEN, is_suspended=False)
                agency.put_in_force(BUNDLE, AccountState.ACTIVE, is_suspended=False)
            case "told":
                agency.forget(HOLDER)
            case _:
                # No older than a live answer may be.
                world.wait(MAX_AGE)
        answer = await world.ask()

    assert answer.certificates == ()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "down", "up", "wait", "keys"]),
        st.sampled_from([1, TTL, DECIDES - TTL, DECIDES, STALE]),
    ),
    max_size=12,
)
KEYS = (BUNDLE, TrustBundle.of([trusted(), trusted(signing_key("transport-2"))]))


@given(STEPS)
def test_nothing_is_ever_shown_without_the_mark(steps: list[tuple[str, int]]) -> None:
    """Whatever happens: it came just now, or it says of when it is."""

    async def go() -> None:
        world, came, changes = World(), None, 0
        with timed_by(world):
            for name, seconds in steps:
                if name in ("down", "up"):
                    world.is_there = name == "up"
                elif name == "wait":
                    world.wait(seconds)
                elif name == "keys":
                    changes, came = changes + 1, None
                    world.agency.put_in_force(
                        KEYS[changes % 2], AccountState.ACTIVE, is_suspended=False
                    )
                else:
                    answer = await world.ask()
                    if world.is_there:
                        came = answer.retrieved_at
                    require_marked(world, answer, came)

    asyncio.run(go())


def require_marked(world: World, answer: Answer, came: datetime | None) -> None:
    """Hold an answer against when the agency spoke last, by the keys in force."""
    if not answer.certificates:
        assert answer.outcome in SILENT
        assert came is None or world.now - came >= timedelta(seconds=TTL + STALE)
        return
    assert came is not None
    age = (world.now - came).total_seconds()
    if answer.as_of is None:
        assert answer.outcome is SourceOutcome.ANSWERED
        assert age < TTL
        return
    assert answer.outcome in SILENT
    assert not answer.is_complete
    assert TTL <= age < TTL + STALE
    assert {one.as_of for one in answer.certificates} == {answer.as_of} == {came}
    assert (verdict(answer).outcome is EligibilityOutcome.UNDETERMINED) is (
        age > DECIDES
    )


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            [("stale_decides_seconds = 120", "stale_decides_seconds = 611")],
            "stale_decides_seconds is longer than answers are kept",
        ),
        (
            [("[response]", '[request]\nelements = { officer = "o" }\n[response]')],
            "stale_if_error_seconds is set, but the agency is told",
        ),
        (
            [
                ('protocol = "rest"', 'protocol = "collected"'),
                ('url = "http://127.0.0.1:1/records"\n', ""),
            ],
            "stale_if_error_seconds is set, but endpoint.protocol is 'collected'",
        ),
        (
            [("stale_if_error_seconds = 600", "stale_if_error_seconds = 86401")],
            "stale_if_error_seconds",
        ),
    ],
)
def test_what_can_never_stand_in_is_refused(
    changes: list[tuple[str, str]], what: str
) -> None:
    with pytest.raises(ManifestError, match=what):
        manifest(CACHE, *changes)
