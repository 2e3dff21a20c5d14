"""What every connector promises of an agency that binds its answers, over sockets."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import msgspec
import pytest

from connectors.answer import SourceOutcome
from connectors.manifest import Manifest
from connectors.manifest_endpoint import Binding
from connectors.null_observer import NullObserver
from connectors.registry import PROTOCOLS, open_agency
from gateway.demo.demo import AGENCIES
from policy.catalogue import load_catalogue
from sandbox.binding import AUDIENCE, NONCE_HEADER
from signing.trust import read_trust_bundle
from tests.contracts.people import nobodies
from tests.contracts.test_connector import Running, asked, manifest_of
from tests.running import Agencies, running_agencies

FAULTS = {
    "replay": "OTHER_QUESTION",
    "unbound": "NOT_BOUND",
    "other-audience": "OTHER_AUDIENCE",
    "old-nonce": "REPLAYED",
}


@pytest.fixture(scope="module", name="binding_agencies")
def _binding_agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    folder = tmp_path_factory.mktemp("binding")
    with running_agencies(folder, 200, "--binds") as agencies:
        yield agencies


def binds(manifest: Manifest, **more: str) -> Manifest:
    """Return ``manifest`` with answers that are bound, by no other nonce."""
    return msgspec.structs.replace(
        manifest,
        request=msgspec.structs.replace(manifest.request, nonce=None),
        response=msgspec.structs.replace(manifest.response, nonce=None),
        binding=Binding(audience=AUDIENCE, **more),
        cache=msgspec.structs.replace(manifest.cache, ttl_seconds=0),
    )


@asynccontextmanager
async def running_with(
    manifest: Manifest, agencies: Agencies
) -> AsyncIterator[Running]:
    bundle = read_trust_bundle((agencies.folder / "trust.toml").read_text("utf-8"))
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        agency = open_agency(
            manifest,
            session=session,
            bundle=bundle,
            catalogue=load_catalogue(),
            observer=NullObserver(),
            clock=lambda: datetime.now(UTC),
        )
        connector = PROTOCOLS[manifest.endpoint.protocol](
            manifest, session, lambda: datetime.now(UTC)
        )
        yield Running(manifest, connector, agency, bundle, agencies)
        await agency.close()


@pytest.fixture(params=AGENCIES, name="running")
async def _running(
    request: pytest.FixtureRequest, binding_agencies: Agencies
) -> AsyncIterator[Running]:
    manifest = binds(manifest_of(request.param, binding_agencies))
    async with running_with(manifest, binding_agencies) as running:
        yield running


async def test_bound_answers_are_believed(running: Running) -> None:
    held = await asked(running, running.holder)
    (nobody,) = nobodies(1)
    none = await asked(running, nobody)

    assert (held.outcome, none.outcome) == (SourceOutcome.ANSWERED, SourceOutcome.NONE)
    assert (held.sequence, none.sequence) == (1, 1)
    for certificate in held.certificates:
        assert certificate.bound is not None
        assert certificate.bound.is_whole


@pytest.mark.parametrize("fault", list(FAULTS))
async def test_what_is_bound_to_something_else_is_refused_by_name(
    running: Running, fault: str
) -> None:
    (nobody,) = nobodies(1)

    with running.agencies.fault(running.id, fault):
        held = await asked(running, running.holder)
        none = await asked(running, nobody)
    afterwards = await asked(running, running.holder)

    for answer in (held, none):
        assert (answer.outcome, answer.certificates) == (SourceOutcome.UNVERIFIED, ())
        assert {refusal.code for refusal in answer.refusals} == {FAULTS[fault]}
    assert afterwards.outcome is SourceOutcome.ANSWERED


async def test_a_batch_is_one_question(running: Running) -> None:
    people = [running.holder, *nobodies(2)]

    answers = await running.agency.ask(people, 10.0)

    assert [answer.outcome for answer in answers] == [
        SourceOutcome.ANSWERED,
        SourceOutcome.NONE,
        SourceOutcome.NONE,
    ]


@pytest.mark.parametrize("id_", [a for a in AGENCIES if a != "fire-rescue"])
async def test_the_nonce_may_stand_in_a_header(
    id_: str, binding_agencies: Agencies
) -> None:
    """Fire Rescue reads its nonce in the body alone."""
    manifest = binds(manifest_of(id_, binding_agencies), nonce_header=NONCE_HEADER)
    async with running_with(manifest, binding_agencies) as running:
        answer = await asked(running, running.holder)

    assert answer.outcome is SourceOutcome.ANSWERED


@pytest.mark.parametrize("id_", AGENCIES)
async def test_an_agency_that_says_it_binds_and_does_not_is_not_believed(
    id_: str, agencies: Agencies
) -> None:
    manifest = binds(manifest_of(id_, agencies))
    async with running_with(manifest, agencies) as running:
        answer = await asked(running, running.holder)

    assert {refusal.code for refusal in answer.refusals} == {"NOT_BOUND"}
