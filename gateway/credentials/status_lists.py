"""Show what became of credentials, as the database has it: signed status lists.

A list is read anew, and signed anew when it says something else or is a minute old:
nothing that a gateway remembers is shown for longer than ``READ_SECONDS``. Where the
database is away no list is shown, rather than one of before. Where nobody signs, the
last token is shown as long as it counts, if the list says the same as was read now.
"""

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cachetools import LRUCache
from starlette.responses import PlainTextResponse, Response

from policy.calendar import SHANGHAI
from signing.held import AwaitedSigner
from signing.signer import SignerError
from signing.status_list import TYPE, packed
from store.credentials.issued import LIST_PLACES, StoredCredentials

MEDIA_TYPE = f"application/{TYPE}"
READ_SECONDS = 0.5
"""For how long a list that was read is shown without looking again."""
TTL = timedelta(minutes=1)
"""After how long whoever has a list should fetch it again."""
LIFE = timedelta(minutes=5)
"""For how long a list counts: so old may be what somebody shows to deceive."""
CACHE = "no-cache"
"""Kept by others, and shown after asking here only (RFC 9111, 5.2.2.4)."""
MOST_LISTS = 64
"""So many lists are at hand; each takes some 10 kB."""


@dataclass(frozen=True, slots=True)
class _Shown:
    values: Mapping[int, int]
    token: bytes
    signed_at: datetime
    read_at: float

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.token).hexdigest()}"'


class StatusLists:
    """The lists that a gateway shows."""

    def __init__(
        self,
        issuer: str,
        stored: StoredCredentials,
        signer: AwaitedSigner,
        clock: Callable[[], datetime],
    ) -> None:
        self.issuer = issuer
        self._stored = stored
        self._signer = signer
        self._clock = clock
        self._shown: LRUCache[int, _Shown] = LRUCache(MOST_LISTS)
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._newest = 0

    async def answer(self, number: int, if_none_match: str | None) -> Response:
        """Return a list; 404 if there is none of that number.

        Raises:
            StoreUnavailableError: the database is away.
            SignerError: it cannot be signed now.
        """
        if number > self._newest:
            self._newest = await self._stored.newest_list()
            if number > self._newest:
                return PlainTextResponse("no such list\n", 404)
        # Who comes at once reads once.
        async with self._turns[number]:
            shown = await self._read(number)
        headers = {"ETag": shown.etag, "Cache-Control": CACHE}
        if if_none_match == shown.etag:
            return Response(status_code=304, headers=headers)
        return Response(shown.token, media_type=MEDIA_TYPE, headers=headers)

    async def _read(self, number: int) -> _Shown:
        known, begun = self._shown.get(number), asyncio.get_running_loop().time()
        if known is not None and begun - known.read_at < READ_SECONDS:
            return known
        now = self._clock()
        today = now.astimezone(SHANGHAI).date()
        values = await self._stored.statuses(number, today)
        if known is None or known.values != values or now - known.signed_at >= TTL:
            try:
                shown = await self._signed(number, values, now, begun)
            except SignerError:
                is_true = known is not None and known.values == values
                if known is None or not is_true or now - known.signed_at >= LIFE:
                    raise
                shown = replace(known, read_at=begun)
        else:
            shown = replace(known, read_at=begun)
        self._shown[number] = shown
        return shown

    async def _signed(
        self, number: int, values: Mapping[int, int], now: datetime, read_at: float
    ) -> _Shown:
        payload = payload_of(self.issuer, number, values, now)
        return _Shown(values, await self._signer.sign(payload, now), now, read_at)


def payload_of(
    issuer: str, number: int, values: Mapping[int, int], now: datetime
) -> bytes:
    """Return a Status List Token's payload (draft-ietf-oauth-status-list, 5.1)."""
    payload = {
        "iss": issuer,
        "sub": f"{issuer}/status-lists/{number}",
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "ttl": int(TTL.total_seconds()),
        "status_list": packed(values, LIST_PLACES),
    }
    return json.dumps(payload, separators=(",", ":")).encode()
