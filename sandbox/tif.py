"""A provincial gateway before an agency, called by ``x-tif`` headers.

``/sandbox/tif`` is the sandbox's own: what was asked, and what is to go wrong.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.padding import PKCS7

from sandbox.question import read_question
from sandbox.serve import listen, run_until_stopped
from sandbox.server import JSON, MAX_QUESTION_BYTES, answer_bad_questions, as_json
from signing.sm2.keys import (
    DEFAULT_SIGNER_ID,
    SignatureForm,
    Sm2PublicKey,
    read_sm2_pem,
)
from signing.sm2.signatures import sm2_check

SERVICE, KNOBS = "/service", "/sandbox/tif"
WINDOW_SECONDS = 60


class TifTrouble(StrEnum):
    """What may go wrong at the gateway itself."""

    ERROR = "error"
    """Every question ends in an error, with status 200."""
    LOGIN_PAGE = "login-page"
    """Every question is answered by a page in HTML, with status 200."""
    GBK = "gbk"
    """What the agency said comes in GBK."""
    WRONG_SEAL = "wrong-seal"
    """Answers are sealed under another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """How a provincial gateway calls things, and whom it knows."""

    to: str
    """The address of the agency behind it."""
    token: str
    caller: str = "hr"
    service: str = ""
    """The service's id; with it signatures are in capitals."""
    headers: str = "x-tif-"
    """What the names of the headers begin with."""
    code: str = "code"
    good: str = "200"
    data: str = "data"
    sm4: str = ""
    """The key of bodies in hexadecimal; without it none is sealed."""
    public_key: str = ""
    """The file with the caller's SM2 key in PEM."""
    signed: str = "encData"
    """The signed members, with commas between."""
    signer_id: str = DEFAULT_SIGNER_ID
    """The id under which the caller signs."""
    form: str = "raw"
    """How the caller writes signatures: raw, der, signed-data."""


@dataclass(slots=True)
class Gate:
    """The gateway at work."""

    province: Province
    session: aiohttp.ClientSession
    key: Sm2PublicKey | None
    trouble: TifTrouble | None = None
    questions: int = 0
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    async def serve(self, request: web.Request) -> web.Response:
        """Pass a question on to the agency, if it is signed as it has to be."""
        self.questions += 1
        if self.trouble is TifTrouble.LOGIN_PAGE:
            return web.Response(text="<html>请登录</html>", content_type="text/html")
        if self.trouble is TifTrouble.ERROR:
            return self._answer("500")
        body = await request.read()
        why = self._why(request.headers)
        if why is None and self.province.sm4:
            why, body = self._opened(body)
        if why is not None:
            self.refused.append(why)
            return self._answer("403", message=why)
        asked = self.session.post(
            self.province.to, data=body, headers={"Content-Type": JSON}
        )
        async with asked as response:
            text = await response.text()
        if self.trouble is TifTrouble.GBK:
            return self._in_gbk(self._sealed(text))
        return self._answer(
            self.province.good, **{self.province.data: self._sealed(text)}
        )

    def _why(self, headers: Mapping[str, str]) -> str | None:
        province = self.province
        caller, moment, nonce, signature, service = (
            headers.get(f"{province.headers}{name}", "")
            for name in ("paasid", "timestamp", "nonce", "signature", "serviceId")
        )
        if (caller, service) != (province.caller, province.service):
            return "UNKNOWN_SERVICE"
        if not moment.isdecimal() or abs(int(moment) - time.time()) > WINDOW_SECONDS:
            return "OUTSIDE_WINDOW"
        if nonce in self.nonces:
            return "NONCE_USED"
        signed = f"{moment}{province.token}{nonce}{moment}".encode()
        right = hashlib.sha256(signed).hexdigest()
        right = right.upper() if province.service else right
        if not hmac.compare_digest(right.encode(), signature.encode()):
            return "BAD_SIGNATURE"
        self.nonces.add(nonce)
        return None

    def _opened(self, body: bytes) -> tuple[str | None, bytes]:
        """Return why a sealed body is none, and what is in it."""
        sealed = json.loads(body)
        signed = "".join(
            sealed.get(name, "") for name in self.province.signed.split(",")
        )
        signature = base64.b64decode(sealed.get("signData", ""))
        if self.key is None or not sm2_check(self.key)(signature, signed.encode()):
            return "BAD_SEAL", b""
        opening = _cipher(self.province.sm4).decryptor()
        spelt = base64.b64decode(sealed["encData"])
        unpadder = PKCS7(128).unpadder()
        padded = opening.update(spelt) + opening.finalize()
        return None, unpadder.update(padded) + unpadder.finalize()

    def _sealed(self, text: str) -> Any:  # noqa: ANN401 - JSON
        if not self.province.sm4:
            return text
        key = self.province.sm4
        if self.trouble is TifTrouble.WRONG_SEAL:
            key = "00" * (len(key) // 2)
        padder = PKCS7(128).padder()
        sealing = _cipher(key).encryptor()
        padded = padder.update(text.encode()) + padder.finalize()
        sealed = sealing.update(padded) + sealing.finalize()
        return {"encType": "SM4", "encData": base64.b64encode(sealed).decode()}

    def _answer(self, code: str, **more: object) -> web.Response:
        return as_json({self.province.code: code, **more})

    def _in_gbk(self, said: object) -> web.Response:
        answer = {self.province.code: self.province.good, self.province.data: said}
        text = json.dumps({**answer, "message": "成功"}, ensure_ascii=False)
        return web.Response(body=text.encode("gbk"), content_type=JSON)


GATE = web.AppKey("gate", Gate)


def make_tif_app(province: Province) -> web.Application:
    """Return the application of a provincial gateway.

    Raises:
        OSError: the caller's key cannot be read.
    """
    key = None
    if province.public_key:
        key = read_sm2_pem(Path(province.public_key).read_text("ascii"))
        form = SignatureForm(province.form)
        key = None if key is None else key.used_as(province.signer_id, form)
    app = web.Application(
        middlewares=[answer_bad_questions], client_max_size=MAX_QUESTION_BYTES
    )

    async def opening(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:
            app[GATE] = Gate(province, session, key)
            yield

    async def serve(request: web.Request) -> web.Response:
        return await request.app[GATE].serve(request)

    async def turn(request: web.Request) -> web.Response:
        gate = request.app[GATE]
        trouble = read_question(await request.read()).get("trouble")
        gate.trouble = None if trouble is None else TifTrouble(str(trouble))
        return as_json({"questions": gate.questions, "refused": gate.refused})

    app.cleanup_ctx.append(opening)
    app.router.add_post(SERVICE, serve)
    app.router.add_post(KNOBS, turn)
    return app


def serve_tif(province: Province, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; say on standard output when ready.

    Raises:
        PortTakenError: somebody else listens on the port.
    """
    listener = listen(host, port)
    asyncio.run(run_until_stopped(make_tif_app(province), listener))


def _cipher(key: str) -> Cipher[modes.ECB]:
    return Cipher(SM4(bytes.fromhex(key)), modes.ECB())  # noqa: S305 - a gateway's choice
