"""Sign what an agency says, honestly or as a fault will have it."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sandbox.faults import CLOCK_ERROR, OVERSIZE_BYTES, REPLAY_AGE, Fault
from sandbox.keys import Keyring
from signing import base64url
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign, sign_detached
from signing.sign_batch import sign_batch

SIGNED_BEFORE_START = timedelta(seconds=5)
"""Kept records bear a moment before the start, so that no clock finds them early."""
SIGNED_ANEW_AFTER = timedelta(hours=6)

SIGNING_FAULTS = frozenset(
    {
        Fault.TAMPERED,
        Fault.WRONG_KEY,
        Fault.FORGED_KEY,
        Fault.OTHER_AGENCY_KEY,
        Fault.REPLAYED,
        Fault.CLOCK_OFF,
        Fault.WRONG_SIGNER_ID,
    }
)
"""The faults that change signed bytes; under all others they are the honest ones."""


class Sealer:
    """Signs with the key and the clock that a fault calls for."""

    def __init__(self, keyring: Keyring, clock: Callable[[], datetime]) -> None:
        self._keyring = keyring
        self._clock = clock

    def now(self) -> datetime:
        """Return the moment it is."""
        return self._clock()

    def token(
        self,
        payload: bytes,
        type_: PayloadType,
        signed_at: datetime,
        fault: Fault | None,
    ) -> str:
        """Return ``payload`` in a compact JWS, signed at ``signed_at`` if honest."""
        envelope = sign(
            payload,
            self._key(fault),
            type=type_,
            signed_at=_moment(signed_at, fault),
        )
        return envelope.signature.decode()

    def batch(
        self, payloads: Sequence[bytes], type_: PayloadType, signed_at: datetime
    ) -> list[str]:
        """Return each of ``payloads`` in a compact JWS, all under one signature."""
        envelopes = sign_batch(
            payloads, self._keyring.own, type=type_, signed_at=signed_at
        )
        return [envelope.signature.decode() for envelope in envelopes]

    def detached(self, body: bytes, fault: Fault | None) -> str:
        """Return a detached JWS over ``body``, signed now if honest."""
        envelope = sign_detached(
            body,
            self._key(fault),
            type=PayloadType.RESPONSE,
            signed_at=_moment(self._clock(), fault),
        )
        return envelope.signature.decode()

    def _key(self, fault: Fault | None) -> SigningKey:
        if fault is Fault.WRONG_KEY:
            return self._keyring.stray
        if fault is Fault.FORGED_KEY:
            return self._keyring.forged
        if fault is Fault.OTHER_AGENCY_KEY:
            return self._keyring.other
        if fault is Fault.WRONG_SIGNER_ID:
            return self._keyring.misnamed
        return self._keyring.own


def _moment(honest: datetime, fault: Fault | None) -> datetime:
    if fault is Fault.REPLAYED:
        return honest - REPLAY_AGE
    if fault is Fault.CLOCK_OFF:
        return honest + CLOCK_ERROR
    return honest


def with_payload(token: str, payload: bytes) -> str:
    """Return ``token`` with another payload under the old signature."""
    header, _, signature = token.split(".")
    return f"{header}.{base64url.encode(payload).decode()}.{signature}"


def to_json(content: object) -> bytes:
    """Return compact JSON in UTF-8; half a surrogate pair stays an escape."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")


def padded(body: bytes, fault: Fault | None) -> bytes:
    """Return ``body``, or under ``oversize`` far more of it than anybody wants."""
    if fault is Fault.OVERSIZE:
        return body.ljust(OVERSIZE_BYTES)
    return body
