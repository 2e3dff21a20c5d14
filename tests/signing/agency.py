"""Agencies that sign, and the bundle that trusts them: real keys, no clock."""

from datetime import UTC, datetime, timedelta

from signing.algorithms import Algorithm
from signing.envelope import Envelope, Freshness, PayloadType, VerifiedPayload, verify
from signing.sign import SigningKey, sign, sign_detached
from signing.trust import TrustBundle, read_trust_bundle
from tests.vectors import mint

SAFETY = SigningKey(mint.SAFETY, Algorithm.ES256, mint.private_key(mint.SAFETY))
TRANSPORT = SigningKey(
    mint.TRANSPORT, Algorithm.ED25519, mint.private_key(mint.TRANSPORT)
)
FIRE = SigningKey(mint.FIRE, Algorithm.PS256, mint.private_key(mint.FIRE))
AGENCIES = (SAFETY, TRANSPORT, FIRE)

BUNDLE = read_trust_bundle((mint.FOLDER / "trust.toml").read_text())

ASKED_AT = datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC)
SIGNED_AT = datetime(2026, 3, 1, 7, 59, 30, tzinfo=UTC)
FRESHNESS = Freshness(max_age=timedelta(hours=1), skew=timedelta(minutes=1))
ALL_TYPES = frozenset(PayloadType)
PAYLOAD = '{"name":"测试人","level":5}'.encode()


def record(
    payload: bytes = PAYLOAD,
    key: SigningKey = TRANSPORT,
    signed_at: datetime = SIGNED_AT,
) -> Envelope:
    return sign(payload, key, type=PayloadType.RECORD, signed_at=signed_at)


def response(body: bytes = PAYLOAD, key: SigningKey = FIRE) -> Envelope:
    return sign_detached(body, key, type=PayloadType.RESPONSE, signed_at=SIGNED_AT)


def ask(
    envelope: Envelope,
    bundle: TrustBundle = BUNDLE,
    at: datetime = ASKED_AT,
    freshness: Freshness | None = FRESHNESS,
) -> VerifiedPayload:
    return verify(envelope, bundle, types=ALL_TYPES, at=at, freshness=freshness)
