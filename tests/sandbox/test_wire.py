"""Each agency speaks its own protocol, exactly as its manifest expects."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from policy.identity import Identity, IdType
from sandbox.agency import ALGORITHMS, AgencyId, collection_body_of
from signing.envelope import PayloadType
from signing.trust import TrustBundle
from tests.sandbox.people import (
    HOLDS_ALL_THREE,
    HOLDS_NOTHING,
    SHARES_A_NUMBER,
    believed,
    content,
)
from tests.sandbox.process import (
    NONCE,
    PATHS,
    RunningAgency,
    envelopes,
    question,
    results,
)

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COMPACT_DAY = re.compile(r"[0-9]{8}")
SLASHED_DAY = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2}")


async def test_an_agency_signs_with_its_own_key_and_algorithm(
    agency: RunningAgency, trust: TrustBundle
) -> None:
    (envelope,) = envelopes(agency.id, await agency.ask(HOLDS_ALL_THREE))

    key = believed(envelope, trust).key

    assert key.institution == collection_body_of(agency.id)
    assert key.algorithm is ALGORITHMS[agency.id]


async def test_a_batch_is_answered_in_the_order_it_was_asked(
    agency: RunningAgency,
) -> None:
    asked = (HOLDS_NOTHING, HOLDS_ALL_THREE, SHARES_A_NUMBER, HOLDS_ALL_THREE)

    reply = await agency.ask(*asked)

    assert [result["idNumber"] for result in results(agency.id, reply)] == [
        "310199199604220161",
        "310199199304120011",
        "310199198707310157",
        "310199199304120011",
    ]


async def test_one_hundred_people_are_answered_for_at_once(
    agency: RunningAgency,
) -> None:
    reply = await agency.ask(*[HOLDS_NOTHING] * 100)

    assert len(results(agency.id, reply)) == 100


async def test_the_same_number_on_another_document_is_another_person(
    agency: RunningAgency, trust: TrustBundle
) -> None:
    stranger = Identity(IdType.PASSPORT, HOLDS_ALL_THREE.number)

    (envelope,) = envelopes(agency.id, await agency.ask(stranger))

    assert "T310199199304120011" not in believed(envelope, trust).payload.decode()
    assert "沈嘉禾" not in believed(envelope, trust).payload.decode()


async def test_an_emergency_record_is_worded_in_pinyin(
    emergency: RunningAgency, trust: TrustBundle
) -> None:
    (envelope,) = envelopes(emergency.id, await emergency.ask(HOLDS_ALL_THREE))

    record = content(envelope, trust)

    assert believed(envelope, trust).type is PayloadType.RECORD
    assert without_days(record, DAY) == {
        "zsbh": "T310199199304120011",
        "xm": "沈嘉禾",
        "zjlx": "RESIDENT_ID",
        "zjhm": "310199199304120011",
        "zsmc": "特种作业人员",
        "zylb": "电工作业",
        "czxm": "低压电工作业",
        "xmdm": "1.2",
        "clrq": "day",
        "fzrq": "day",
        "yxqq": "day",
        "yxqz": "day",
        "fsrq": "day",
        "zt": "01",
        "fzjg": "上海市应急管理局",
        "pjjg": "上海市安全生产科学研究所",
        "gjjg": "上海市安全生产科学研究所",
        "dzzzbm": "1.2.156.3005.2.SB01.1131SB.000009000100.001.8",
        "czzss": 1,
    }


async def test_a_transport_record_is_worded_in_camel_case(
    transport: RunningAgency, trust: TrustBundle
) -> None:
    (envelope,) = envelopes(transport.id, await transport.ask(HOLDS_ALL_THREE))

    record = content(envelope, trust)

    assert believed(envelope, trust).type is PayloadType.RECORD
    assert record.pop("certificateNumber")[10:] == "400101"
    assert without_days(record, COMPACT_DAY) == {
        "holderName": "沈嘉禾",
        "idType": "RESIDENT_ID",
        "idNumber": "310199199304120011",
        "occupation": "轨道交通运输服务人员",
        "category": "轨道交通司机",
        "job": "轨道交通司机（城市轨道交通列车司机）",
        "jobCode": "4-02-01-01",
        "skillLevel": "4",
        "firstIssueDate": "day",
        "issueDate": "day",
        "validFrom": "day",
        "validTo": None,
        "status": "有效",
        "authority": "上海市交通委员会",
        "assessor": "上海地铁职业技能培训学校",
        "collector": "上海市交通委员会职业资格中心（上海市交通委员会干部学校）",
        "certificatesHeld": 1,
    }


async def test_a_fire_record_is_nested_and_signed_with_the_whole_body(
    fire: RunningAgency, trust: TrustBundle
) -> None:
    (envelope,) = envelopes(fire.id, await fire.ask(HOLDS_ALL_THREE))

    body = content(envelope, trust)

    assert believed(envelope, trust).type is PayloadType.RESPONSE
    assert body["nonce"] == NONCE
    (record,) = body["people"][0]["certificates"]
    assert record.pop("serial")[10:] == "400102"
    assert without_days(record.pop("dates"), SLASHED_DAY) == {
        "first": "day",
        "issued": "day",
        "from": "day",
        "to": None,
    }
    assert record == {
        "name": "沈嘉禾",
        "document": {"type": "RESIDENT_ID", "number": "310199199304120011"},
        "qualification": "消防设施操作员",
        "direction": {"name": "消防设施操作员（消防设施监控操作）", "code": "1"},
        "occupationCode": "4-07-05-04",
        "grade": "四级",
        "status": "01",
        "issuer": "上海市消防救援总队",
        "examiner": "上海市消防救援总队训练与战勤保障支队",
        "collector": "上海市消防救援总队训练与战勤保障支队",
    }


@pytest.mark.parametrize(
    ("agency_id", "absence"),
    [
        pytest.param(
            AgencyId.EMERGENCY_MANAGEMENT,
            {"zjlx": "RESIDENT_ID", "zjhm": "310199199604220161", "zs": []},
            id="emergency-management",
        ),
        pytest.param(
            AgencyId.TRANSPORT,
            {
                "idType": "RESIDENT_ID",
                "idNumber": "310199199604220161",
                "certificates": [],
            },
            id="transport",
        ),
        pytest.param(
            AgencyId.FIRE_RESCUE,
            {
                "nonce": NONCE,
                "people": [{"idNumber": "310199199604220161", "certificates": []}],
            },
            id="fire-rescue",
        ),
    ],
)
async def test_that_there_is_no_certificate_is_signed(
    agencies: Mapping[AgencyId, RunningAgency],
    trust: TrustBundle,
    agency_id: AgencyId,
    absence: object,
) -> None:
    (envelope,) = envelopes(agency_id, await agencies[agency_id].ask(HOLDS_NOTHING))

    assert content(envelope, trust) == absence


@pytest.mark.parametrize(
    "agency_id", [AgencyId.EMERGENCY_MANAGEMENT, AgencyId.TRANSPORT]
)
async def test_an_absence_is_signed_as_an_absence(
    agencies: Mapping[AgencyId, RunningAgency], trust: TrustBundle, agency_id: AgencyId
) -> None:
    (envelope,) = envelopes(agency_id, await agencies[agency_id].ask(HOLDS_NOTHING))

    assert believed(envelope, trust).type is PayloadType.ABSENCE


async def test_two_licences_of_one_person_come_as_two_records_with_one_number(
    emergency: RunningAgency, trust: TrustBundle
) -> None:
    reply = await emergency.ask(SHARES_A_NUMBER)

    records = [content(e, trust) for e in envelopes(emergency.id, reply)]

    assert [(record["zsbh"], record["xmdm"]) for record in records] == [
        ("T310199198707310157", "1.2"),
        ("T310199198707310157", "1.1"),
    ]


@pytest.mark.parametrize(
    "agency_id", [AgencyId.EMERGENCY_MANAGEMENT, AgencyId.TRANSPORT]
)
async def test_a_record_comes_as_the_same_bytes_again(
    agencies: Mapping[AgencyId, RunningAgency], agency_id: AgencyId
) -> None:
    asked = (HOLDS_ALL_THREE, HOLDS_NOTHING)
    first = await agencies[agency_id].ask(*asked)

    again = await agencies[agency_id].ask(*asked)

    assert envelopes(agency_id, again) == envelopes(agency_id, first)


async def test_a_fire_answer_is_signed_anew_each_time(fire: RunningAgency) -> None:
    first = await fire.ask(HOLDS_ALL_THREE)

    again = await fire.ask(HOLDS_ALL_THREE)

    assert again.body == first.body
    assert envelopes(fire.id, again) != envelopes(fire.id, first)


async def test_the_subgraph_says_what_its_entity_is(transport: RunningAgency) -> None:
    reply = await transport.post("/graphql", {"query": "{ _service { sdl } }"})

    sdl = reply.json()["data"]["_service"]["sdl"]
    assert 'type Holder @key(fields: "idType idNumber")' in sdl
    assert "https://specs.apollo.dev/federation/v2" in sdl


async def test_a_representation_of_an_unknown_id_type_fails_alone(
    transport: RunningAgency,
) -> None:
    asked = question(transport.id, (HOLDS_ALL_THREE, HOLDS_NOTHING))
    asked["variables"]["representations"][0]["idType"] = "LIBRARY_CARD"

    reply = await transport.post("/graphql", asked)

    unknown, known = results(transport.id, reply)
    assert unknown is None
    assert known["idNumber"] == "310199199604220161"
    assert reply.json()["errors"][0]["path"] == ["_entities", 0]


async def test_a_probe_is_answered_and_not_counted_as_a_call(
    agency: RunningAgency,
) -> None:
    async with agency.session.options(agency.address + PATHS[agency.id]) as response:
        assert response.status == 200

    assert await agency.get("/sandbox/calls") == {"calls": 0, "holders": []}


def without_days(record: Mapping[str, Any], form: re.Pattern[str]) -> dict[str, Any]:
    """Put "day" where a text of the form of a date stands."""
    return {
        name: "day" if form.fullmatch(str(value)) else value
        for name, value in record.items()
    }
