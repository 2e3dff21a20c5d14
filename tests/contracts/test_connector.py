"""What every connector promises, held against a real agency over a real socket.

A new connector joins by a sandbox agency and a manifest; the suite is the same.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import msgspec
import pytest

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.connector import Connector
from connectors.errors import RefusedError, UnreachableError, UnreadableError
from connectors.manifest import Manifest
from connectors.manifest_signature import SignatureForm
from connectors.registry import PROTOCOLS, load_manifests, open_agency
from gateway.demo.demo import AGENCIES
from policy.catalogue import load_catalogue
from policy.identity import Identity, parse_identity
from signing.envelope import PayloadType, verify
from signing.trust import TrustBundle, read_trust_bundle
from tests.connectors.guard.slow_agency import Notes
from tests.contracts.people import nobodies
from tests.running import Agencies

ENOUGH = 10.0
"""Seconds within which a busy machine answers, too."""
A_WHILE = 0.5


@dataclass(frozen=True)
class Running:
    """One agency of the sandbox with its connector."""

    manifest: Manifest
    connector: Connector
    agency: Agency
    bundle: TrustBundle
    agencies: Agencies

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def holder(self) -> Identity:
        """Somebody who holds certificates at every agency."""
        return parse_identity(self.agencies.person("all-three")["idNumber"])


@pytest.fixture(params=AGENCIES, name="running")
async def _running(
    request: pytest.FixtureRequest, agencies: Agencies
) -> AsyncIterator[Running]:
    manifest = manifest_of(request.param, agencies)
    bundle = read_trust_bundle((agencies.folder / "trust.toml").read_text("utf-8"))
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        agency = open_agency(
            manifest,
            session=session,
            bundle=bundle,
            catalogue=load_catalogue(),
            observer=Notes(),
            clock=lambda: datetime.now(UTC),
        )
        connector = PROTOCOLS[manifest.endpoint.protocol](
            manifest, session, lambda: datetime.now(UTC)
        )
        yield Running(manifest, connector, agency, bundle, agencies)
        await agency.close()


def manifest_of(id_: str, agencies: Agencies) -> Manifest:
    (manifest,) = [m for m in load_manifests(Path("sandbox/agencies")) if m.id == id_]
    path = manifest.endpoint.url.split("/", 3)[3]
    endpoint = msgspec.structs.replace(
        manifest.endpoint, url=f"{agencies.urls[id_]}/{path}", timeout_seconds=ENOUGH
    )
    return msgspec.structs.replace(manifest, endpoint=endpoint)


async def asked(running: Running, holder: Identity, seconds: float = ENOUGH) -> Answer:
    (answer,) = await running.agency.ask([holder], seconds)
    return answer


async def test_a_batch_is_answered_in_order_by_one_call(running: Running) -> None:
    people = [*nobodies(2), running.holder, *nobodies(1)]

    answers = await running.agency.ask(people, ENOUGH)

    assert [answer.outcome for answer in answers] == [
        SourceOutcome.NONE,
        SourceOutcome.NONE,
        SourceOutcome.ANSWERED,
        SourceOutcome.NONE,
    ]
    assert running.agencies.calls(running.id) == {"calls": 1, "holders": [4]}


async def test_what_is_fetched_verifies_by_the_bundle(running: Running) -> None:
    reply = await running.connector.fetch([running.holder])

    (envelopes,) = reply.envelopes
    for envelope in envelopes:
        proof = verify(
            envelope,
            running.bundle,
            types=frozenset(PayloadType),
            at=datetime.now(UTC),
            freshness=None,
        )
        assert proof.key.institution == running.manifest.collection_body


async def test_the_certificates_are_the_holders(running: Running) -> None:
    answer = await asked(running, running.holder)

    assert {c.record.holder for c in answer.certificates} == {running.holder}
    assert len(answer.certificates) == 1


async def test_a_full_batch_is_one_call(running: Running) -> None:
    people = nobodies(running.manifest.endpoint.batch_limit)

    answers = await running.agency.ask(people, ENOUGH)

    assert {answer.outcome for answer in answers} == {SourceOutcome.NONE}
    assert running.agencies.calls(running.id) == {"calls": 1, "holders": [100]}


async def test_one_more_than_a_full_batch_is_two_calls(running: Running) -> None:
    people = nobodies(running.manifest.endpoint.batch_limit + 1)

    await running.agency.ask(people, ENOUGH)

    calls = running.agencies.calls(running.id)
    assert (calls["calls"], sorted(calls["holders"])) == (2, [1, 100])


async def test_many_questions_at_once_do_not_mix(running: Running) -> None:
    people = [running.holder, *nobodies(30)]

    answers = await asyncio.gather(*(asked(running, person) for person in people))

    outcomes = [answer.outcome for answer in answers]
    assert outcomes == [SourceOutcome.ANSWERED] + [SourceOutcome.NONE] * 30


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("error-500", UnreachableError),
        ("cut-body", UnreachableError),
        ("refused-403", RefusedError),
        ("wrong-content-type", UnreadableError),
        ("oversize", UnreadableError),
    ],
)
async def test_a_failed_call_is_the_error_it_means(
    running: Running, fault: str, error: type[Exception]
) -> None:
    with running.agencies.fault(running.id, fault), pytest.raises(error):
        await running.connector.fetch([running.holder])


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("slow", SourceOutcome.TIMED_OUT),
        ("silent", SourceOutcome.TIMED_OUT),
        ("error-500", SourceOutcome.UNREACHABLE),
        ("cut-body", SourceOutcome.UNREACHABLE),
        ("refused-403", SourceOutcome.REFUSED),
        ("wrong-content-type", SourceOutcome.UNVERIFIED),
        ("oversize", SourceOutcome.UNVERIFIED),
        ("tampered", SourceOutcome.UNVERIFIED),
        ("wrong-key", SourceOutcome.UNVERIFIED),
        ("forged-key", SourceOutcome.UNVERIFIED),
        ("other-agency-key", SourceOutcome.UNVERIFIED),
        ("replayed", SourceOutcome.UNVERIFIED),
        ("clock-off", SourceOutcome.UNVERIFIED),
        ("wrong-holder", SourceOutcome.UNVERIFIED),
    ],
)
async def test_a_fault_is_an_answer_without_certificates(
    running: Running, fault: str, outcome: SourceOutcome
) -> None:
    seconds = A_WHILE if outcome is SourceOutcome.TIMED_OUT else ENOUGH
    with running.agencies.fault(running.id, fault):
        answer = await asked(running, running.holder, seconds)

    assert (answer.outcome, answer.certificates) == (outcome, ())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("tampered", "BAD_SIGNATURE"),
        ("wrong-key", "UNKNOWN_KEY"),
        ("forged-key", "BAD_SIGNATURE"),
        ("other-agency-key", "OUT_OF_SCOPE"),
        ("replayed", "STALE"),
        ("clock-off", "SIGNED_IN_FUTURE"),
        ("wrong-holder", "WRONG_HOLDER"),
        ("oversize", "UNREADABLE_ANSWER"),
        ("wrong-content-type", "UNREADABLE_ANSWER"),
    ],
)
async def test_what_was_not_believed_has_its_own_reason(
    running: Running, fault: str, code: str
) -> None:
    with running.agencies.fault(running.id, fault):
        answer = await asked(running, running.holder)

    assert {refusal.code for refusal in answer.refusals} == {code}


@pytest.mark.parametrize(
    "fault",
    ["unsigned-absence", "tampered", "wrong-key", "other-agency-key", "replayed"],
)
async def test_an_absence_is_believed_only_if_signed(
    running: Running, fault: str
) -> None:
    (nobody,) = nobodies(1)

    with running.agencies.fault(running.id, fault):
        answer = await asked(running, nobody)

    assert (answer.outcome, answer.certificates) == (SourceOutcome.UNVERIFIED, ())


async def test_a_record_left_out_is_noticed(running: Running) -> None:
    holder = parse_identity(running.agencies.person("whole-annex")["idNumber"])

    with running.agencies.fault(running.id, "withheld"):
        answer = await asked(running, holder)

    signs_the_list = running.manifest.signature.form is SignatureForm.RESPONSE
    assert {r.code for r in answer.refusals} == (
        set() if signs_the_list else {"INCOMPLETE"}
    )
    assert answer.is_complete is signs_the_list


async def test_an_old_nonce_is_a_replay_where_there_is_a_nonce(
    running: Running,
) -> None:
    has_nonce = running.manifest.response.nonce is not None

    with running.agencies.fault(running.id, "old-nonce"):
        answer = await asked(running, running.holder)

    assert {r.code for r in answer.refusals} == ({"REPLAYED"} if has_nonce else set())


async def test_the_agency_recovers_as_soon_as_it_answers(running: Running) -> None:
    with running.agencies.fault(running.id, "error-500"):
        await asked(running, running.holder)

    answer = await asked(running, running.holder)

    assert answer.outcome is SourceOutcome.ANSWERED


async def test_a_probe_finds_the_server(running: Running) -> None:
    assert await running.agency.probe()
