"""Proof that whoever registers a key holds its private half.

The gateway makes a text that never was and never will be again; the agency signs it
as the payload of a compact JWS of type ``key-proof+jws``, with the key in question. A
record is of another type, so neither is taken for the other. The text names the
connector and the key: a proof for one is none for another.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.registration.keys import StatedKey, trusted_key
from connectors.registration.refusals import RefusalCode, RegistrationError
from signing.algorithms import Algorithm
from signing.envelope import Envelope, Freshness, PayloadType, verify
from signing.errors import Refusal, SigningError
from signing.trust import TrustBundle

LASTS = timedelta(minutes=10)
SKEW = timedelta(seconds=60)
MAX_PROOF_BYTES = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A text to be signed, by which key and until when."""

    id: str
    connector: str
    key: StatedKey
    text: str
    asked_by: str
    expires_at: datetime
    used_at: datetime | None = None


def new_challenge(
    id_: str, connector: str, key: StatedKey, *, asked_by: str, now: datetime
) -> Challenge:
    """Return the challenge ``id_``, which nobody could know before."""
    text = json.dumps(
        {"challenge": id_, "connector": connector, "kid": key.kid},
        separators=(",", ":"),
    )
    return Challenge(
        id=id_,
        connector=connector,
        key=key,
        text=text,
        asked_by=asked_by,
        expires_at=now + LASTS,
    )


def require_proof(challenge: Challenge, proof: str, now: datetime) -> None:
    """Refuse a ``proof`` that is not the challenge, signed by its key, in time.

    Raises:
        RegistrationError: ``CHALLENGE_USED``, ``CHALLENGE_LATE`` or
            ``PROOF_REFUSED`` with the check that failed.
    """
    if challenge.used_at is not None:
        raise RegistrationError(RefusalCode.CHALLENGE_USED)
    if now > challenge.expires_at:
        raise RegistrationError(
            RefusalCode.CHALLENGE_LATE, challenge.expires_at.isoformat()
        )
    # A key may be proved before its window begins.
    key = replace(challenge.key, not_before=now - LASTS, not_after=now + LASTS)
    bundle = TrustBundle.of([trusted_key(key, challenge.connector, ())])
    signed = proof[:MAX_PROOF_BYTES].encode("utf-8", "surrogatepass")
    try:
        payload = verify(
            Envelope(signed),
            bundle,
            types={PayloadType.KEY_PROOF},
            at=now,
            freshness=Freshness(max_age=LASTS, skew=SKEW),
        ).payload
    except SigningError as error:
        raise RegistrationError(
            RefusalCode.PROOF_REFUSED, _why(error, key.algorithm)
        ) from None
    if payload != challenge.text.encode():
        raise RegistrationError(RefusalCode.PROOF_REFUSED, "another text was signed")


def _why(error: SigningError, algorithm: Algorithm) -> str:
    """Return the refusal; of SM2 with what may be set differently on the two sides."""
    is_sm2 = algorithm is Algorithm.SM2 and error.refusal is Refusal.BAD_SIGNATURE
    return f"{error.refusal}: {error.detail}" if is_sm2 else error.refusal
