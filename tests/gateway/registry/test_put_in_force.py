"""What the store says of agencies, keys and accounts is put in force as a whole."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import ManifestError, StoreUnavailableError
from connectors.manifest import read_manifest
from connectors.registration.keys import trusted_key
from connectors.registration.lifecycle import ConnectorState
from gateway.registry.live_registry import kept_live
from policy.evidence import AccountState
from signing.trust import KeyState, TrustBundle
from store.background import Supervisor
from store.registration.registrations import RegistryState
from tests.gateway.registry.alone import (
    BODY,
    CANCELLED,
    FILE,
    FREEZE,
    KEY,
    Gateway,
    registered,
)
from tests.store.registration.office import (
    ITEM,
    NOON,
    named,
    stated,
)

OPEN = (AccountState.ACTIVE, False)


async def test_what_is_in_force_answers_and_nothing_else(gateway: Gateway) -> None:
    assert list(gateway.agencies) == ["of-a-file"]
    answering, believed = [], []

    for state in ConnectorState:
        await gateway.put(registered(state=state))
        answering += [state] if "transport" in gateway.agencies else []
        believed += [state] if KEY.kid in gateway.live.snapshot.bundle.keys else []
    await gateway.put(registered(state=ConnectorState.SUSPENDED))

    assert answering == ["ACTIVE", "SUSPENDED"]
    assert believed == ["APPROVED", "ACTIVE", "SUSPENDED"]

    assert gateway.accounts() == {
        "of-a-file": OPEN,
        "transport": (AccountState.ACTIVE, True),
    }
    key = gateway.live.snapshot.bundle.keys[KEY.kid]
    assert (key.institution, *key.scope, key.state) == (BODY, ITEM, KeyState.ACTIVE)
    assert gateway.agencies["transport"].rows == {ITEM}
    sequence = gateway.store.states.sequence
    assert gateway.live.snapshot.sequence == sequence
    assert gateway.reports.read[-1] == (sequence, NOON)


async def test_what_did_not_change_stays_and_is_not_read_again(
    gateway: Gateway,
) -> None:
    await gateway.put(registered())
    before = gateway.agencies, gateway.store.readings

    await gateway.registry.refresh()
    assert gateway.store.readings == before[1]
    await gateway.put(registered(), sanctions=[FREEZE])
    assert gateway.agencies == before[0]
    assert await gateway.ended() == 0
    await gateway.put(registered(items=(ITEM, "1.1")))
    assert await gateway.ended() == 1

    assert gateway.agencies["of-a-file"] is before[0]["of-a-file"]
    assert gateway.agencies["transport"] is not before[0]["transport"]


async def test_the_hardest_sanction_is_the_account_of_files_and_registered_alike(
    gateway: Gateway,
) -> None:
    for sanctions, account in (
        ([CANCELLED], AccountState.COLLECTION_CANCELLED),
        ([CANCELLED, FREEZE], AccountState.FROZEN),
        ([replace(FREEZE, body="another")], AccountState.ACTIVE),
        ([], AccountState.ACTIVE),
    ):
        await gateway.put(registered(), sanctions=sanctions)

        assert {state for state, _ in gateway.accounts().values()} == {account}
        assert list(gateway.live.snapshot.sanctions) == sanctions


async def test_a_file_whose_place_was_taken_does_not_come_back(
    gateway: Gateway,
) -> None:
    taken: dict[str, Any] = {"replaced_files": frozenset({FILE.id})}

    await gateway.put(registered(replaces=FILE.id), **taken)
    assert list(gateway.agencies) == ["transport"]
    found = gateway.live.snapshot.registry.agency_after(FILE.id)
    assert found is gateway.agencies["transport"]

    await gateway.put(**taken)
    assert list(gateway.agencies) == []


async def test_a_connector_that_cannot_be_read_is_left_out_and_told(
    gateway: Gateway,
) -> None:
    broken = registered("broken", manifest="id = 1")

    await gateway.put(broken, registered())
    await gateway.put(replace(broken, state=ConnectorState.APPROVED), registered())

    assert list(gateway.agencies) == ["of-a-file", "transport"]
    assert gateway.reports.unusable[0][0] == "broken"
    assert "id" in gateway.reports.unusable[0][1]


def shadow_of(gateway: Gateway) -> Any:
    """Return what answers beside the agency that was registered."""
    return gateway.agencies["transport"].shadow._agency


async def test_what_is_to_take_a_place_is_compared_beside_it_and_with_its_keys(
    gateway: Gateway,
) -> None:
    beside = registered("new", ConnectorState.APPROVED, replaces="transport")
    nobody_s = registered("other", ConnectorState.APPROVED, replaces="unknown")

    await gateway.put(registered(), beside, nobody_s)
    first = shadow_of(gateway)
    assert (first.id, list(gateway.agencies)) == ("new", ["of-a-file", "transport"])
    await gateway.put(registered(), beside, sanctions=[FREEZE])
    assert shadow_of(gateway) is first
    assert (first.account, first.is_suspended) == (AccountState.FROZEN, False)

    # Another in its place, then none; and one that cannot be read.
    other = registered("newer", ConnectorState.APPROVED, replaces="transport")
    await gateway.put(registered(), other)
    assert shadow_of(gateway).id == "newer"
    assert await gateway.ended() == 1
    await gateway.put(registered())
    assert gateway.agencies["transport"].shadow is None
    broken = {"manifest": "id = 1", "replaces": "transport"}
    await gateway.put(
        registered(), registered("broken", ConnectorState.APPROVED, **broken)
    )
    assert gateway.agencies["transport"].shadow is None
    assert [name for name, _ in gateway.reports.unusable] == ["broken"]

    # Once it is in force itself, it is no shadow.
    await gateway.put(registered(), beside)
    await gateway.put(replace(beside, state=ConnectorState.ACTIVE))
    assert list(gateway.agencies) == ["of-a-file", "new"]
    assert gateway.agencies["new"].shadow is None


async def test_files_that_are_read_again_are_taken_whole_or_not_at_all(
    gateway: Gateway,
) -> None:
    await gateway.put(registered())
    registered_one = gateway.agencies["transport"]
    key = trusted_key(stated(KEY), "the operator's", {ITEM})
    slower = read_manifest(
        named("of-a-file").replace("timeout_seconds = 1.8", "timeout_seconds = 3")
    )
    unusable = read_manifest(
        named("unusable").replace('authority = "transport"', 'authority = "nobody"')
    )
    before = gateway.agencies

    with pytest.raises(ManifestError):
        gateway.registry.put_files_in_force([slower, unusable], TrustBundle.of([key]))
    assert gateway.agencies == before
    # What was opened for nothing is ended, and nothing else.
    assert await gateway.ended() == 1
    gateway.registry.put_files_in_force([FILE], TrustBundle.of([key]))
    assert gateway.agencies == before
    # A key of the files wins over one that was registered under its name.
    assert gateway.live.snapshot.bundle.keys[KEY.kid].institution == "the operator's"

    gateway.registry.put_files_in_force([slower], TrustBundle.of([key]))
    assert gateway.agencies["of-a-file"] is not before["of-a-file"]
    assert gateway.agencies["of-a-file"].manifest.endpoint.timeout_seconds == 3
    assert gateway.agencies["transport"] is registered_one
    assert await gateway.ended() == 1
    gateway.registry.put_files_in_force([], TrustBundle.of([key]))
    assert list(gateway.agencies) == ["transport"]
    assert await gateway.ended() == 1
    assert gateway.live.snapshot.sequence == gateway.store.states.sequence


async def test_while_the_store_is_away_the_last_state_stays_and_that_is_told(
    gateway: Gateway,
) -> None:
    changed = asyncio.Event()
    async with kept_live(gateway.registry, changed, Supervisor()):
        gateway.store.states = RegistryState(7, (registered(),), ())
        changed.set()
        while "transport" not in gateway.agencies:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        names = {task.get_name() for task in asyncio.all_tasks()}
        gateway.store.is_away = True
        changed.set()
        while not gateway.reports.failed:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        assert list(gateway.agencies) == ["of-a-file", "transport"]

    assert gateway.reports.failed[0] == "away"
    assert "registry" in names
    with pytest.raises(StoreUnavailableError):
        async with kept_live(gateway.registry, changed, Supervisor()):
            pass
