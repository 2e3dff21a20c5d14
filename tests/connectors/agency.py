"""One invented agency: a manifest, a key, a bundle and records to sign."""

import json
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.manifest import Manifest, read_manifest
from signing.algorithms import Algorithm
from signing.envelope import (
    Envelope,
    Freshness,
    PayloadType,
    VerifiedPayload,
    verify,
)
from signing.sign import SigningKey, sign, sign_detached
from signing.trust import KeyState, TrustBundle, TrustedKey

NOW = datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC)
SIGNED_AT = NOW - timedelta(minutes=1)
FRESHNESS = Freshness(max_age=timedelta(hours=1), skew=timedelta(minutes=1))
ZHANG = "110101199003074514"
OTHER = "110101198001010010"
COLLECTION_BODY = "shanghai-transport-qualification-centre"

MANIFEST = f"""
id = "transport"
authority = "transport"
collection_body = "{COLLECTION_BODY}"

[endpoint]
protocol = "rest"
url = "http://127.0.0.1:1/records"
timeout_seconds = 0.5

[response]
absence = "absence"

[signature]
form = "record"
max_age_seconds = 3600

[record]
id_number = "id"
number = "number"
title = "title"
item = "item"
item_code = "code"
level = "level"
issued_on = "dates.issued"
state = "state"

[record.values.level]
4 = "LEVEL_4"

[record.values.state]
01 = "VALID"
"""

RECORD = {
    "id": ZHANG,
    "number": "0000123",
    "title": "轨道交通运输服务人员",
    "item": "轨道交通司机（城市轨道交通列车司机）",
    "code": "4-02-01-01",
    "level": "4",
    "dates": {"issued": "2025-06-01"},
    "state": "01",
}


def manifest(*changes: tuple[str, str]) -> Manifest:
    """Return the manifest with texts replaced."""
    text = MANIFEST
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_manifest(text)


def signing_key(kid: str = "transport-1") -> SigningKey:
    return SigningKey(kid, Algorithm.ED25519, Ed25519PrivateKey.generate())


KEY = signing_key()


def trusted(
    key: SigningKey = KEY,
    institution: str = COLLECTION_BODY,
    scope: frozenset[str] = frozenset({"4-02-01-01"}),
    state: KeyState = KeyState.ACTIVE,
) -> TrustedKey:
    public_key = key.private_key.public_key()
    return TrustedKey(
        kid=key.kid,
        institution=institution,
        algorithm=key.algorithm,
        public_key=public_key,
        not_before=NOW - timedelta(days=30),
        not_after=NOW + timedelta(days=30),
        state=state,
        scope=scope,
    )


BUNDLE = TrustBundle.of([trusted()])


def record(
    content: object = RECORD,
    key: SigningKey = KEY,
    signed_at: datetime = SIGNED_AT,
) -> Envelope:
    payload = json.dumps(content, ensure_ascii=False).encode()
    return sign(payload, key, type=PayloadType.RECORD, signed_at=signed_at)


def absence(id_number: str = ZHANG, key: SigningKey = KEY) -> Envelope:
    payload = json.dumps({"id": id_number}).encode()
    return sign(payload, key, type=PayloadType.ABSENCE, signed_at=SIGNED_AT)


def response(content: object, key: SigningKey = KEY) -> Envelope:
    body = json.dumps(content, ensure_ascii=False).encode()
    return sign_detached(body, key, type=PayloadType.RESPONSE, signed_at=SIGNED_AT)


def believed(envelope: Envelope, bundle: TrustBundle = BUNDLE) -> VerifiedPayload:
    return verify(
        envelope, bundle, types=frozenset(PayloadType), at=NOW, freshness=FRESHNESS
    )
