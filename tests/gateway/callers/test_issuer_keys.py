"""An issuer's keys change without a gap, and nobody is believed without any."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.callers import issuer_keys
from gateway.callers.issuer_keys import (
    KEEP_SECONDS,
    MAX_AGE_SECONDS,
    MIN_INTERVAL_SECONDS,
    IssuerKeys,
    KeysUnavailableError,
    keys_at_url,
    keys_in_file,
)
from gateway.callers.refusal import AuthenticationError, Reason
from tests.gateway.callers.issuing import Clock, Publisher
from tests.gateway.callers.minting import ED25519, ES256, jwk, key_set

OLD = jwk("old", ES256)
NEW = jwk("new", ED25519)


class Issuer:
    """An issuer, its keys as the gateway has them, and a clock."""

    def __init__(self, text: bytes) -> None:
        self.clock = Clock()
        self.publisher = Publisher(text)
        self.keys = IssuerKeys("bureau", self.publisher.fetch, self.clock.now)

    async def asked_for(self, *key_ids: str) -> list[str]:
        """Return of each key whether it is believed, or why not."""
        return [await self._asked_for(key_id) for key_id in key_ids]

    async def _asked_for(self, key_id: str) -> str:
        try:
            await self.keys.key_of(key_id)
        except AuthenticationError as error:
            return error.reason
        return "believed"


async def test_keys_are_fetched_when_the_first_token_comes() -> None:
    issuer = Issuer(key_set(OLD))

    assert issuer.publisher.fetched == 0
    assert await issuer.asked_for("old") == ["believed"]


async def test_a_rotation_has_no_gap() -> None:
    """Both keys are published; each is believed until it is withdrawn."""
    issuer = Issuer(key_set(OLD))
    before = await issuer.asked_for("old", "new")

    issuer.publisher.text = key_set(OLD, NEW)
    issuer.clock.pass_(MIN_INTERVAL_SECONDS)
    during = await issuer.asked_for("new", "old")

    issuer.publisher.text = key_set(NEW)
    issuer.clock.pass_(MAX_AGE_SECONDS)
    after = await issuer.asked_for("old", "new")

    assert before == ["believed", "unknown_key"]
    assert during == ["believed", "believed"]
    assert after == ["unknown_key", "believed"]


async def test_a_withdrawn_key_is_believed_no_longer_than_the_keys_are_kept() -> None:
    issuer = Issuer(key_set(OLD, NEW))
    await issuer.asked_for("old")
    issuer.publisher.text = key_set(NEW)

    issuer.clock.pass_(MAX_AGE_SECONDS - 1)
    last = await issuer.asked_for("old")
    issuer.clock.pass_(1)

    assert last == ["believed"]
    assert await issuer.asked_for("old") == ["unknown_key"]


async def test_invented_key_ids_make_no_traffic() -> None:
    issuer = Issuer(key_set(OLD))

    for number in range(500):
        await issuer.asked_for(f"invented-{number}")

    assert issuer.publisher.fetched == 1


async def test_many_requests_at_once_make_one_fetch() -> None:
    issuer = Issuer(key_set(OLD))

    found = await asyncio.gather(*(issuer.asked_for("old") for _ in range(50)))

    assert found == [["believed"]] * 50
    assert issuer.publisher.fetched == 1


async def test_the_last_good_keys_stay_while_the_issuer_is_down() -> None:
    issuer = Issuer(key_set(OLD))
    await issuer.asked_for("old")
    issuer.publisher.is_down = True

    issuer.clock.pass_(KEEP_SECONDS - 1)

    assert await issuer.asked_for("old") == ["believed"]


async def test_keys_that_could_not_be_renewed_for_a_day_are_given_up() -> None:
    issuer = Issuer(key_set(OLD))
    await issuer.asked_for("old")
    issuer.publisher.is_down = True

    issuer.clock.pass_(KEEP_SECONDS)

    assert await issuer.asked_for("old") == ["keys_unavailable"]


async def test_an_unknown_key_of_an_issuer_that_is_down_is_refused() -> None:
    issuer = Issuer(key_set(OLD))
    issuer.publisher.is_down = True

    assert await issuer.asked_for("old", "new") == ["keys_unavailable"] * 2


async def test_an_issuer_that_comes_back_is_believed_again() -> None:
    issuer = Issuer(key_set(OLD))
    issuer.publisher.is_down = True
    down = await issuer.asked_for("old")

    issuer.publisher.is_down = False
    too_soon = await issuer.asked_for("old")
    issuer.clock.pass_(MIN_INTERVAL_SECONDS)

    assert (down, too_soon) == (["keys_unavailable"], ["keys_unavailable"])
    assert await issuer.asked_for("old") == ["believed"]


async def test_a_broken_key_set_does_not_replace_a_good_one() -> None:
    issuer = Issuer(key_set(OLD))
    await issuer.asked_for("old")

    issuer.publisher.text = b"<html>maintenance</html>"
    issuer.clock.pass_(MAX_AGE_SECONDS)

    assert await issuer.asked_for("old") == ["believed"]


async def test_a_known_key_does_not_wait_for_a_slow_issuer() -> None:
    issuer = Issuer(key_set(OLD))
    await issuer.asked_for("old")
    release = asyncio.Event()

    async def slow() -> bytes:
        await release.wait()
        return key_set(OLD, NEW)

    issuer.keys._fetch = slow
    issuer.clock.pass_(MAX_AGE_SECONDS)
    first = asyncio.create_task(issuer.asked_for("old"))
    await asyncio.sleep(0)

    assert await issuer.asked_for("old") == ["believed"]
    release.set()
    assert await first == ["believed"]


async def test_keys_in_a_file_are_read_again_too(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_bytes(key_set(OLD))
    clock = Clock()
    keys = IssuerKeys("bureau", keys_in_file(path), clock.now)
    await keys.key_of("old")

    path.write_bytes(key_set(OLD, NEW))
    clock.pass_(MIN_INTERVAL_SECONDS)

    assert "Ed25519" in (await keys.key_of("new")).algorithms


async def test_a_file_that_is_gone_is_no_key_set(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailableError, match="FileNotFoundError"):
        await keys_in_file(tmp_path / "none.json")()


Handler = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def served_by(handle: Handler) -> AsyncIterator[str]:
    """Let ``handle`` answer at an address."""
    app = web.Application()
    app.router.add_get("/jwks", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/jwks"
    finally:
        await runner.cleanup()


def serving(answer: web.Response | None) -> AbstractAsyncContextManager[str]:
    """Serve ``answer`` at an address; ``None`` never answers."""

    async def handle(_: web.Request) -> web.Response:
        if answer is None:
            await asyncio.sleep(60)
        return answer or web.Response()

    return served_by(handle)


async def fetched(answer: web.Response | None) -> bytes:
    async with serving(answer) as url, aiohttp.ClientSession() as session:
        return await keys_at_url(url, session, seconds=0.5)()


async def test_keys_are_fetched_over_http() -> None:
    text = key_set(OLD)

    assert await fetched(web.Response(body=text)) == text


async def test_keys_are_asked_for_as_they_are() -> None:
    """An issuer that compresses by itself would send what nobody inflates."""
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.headers["Accept-Encoding"])
        return web.Response(body=key_set(OLD))

    async with served_by(handle) as url, aiohttp.ClientSession() as session:
        await keys_at_url(url, session)()

    assert asked == ["identity"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(web.Response(status=500), "HTTP 500", id="a server error"),
        pytest.param(
            web.Response(status=302, headers={"Location": "http://169.254.169.254/"}),
            "HTTP 302",
            id="a redirect",
        ),
        pytest.param(
            web.Response(body=b" " * (issuer_keys.MAX_BYTES + 1)),
            f"over {issuer_keys.MAX_BYTES} bytes",
            id="a large body",
        ),
        pytest.param(None, "TimeoutError", id="no answer"),
    ],
)
async def test_an_address_without_a_key_set_is_refused_by_name(
    answer: web.Response | None, reason: str
) -> None:
    with pytest.raises(KeysUnavailableError) as refused:
        await fetched(answer)

    assert str(refused.value) == reason


async def test_an_address_where_nothing_listens_is_refused_by_name() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(KeysUnavailableError, match="ClientConnectorError"):
            await keys_at_url("http://127.0.0.1:1/jwks", session)()


def test_the_reason_says_what_is_the_matter() -> None:
    assert str(AuthenticationError(Reason.KEYS_UNAVAILABLE)) == (
        "the issuer's keys cannot be had now; try again later"
    )
