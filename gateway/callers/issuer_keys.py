"""An issuer's keys as they change: fetched, kept, and fetched again.

The keys are read again every ``MAX_AGE_SECONDS``, and when a token names a key that
is not among them, but never more often than ``MIN_INTERVAL_SECONDS``: tokens with
invented key ids make no traffic. So an issuer that shows its new key ten minutes
before it signs with it rotates without a gap, and one that shows it at once is
believed within half a minute.

If the keys cannot be had, the last ones read stay, for ``KEEP_SECONDS`` at most: an
issuer that cannot be reached keeps its callers, and one that is kept from withdrawing
a key does so only for that long. Without any keys nobody is believed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import aiohttp
import structlog

from gateway.callers.key_set import IssuerKey, KeySetError, read_key_set
from gateway.callers.refusal import AuthenticationError, Reason

MAX_AGE_SECONDS = 600
MIN_INTERVAL_SECONDS = 30
KEEP_SECONDS = 24 * 3600
FETCH_SECONDS = 2.0
MAX_BYTES = 256 * 1024
HTTP_OK = 200
PLAIN_JSON = {"Accept": "application/json", "Accept-Encoding": "identity"}
"""Nothing is inflated, so nothing grows."""


class KeysUnavailableError(Exception):
    """The key set could not be had. The message names the kind of trouble."""


Fetch = Callable[[], Awaitable[bytes]]


def keys_in_file(path: Path) -> Fetch:
    """Return what reads a key set from ``path``."""

    async def fetch() -> bytes:
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise KeysUnavailableError(type(error).__name__) from None

    return fetch


def keys_at_url(
    url: str, session: aiohttp.ClientSession, seconds: float = FETCH_SECONDS
) -> Fetch:
    """Return what fetches a key set from ``url``: bounded, and by no redirect."""

    async def fetch() -> bytes:
        try:
            async with (
                asyncio.timeout(seconds),
                session.get(url, headers=PLAIN_JSON, allow_redirects=False) as response,
            ):
                if response.status != HTTP_OK:
                    raise KeysUnavailableError(f"HTTP {response.status}")
                return await _bounded(response.content)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise KeysUnavailableError(type(error).__name__) from None

    return fetch


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > MAX_BYTES:
            raise KeysUnavailableError(f"over {MAX_BYTES} bytes")
    return bytes(body)


class IssuerKeys:
    """The keys of one issuer. Usable by many requests at once."""

    def __init__(
        self,
        issuer: str,
        fetch: Fetch,
        now: Callable[[], float],
        keys: Mapping[str, IssuerKey] | None = None,
    ) -> None:
        """Begin with ``keys``, if they were read already."""
        self._issuer = issuer
        self._fetch = fetch
        self._now = now
        self._keys = keys or {}
        self._read_at = float("-inf") if keys is None else now()
        self._tried_at = float("-inf")
        self._one_fetch = asyncio.Lock()
        self._logger = structlog.get_logger("gateway.callers")

    async def key_of(self, key_id: str) -> IssuerKey:
        """Return the issuer's key ``key_id``.

        Raises:
            AuthenticationError: there is none, or there are no keys at all.
        """
        is_known = key_id in self._keys
        is_old = self._now() - self._read_at >= MAX_AGE_SECONDS
        # A known key does not wait for a fetch that somebody else is at.
        if not is_known or (is_old and not self._one_fetch.locked()):
            await self._read_again()
        if self._now() - self._read_at >= KEEP_SECONDS:
            raise AuthenticationError(Reason.KEYS_UNAVAILABLE)
        key = self._keys.get(key_id)
        if key is None:
            raise AuthenticationError(Reason.UNKNOWN_KEY)
        return key

    async def _read_again(self) -> None:
        """Fetch the keys, unless that was tried a moment ago."""
        async with self._one_fetch:
            if self._now() - self._tried_at < MIN_INTERVAL_SECONDS:
                return
            self._tried_at = self._now()
            try:
                self._keys = read_key_set(await self._fetch())
            except (KeysUnavailableError, KeySetError) as error:
                self._logger.warning(
                    "issuer keys unavailable", issuer=self._issuer, reason=str(error)
                )
            else:
                self._read_at = self._now()
