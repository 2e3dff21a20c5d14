"""Story persons by the names the tests call them, and how their records are read."""

from datetime import UTC, datetime, timedelta
from typing import Any

from policy.identity import Identity, IdType
from signing.envelope import Envelope, Freshness, PayloadType, VerifiedPayload, verify
from signing.errors import Refusal, SigningError
from signing.trust import TrustBundle

HOLDS_ALL_THREE = Identity(IdType.RESIDENT_ID, "310199199304120011")
HOLDS_NOTHING = Identity(IdType.RESIDENT_ID, "310199199604220161")
SHARES_A_NUMBER = Identity(IdType.RESIDENT_ID, "310199198707310157")
SIGNED_BY_TRANSPORT = Identity(IdType.RESIDENT_ID, "310199199401270126")
DRIVER_TAMPERED = Identity(IdType.RESIDENT_ID, "31019919970319013X")
PARTLY_TAMPERED = Identity(IdType.RESIDENT_ID, "310199199112050143")
# As the manifests allow: records are signed when agencies start, and a run takes long.
FRESHNESS = Freshness(max_age=timedelta(hours=24), skew=timedelta(seconds=60))


def believed(envelope: Envelope, trust: TrustBundle) -> VerifiedPayload:
    """Verify as the gateway would, now."""
    return verify(
        envelope,
        trust,
        types=frozenset(PayloadType),
        at=datetime.now(UTC),
        freshness=FRESHNESS,
    )


def content(envelope: Envelope, trust: TrustBundle) -> Any:
    """Return what a believed envelope says."""
    return believed(envelope, trust).content


def verdict(envelope: Envelope, trust: TrustBundle) -> Refusal | str:
    """Return why an envelope is refused, or the key it is believed by."""
    try:
        return believed(envelope, trust).key.kid
    except SigningError as error:
        return error.refusal
