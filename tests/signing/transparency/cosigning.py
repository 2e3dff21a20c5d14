"""Logs and witnesses with keys that are always the same, and policies of theirs."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from signing.sm2 import curve
from signing.sm2.sign import Sm2PrivateKey
from signing.transparency.checkpoints import Checkpoint, NoteSigner
from signing.transparency.notes import Kind, Note

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
ORIGIN = "gateway.example/log"


def signer(name: str, kind: Kind, seed: str = "") -> NoteSigner:
    """Return a signer whose key comes of its name, or of ``seed``."""
    raw = hashlib.sha256((seed or f"{kind} {name}").encode()).digest()
    if kind is Kind.COSIGNATURE_ML_DSA_44:
        return NoteSigner(name, kind, MLDSA44PrivateKey.from_seed_bytes(raw))
    if kind is Kind.COSIGNATURE_SM2:
        secret = int.from_bytes(raw) % (curve.N - 3) + 2
        return NoteSigner(name, kind, Sm2PrivateKey.derive(secret))
    return NoteSigner(name, kind, Ed25519PrivateKey.from_private_bytes(raw))


LOG = signer(ORIGIN, Kind.ED25519)
WITNESSES = {
    f"W{number}": signer(
        f"w{number}.example",
        Kind.COSIGNATURE_ML_DSA_44 if number == 3 else Kind.COSIGNATURE_ED25519,
    )
    for number in range(1, 6)
}


def policy_text(quorum: str = "group both all W1 W2\nquorum both") -> str:
    """Return a policy of the log, all witnesses and ``quorum``."""
    known = "".join(f"witness {name} {one.key}\n" for name, one in WITNESSES.items())
    return f"log {LOG.key}\n{known}{quorum}\n"


def noted(
    checkpoint: Checkpoint, signers: Iterable[NoteSigner], at: datetime = NOON
) -> Note:
    """Return a checkpoint that these have signed."""
    return Note(checkpoint.text, [one.sign(checkpoint, at) for one in signers])
