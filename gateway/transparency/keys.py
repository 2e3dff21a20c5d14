"""Read the keys that sign how long the log is, and whose witnesses are believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from gateway.errors import StartError
from gateway.settings.transparency import Transparency
from signing.transparency.checkpoints import NoteSigner
from signing.transparency.notes import Kind, VerifierKey
from signing.transparency.policies import (
    POLICY_LIMIT,
    Policy,
    PolicyFileError,
    read_policy,
)

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class LogKeys:
    """What the log signs with: its own key first."""

    signers: Sequence[NoteSigner]

    @property
    def key(self) -> VerifierKey:
        """Return the log's own key."""
        return self.signers[0].key


def read_keys(options: Transparency) -> LogKeys | None:
    """Return what signs checkpoints; ``None`` if nothing is to.

    Raises:
        StartError: a file holds no key, or a key has no origin, or none goes before it.
    """
    if options.key_file is None:
        if options.ml_dsa_key_file is not None or options.requires_witnesses:
            raise StartError("transparency: without key_file nothing is signed")
        return None
    if options.origin is None:
        raise StartError("transparency: a log that is signed has an origin")
    seed = _read_seed(Path(options.key_file))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signers = [NoteSigner(options.origin, Kind.ED25519, key)]
    if options.ml_dsa_key_file is not None:
        seed = _read_seed(Path(options.ml_dsa_key_file))
        beside = MLDSA44PrivateKey.from_seed_bytes(seed)
        kind = Kind.COSIGNATURE_ML_DSA_44
        signers.append(NoteSigner(options.origin, kind, beside))
    return LogKeys(signers)


def read_log_key(options: Transparency) -> Ed25519PrivateKey:
    """Return the log's own key, to sign something else than a checkpoint with.

    Raises:
        StartError: it is not there.
    """
    if options.key_file is None:
        raise StartError(
            "the log's key is not there, and what is asked for is signed by it: set "
            "transparency.key_file"
        )
    return Ed25519PrivateKey.from_private_bytes(_read_seed(Path(options.key_file)))


def read_witnesses(options: Transparency, keys: LogKeys | None) -> Policy | None:
    """Return the policy of witnesses; ``None`` if nobody is to be asked.

    Raises:
        StartError: the file holds no policy of this log, or one is required.
    """
    if options.policy_file is None:
        if options.requires_witnesses:
            raise StartError("transparency: requires_witnesses needs a policy_file")
        return None
    path = Path(options.policy_file)
    try:
        policy = read_policy(path.read_bytes()[: POLICY_LIMIT + 1])
    except OSError as error:
        raise StartError(f"transparency: {path}: {error.strerror}") from None
    except PolicyFileError as error:
        raise StartError(f"transparency: {path}: {error}") from None
    known = [log.key for log in policy.logs]
    if keys is None or keys.key not in known:
        line = "" if keys is None else f"; add: log {keys.key}"
        raise StartError(f"transparency: {path} has not the key of this log{line}")
    return policy


def _read_seed(path: Path) -> bytes:
    remedy = f"make one with: openssl rand -hex {KEY_BYTES} > {path}"
    try:
        seed = bytes.fromhex(path.read_text(encoding="utf-8-sig").strip())
    except (OSError, ValueError):
        raise StartError(f"{path} holds no key in hexadecimal; {remedy}") from None
    if len(seed) != KEY_BYTES:
        raise StartError(f"{path} holds {len(seed)} bytes, not {KEY_BYTES}; {remedy}")
    return seed
