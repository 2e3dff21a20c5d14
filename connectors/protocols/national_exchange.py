"""Ask an agency through the national data exchange (国家数据共享交换平台).

A question is the JSON of a REST agency, posted to the platform's address: the service
is chosen by its id alone. Four headers say who asks for what, and when, under an HMAC
by a secret that the platform's key service gives out and ends. The body stands outside
of that signature, and so does the answer: what vouches for a record is its own.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from cryptography.hazmat.primitives.padding import PKCS7
from msgspec.structs import replace

from connectors.attempts import count
from connectors.connector import Reply
from connectors.elements import Told
from connectors.errors import RefusedError, UnreadableError
from connectors.manifest import Manifest
from connectors.manifest_exchange import NationalExchange, Wrapping
from connectors.protocols.asking import written
from connectors.protocols.envelopes import EnvelopeFinder
from connectors.protocols.exchange import Exchange, parse_json
from connectors.protocols.key_forms import key_bytes
from connectors.protocols.platform_answer import Places, PlatformAnswers, as_text
from connectors.protocols.rest import rest_question
from policy.identity import Identity, IdType

BLOCK_BYTES = 16
KEY_BYTES = (16, 24, 32)
MOST_SKEW_SECONDS = 600.0
"""How far the platform's clock may be from ours; what is farther is no clock."""
MOST_DIGITS = 16
"""Of a time in milliseconds; the year is 318857 then."""
LEAST_SKEW_SECONDS = 2.0
"""Less than that is the way of an answer, whose Date has whole seconds."""


class NationalExchangeConnector:
    """Posts one batch at a time, signed by the secret that is in force."""

    def __init__(
        self,
        manifest: Manifest,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime],
    ) -> None:
        table = manifest.national_exchange
        self._exchange = Exchange(session, manifest.endpoint)
        self._keys = KeyService(
            # No bearer token is the key service's business.
            Exchange(
                session,
                replace(manifest.endpoint, url=table.key_url, bearer_token=None),
            ),
            table,
            clock,
        )
        self._table = table
        self._request = manifest.request
        self._binding = manifest.binding
        self._finder = EnvelopeFinder(
            manifest.response, is_unsigned=manifest.is_unsigned
        )
        self._answers = PlatformAnswers(table.code, table.data, table.good_codes)

    def can_ask(self, id_type: IdType) -> bool:
        """Say whether the manifest maps this type; an empty map passes all as is."""
        return not self._request.id_types or id_type in self._request.id_types

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        """Post one batch, and once more if the secret was stale; see ``Connector``."""
        question, _ = rest_question(self._request, holders, told)
        asked = written(question, told, self._binding)
        answer = await self._post(asked.body, asked.told)
        return self._finder.reply(answer, holders, bound_to=asked.bound_to)

    async def signed_headers(self) -> Mapping[str, str]:
        """Return the headers of a question that goes out now."""
        return self._keys.headers(await self._keys.secret())

    async def probe(self) -> None:
        """See ``Connector.probe``."""
        await self._exchange.probe()

    async def _post(self, body: bytes, told: Told | None) -> object:
        secret = await self._keys.secret()
        answer = await self._ask(body, told, secret)
        if self._answers.code_of(answer) in self._table.stale_codes:
            self._keys.forget(secret)
            secret = await self._keys.secret()
            count()
            answer = await self._ask(body, told, secret)
        return self._answers.data_of(answer)

    async def _ask(self, body: bytes, told: Told | None, secret: bytes) -> object:
        headers = {} if told is None else told.headers
        told = Told(headers={**headers, **self._keys.headers(secret)})
        _, content = await self._exchange.post(body, told)
        return parse_json(content)


@dataclass(frozen=True, slots=True)
class _Secret:
    value: bytes
    ends: float
    """In seconds of the platform's clock."""


class KeyService:
    """Fetches the secret, and keeps it until shortly before its end.

    Its answers also say what the platform's clock shows: a signature has the time of
    whoever compares it.
    """

    def __init__(
        self,
        exchange: Exchange,
        table: NationalExchange,
        clock: Callable[[], datetime],
    ) -> None:
        self._exchange = exchange
        self._clock = clock
        self._table = table
        self._key = key_bytes(
            "national_exchange.application_key",
            *(table.application_key, table.application_key_form),
            *KEY_BYTES,
        )
        places = Places()
        self._find_secret = places.finder(table.secret)
        self._find_end = places.finder(table.secret_ends)
        self._kept: _Secret | None = None
        self._ahead = 0.0
        """By how many seconds the platform's clock is ahead of ours."""
        self._turn = asyncio.Lock()

    async def secret(self) -> bytes:
        """Return a secret that is in force; those who wait share what is fetched.

        Raises:
            ConnectorError: there is none to be had.
        """
        async with self._turn:
            kept = self._kept
            if kept is None or self._now() >= kept.ends - self._table.refresh_seconds:
                kept = self._kept = await self._fetch()
            return kept.value

    def forget(self, secret: bytes) -> None:
        """Fetch another one the next time, unless somebody has already."""
        if self._kept is not None and self._kept.value == secret:
            self._kept = None

    def headers(self, secret: bytes) -> Mapping[str, str]:
        """Return the four headers: HMAC-SHA256 over service, requester and time."""
        table = self._table
        moment = str(int(self._now() * 1000))
        signed = f"{table.service}{table.requester}{moment}".encode()
        signature = hmac.digest(secret, signed, hashlib.sha256)
        return {
            table.requester_header: table.requester,
            table.service_header: table.service,
            table.time_header: moment,
            table.signature_header: base64.b64encode(signature).decode(),
        }

    def _now(self) -> float:
        return self._clock().timestamp() + self._ahead

    async def _fetch(self) -> _Secret:
        headers, body = await self._ask()
        if self._tell_time(headers.get("Date")):
            # Asked at another time than the platform's it may have refused.
            headers, body = await self._ask()
        answer = parse_json(body)
        wrapped, ends = self._find_secret(answer), as_text(self._find_end(answer))
        is_time = ends.isdecimal() and len(ends) <= MOST_DIGITS
        if not isinstance(wrapped, str) or not is_time:
            raise RefusedError("the key service gave no secret with its end")
        return _Secret(self._unwrapped(wrapped), int(ends) / 1000)

    async def _ask(self) -> tuple[Mapping[str, str], bytes]:
        return await self._exchange.post(b"{}", Told(headers=self.headers(self._key)))

    def _tell_time(self, date: str | None) -> bool:
        """Go by the platform's clock from now on; say whether that is another one."""
        try:
            shown = parsedate_to_datetime(date or "").timestamp()
        except (OverflowError, ValueError):
            return False
        by = shown - self._now()
        if abs(by) <= LEAST_SKEW_SECONDS or abs(self._ahead + by) > MOST_SKEW_SECONDS:
            return False
        self._ahead += by
        return True

    def _unwrapped(self, wrapped: str) -> bytes:
        try:
            secret = _unwrap(
                self._table.wrapping,
                self._key,
                base64.b64decode(wrapped, validate=True),
            )
        except (ValueError, binascii.Error, InvalidUnwrap):
            secret = b""
        if not secret:
            raise UnreadableError(
                "the key service's secret is not wrapped under our application key as "
                f"{self._table.wrapping.value}: compare national_exchange.wrapping, "
                "application_key and application_key_form"
            )
        return secret


def _unwrap(wrapping: Wrapping, key: bytes, wrapped: bytes) -> bytes:
    """Return what is wrapped.

    Raises:
        ValueError: it cannot be.
        InvalidUnwrap: likewise (RFC 3394).
    """
    if wrapping is Wrapping.AES_KW:
        return aes_key_unwrap(key, wrapped)
    # One block or two of random bytes: the platform's choice, not ours.
    mode: modes.ECB | modes.CBC = modes.ECB()  # noqa: S305 - see above
    if wrapping is Wrapping.AES_CBC:
        mode, wrapped = modes.CBC(wrapped[:BLOCK_BYTES]), wrapped[BLOCK_BYTES:]
    opened = Cipher(AES(key), mode).decryptor()
    padded = opened.update(wrapped) + opened.finalize()
    plain = PKCS7(BLOCK_BYTES * 8).unpadder()
    return plain.update(padded) + plain.finalize()
