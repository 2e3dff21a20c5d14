"""Sign with a key in a server for signatures (签名验签服务器), over HTTPS.

One POST of JSON a signature: which key, by which method, of what, in base64; the answer
says in a member how it went, and in another what the signature is. What these are
called is the operator's to say (``Words``): products differ, and the names here are
those of GM/T 0029 as they are remembered, not as they were read.
"""

import base64
import binascii
import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec

from gateway.providers.public_halves import PublicHalf
from gateway.settings.providers import Words
from signing.algorithms import Algorithm
from signing.held import ProviderError, Trouble
from signing.sm2 import curve
from signing.sm2.der import DerError
from signing.sm2.keys import SignatureForm
from signing.sm2.signatures import read_signature

ANSWER_LIMIT = 16_384
"""Bytes of an answer that are read."""
METHODS: Mapping[Algorithm, str] = {
    Algorithm.SM2: "131585",
    Algorithm.ES256: "ES256",
    Algorithm.ED25519: "EdDSA",
}
"""What is said of each: GM/T 0006 has a number for SM2 with SM3, 0x00020201."""
_OK = 200


class SignatureServer:
    """A server for signatures, over a session that is open."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        token: str | None,
        tls: ssl.SSLContext | None,
        words: Words,
        sm2_form: SignatureForm,
    ) -> None:
        self._session = session
        self._url = url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._tls = True if tls is None else tls
        self._words = words
        self._sm2_form = sm2_form

    async def sign(self, name: str, algorithm: Algorithm, data: bytes) -> bytes:
        """Return a bare signature by the key of that name.

        Raises:
            ProviderError: there is none.
        """
        words = self._words
        asked = {
            words.key: name,
            words.method: METHODS[algorithm],
            words.data: base64.b64encode(data).decode(),
            words.length: len(data),
        }
        answer = await self._answer(asked)
        if str(answer.get(words.result)) != words.good:
            raise ProviderError(
                Trouble.REFUSED, f"the server says {words.result} is not {words.good}"
            )
        signature = _decoded(answer.get(words.signature))
        if algorithm is Algorithm.SM2:
            return _raw(self._sm2_form, signature, data)
        return signature

    async def _answer(self, asked: Mapping[str, object]) -> Mapping[str, Any]:
        try:
            async with self._session.post(
                self._url,
                json=asked,
                headers=self._headers,
                ssl=self._tls,
                allow_redirects=False,
            ) as response:
                body = await response.content.read(ANSWER_LIMIT + 1)
                while len(body) <= ANSWER_LIMIT and not response.content.at_eof():
                    body += await response.content.read(ANSWER_LIMIT + 1)
                status = response.status
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderError(
                Trouble.AWAY, f"the server is away: {type(error).__name__}"
            ) from None
        if status != _OK:
            raise ProviderError(Trouble.REFUSED, f"the server answers {status}")
        try:
            answer = msgspec.json.decode(body[:ANSWER_LIMIT], type=dict[str, Any])
        except msgspec.DecodeError:
            raise ProviderError(
                Trouble.WRONG, "the server answers no JSON object"
            ) from None
        return answer


class HttpKey:
    """A key in a server for signatures."""

    def __init__(self, server: SignatureServer, name: str, half: PublicHalf) -> None:
        self._server = server
        self._name = name
        self.kid = half.kid
        self.algorithm = half.algorithm
        self.public_key = half.public_key

    async def sign(self, data: bytes) -> bytes:
        """See ``HeldKey.sign``."""
        return await self._server.sign(self._name, self.algorithm, data)


def _decoded(said: object) -> bytes:
    try:
        return base64.b64decode(str(said), validate=True)
    except (binascii.Error, ValueError):
        raise ProviderError(Trouble.WRONG, "the signature is no base64") from None


def _raw(form: SignatureForm, signature: bytes, signed: bytes) -> bytes:
    """Return both numbers of a signature by SM2, as a JWS has them."""
    try:
        numbers = read_signature(form, signature, signed)
    except DerError as error:
        raise ProviderError(
            Trouble.WRONG,
            f"the signature is not as sm2_signature = {form.value!r}: {error}",
        ) from None
    return b"".join(number.to_bytes(curve.BYTES) for number in numbers)
