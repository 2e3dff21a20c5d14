"""What the log commits to beside rows, so that a decision can be proved by itself.

The key that was believed, as it was then: its agency, its connector and its entry in
the trust bundle may be gone when somebody asks. The edition of the rules, once. The
trace of each decision (``policy.trace``). None of it names a person.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from policy.edition import Edition
from policy.trace import FORMAT as TRACE
from signing.sm2.keys import Sm2PublicKey
from signing.trust import TrustedKey

KEY = "certificate-gateway-key@v1"
Fact: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a judgement was computed from, as it is kept beside it."""

    trace: str
    edition: Edition
    keys: Sequence[Fact]
    """The keys that had signed what it rests on, as they were then."""


def key_fact(key: TrustedKey) -> Fact:
    """Return what is believed of a key now: whose it is, for what, and for how long.

    Of a key of SM2 it has also what no signature says, and each check needs.
    """
    spelt = key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    since = key.state_since
    fact: Fact = {
        "format": KEY,
        "kid": key.kid,
        "algorithm": key.algorithm.value,
        "publicKey": base64.b64encode(spelt).decode(),
        "institution": key.institution,
        "scope": sorted(key.scope),
        "notBefore": moment(key.not_before),
        "notAfter": moment(key.not_after),
        "state": key.state.value,
        "stateSince": None if since is None else moment(since),
    }
    if isinstance(key.public_key, Sm2PublicKey):
        fact["sm2SignerId"] = key.public_key.signer_id
        fact["sm2Signature"] = key.public_key.form.value
    return fact


def policy_fact(edition: Edition) -> Fact:
    """Return an edition of the rules."""
    fact: Fact = json.loads(edition.text)
    return fact


def trace_fact(decision: int, trace: str) -> Fact:
    """Return the trace of a decision."""
    return {"format": TRACE, "decision": decision, "trace": json.loads(trace)}


def certificate_trace_fact(certificate: str, trace: str) -> Fact:
    """Return the trace of what a certificate is worth by itself; it is a sealed id."""
    return {"format": TRACE, "certificate": certificate, "trace": json.loads(trace)}


def moment(at: datetime) -> str:
    """Return a moment as RFC 3339 has it, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
