"""A list is signed anew when it says something else, or is old, and never guessed."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event
from starlette.responses import Response

from connectors.errors import StoreUnavailableError
from gateway.credentials import status_lists
from gateway.credentials.status_lists import StatusLists
from gateway.providers.listed import ListedSigner
from signing import base64url
from signing.algorithms import Algorithm
from signing.sign import SigningKey
from signing.signer import KeySigner, SignerError
from signing.status_list import TYPE
from store.credentials.issued import StoredCredentials
from store.store import Store, open_store
from tests.running import newest_file
from tests.store.credentials.test_issued import NEW, REVOKED, TODAY
from tests.store.status.sent import added

ISSUER = "https://gateway.example"
KEY = SigningKey("k", Algorithm.ED25519, Ed25519PrivateKey.generate())
BEGUN = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(name="store")
async def _store(tmp_path: Path) -> AsyncIterator[Store]:
    file = tmp_path / "gateway.db"
    file.write_bytes(newest_file().read_bytes())
    async with open_store(f"sqlite:///{file}") as store:
        yield store


class Clock:
    def __init__(self) -> None:
        self.now = BEGUN

    def __call__(self) -> datetime:
        return self.now


def lists(store: Store, clock: Clock) -> StatusLists:
    """Return the lists of a gateway that has just started."""
    signer = ListedSigner((), TYPE, KeySigner(KEY, TYPE))
    return StatusLists(ISSUER, StoredCredentials(store, lambda _: 5), signer, clock)


def claims(response: Response) -> dict[str, object]:
    payload = bytes(response.body).split(b".")[1]
    found: dict[str, object] = json.loads(base64url.decode(payload, "payload"))
    return found


async def test_who_starts_anew_shows_what_was_revoked_before(store: Store) -> None:
    await StoredCredentials(store, lambda _: 5).issue(NEW, TODAY)
    clock = Clock()
    before = await lists(store, clock).answer(0, None)
    await added(store, REVOKED)

    after = await lists(store, clock).answer(0, None)

    assert claims(before)["status_list"] != claims(after)["status_list"]


async def test_one_that_was_read_is_shown_for_half_a_second_and_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await StoredCredentials(store, lambda _: 5).issue(NEW, TODAY)
    shown, clock = lists(store, Clock()), Clock()
    first = await shown.answer(0, None)
    await added(store, REVOKED)
    assert status_lists.READ_SECONDS < 1
    monkeypatch.setattr(status_lists, "READ_SECONDS", 0)

    second = await shown.answer(0, None)

    assert clock.now == BEGUN
    assert claims(first)["status_list"] != claims(second)["status_list"]
    assert first.headers["etag"] != second.headers["etag"]


async def test_what_says_the_same_keeps_its_tag_for_a_minute(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_lists, "READ_SECONDS", 0)
    clock = Clock()
    shown = lists(store, clock)
    first = await shown.answer(0, None)
    tag = first.headers["etag"]

    clock.now += timedelta(seconds=59)
    same = await shown.answer(0, tag)
    clock.now += timedelta(seconds=1)
    renewed = await shown.answer(0, tag)

    assert (same.status_code, same.body) == (304, b"")
    assert renewed.status_code == 200
    assert claims(renewed)["iat"] == int(clock.now.timestamp())
    assert claims(renewed)["status_list"] == claims(first)["status_list"]


async def test_many_who_ask_at_once_read_once(store: Store) -> None:
    shown = lists(store, Clock())
    await shown.answer(0, None)
    another, statements = lists(store, Clock()), list[str]()

    @event.listens_for(store.engine.sync_engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, text: str, *_: object) -> None:
        statements.append(text)

    await asyncio.gather(*(another.answer(0, None) for _ in range(20)))

    asked = [one for one in statements if "seen_versions" in one]
    assert len(asked) == 1


async def test_while_the_database_is_away_no_list_of_before_is_shown(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = lists(store, Clock())
    await shown.answer(0, None)
    monkeypatch.setattr(status_lists, "READ_SECONDS", 0)
    async with store.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE issued_credentials RENAME TO x")

    with pytest.raises(StoreUnavailableError):
        await shown.answer(0, None)


async def test_what_cannot_be_signed_is_not_shown(store: Store) -> None:
    class Broken:
        async def sign(self, payload: bytes, signed_at: datetime) -> bytes:
            raise SignerError(f"{len(payload)} bytes at {signed_at}: nothing signs")

    stored = StoredCredentials(store, lambda _: 5)

    with pytest.raises(SignerError):
        await StatusLists(ISSUER, stored, Broken(), Clock()).answer(0, None)


async def test_there_is_no_list_that_was_not_begun(store: Store) -> None:
    assert (await lists(store, Clock()).answer(1, None)).status_code == 404


class Sick:
    """Signs until it is sick."""

    is_sick = False

    async def sign(self, payload: bytes, signed_at: datetime) -> bytes:
        if self.is_sick:
            raise SignerError("nobody signs")
        return KeySigner(KEY, TYPE).sign(payload, signed_at)


async def test_while_nobody_signs_the_last_token_is_shown_as_long_as_it_is_true(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_lists, "READ_SECONDS", 0)
    stored = StoredCredentials(store, lambda _: 5)
    await stored.issue(NEW, TODAY)
    signer, clock = Sick(), Clock()
    shown = StatusLists(ISSUER, stored, signer, clock)
    first = await shown.answer(0, None)
    signer.is_sick = True

    clock.now = BEGUN + status_lists.LIFE - timedelta(seconds=1)
    assert (await shown.answer(0, None)).body == first.body
    clock.now = BEGUN + status_lists.LIFE
    with pytest.raises(SignerError):
        await shown.answer(0, None)

    clock.now = BEGUN
    await added(store, REVOKED)
    with pytest.raises(SignerError):
        await shown.answer(0, None)
