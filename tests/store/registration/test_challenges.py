"""A challenge that is over is known for a day more, and touches no other one."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.registration.refusals import RefusalCode
from tests.store.registration.office import (
    AGENCY,
    Office,
    make_key,
    open_office,
    proof_of,
    stated,
)
from tests.store.registration.test_key_steps import refusal

LASTS, A_DAY = timedelta(minutes=10), timedelta(days=1)


@pytest.fixture(name="office")
def _office(engine: AsyncEngine) -> Office:
    return open_office(engine)


@pytest.mark.parametrize(
    ("later", "code"),
    [
        pytest.param(A_DAY, RefusalCode.CHALLENGE_LATE, id="a day after its end"),
        pytest.param(
            A_DAY + timedelta(microseconds=1), RefusalCode.UNKNOWN_CHALLENGE, id="later"
        ),
    ],
)
async def test_it_is_forgotten_once_another_is_asked_for(
    office: Office, later: timedelta, code: RefusalCode
) -> None:
    draft, key = await office.drafted(), make_key("transport-1")
    keys = office.office.keys
    old = await keys.challenge(AGENCY, draft.id, stated(key))
    office.clock.now += LASTS + later

    new = await keys.challenge(AGENCY, draft.id, stated(key))

    proof = proof_of(old, key, office.clock.now)
    assert (await refusal(keys.prove(AGENCY, old.id, proof)))[0] is code
    proof = proof_of(new, key, office.clock.now)
    assert len((await keys.prove(AGENCY, new.id, proof)).keys) == 1


async def test_one_that_is_answered_leaves_the_others_to_be_answered(
    office: Office,
) -> None:
    draft, keys = await office.drafted(), office.office.keys
    pairs = [make_key(f"transport-{number}") for number in (1, 2)]
    asked = [await keys.challenge(AGENCY, draft.id, stated(key)) for key in pairs]

    proved = [
        await keys.prove(
            AGENCY, challenge.id, proof_of(challenge, key, office.clock.now)
        )
        for challenge, key in zip(asked, pairs, strict=True)
    ]

    assert [key.kid for key in proved[-1].keys] == ["transport-1", "transport-2"]
