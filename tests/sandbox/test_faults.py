"""Every fault does on the wire what its name says, and nothing else."""

import asyncio
import time
from collections.abc import Mapping

import aiohttp
import pytest

from sandbox.agency import AgencyId
from sandbox.faults import FAULTS, OVERSIZE_BYTES, Fault
from signing.errors import Refusal
from signing.trust import TrustBundle
from tests.sandbox.people import (
    DRIVER_TAMPERED,
    HOLDS_ALL_THREE,
    HOLDS_NOTHING,
    PARTLY_TAMPERED,
    SIGNED_BY_TRANSPORT,
    content,
    verdict,
)
from tests.sandbox.process import NONCE, PATHS, RunningAgency, envelopes, results


def test_every_fault_has_a_sentence() -> None:
    assert set(FAULTS) == set(Fault)


async def test_without_a_fault_everything_is_believed(
    agency: RunningAgency, trust: TrustBundle
) -> None:
    reply = await agency.ask(HOLDS_ALL_THREE, HOLDS_NOTHING)

    assert {verdict(e, trust) for e in envelopes(agency.id, reply)} == {
        f"{agency.id}-1"
    }


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        pytest.param("tampered", Refusal.BAD_SIGNATURE, id="tampered"),
        pytest.param("wrong-key", Refusal.UNKNOWN_KEY, id="wrong-key"),
        pytest.param("forged-key", Refusal.BAD_SIGNATURE, id="forged-key"),
        pytest.param("replayed", Refusal.STALE, id="replayed"),
        pytest.param("clock-off", Refusal.SIGNED_IN_FUTURE, id="clock-off"),
    ],
)
async def test_a_fault_of_signing_is_refused_for_what_it_is(
    agency: RunningAgency, trust: TrustBundle, fault: str, refusal: Refusal
) -> None:
    await agency.fault(fault)

    reply = await agency.ask(HOLDS_ALL_THREE, HOLDS_NOTHING)

    assert {verdict(e, trust) for e in envelopes(agency.id, reply)} == {refusal}


async def test_a_tampered_answer_about_nobody_is_refused_too(
    agency: RunningAgency, trust: TrustBundle
) -> None:
    await agency.fault("tampered")

    (envelope,) = envelopes(agency.id, await agency.ask(HOLDS_NOTHING))

    assert verdict(envelope, trust) is Refusal.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("agency_id", "kid"),
    [
        pytest.param(AgencyId.EMERGENCY_MANAGEMENT, "transport-1", id="emergency"),
        pytest.param(AgencyId.TRANSPORT, "emergency-management-1", id="transport"),
        pytest.param(AgencyId.FIRE_RESCUE, "emergency-management-1", id="fire"),
    ],
)
async def test_another_agencys_key_is_a_valid_one(
    agencies: Mapping[AgencyId, RunningAgency],
    trust: TrustBundle,
    agency_id: AgencyId,
    kid: str,
) -> None:
    await agencies[agency_id].fault("other-agency-key")

    (envelope,) = envelopes(agency_id, await agencies[agency_id].ask(HOLDS_ALL_THREE))

    assert verdict(envelope, trust) == kid


@pytest.mark.parametrize("fault", ["replayed", "old-nonce"])
async def test_an_old_fire_answer_has_another_nonce(
    fire: RunningAgency, fault: str
) -> None:
    await fire.fault(fault)

    reply = await fire.ask(HOLDS_ALL_THREE)

    assert reply.json()["nonce"] != NONCE


async def test_an_old_nonce_alone_is_signed_afresh(
    fire: RunningAgency, trust: TrustBundle
) -> None:
    await fire.fault("old-nonce")

    (envelope,) = envelopes(fire.id, await fire.ask(HOLDS_ALL_THREE))

    assert verdict(envelope, trust) == "fire-rescue-1"


async def test_a_slow_answer_comes_late_and_true(
    agency: RunningAgency, trust: TrustBundle
) -> None:
    await agency.fault("slow", seconds=0.3)
    started = time.perf_counter()

    (envelope,) = envelopes(agency.id, await agency.ask(HOLDS_ALL_THREE))

    assert time.perf_counter() - started >= 0.3
    assert verdict(envelope, trust) == f"{agency.id}-1"


async def test_a_silent_agency_takes_the_question_and_says_nothing(
    agency: RunningAgency,
) -> None:
    await agency.fault("silent")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await agency.ask(HOLDS_ALL_THREE)

    assert await agency.get("/sandbox/calls") == {"calls": 1, "holders": [1]}


async def test_a_silent_agency_is_silent_to_a_probe(agency: RunningAgency) -> None:
    await agency.fault("silent")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await agency.session.options(agency.address + PATHS[agency.id])


@pytest.mark.parametrize(
    ("fault", "status"), [("error-500", 500), ("refused-403", 403)]
)
async def test_an_error_is_answered_with_its_status(
    agency: RunningAgency, fault: str, status: int
) -> None:
    await agency.fault(fault)

    reply = await agency.ask(HOLDS_ALL_THREE)

    assert reply.status == status
    assert b"310199199304120011" not in reply.body


async def test_a_cut_body_ends_before_its_announced_length(
    agency: RunningAgency,
) -> None:
    whole = await agency.ask(HOLDS_ALL_THREE)
    await agency.fault("cut-body")
    received = bytearray()

    with pytest.raises(aiohttp.ClientPayloadError):
        await read_into(received, agency)

    assert 0 < len(received) < len(whole.body)
    # ES256 and PS256 signatures differ each time, the body's beginning does not.
    assert whole.body.startswith(bytes(received[:20]))


async def read_into(received: bytearray, agency: RunningAgency) -> None:
    """Ask about one person and keep what comes until the connection breaks."""
    asked = {
        "holders": [ASKED],
        "people": [ASKED],
        "nonce": NONCE,
        "query": '{ _entities(representations: [{__typename: "Holder", '
        'idType: "RESIDENT_ID", idNumber: "310199199304120011"}]) '
        "{ ... on Holder { idNumber records absence } } }",
    }
    address = agency.address + PATHS[agency.id]
    async with agency.session.post(address, json=asked) as response:
        assert response.content_length is not None
        async for chunk in response.content.iter_any():
            received += chunk


ASKED = {"idType": "RESIDENT_ID", "idNumber": "310199199304120011"}


async def test_a_wrong_content_type_carries_the_right_bytes(
    agency: RunningAgency, trust: TrustBundle
) -> None:
    await agency.fault("wrong-content-type")

    reply = await agency.ask(HOLDS_ALL_THREE)

    (envelope,) = envelopes(agency.id, reply)
    assert reply.headers["Content-Type"].startswith("text/html")
    assert verdict(envelope, trust) == f"{agency.id}-1"


async def test_an_oversize_answer_is_sixteen_mebibytes_of_the_truth(
    agency: RunningAgency,
) -> None:
    await agency.fault("oversize")

    reply = await agency.ask(HOLDS_ALL_THREE)

    assert len(reply.body) == OVERSIZE_BYTES
    assert results(agency.id, reply)[0]["idNumber"] == "310199199304120011"


@pytest.mark.parametrize(
    "agency_id", [AgencyId.EMERGENCY_MANAGEMENT, AgencyId.TRANSPORT]
)
async def test_an_unsigned_absence_comes_without_a_signature(
    agencies: Mapping[AgencyId, RunningAgency], agency_id: AgencyId
) -> None:
    await agencies[agency_id].fault("unsigned-absence")

    reply = await agencies[agency_id].ask(HOLDS_NOTHING)

    (result,) = results(agency_id, reply)
    assert result["records"] == []
    assert result["absence"] is None


async def test_an_unsigned_absence_at_fire_rescue_is_a_person_left_out(
    fire: RunningAgency, trust: TrustBundle
) -> None:
    await fire.fault("unsigned-absence")

    reply = await fire.ask(HOLDS_NOTHING, HOLDS_ALL_THREE)

    (envelope,) = envelopes(fire.id, reply)
    assert [person["idNumber"] for person in content(envelope, trust)["people"]] == [
        "310199199304120011"
    ]


async def test_a_wrong_holders_record_is_signed_and_somebody_elses(
    agency: RunningAgency, trust: TrustBundle
) -> None:
    await agency.fault("wrong-holder")

    reply = await agency.ask(HOLDS_NOTHING)

    (envelope,) = envelopes(agency.id, reply)
    assert results(agency.id, reply)[0]["idNumber"] == "310199199604220161"
    assert "310199199304120011" in str(content(envelope, trust))


async def test_a_record_signed_by_another_agency_stays_so_whatever_the_fault(
    emergency: RunningAgency, trust: TrustBundle
) -> None:
    (envelope,) = envelopes(emergency.id, await emergency.ask(SIGNED_BY_TRANSPORT))

    assert verdict(envelope, trust) == "transport-1"


async def test_a_story_persons_tampered_record_is_refused(
    transport: RunningAgency, trust: TrustBundle
) -> None:
    (envelope,) = envelopes(transport.id, await transport.ask(DRIVER_TAMPERED))

    assert verdict(envelope, trust) is Refusal.BAD_SIGNATURE


async def test_one_of_two_records_is_tampered_and_the_other_good(
    emergency: RunningAgency, trust: TrustBundle
) -> None:
    good, bad = envelopes(emergency.id, await emergency.ask(PARTLY_TAMPERED))

    assert verdict(good, trust) == "emergency-management-1"
    assert verdict(bad, trust) is Refusal.BAD_SIGNATURE
