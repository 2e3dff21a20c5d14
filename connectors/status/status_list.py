"""A signed list of states, for agencies that cannot send each change.

The IETF's Token Status List in its JWT form (draft-ietf-oauth-status-list): two bits or
so a certificate, compressed, in a JWT of the type ``statuslist+jwt``. Signed by the
agency's key like everything else, with ``iat`` in the header too. What is not proved to
be the newest list there is says nothing: then the states are unknown, never good.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from policy.certificate import CertificateState
from signing import base64url
from signing.envelope import Envelope, Freshness, PayloadType, verify
from signing.errors import SigningError
from signing.trust import TrustBundle

MAX_LIST_BYTES = 1024 * 1024
"""The most that a list may be once it is inflated: four million states of two bits."""
BITS = frozenset({1, 2, 4, 8})
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
    LIST_TOO_LARGE = "LIST_TOO_LARGE"


class StatusListError(Exception):
    """A list that is not believed; ``code`` is a ``ListFault`` or a ``Refusal``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list that was verified."""

    bits: int
    states: bytes
    issued_at: datetime
    until: datetime
    """From when on it says nothing: a newer one must be had by then."""

    def value(self, index: int) -> int | None:
        """Return the value at ``index``; ``None`` beyond the end."""
        place, within = divmod(index * self.bits, 8)
        if not 0 <= place < len(self.states):
            return None
        return self.states[place] >> within & ((1 << self.bits) - 1)


def read_status_list(  # noqa: PLR0913 - what a list is judged by
    envelope: Envelope,
    *,
    bundle: TrustBundle,
    institution: str,
    url: str,
    at: datetime,
    skew: timedelta,
    not_before: datetime | None,
) -> StatusList:
    """Verify a list that came ``at``; one issued earlier than ``not_before`` is old.

    Raises:
        StatusListError: it is not to be believed.
    """
    try:
        proof = verify(
            envelope,
            bundle,
            types={PayloadType.STATUS_LIST},
            at=at,
            freshness=Freshness(max_age=timedelta.max, skew=skew),
        )
    except SigningError as error:
        raise StatusListError(error.refusal) from None
    if proof.key.institution != institution:
        raise StatusListError(ListFault.FOREIGN_KEY)
    claims = proof.content
    if not isinstance(claims, dict) or claims.get("iat") != int(
        proof.signed_at.timestamp()
    ):
        raise StatusListError(ListFault.MALFORMED_LIST)
    if claims.get("sub") != url:
        raise StatusListError(ListFault.OTHER_LIST)
    if not_before is not None and proof.signed_at < not_before:
        raise StatusListError(ListFault.ROLLED_BACK)
    until = _until(claims, proof.signed_at)
    if until <= at:
        raise StatusListError(ListFault.EXPIRED)
    bits, states = _states(claims.get("status_list"))
    return StatusList(bits, states, proof.signed_at, until)


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
