"""Ask an agency through a provincial gateway that is called by ``x-tif`` headers.

A question is the JSON of a REST agency. Headers say who asks and when, with a nonce
that is never used twice, under SHA-256 over a token that both sides know. Where a body
is sealed it is encrypted by SM4 (GB/T 32907) and signed by our SM2 key, and so may the
answer be sealed. None of that vouches for a record: its own signature does.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import aiohttp
import orjson
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.padding import PKCS7

from connectors.connector import Reply
from connectors.elements import Told
from connectors.errors import ManifestError, RefusedError, UnreadableError
from connectors.manifest import Manifest
from connectors.manifest_tif import Tif
from connectors.protocols.asking import written
from connectors.protocols.envelopes import EnvelopeFinder
from connectors.protocols.exchange import Exchange, parse_json
from connectors.protocols.key_forms import key_bytes
from connectors.protocols.platform_answer import PlatformAnswers
from connectors.protocols.rest import rest_question
from policy.identity import Identity, IdType
from signing.errors import TrustBundleError
from signing.sm2.sign import Sm2PrivateKey, read_private_pem

NONCE_BYTES = 16
BLOCK_BITS = 128
ENCRYPTED = "encData"


class TifConnector:
    """Posts one batch at a time, each with a nonce of its own."""

    def __init__(
        self,
        manifest: Manifest,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime],
    ) -> None:
        table = manifest.tif
        self._exchange = Exchange(session, manifest.endpoint)
        self._table = table
        self._clock = clock
        self._request = manifest.request
        self._binding = manifest.binding
        self._finder = EnvelopeFinder(
            manifest.response, is_unsigned=manifest.is_unsigned
        )
        self._answers = PlatformAnswers(table.code, table.data, table.good_codes)
        self._seal = _Seal(table) if table.body_key else None

    def can_ask(self, id_type: IdType) -> bool:
        """Say whether the manifest maps this type; an empty map passes all as is."""
        return not self._request.id_types or id_type in self._request.id_types

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        """Post one batch; see ``Connector.fetch``."""
        question, _ = rest_question(self._request, holders, told)
        asked = written(question, told, self._binding)
        body = asked.body
        moment = self._now()
        if self._seal is not None:
            body = self._seal.sealed(body, moment)
        beside = {} if asked.told is None else asked.told.headers
        headers = Told(headers={**beside, **self._headers(moment)})
        _, content = await self._exchange.post(body, headers)
        try:
            data = self._answers.data_of(parse_json(content))
        except RefusedError as error:
            if self._seal is None:
                raise
            # What it did not like is not told by its code.
            raise RefusedError(f"{error}; {self._seal.may_be}") from None
        if self._seal is not None and isinstance(data, dict) and ENCRYPTED in data:
            data = parse_json(self._seal.opened(data[ENCRYPTED]))
        return self._finder.reply(data, holders, bound_to=asked.bound_to)

    async def signed_headers(self) -> Mapping[str, str]:
        """Return the headers of a question that goes out now."""
        return self._headers(self._now())

    def _now(self) -> str:
        return str(int(self._clock().timestamp()))

    def _headers(self, moment: str) -> Mapping[str, str]:
        table = self._table
        nonce = secrets.token_hex(NONCE_BYTES)
        signed = f"{moment}{table.token}{nonce}{moment}".encode()
        signature = hashlib.sha256(signed).hexdigest()
        headers = {
            table.caller_header: table.caller,
            table.time_header: moment,
            table.nonce_header: nonce,
            table.signature_header: signature,
        }
        if table.service:
            headers[table.service_header] = table.service
            headers[table.signature_header] = signature.upper()
        return headers

    async def probe(self) -> None:
        """See ``Connector.probe``."""
        await self._exchange.probe()


class _Seal:
    """Encrypts and signs bodies, and opens those that come."""

    def __init__(self, table: Tif) -> None:
        self._table = table
        self._key = key_bytes("tif.body_key", table.body_key, table.body_key_form, 16)
        signer = _signer(table.signing_key)
        public = signer.public.used_as(table.signer_id, table.signature_form)
        self._signer = signer.used_as(public)

    @property
    def may_be(self) -> str:
        """Return what may be set differently on the two sides."""
        table = self._table
        return (
            "if it is the signature of the body, it may be the signer id or the form: "
            f"here tif.signer_id = {table.signer_id[:64]!a}, tif.signature_form = "
            f"{table.signature_form.value!r}"
        )

    def sealed(self, body: bytes, moment: str) -> bytes:
        """Return a body in its seal."""
        padder = PKCS7(BLOCK_BITS).padder()
        sealing = self._cipher().encryptor()
        padded = padder.update(body) + padder.finalize()
        encrypted = sealing.update(padded) + sealing.finalize()
        members: dict[str, str] = {
            "appCode": self._table.application,
            "timestamp": moment,
            "encType": "SM4",
            "signType": "SM2",
            ENCRYPTED: base64.b64encode(encrypted).decode(),
        }
        signed = "".join(members.get(name, "") for name in self._table.signed_members)
        signature = self._signer.sign(signed.encode())
        return orjson.dumps(
            {**members, "signData": base64.b64encode(signature).decode()}
        )

    def opened(self, encrypted: Any) -> bytes:  # noqa: ANN401 - of an answer
        """Return what is in a seal.

        Raises:
            UnreadableError: it is none of ours.
        """
        try:
            opening = self._cipher().decryptor()
            spelt = base64.b64decode(encrypted, validate=True)
            padded = opening.update(spelt) + opening.finalize()
            plain = PKCS7(BLOCK_BITS).unpadder()
            return plain.update(padded) + plain.finalize()
        except (TypeError, ValueError):
            raise UnreadableError(
                "the answer is not sealed by SM4 under tif.body_key"
            ) from None

    def _cipher(self) -> Cipher[modes.ECB]:
        # Each body has people and times of its own; the form is the gateway's.
        return Cipher(SM4(self._key), modes.ECB())  # noqa: S305 - see above


def _signer(pem: str) -> Sm2PrivateKey:
    """Return the key that signs sealed bodies.

    Raises:
        ManifestError: it is none; it is not repeated.
    """
    try:
        key = read_private_pem(pem.encode())
    except (TrustBundleError, ValueError):
        key = None
    if key is None:
        raise ManifestError(
            "tif.signing_key is no SM2 PRIVATE KEY in PEM, as openssl genpkey "
            "-algorithm SM2 writes one"
        )
    return key
