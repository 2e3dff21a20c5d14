"""What was collected answers as of when it came; silence may be filled from it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
import pytest

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.collection.connector import CollectedRecord
from connectors.connector import Collected
from connectors.errors import UnreachableError
from connectors.manifest import Manifest
from connectors.null_observer import NullObserver
from connectors.registry import open_agency
from connectors.shadow import Shadow
from policy.catalogue import load_catalogue
from policy.identity import Identity, parse_identity
from signing.envelope import Envelope
from signing.marks import KeptMark, SignatureMarks
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import (
    BUNDLE,
    NOW,
    OTHER,
    RECORD,
    SIGNED_AT,
    ZHANG,
    manifest,
    record,
    trusted,
)

ASKS = 'protocol = "rest"\nurl = "http://127.0.0.1:1/records"\n'
ONLY_SENDS = manifest((ASKS, 'protocol = "collected"\n'))
FALLS_BACK = manifest(
    ("[response]", "[collection]\nanswers_when_silent = true\n[response]")
)
CAME_AT = NOW - timedelta(days=10)
CAME = Collected(CAME_AT, 7)
MARKS = SignatureMarks(b"\1" * 64)
OLD = record(signed_at=NOW - timedelta(days=20))


class Sent:
    """What one agency sent, in memory."""

    def __init__(
        self,
        *records: tuple[str, Envelope, Collected],
        is_away: bool = False,
        is_at_hand: bool = False,
    ) -> None:
        self._records = records
        self._is_away = is_away
        self._is_at_hand = is_at_hand
        self.readings = 0
        self.up_to: int | None = None

    def sequence(self, connector: str) -> int | None:
        assert connector == "transport"
        return self.up_to

    async def of(
        self, connector: str, holders: Sequence[Identity]
    ) -> Sequence[Sequence[CollectedRecord]]:
        assert connector == "transport"
        self.readings += 1
        if self._is_away:
            raise UnreachableError("the database is away")
        # Something comes while it is read.
        if self.up_to is not None:
            self.up_to += 1
        return self._of(holders)

    def at_hand(
        self, connector: str, holders: Sequence[Identity]
    ) -> Sequence[Sequence[CollectedRecord]] | None:
        assert connector == "transport"
        return self._of(holders) if self._is_at_hand else None

    def _of(self, holders: Sequence[Identity]) -> list[list[CollectedRecord]]:
        return [
            [
                CollectedRecord(envelope, collected)
                for number, envelope, collected in self._records
                if number == holder.number
            ]
            for holder in holders
        ]


@asynccontextmanager
async def opened(
    how: Manifest, sent: Sent, bundle: TrustBundle = BUNDLE
) -> AsyncIterator[Agency]:
    async with aiohttp.ClientSession() as session:
        agency = open_agency(
            how,
            session=session,
            bundle=bundle,
            catalogue=load_catalogue(),
            observer=NullObserver(),
            clock=lambda: NOW,
            collected=sent,
        )
        try:
            yield agency
        finally:
            await agency.close()


async def answers(
    how: Manifest, sent: Sent, *numbers: str, bundle: TrustBundle = BUNDLE
) -> list[Answer]:
    async with opened(how, sent, bundle) as agency:
        people = [parse_identity(number) for number in numbers]
        return await agency.ask(people, 5)


async def test_what_was_sent_answers_however_old_it_is() -> None:
    (answer,) = await answers(ONLY_SENDS, Sent((ZHANG, OLD, CAME)), ZHANG)

    (certificate,) = answer.certificates
    assert answer.outcome is SourceOutcome.ANSWERED
    assert (certificate.collected, certificate.retrieved_at) == (CAME, CAME_AT)
    assert (answer.retrieved_at, answer.is_collected) == (CAME_AT, True)
    assert answer.is_complete is False


async def test_nothing_sent_is_no_absence() -> None:
    (answer,) = await answers(ONLY_SENDS, Sent((ZHANG, OLD, CAME)), OTHER)

    assert answer.outcome is SourceOutcome.UNVERIFIED
    assert [refusal.code for refusal in answer.refusals] == ["UNSIGNED_ABSENCE"]
    assert (answer.is_complete, answer.retrieved_at) == (False, None)


async def test_a_store_that_is_away_is_an_agency_that_is() -> None:
    (answer,) = await answers(ONLY_SENDS, Sent(is_away=True), ZHANG)

    assert answer.outcome is SourceOutcome.UNREACHABLE


def compromised(since: datetime) -> TrustBundle:
    key = replace(trusted(), state=KeyState.COMPROMISED, state_since=since)
    return TrustBundle.of([key])


def marked(envelope: Envelope) -> Collected:
    """Return when it came, with the mark that ``envelope`` verified then."""
    kept = KeptMark(MARKS, MARKS.of(envelope.digest, trusted()))
    return replace(CAME, kept=kept)


@pytest.mark.parametrize("came", [CAME, marked(OLD)], ids=["read anew", "marked"])
@pytest.mark.parametrize(
    ("since", "outcome"),
    [
        pytest.param(
            CAME_AT + timedelta(seconds=1), SourceOutcome.ANSWERED, id="afterwards"
        ),
        pytest.param(CAME_AT, SourceOutcome.UNVERIFIED, id="as it came"),
        pytest.param(
            CAME_AT - timedelta(days=1), SourceOutcome.UNVERIFIED, id="before it came"
        ),
    ],
)
async def test_a_key_that_is_lost_later_does_not_unsay_what_came_before(
    since: datetime, outcome: SourceOutcome, came: Collected
) -> None:
    sent = Sent((ZHANG, OLD, came))

    (answer,) = await answers(ONLY_SENDS, sent, ZHANG, bundle=compromised(since))

    assert answer.outcome is outcome


async def test_bytes_that_were_changed_in_the_store_are_not_believed() -> None:
    forged = Envelope(OLD.signature[:-8] + b"AAAAAAAA")

    for came in (CAME, marked(OLD)):
        (answer,) = await answers(ONLY_SENDS, Sent((ZHANG, forged, came)), ZHANG)

        assert [refusal.code for refusal in answer.refusals] == ["BAD_SIGNATURE"]


async def test_another_persons_record_in_the_store_is_not_theirs() -> None:
    (answer,) = await answers(ONLY_SENDS, Sent((OTHER, OLD, CAME)), OTHER)

    assert [refusal.code for refusal in answer.refusals] == ["WRONG_HOLDER"]


@pytest.mark.parametrize(
    "bundle",
    [
        pytest.param(BUNDLE, id="in force"),
        pytest.param(compromised(CAME_AT), id="lost as it came"),
    ],
)
async def test_what_is_at_hand_is_judged_as_what_is_read(bundle: TrustBundle) -> None:
    forged = Envelope(OLD.signature[:-8] + b"AAAAAAAA")
    records = [
        (ZHANG, OLD, marked(OLD)),
        (ZHANG, forged, marked(OLD)),
        (OTHER, OLD, marked(OLD)),
    ]
    read, at_hand = Sent(*records), Sent(*records, is_at_hand=True)

    expected = await answers(ONLY_SENDS, read, ZHANG, OTHER, bundle=bundle)
    found = await answers(ONLY_SENDS, at_hand, ZHANG, OTHER, bundle=bundle)

    assert [replace(one, latency_seconds=0) for one in found] == [
        replace(one, latency_seconds=0) for one in expected
    ]
    assert (read.readings, at_hand.readings) == (1, 0)


async def test_nobody_is_asked_but_a_shadow_or_an_agency_that_only_falls_back() -> None:
    async with opened(ONLY_SENDS, Sent()) as agency, opened(FALLS_BACK, Sent()) as live:
        assert agency.asks_nobody
        assert not live.asks_nobody
        agency.shadow = Shadow(live)
        assert not agency.asks_nobody


@pytest.mark.parametrize(
    ("is_away", "found"),
    [(False, SourceOutcome.ANSWERED), (True, SourceOutcome.UNREACHABLE)],
)
async def test_what_is_read_too_late_is_known_of_the_agency_all_the_same(
    *, is_away: bool, found: SourceOutcome
) -> None:
    """As where all time went by while it was read ahead."""
    sent = Sent((ZHANG, OLD, CAME), is_away=is_away)
    async with opened(ONLY_SENDS, sent) as agency:
        (answer,) = await agency.ask([parse_identity(ZHANG)], 0)
        await agency.leave()

        assert answer.outcome is SourceOutcome.TIMED_OUT
        assert (agency.health.last_outcome, sent.readings) == (found, 1)


async def test_silence_is_filled_for_those_about_whom_something_was_sent() -> None:
    sent = Sent((ZHANG, OLD, CAME))

    known, unknown = await answers(FALLS_BACK, sent, ZHANG, OTHER)

    assert (known.outcome, known.is_collected) == (SourceOutcome.ANSWERED, True)
    assert known.reason is not None
    assert "UNREACHABLE" in known.reason.en
    assert (unknown.outcome, unknown.is_collected) == (SourceOutcome.UNREACHABLE, False)


async def test_silence_stays_where_the_store_is_away() -> None:
    (answer,) = await answers(FALLS_BACK, Sent(is_away=True), ZHANG)

    assert answer.outcome is SourceOutcome.UNREACHABLE


async def test_silence_stays_where_the_manifest_does_not_ask_for_more() -> None:
    (answer,) = await answers(manifest(), Sent((ZHANG, OLD, CAME)), ZHANG)

    assert answer.outcome is SourceOutcome.UNREACHABLE


async def test_a_count_of_another_day_is_not_believed() -> None:
    counting = manifest(
        (ASKS, 'protocol = "collected"\n'), ("[record]", '[record]\nheld = "held"')
    )
    two_held = record({**RECORD, "held": 2}, signed_at=SIGNED_AT)

    (answer,) = await answers(counting, Sent((ZHANG, two_held, CAME)), ZHANG)

    assert (answer.outcome, answer.is_complete) == (SourceOutcome.ANSWERED, False)


async def test_an_answer_says_up_to_where_everything_was_looked_at_before() -> None:
    """What came while it was read may be in it, or not, and is not promised."""
    sent = Sent((ZHANG, OLD, CAME))
    sent.up_to = 7

    (answer,) = await answers(ONLY_SENDS, sent, ZHANG)

    assert answer.sequence == 7
    (unknown,) = await answers(ONLY_SENDS, Sent(), ZHANG)
    assert unknown.sequence is None
