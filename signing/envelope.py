"""Believe bytes, or refuse them with a reason.

``Envelope`` is what came, ``VerifiedPayload`` what is believed, and ``verify`` the
one way between them; ``tests/signing/test_one_way.py`` holds that no other file
constructs the second. Two forms are read: a compact JWS (RFC 7515) for one record,
and a detached JWS with an unencoded payload (RFC 7797, ``b64`` false) for a whole
HTTP body. The bytes that were signed are kept as they came and never written anew.

The protected header has ``alg``, ``kid``, ``typ`` and ``iat``, in the detached form
also ``b64`` and ``crit``, in a batch ``batch`` and ``crit``. Other members are ignored
(RFC 7515 section 4), except those that ``checks.KEY_MEMBERS`` lists. ``iat`` is the
moment of signing, as in JAdES (ETSI TS 119 182-1).
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from signing import base64url, batches, checks, strict_json
from signing.checks import Header, Parts
from signing.errors import Check, Refusal, SigningError
from signing.header import read_header
from signing.marks import KeptMark
from signing.strict_json import Json
from signing.trust import TrustBundle, TrustedKey


class PayloadType(StrEnum):
    """A type of signed payload: the header's ``typ``."""

    RECORD = "certificate-record+jws"
    ABSENCE = "certificate-absence+jws"
    RESPONSE = "certificate-response+jws"
    STATE = "certificate-state+jws"
    """That a certificate's state changed, sent without being asked."""
    STATUS_LIST = "statuslist+jwt"
    """The states of many certificates by their places in a list."""
    BATCH = "certificate-batch+jws"
    """The root of records that are signed together: ``batches``."""
    KEY_PROOF = "key-proof+jws"
    """No statement about anybody: whoever signed it holds the key."""
    RECEIPT = "certificate-receipt+jwt"
    """What a gateway was asked and answered, signed by the gateway."""


_TYPES = MappingProxyType({type_.value: type_ for type_ in PayloadType})


@dataclass(frozen=True, slots=True)
class Envelope:
    """Bytes as they came, believed by nobody yet."""

    signature: bytes  # a compact JWS, or a detached one if there is a body
    body: bytes | None = None
    digest: bytes = field(init=False, compare=False, repr=False)
    """SHA-256 of everything that came; equal digests are equal envelopes.

    The form and the length of the signature come first, so that no bytes can move
    between signature and body.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.came).digest())

    @property
    def came(self) -> bytes:
        """Return everything that came, as the digest is made of it."""
        if self.body is None:
            return b"compact." + self.signature
        return b"detached.%d." % len(self.signature) + self.signature + self.body


@dataclass(frozen=True, slots=True)
class Freshness:
    """Limits on a signature's age and on how far its signer's clock is ahead."""

    max_age: timedelta
    skew: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureProof:
    """That a payload's signature was verified, without what the payload says."""

    payload: bytes
    key: TrustedKey
    signed_at: datetime
    type: PayloadType
    digest: bytes  # of the envelope it came in

    def require_scope(self, item_code: str) -> None:
        """Check that the key may attest the annex item ``item_code``.

        Raises:
            SigningError: ``OUT_OF_SCOPE``.
        """
        checks.scope(self.key, item_code)

    def require_in_force(
        self, bundle: TrustBundle, at: datetime, freshness: Freshness | None
    ) -> None:
        """Check again what time and the operator can change, for a kept result.

        The signature is not verified again: the same bytes under the same key.

        Raises:
            SigningError: ``UNKNOWN_KEY`` or ``KEY_CHANGED`` when ``bundle`` has no
                such key any more, else as steps 11 to 13 of ``verify``.
        """
        key = bundle.keys.get(self.key.kid)
        if key is None:
            raise SigningError(
                Check.KEY,
                Refusal.UNKNOWN_KEY,
                f"no key of the trust bundle has the kid {self.key.kid!r} any more",
            )
        if key is not self.key and not key.is_same_as(self.key):
            raise SigningError(
                Check.KEY, Refusal.KEY_CHANGED, "the kid names another key now", key.kid
            )
        checks.key_state(key, at)
        checks.key_window(key, self.signed_at, at)
        if freshness is not None:
            checks.freshness(
                self.signed_at, at, freshness.max_age, freshness.skew, key.kid
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPayload(SignatureProof):
    """A payload whose signature was verified, parsed. Only ``verify`` makes one."""

    content: Json

    def to_keep(self) -> SignatureProof:
        """Return the proof alone: parsed, a payload takes several times its bytes."""
        return SignatureProof(
            payload=self.payload,
            key=self.key,
            signed_at=self.signed_at,
            type=self.type,
            digest=self.digest,
        )


def verify(  # noqa: PLR0913 - everything that a verdict rests on
    envelope: Envelope,
    bundle: TrustBundle,
    *,
    types: Collection[PayloadType],
    at: datetime,
    freshness: Freshness | None,
    kept: KeptMark | None = None,
) -> VerifiedPayload:
    """Check ``envelope`` against the keys of ``bundle``, as of the aware time ``at``.

    Verification takes these steps; the first that fails refuses the envelope.

    1.  Size: no more bytes than an honest envelope has.
    2.  Form: three parts of canonical base64url, nothing before or after; the
        middle one is empty if there is a body.
    3.  Header: one JSON object that all readers read alike.
    4.  Key source: the header brings no key and names none but by ``kid``.
    5.  Critical: ``crit`` names nothing but ``b64``, in the detached form, where
        ``b64`` is false, or ``batch``, in the compact one. This stands before the
        signature because an extension may change what is signed.
    6.  Type: ``typ`` is one of ``types``, so that no signature is taken for one
        over something else.
    7.  Signing time: ``iat`` is there.
    8.  Key: ``kid`` names a key of ``bundle``.
    9.  Algorithm: ``alg`` is the key's. It chooses nothing.
    10. Signature: made by the key over exactly the bytes that came, or over the root
        of a batch that they are proved to be in.
    11. State: the operator had the key in force at ``at``.
    12. Window: ``signed_at`` and ``at`` lie in the key's window.
    13. Freshness: the signature is neither stale nor from the future. Left out if
        ``freshness`` is ``None``, as for old evidence read years later.
    14. Payload: JSON that all readers read alike. It is not parsed before its
        signer is known.

    If ``kept`` is a mark of ours that these very bytes passed under this very key, what
    follows from those two alone is known and not asked again: steps 1 to 5 and 10, and
    in 14 whether the payload can be read in one way only. Of any other mark nothing
    follows.

    Scope is not checked here, for only the payload says which annex item it is
    about: whoever decodes it MUST call ``require_scope``. Whether the key belongs
    to the agency that was asked is the caller's to compare, too.

    Raises:
        SigningError: a step failed; ``check`` says which, ``refusal`` why.
    """
    body = envelope.body
    known = None if kept is None else _recognised(envelope, bundle, kept)
    if known is None:
        # (1) Nothing is read of what is too large.
        checks.size(envelope.signature, body)
        # (2) Take the JWS apart.
        parts = checks.form(envelope.signature, body)
        # (3) Read the header, of which nothing is believed yet.
        # (4) A key that comes with the message vouches for nothing.
        # (5) An extension that is not understood may change everything below.
        header = read_header(parts, body)
    else:
        parts, header = known
    # (6) Is this the kind of thing that was asked for?
    payload_type = checks.payload_type(header, types)
    # (7) Without a signing time neither window nor freshness can be checked.
    signed_at = checks.signing_time(header)
    # (8) One way to a key.
    key = checks.known_key(header, bundle)
    # (9) The key decides; a header that disagrees is an attack or a mistake.
    checks.algorithm(header, key)
    # (10) From here on the header is the signer's word.
    if known is None:
        batches.signature(parts, header, key)
    # (11) A suspended key signs as well as an active one.
    checks.key_state(key, at)
    # (12) So does an expired one.
    checks.key_window(key, signed_at, at)
    # (13) And an old answer verifies as well as a new one.
    if freshness is not None:
        checks.freshness(signed_at, at, freshness.max_age, freshness.skew, key.kid)
    # (14) The payload, now that somebody answers for it.
    read = strict_json.read if known is None else strict_json.read_again
    content = read(parts.payload, Check.PAYLOAD, key.kid)
    return VerifiedPayload(
        payload=parts.payload,
        content=content,
        key=key,
        signed_at=signed_at,
        type=_TYPES[payload_type],
        digest=envelope.digest,
    )


def _recognised(
    envelope: Envelope, bundle: TrustBundle, kept: KeptMark
) -> tuple[Parts, Header] | None:
    """Take apart a compact JWS that was marked; ``None`` if it was not.

    What it is taken apart into counts only with the mark, which is of all its bytes.
    """
    if envelope.body is not None:
        return None
    header_part, _, rest = envelope.signature.partition(b".")
    try:
        named = Parts(base64url.decode(header_part, "header"), b"", b"", b"")
        header = read_header(named, None)
        key = checks.known_key(header, bundle)
        if not kept.is_of(envelope.digest, key):
            return None
        payload = base64url.decode(rest.partition(b".")[0], "payload")
    except SigningError:
        # Whoever goes through all steps says which one refuses it.
        return None
    return named._replace(payload=payload), header
