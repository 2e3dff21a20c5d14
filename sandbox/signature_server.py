"""A server for signatures (签名验签服务器): it signs what it is sent, by its keys.

One POST of JSON to ``/sign``, in the words of ``gateway.settings.providers``.
``/sandbox/signatures`` is the sandbox's own: what was asked, and what is to go wrong.
"""

import asyncio
import base64
import binascii
import hmac
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.question import read_question
from sandbox.serve import listen, run_until_stopped
from sandbox.server import answer_bad_questions, as_json
from signing.algorithms import Algorithm
from signing.sign import SigningKey, raw_signature
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import Sm2PrivateKey, read_private_pem

SIGN, KNOBS = "/sign", "/sandbox/signatures"
UNAUTHORIZED, AWAY = 401, 503
NO_SUCH_KEY, BAD_DATA = 67_108_865, 67_108_866


class SignatureTrouble(StrEnum):
    """What may go wrong at the server."""

    SLOW = "slow"
    """Every signature takes ``seconds`` longer."""
    WRONG = "wrong"
    """A bit of every signature is another one."""
    AWAY = "away"
    """Everything is answered by 503."""
    PAGE = "page"
    """Everything is answered by a page in HTML, with status 200."""
    OTHER_ID = "other-id"
    """Signatures by SM2 are under another signer id than the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureOptions:
    """Where keys are, and who may sign with them."""

    keys: str
    """A folder with a private key a file, PEM; its name is the file's."""
    token: str = ""
    """What has to be shown as a bearer token."""
    form: str = "der"
    """How signatures by SM2 are written: der, raw, signed-data."""
    good: str = "0"
    """What it says if all is well."""


@dataclass(slots=True)
class SignatureDesk:
    """The server at work."""

    options: SignatureOptions
    trouble: SignatureTrouble | None = None
    seconds: float = 60.0
    questions: int = 0
    keys: dict[str, SigningKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in Path(self.options.keys).glob("*.pem"):
            self.keys[path.stem] = _read_key(path)

    async def sign(self, request: web.Request) -> web.Response:
        """Sign, if the caller may and there is such a key."""
        self.questions += 1
        trouble = self.trouble
        if trouble is SignatureTrouble.AWAY:
            return as_json({"error": "away"}, AWAY)
        if trouble is SignatureTrouble.PAGE:
            return web.Response(text="<html>请登录</html>", content_type="text/html")
        if trouble is SignatureTrouble.SLOW:
            await asyncio.sleep(self.seconds)
        shown = request.headers.get("Authorization", "")
        right = f"Bearer {self.options.token}" if self.options.token else ""
        if not hmac.compare_digest(shown.encode(), right.encode()):
            return as_json({"error": "unauthorized"}, UNAUTHORIZED)
        asked = read_question(await request.read())
        key = self.keys.get(str(asked.get("keyIndex")))
        if key is None:
            return as_json({"respValue": NO_SUCH_KEY})
        try:
            data = base64.b64decode(str(asked.get("inData")), validate=True)
        except binascii.Error:
            return as_json({"respValue": BAD_DATA})
        if trouble is SignatureTrouble.OTHER_ID:
            key = _under_another_id(key)
        signature = _signed(data, key, SignatureForm(self.options.form))
        if trouble is SignatureTrouble.WRONG:
            signature = signature[:-1] + bytes((signature[-1] ^ 1,))
        spelt = base64.b64encode(signature).decode()
        return as_json({"respValue": self.options.good, "signature": spelt})

    async def set(self, request: web.Request) -> web.Response:
        """Set what goes wrong, and say what was asked so far."""
        wish = read_question(await request.read())
        trouble = wish.get("trouble")
        self.trouble = None if trouble is None else SignatureTrouble(trouble)
        self.seconds = float(wish.get("seconds", self.seconds))
        return as_json({"trouble": self.trouble, "questions": self.questions})


def _read_key(path: Path) -> SigningKey:
    pem = path.read_bytes()
    key = read_private_pem(pem) or load_pem_private_key(pem, password=None)
    match key:
        case Sm2PrivateKey():
            return SigningKey(path.stem, Algorithm.SM2, key)
        case Ed25519PrivateKey():
            return SigningKey(path.stem, Algorithm.ED25519, key)
        case EllipticCurvePrivateKey():
            return SigningKey(path.stem, Algorithm.ES256, key)
        case _:
            raise ValueError(f"{path.name} is no key to sign with")


def _under_another_id(key: SigningKey) -> SigningKey:
    private = key.private_key
    if not isinstance(private, Sm2PrivateKey):
        return key
    public = private.public.used_as("signature-server", SignatureForm.RAW)
    return replace(key, private_key=private.used_as(public))


def _signed(data: bytes, key: SigningKey, form: SignatureForm) -> bytes:
    """Return a signature; by SM2 it is in the form of this server."""
    private = key.private_key
    if isinstance(private, Sm2PrivateKey):
        public = private.public.used_as(private.public.signer_id, form)
        return private.used_as(public).sign(data)
    return raw_signature(data, key)


def make_signature_app(options: SignatureOptions) -> web.Application:
    """Return the application of one server."""
    desk = SignatureDesk(options)
    app = web.Application(middlewares=[answer_bad_questions])
    app.router.add_post(SIGN, desk.sign)
    app.router.add_post(KNOBS, desk.set)
    return app


def serve_signatures(options: SignatureOptions, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; say on standard output when ready.

    Raises:
        PortTakenError: somebody else listens on the port.
    """
    listener = listen(host, port)
    asyncio.run(run_until_stopped(make_signature_app(options), listener))
