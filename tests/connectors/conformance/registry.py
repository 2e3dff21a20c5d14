"""A small registry that answers the kit honestly, but for one habit.

It signs with real keys and serves on a real socket. Where the sandbox's faults make
all of an agency misbehave, a habit shows only in one kind of question.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.conformance.plan import Plan, planned
from connectors.manifest import Manifest, read_manifest
from signing import base64url
from signing.algorithms import Algorithm
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign, sign_detached
from signing.trust import KeyState, TrustBundle, TrustedKey
from tests.connectors.agency import COLLECTION_BODY, MANIFEST, OTHER, RECORD, ZHANG

ITEM = "4-02-01-01"
NOBODY = "310199199604220161"
BATCH_LIMIT = 20
MANY = 10


class Habit(StrEnum):
    """One thing that is not as it should be."""

    OPTIONS_500 = "answers OPTIONS with a 500"
    REDIRECTS = "redirects"
    NOT_JSON = "sends a list where an object should be"
    OTHER_ITEM = "holds another certificate than the plan says"
    EXTRA_PART = "puts four parts into a JWS"
    HMAC = "says that it signs with HS256"
    OUT_OF_WINDOW = "signs with a key that is retired"
    FOREIGN = "signs absences with another institution's key"
    NO_NUMBER = "leaves the certificate's number out"
    NO_STATE = "states a word for the state that is not mapped"
    MISSPELT = "spells the item in its own way, without a code"
    BOTH = "sends an absence beside certificates"
    NO_COUNT = "does not state how many are held"
    DATE_OFF = "has a server whose clock is two minutes late"
    BY_POSITION = "answers by position, in an order of its own"
    SMALL_BATCHES = "answers for ten people at most"
    LARGE_BODIES = "pads batches up to the limit"
    EMPTY_500 = "answers an empty batch with a 500"
    ERRORS_500 = "answers a malformed question with a 500"
    TAKES_ALL = "answers 200 whatever comes"
    BREAKS = "answers nobody after a malformed question"
    SLOWISH = "takes two thirds of the time limit once asked often"
    LATE = "takes longer than the time limit once asked often"
    ENDLESS = "takes long over every batch"


CHANGES: Mapping[Habit | None, dict[str, object]] = {
    Habit.OTHER_ITEM: {"code": "4-07-05-04.1", "item": "消防设施监控操作"},
    Habit.NO_NUMBER: {"number": None},
    Habit.NO_STATE: {"state": "现行有效"},
    Habit.MISSPELT: {"code": None, "item": "轨道交通驾驶"},
    Habit.NO_COUNT: {"held": None},
}
"""What a habit changes in every record."""


def signing_key(kid: str) -> SigningKey:
    """Make a key."""
    return SigningKey(kid, Algorithm.ED25519, Ed25519PrivateKey.generate())


def trusted(
    key: SigningKey,
    institution: str = COLLECTION_BODY,
    *,
    days: int = 365,
    state: KeyState = KeyState.ACTIVE,
) -> TrustedKey:
    """Return what a bundle knows of ``key``."""
    now = datetime.now(UTC)
    return TrustedKey(
        kid=key.kid,
        institution=institution,
        algorithm=key.algorithm,
        public_key=key.private_key.public_key(),
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=days),
        state=state,
        scope=frozenset({ITEM} if institution == COLLECTION_BODY else ()),
    )


@dataclass
class Registry:
    """Knows two holders with one and two certificates; everybody else holds nothing."""

    habit: Habit | None = None
    key: SigningKey = field(default_factory=lambda: signing_key("key-1"))
    next_key: SigningKey | None = None
    """Signs for the second holder, as in a rotation."""
    stranger: SigningKey = field(default_factory=lambda: signing_key("stranger"))
    whole: bool = False
    """Whether bodies are signed, and not records."""
    nonce: bool = False
    """Whether the signed body repeats the nonce of the question."""
    signer_late_seconds: float = 0.0
    changes: Mapping[str, object] = field(default_factory=dict)
    """What is otherwise in every record."""
    url: str = ""
    asked: list[Sequence[str]] = field(default_factory=list)
    """The numbers of each question."""
    is_broken: bool = False

    @property
    def questions(self) -> int:
        """How often it was asked."""
        return len(self.asked)

    @property
    def manifest(self) -> Manifest:
        """The manifest of an agency that knows how to write one."""
        text = MANIFEST.replace("http://127.0.0.1:1/records", self.url)
        text = text.replace(
            "timeout_seconds = 0.5",
            f"timeout_seconds = 0.9\nbatch_limit = {BATCH_LIMIT}\n"
            "max_body_bytes = 100000",
        )
        text = text.replace(
            'state = "state"',
            'state = "state"\nheld = "held"\nholder_name = "name"\n'
            'evaluation_body = "examiner"',
        )
        if self.whole:
            text = text.replace('form = "record"', 'form = "response"')
            names = '[request]\nnonce = "nonce"\n[response]\nnonce = "nonce"\n'
            response = '[response]\nabsence = "absence"\n'
            text = text.replace(response, names if self.nonce else "")
        return read_manifest(text)

    @property
    def plan(self) -> Plan:
        """What is known of three people."""
        return Plan(
            (
                planned(ZHANG, [ITEM]),
                planned(OTHER, [ITEM, ITEM]),
                planned(NOBODY, []),
            )
        )

    def bundle(self, *more: TrustedKey, days: int = 365) -> TrustBundle:
        """Return the keys as registered."""
        retired = KeyState.RETIRED if self.habit is Habit.OUT_OF_WINDOW else None
        mine = trusted(self.key, days=days, state=retired or KeyState.ACTIVE)
        other = trusted(self.stranger, "shanghai-work-safety-institute")
        return TrustBundle.of([mine, other, *more])

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one question."""
        try:
            body = await request.read()
        except ConnectionResetError:
            # The asker left in the middle of the question.
            return self._mistake()
        try:
            question = json.loads(body)
            numbers = [person["idNumber"] for person in question["holders"]]
        except (ValueError, KeyError, TypeError):
            return self._mistake()
        if self.is_broken:
            return self._json({}, 500)
        if self.habit is Habit.REDIRECTS:
            raise web.HTTPFound("/elsewhere")
        return await self._answer(numbers, question.get("nonce"))

    def _mistake(self) -> web.Response:
        if self.habit is Habit.TAKES_ALL:
            return self._json({"results": []})
        self.is_broken = self.habit is Habit.BREAKS
        status = 500 if self.habit is Habit.ERRORS_500 else 400
        return self._json({"error": "malformed"}, status)

    async def _answer(self, numbers: Sequence[str], nonce: str | None) -> web.Response:
        self.asked.append(numbers)
        if not numbers and self.habit is Habit.EMPTY_500:
            return self._json({}, 500)
        if self.habit is Habit.SLOWISH and self.questions > MANY:
            await asyncio.sleep(0.6)
        if self.habit is Habit.LATE and self.questions > MANY:
            await asyncio.sleep(1.2)
        if self.habit is Habit.ENDLESS and len(numbers) > 1:
            await asyncio.sleep(30)
        if len(numbers) > BATCH_LIMIT or (
            self.habit is Habit.SMALL_BATCHES and len(numbers) > MANY
        ):
            return self._json({"error": "too many"}, 413)
        results = [self._result(number) for number in numbers]
        if self.habit is Habit.BY_POSITION:
            for result, name in zip(results, sorted(numbers), strict=True):
                result["idNumber"] = name
        content: object = {"results": results, "nonce": nonce}
        if self.habit is Habit.NOT_JSON:
            content = results
        padding = Habit.LARGE_BODIES is self.habit and len(numbers) > MANY
        return self._json(content, padding=90_000 if padding else 0)

    def _result(self, number: str) -> dict[str, object]:
        held = {ZHANG: 1, OTHER: 2}.get(number, 0)
        contents = [self._content(number, held, serial) for serial in range(held)]
        if self.whole:
            return {"idNumber": number, "records": contents}
        records = [self._record(number, content) for content in contents]
        absence: str | None = None
        if not records or self.habit is Habit.BOTH:
            key = self.stranger if self.habit is Habit.FOREIGN else self.key
            absence = self._signed({"id": number}, PayloadType.ABSENCE, key)
        return {"idNumber": number, "records": records, "absence": absence}

    def _content(self, number: str, held: int, serial: int) -> dict[str, object]:
        return {
            **RECORD,
            "id": number,
            "name": "测试",
            "examiner": "上海地铁职业技能培训学校",
            "number": f"000012{serial}",
            "held": held,
            **CHANGES.get(self.habit, {}),
            **self.changes,
        }

    def _record(self, number: str, content: dict[str, object]) -> str:
        key = self.next_key if self.next_key and number == OTHER else self.key
        token = self._signed(content, PayloadType.RECORD, key)
        if self.habit is Habit.EXTRA_PART:
            return f"{token}."
        if self.habit is Habit.HMAC:
            head, rest = token.encode().split(b".", 1)
            said = base64url.decode(head, "header").replace(b"EdDSA", b"HS256")
            return (base64url.encode(said) + b"." + rest).decode()
        return token

    def _signed(self, content: object, type_: PayloadType, key: SigningKey) -> str:
        payload = json.dumps(content, ensure_ascii=False).encode()
        return sign(
            payload, key, type=type_, signed_at=datetime.now(UTC)
        ).signature.decode()

    def _json(
        self, content: object, status: int = 200, padding: int = 0
    ) -> web.Response:
        date = datetime.now(UTC)
        if self.habit is Habit.DATE_OFF:
            date -= timedelta(minutes=2)
        body = json.dumps(content).encode() + b" " * padding
        headers = {"Date": format_datetime(date, usegmt=True)}
        if self.whole:
            signed_at = datetime.now(UTC) - timedelta(seconds=self.signer_late_seconds)
            signed = sign_detached(
                body, self.key, type=PayloadType.RESPONSE, signed_at=signed_at
            )
            headers["JWS-Signature"] = signed.signature.decode()
        return web.Response(
            body=body, status=status, content_type="application/json", headers=headers
        )

    async def options(self, _request: web.Request) -> web.Response:
        """Answer a probe."""
        return self._json({}, 500 if self.habit is Habit.OPTIONS_500 else 200)


@asynccontextmanager
async def serving(
    registry: Registry, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Registry]:
    """Serve ``registry`` on a free port of this machine."""
    app = web.Application(client_max_size=256 * 1024)
    app.router.add_post("/records", registry.answer)
    app.router.add_route("OPTIONS", "/records", registry.options)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    host, port = runner.addresses[0][:2]
    registry.url = f"{'https' if tls else 'http'}://{host}:{port}/records"
    try:
        yield registry
    finally:
        await runner.cleanup()
