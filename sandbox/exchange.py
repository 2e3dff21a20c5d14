"""A platform of the national data exchange before an agency: key service and proxy.

It answers 200 to everything, and says in a code what it thinks of it. How things are
called, wrapped and counted is ``Platform``'s to say, so that two of them may differ in
all of that. ``/sandbox/exchange`` is the sandbox's own: what was asked, and what is to
go wrong from now on.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.padding import PKCS7

from sandbox.question import read_question
from sandbox.serve import listen, run_until_stopped
from sandbox.server import JSON, MAX_QUESTION_BYTES, answer_bad_questions, as_json

KEYS, SERVICE, KNOBS = "/keys", "/service", "/sandbox/exchange"
WINDOW_SECONDS = 60.0
SECRET_BYTES = 32


class Trouble(StrEnum):
    """What may go wrong at the platform itself."""

    ERROR = "error"
    """Every question ends in an error, with status 200."""
    LOGIN_PAGE = "login-page"
    """Every question is answered by a page in HTML, with status 200."""
    NO_DATA = "no-data"
    """The code is good, and there is nothing beside it."""
    GBK = "gbk"
    """What the agency said comes in GBK."""
    WRONG_KEY = "wrong-key"
    """Secrets are wrapped under another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """How a platform calls, wraps and counts things."""

    to: str
    """The address of the agency behind it."""
    key: str
    """The application's key, as text."""
    requester: str = "hr"
    service: str = "certificates"
    headers: str = "gjgxjhpt_"
    """What the names of the four headers begin with."""
    wrapping: str = "aes-ecb"
    code: str = "code"
    good: str = "200"
    stale: str = "401"
    data: str = "data"
    is_data_text: bool = True
    """Whether what the agency said comes as a text of JSON."""
    secret_seconds: float = 3600.0
    ahead_seconds: float = 0.0
    """By how much its clock is ahead."""

    def now(self) -> float:
        """Return what its clock shows."""
        return time.time() + self.ahead_seconds


@dataclass(slots=True)
class Counts:
    """What was asked so far."""

    keys: int = 0
    questions: int = 0
    refused: list[str] = field(default_factory=list)


class Exchange:
    """The platform at work."""

    def __init__(self, platform: Platform, session: aiohttp.ClientSession) -> None:
        self._platform = platform
        self._session = session
        self._secret = secrets.token_bytes(SECRET_BYTES)
        self._ends = 0.0
        self.trouble: Trouble | None = None
        self.counts = Counts()

    def rotate(self) -> None:
        """End the secret that was given out."""
        self._secret, self._ends = secrets.token_bytes(SECRET_BYTES), 0.0

    async def keys(self, request: web.Request) -> web.Response:
        """Give out the secret, wrapped, to who signs by the application's key."""
        platform = self._platform
        self.counts.keys += 1
        if why := self._refused(request.headers, platform.key.encode()):
            return self._answer(platform.stale, message=why)
        if platform.now() >= self._ends:
            self.rotate()
            self._ends = platform.now() + platform.secret_seconds
        key = platform.key.encode()
        if self.trouble is Trouble.WRONG_KEY:
            key = bytes(len(key))
        wrapped = wrap(platform.wrapping, key, self._secret)
        return self._answer(
            platform.good,
            **{
                platform.data: {
                    "secret": base64.b64encode(wrapped).decode(),
                    "secretEndTime": int(self._ends * 1000),
                }
            },
        )

    async def serve(self, request: web.Request) -> web.Response:
        """Pass a question on to the agency, if it is signed as it has to be."""
        platform = self._platform
        self.counts.questions += 1
        if self.trouble is Trouble.LOGIN_PAGE:
            return web.Response(text="<html>请登录</html>", content_type="text/html")
        if self.trouble is Trouble.ERROR:
            return self._answer("500", message="服务异常")
        if why := self._refused(request.headers, self._secret):
            return self._answer(platform.stale, message=why)
        if self.trouble is Trouble.NO_DATA:
            return self._answer(platform.good)
        asked = self._session.post(
            platform.to,
            data=await request.read(),
            headers={"Content-Type": JSON},
        )
        async with asked as response:
            text = await response.text()
        data = text if platform.is_data_text else json.loads(text)
        return self._answer(platform.good, message="成功", **{platform.data: data})

    def _refused(self, headers: Mapping[str, str], key: bytes) -> str | None:
        """Return why a question is not passed on."""
        why = self._why(headers, key)
        if why is not None:
            self.counts.refused.append(why)
        return why

    def _why(self, headers: Mapping[str, str], key: bytes) -> str | None:
        platform = self._platform
        rid, sid, moment, signature = (
            headers.get(f"{platform.headers}{name}", "")
            for name in ("rid", "sid", "rtime", "sign")
        )
        if (rid, sid) != (platform.requester, platform.service):
            return "UNKNOWN_SERVICE"
        if not moment.isdecimal() or (
            abs(int(moment) / 1000 - platform.now()) > WINDOW_SECONDS
        ):
            return "OUTSIDE_WINDOW"
        right = hmac.digest(key, f"{sid}{rid}{moment}".encode(), hashlib.sha256)
        if not hmac.compare_digest(base64.b64encode(right), signature.encode()):
            return "BAD_SIGNATURE"
        return None

    def _answer(self, code: str, **more: object) -> web.Response:
        platform = self._platform
        content = json.dumps({platform.code: code, **more}, ensure_ascii=False)
        coding = "gbk" if self.trouble is Trouble.GBK else "utf-8"
        return web.Response(
            body=content.encode(coding),
            content_type=JSON,
            headers={"Date": formatdate(platform.now(), usegmt=True)},
        )


EXCHANGE = web.AppKey("exchange", Exchange)


def make_exchange_app(platform: Platform) -> web.Application:
    """Return the application of a platform."""
    app = web.Application(
        middlewares=[answer_bad_questions], client_max_size=MAX_QUESTION_BYTES
    )

    async def opening(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:
            exchange = Exchange(platform, session)
            app[EXCHANGE] = exchange
            yield

    async def turn(request: web.Request) -> web.Response:
        exchange = request.app[EXCHANGE]
        knobs = read_question(await request.read())
        trouble = knobs.get("trouble")
        exchange.trouble = None if trouble is None else Trouble(str(trouble))
        if knobs.get("rotate"):
            exchange.rotate()
        return _state(exchange)

    async def read(request: web.Request) -> web.Response:
        return _state(request.app[EXCHANGE])

    app.cleanup_ctx.append(opening)

    async def keys(request: web.Request) -> web.Response:
        return await request.app[EXCHANGE].keys(request)

    async def serve(request: web.Request) -> web.Response:
        return await request.app[EXCHANGE].serve(request)

    app.router.add_post(KEYS, keys)
    app.router.add_post(SERVICE, serve)
    app.router.add_get(KNOBS, read)
    app.router.add_post(KNOBS, turn)
    return app


def serve_exchange(platform: Platform, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; say on standard output when ready.

    Raises:
        PortTakenError: somebody else listens on the port.
    """
    listener = listen(host, port)
    asyncio.run(run_until_stopped(make_exchange_app(platform), listener))


def _state(exchange: Exchange) -> web.Response:
    counts = exchange.counts
    return as_json(
        {"keys": counts.keys, "questions": counts.questions, "refused": counts.refused}
    )


def wrap(wrapping: str, key: bytes, secret: bytes) -> bytes:
    """Return a secret under a key."""
    if wrapping == "aes-kw":
        return aes_key_wrap(key, secret)
    vector = os.urandom(16)
    padder = PKCS7(128).padder()
    padded = padder.update(secret) + padder.finalize()
    is_cbc = wrapping == "aes-cbc"
    mode: modes.ECB | modes.CBC = modes.CBC(vector) if is_cbc else modes.ECB()  # noqa: S305 - a platform's choice
    sealed = Cipher(AES(key), mode).encryptor()
    wrapped = sealed.update(padded) + sealed.finalize()
    return vector + wrapped if is_cbc else wrapped
