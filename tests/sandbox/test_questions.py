"""A question an agency would refuse is refused, with a status and a reason."""

import pytest

from tests.sandbox.people import HOLDS_ALL_THREE, HOLDS_NOTHING
from tests.sandbox.process import PATHS, RunningAgency, question


async def test_a_batch_of_one_hundred_and_one_is_refused(
    agency: RunningAgency,
) -> None:
    reply = await agency.ask(*[HOLDS_NOTHING] * 101)

    assert reply.status == 413
    assert reply.json() == {"error": "101 people asked about, at most 100"}


async def test_a_question_of_enormous_size_is_refused(agency: RunningAgency) -> None:
    reply = await agency.ask(*[HOLDS_NOTHING] * 6_000)

    assert reply.status == 413


async def test_people_written_into_the_query_itself_are_limited_too(
    transport: RunningAgency,
) -> None:
    one = '{__typename: "Holder", idType: "RESIDENT_ID", idNumber: "%d"}'
    many = ", ".join(one % number for number in range(101))
    query = (
        f"{{ _entities(representations: [{many}]) {{ ... on Holder {{ absence }} }} }}"
    )

    reply = await transport.post("/graphql", {"query": query})

    assert reply.json()["errors"][0]["message"] == "101 people asked about, at most 100"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        pytest.param([], "the body is no JSON object", id="no object"),
        pytest.param({}, "there is no list of people", id="no list"),
        pytest.param({"holders": {}}, "there is no list of people", id="list no list"),
        pytest.param(
            {"holders": ["1"]}, "a person has idType and idNumber", id="no person"
        ),
        pytest.param(
            {"holders": [{"idType": "RESIDENT_ID", "idNumber": "\ud800"}]},
            "an idNumber is short and ASCII",
            id="half a character",
        ),
        pytest.param(
            {"holders": [{"idType": "RESIDENT_ID", "idNumber": "1" * 65}]},
            "an idNumber is short and ASCII",
            id="long number",
        ),
        pytest.param(
            {"holders": [{"idType": "LIBRARY_CARD", "idNumber": "1"}]},
            "unknown idType, one of RESIDENT_ID, HK_MACAO_TAIWAN_RESIDENCE_PERMIT, "
            "FOREIGN_PERMANENT_RESIDENT_CARD, HOME_RETURN_PERMIT, "
            "TAIWAN_COMPATRIOT_PERMIT, PASSPORT allowed",
            id="unknown type",
        ),
    ],
)
async def test_a_question_of_another_shape_is_refused_with_a_reason(
    emergency: RunningAgency, asked: object, message: str
) -> None:
    reply = await emergency.post(PATHS[emergency.id], asked)

    assert reply.status == 400
    assert reply.json() == {"error": message}


@pytest.mark.parametrize(
    "nonce",
    [
        pytest.param(None, id="absent"),
        pytest.param("", id="empty"),
        pytest.param(7, id="a number"),
        pytest.param("n" * 129, id="long"),
    ],
)
async def test_fire_rescue_refuses_a_question_without_a_nonce(
    fire: RunningAgency, nonce: object
) -> None:
    asked = question(fire.id, (HOLDS_ALL_THREE,)) | {"nonce": nonce}

    reply = await fire.post(PATHS[fire.id], asked)

    assert reply.status == 400
    assert reply.json() == {"error": "there is no nonce"}


async def test_what_is_no_graphql_request_is_refused(transport: RunningAgency) -> None:
    reply = await transport.post("/graphql", {"variables": {}})

    assert reply.status == 400
