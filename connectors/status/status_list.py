"""A signed list of states, for agencies that cannot send each change.

The IETF's Token Status List in its JWT form (draft-ietf-oauth-status-list): two bits or
so a certificate, compressed, in a JWT of the type ``statuslist+jwt``. Signed by the
agency's key like everything else, with ``iat`` in the header too. What is not proved to
be the newest list there is says nothing: then the states are unknown, never good. Nor
is a place good that nobody stated: zeroes fill up the last byte, and 0 is VALID.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from policy.certificate import CertificateState
from signing import base64url
from signing.envelope import (
    Envelope,
    Freshness,
    PayloadType,
    SignatureProof,
    verify,
)
from signing.errors import SigningError
from signing.trust import TrustBundle

MAX_LIST_BYTES = 1024 * 1024
"""The most that a list may be once it is inflated: four million states of two bits."""
_BYTE = 8
BITS = frozenset({1, 2, 4, _BYTE})
MEANINGS: Mapping[int, CertificateState] = MappingProxyType(
    {
        0: CertificateState.VALID,
        1: CertificateState.REVOKED,
        2: CertificateState.SUSPENDED,
    }
)
"""What the registered values mean; a manifest may say otherwise, and add its own."""
_LAST_SECOND = 253_402_300_799


class ListFault(StrEnum):
    """A reason why a verified list is not believed."""

    FOREIGN_KEY = "FOREIGN_KEY"
    MALFORMED_LIST = "MALFORMED_LIST"
    OTHER_LIST = "OTHER_LIST"
    EXPIRED = "EXPIRED"
    ROLLED_BACK = "ROLLED_BACK"
    TWO_AT_ONCE = "TWO_AT_ONCE"
    LIST_TOO_LARGE = "LIST_TOO_LARGE"


class StatusListError(Exception):
    """A list that is not believed; ``code`` is a ``ListFault`` or a ``Refusal``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Edition(NamedTuple):
    """The place of a list among those of one agency, and what it says."""

    issued_at: datetime
    sequence: int
    """Orders the lists of one second; 0 if it is not stated."""
    contents: bytes
    """A digest."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list that was verified; whether its key is in force is asked at each use."""

    bits: int
    states: bytes
    length: int | None
    """How many places it states; ``None`` if nobody says."""
    until: datetime
    """From when on it says nothing: a newer one must be had by then."""
    proof: SignatureProof
    edition: Edition
    envelope: Envelope
    """What came, as it was signed."""

    def value(self, index: int) -> int | None:
        """Return the value at ``index``; ``None`` beyond the end.

        Where the length is not stated, a nothing in the last byte may be padding.
        """
        place, within = divmod(index * self.bits, _BYTE)
        last = len(self.states) - 1
        if not 0 <= place <= last:
            return None
        value = self.states[place] >> within & ((1 << self.bits) - 1)
        if self.length is not None:
            return value if index < self.length else None
        is_padding = value == 0 and place == last and self.bits < _BYTE
        return None if is_padding else value


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRules:
    """The terms on which one agency's list is believed."""

    institution: str
    url: str
    freshness: Freshness
    length: int | None = None
    """How many places the manifest says there are."""


def read_status_list(
    envelope: Envelope,
    bundle: TrustBundle,
    rules: ListRules,
    *,
    at: datetime,
    last: Edition | None,
) -> StatusList:
    """Verify a list that came ``at``; one from before ``last`` is old.

    Raises:
        StatusListError: it is not to be believed.
    """
    try:
        proof = verify(
            envelope,
            bundle,
            types={PayloadType.STATUS_LIST},
            at=at,
            freshness=rules.freshness,
        )
    except SigningError as error:
        raise StatusListError(error.refusal) from None
    if proof.key.institution != rules.institution:
        raise StatusListError(ListFault.FOREIGN_KEY)
    claims = proof.content
    issued_at = proof.signed_at
    if not isinstance(claims, dict) or claims.get("iat") != int(issued_at.timestamp()):
        raise StatusListError(ListFault.MALFORMED_LIST)
    if claims.get("sub") != rules.url:
        raise StatusListError(ListFault.OTHER_LIST)
    until = min(_until(claims, issued_at), issued_at + rules.freshness.max_age)
    if until <= at:
        raise StatusListError(ListFault.EXPIRED)
    stated = claims.get("status_list")
    bits, states = _states(stated)
    sequence, length = _count(stated, "sequence") or 0, _count(stated, "length")
    if length is not None and length * bits > len(states) * _BYTE:
        raise StatusListError(ListFault.MALFORMED_LIST)
    lengths = [one for one in (length, rules.length) if one is not None]
    contents = hashlib.sha256(b"%d %a " % (bits, length) + states).digest()
    edition = Edition(issued_at, sequence, contents)
    _refuse_older(edition, last)
    return StatusList(
        bits,
        states,
        min(lengths, default=None),
        until,
        proof.to_keep(),
        edition,
        envelope,
    )


def _refuse_older(edition: Edition, last: Edition | None) -> None:
    """Refuse what came before the newest list that was ever believed, or may have."""
    if last is None:
        return
    order, newest = edition[:2], last[:2]
    if order < newest:
        raise StatusListError(ListFault.ROLLED_BACK)
    if order == newest and edition.contents != last.contents:
        # Signed in one second, and nothing says which is the newer one.
        raise StatusListError(ListFault.TWO_AT_ONCE)


def _count(stated: object, name: str) -> int | None:
    """Return a whole number from 0 on; ``None`` if it is not stated."""
    count = stated.get(name) if isinstance(stated, dict) else None
    if count is None or (type(count) is int and count >= 0):
        return count
    raise StatusListError(ListFault.MALFORMED_LIST)


def _until(claims: Mapping[str, Any], issued_at: datetime) -> datetime:
    """Return the earlier of ``iat`` + ``ttl`` and ``exp``; one of them is stated."""
    issued = int(issued_at.timestamp())
    ends = []
    for name, start in (("ttl", issued), ("exp", 0)):
        stated = claims.get(name)
        if stated is None:
            continue
        if type(stated) is not int or not 0 < start + stated <= _LAST_SECOND:
            raise StatusListError(ListFault.MALFORMED_LIST)
        ends.append(start + stated)
    if not ends:
        raise StatusListError(ListFault.MALFORMED_LIST)
    return datetime.fromtimestamp(min(ends), UTC)


def _states(stated: object) -> tuple[int, bytes]:
    if not isinstance(stated, dict):
        raise StatusListError(ListFault.MALFORMED_LIST)
    bits, packed = stated.get("bits"), stated.get("lst")
    if type(bits) is not int or bits not in BITS or not isinstance(packed, str):
        raise StatusListError(ListFault.MALFORMED_LIST)
    inflating = zlib.decompressobj()
    try:
        compressed = base64url.decode(packed.encode("ascii"), "lst")
        states = inflating.decompress(compressed, MAX_LIST_BYTES + 1)
    except (SigningError, UnicodeEncodeError, zlib.error):
        raise StatusListError(ListFault.MALFORMED_LIST) from None
    if len(states) > MAX_LIST_BYTES:
        raise StatusListError(ListFault.LIST_TOO_LARGE)
    if not inflating.eof or inflating.unused_data:
        raise StatusListError(ListFault.MALFORMED_LIST)
    return bits, states
