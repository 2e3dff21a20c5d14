"""The live controls: faults on and off, calls counted, everything reset."""

import pytest

from tests.sandbox.people import HOLDS_ALL_THREE, HOLDS_NOTHING
from tests.sandbox.process import RunningAgency


async def test_a_fault_ends_when_it_is_switched_off(agency: RunningAgency) -> None:
    await agency.fault("error-500")
    await agency.fault(None)

    reply = await agency.ask(HOLDS_ALL_THREE)

    assert reply.status == 200


async def test_a_fault_ends_with_a_reset(agency: RunningAgency) -> None:
    await agency.fault("error-500")
    await agency.post("/sandbox/reset", {})

    reply = await agency.ask(HOLDS_ALL_THREE)

    assert reply.status == 200


async def test_calls_are_counted_with_the_people_each_asked_about(
    agency: RunningAgency,
) -> None:
    await agency.ask(HOLDS_ALL_THREE)
    await agency.ask(HOLDS_NOTHING, HOLDS_ALL_THREE)

    assert await agency.get("/sandbox/calls") == {"calls": 2, "holders": [1, 2]}


async def test_a_refused_call_is_counted(agency: RunningAgency) -> None:
    await agency.fault("refused-403")

    await agency.ask(HOLDS_ALL_THREE)

    assert await agency.get("/sandbox/calls") == {"calls": 1, "holders": [1]}


async def test_a_reset_forgets_the_calls(agency: RunningAgency) -> None:
    await agency.ask(HOLDS_ALL_THREE)

    await agency.post("/sandbox/reset", {})

    assert await agency.get("/sandbox/calls") == {"calls": 0, "holders": []}


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        pytest.param(
            {"fault": "slowly"},
            "unknown fault 'slowly'; the nearest one is slow",
            id="unknown fault",
        ),
        pytest.param({"fualt": "slow"}, "unknown entry 'fualt'", id="unknown entry"),
        pytest.param(
            {"fault": "slow", "seconds": -1},
            "seconds is no number from 0 to 600",
            id="negative seconds",
        ),
        pytest.param(
            {"fault": "slow", "seconds": True},
            "seconds is no number from 0 to 600",
            id="seconds no number",
        ),
    ],
)
async def test_a_wish_that_cannot_be_met_is_refused_and_changes_nothing(
    emergency: RunningAgency, wish: object, message: str
) -> None:
    reply = await emergency.post("/sandbox/fault", wish)

    assert reply.status == 400
    assert reply.json() == {"error": message}
    assert (await emergency.ask(HOLDS_ALL_THREE)).status == 200
