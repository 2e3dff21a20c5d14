"""What is changed has to be as it was seen, whoever changes it."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.registration.connector import Event
from connectors.registration.lifecycle import Step
from connectors.registration.refusals import RefusalCode, RegistrationError
from store.registration.registrations import StoredRegistrations
from tests.store.registration.office import NOON, Office, open_office


@pytest.fixture(name="office")
def _office(engine: AsyncEngine) -> Office:
    return open_office(engine)


@pytest.mark.parametrize("ahead", [0, 2])
async def test_another_version_than_the_next_is_refused_and_nothing_noted(
    office: Office, ahead: int
) -> None:
    draft = await office.drafted()
    before = await office.store.events(draft.id)
    version = draft.version + ahead
    event = Event(
        connector=draft.id,
        version=version,
        step=Step.RETIRE,
        at=NOON,
        actor="transport-office",
        reason="r",
        before=draft.state,
        after=draft.state,
    )

    with pytest.raises(RegistrationError) as refused:
        async with office.store.work() as work:
            await work.change(replace(draft, version=version, owner="else"), event)

    assert refused.value.code is RefusalCode.CHANGED_MEANWHILE
    assert await office.store.connector(draft.id) == draft
    assert await office.store.events(draft.id) == before


async def test_others_are_told_of_a_change_once_it_can_be_read(
    engine: AsyncEngine,
) -> None:
    told: list[None] = []
    store = StoredRegistrations(engine, lambda: told.append(None))
    before = await store.sequence()

    async with store.work():
        assert told == []
    assert (len(told), await store.sequence()) == (1, before + 1)

    with pytest.raises(LookupError):
        async with store.work():
            raise LookupError
    assert (len(told), await store.sequence()) == (1, before + 1)
