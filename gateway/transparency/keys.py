"""Read the keys that sign how long the log is, and whose witnesses are believed.

Keys are in files of their own (``transparency.key_file``) or on the list of keys, for
the use ``checkpoints``. Every one whose time it is signs each checkpoint, or there is
none: a reader who trusts one of them never sees a checkpoint without it. So a key
follows another by both signing for the overlap, and SM2 signs beside Ed25519.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from gateway.errors import StartError
from gateway.providers.key_list import ListedKey, Use
from gateway.providers.listed import KeyOf
from gateway.providers.wiring import read_listed
from gateway.settings.settings import Settings
from gateway.settings.transparency import Transparency
from signing.algorithms import Algorithm
from signing.held import FileKey, HeldKey
from signing.sign import SigningKey
from signing.signer import SignerError
from signing.sm2.keys import Sm2PublicKey
from signing.transparency.checkpoints import (
    Checkpoint,
    NoteSigner,
    line_of,
    message_of,
    verifier_key,
)
from signing.transparency.notes import Kind, Signature, VerifierKey
from signing.transparency.policies import (
    POLICY_LIMIT,
    Policy,
    PolicyFileError,
    read_policy,
)

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ListedLogKey:
    """A key of the list that signs checkpoints for its time."""

    listed: ListedKey
    key: VerifierKey
    held: HeldKey | None
    """``None`` where nothing is to be signed."""

    async def sign(self, checkpoint: Checkpoint, at: datetime) -> Signature:
        """Return the line that signs ``checkpoint``.

        Raises:
            SignerError: it cannot be signed now.
        """
        if self.held is None:
            raise SignerError(f"the key {self.listed.name!r} is not open")
        seconds = int(at.timestamp())
        made = await self.held.sign(message_of(self.key, checkpoint, seconds))
        return line_of(self.key, seconds, made)


@dataclass(frozen=True, slots=True)
class LogKeys:
    """What the log signs with."""

    signers: Sequence[NoteSigner]
    """Keys in files, the log's own first."""
    listed: Sequence[ListedLogKey] = ()
    """Keys of the list, that which signs last first."""

    @property
    def origin(self) -> str:
        """Return the log's name."""
        return self.keys[0].name

    @property
    def keys(self) -> Sequence[VerifierKey]:
        """Return all keys, those that ended and those to come among them."""
        return [signer.key for signer in self.signers] + [
            one.key for one in self.listed
        ]

    @property
    def own(self) -> Sequence[VerifierKey]:
        """Return the log's own keys, of which one signed each checkpoint."""
        return [key for key in self.keys if key.kind is Kind.ED25519]

    def own_from(self, at: datetime) -> Sequence[VerifierKey]:
        """Return the log's own keys that sign at a moment or later."""
        ended = [one.key for one in self.listed if one.listed.has_ended(at)]
        return [key for key in self.own if key not in ended]

    def signing(self, at: datetime) -> Sequence[VerifierKey]:
        """Return the keys that sign at a moment."""
        now = [one.key for one in self.listed if one.listed.signs_at(at)]
        return [*(signer.key for signer in self.signers), *now]

    async def sign(self, checkpoint: Checkpoint, at: datetime) -> Sequence[Signature]:
        """Return the lines of all keys whose time it is.

        Raises:
            SignerError: one does not sign, or none of the log's own is to.
        """
        if not any(key.kind is Kind.ED25519 for key in self.signing(at)):
            raise SignerError("no key of Ed25519 signs checkpoints now")
        lines = [signer.sign(checkpoint, at) for signer in self.signers]
        now = [one for one in self.listed if one.listed.signs_at(at)]
        found = await asyncio.gather(
            *(one.sign(checkpoint, at) for one in now), return_exceptions=True
        )
        for one in found:
            # Each was waited for, so that none signs on by itself.
            if isinstance(one, BaseException):
                raise one
            lines.append(one)
        return lines


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key of the log's own, and where it is."""

    key: VerifierKey
    place: FileKey | ListedKey

    def held(self, key_of: KeyOf) -> HeldKey:
        """Return what signs with it.

        Raises:
            StartError: it cannot be opened.
        """
        place = self.place
        return key_of(place) if isinstance(place, ListedKey) else place


def read_keys(settings: Settings, key_of: KeyOf | None = None) -> LogKeys | None:
    """Return what signs checkpoints; ``None`` if nothing is to.

    Without ``key_of`` keys of the list are known, and not opened.

    Raises:
        StartError: a file holds no key, or a key has no origin, or none of Ed25519
            goes before it.
    """
    options = settings.transparency
    listed = read_listed(settings).newest_first(Use.CHECKPOINTS)
    is_alone = all(one.half.algorithm is not Algorithm.ED25519 for one in listed)
    if options.key_file is None and is_alone:
        if listed or options.ml_dsa_key_file is not None or options.requires_witnesses:
            raise StartError(
                "transparency: without a key of Ed25519, in key_file or on the list of "
                "keys, nothing is signed"
            )
        return None
    origin = options.origin
    if origin is None:
        raise StartError("transparency: a log that is signed has an origin")
    signers = []
    if options.key_file is not None:
        key = Ed25519PrivateKey.from_private_bytes(_read_seed(Path(options.key_file)))
        signers.append(NoteSigner(origin, Kind.ED25519, key))
    if options.ml_dsa_key_file is not None:
        seed = _read_seed(Path(options.ml_dsa_key_file))
        beside = MLDSA44PrivateKey.from_seed_bytes(seed)
        signers.append(NoteSigner(origin, Kind.COSIGNATURE_ML_DSA_44, beside))
    keys = LogKeys(
        signers,
        [
            ListedLogKey(
                one, listed_key(origin, one), None if key_of is None else key_of(one)
            )
            for one in listed
        ],
    )
    if len(set(keys.keys)) < len(keys.keys):
        raise StartError("a key of the log is in key_file and on the list of keys")
    return keys


def is_signed(settings: Settings) -> bool:
    """Say whether anything signs the log.

    Raises:
        StartError: as ``read_keys``.
    """
    return read_keys(settings) is not None


def listed_key(origin: str, listed: ListedKey) -> VerifierKey:
    """Return a key of the list as readers of checkpoints have it.

    Raises:
        StartError: it is none that signs checkpoints.
    """
    match listed.half.public_key:
        case Sm2PublicKey() as public:
            return verifier_key(origin, Kind.COSIGNATURE_SM2, public)
        case Ed25519PublicKey() as public:
            return verifier_key(origin, Kind.ED25519, public)
        case _:
            raise StartError(f"the key {listed.name!r} signs no checkpoints")


def own_key(settings: Settings, at: datetime) -> OwnKey:
    """Return the log's own key, to sign something else than a checkpoint with.

    Raises:
        StartError: there is none that signs at ``at``.
    """
    options, origin = settings.transparency, settings.transparency.origin
    if origin is not None and options.key_file is not None:
        key = Ed25519PrivateKey.from_private_bytes(_read_seed(Path(options.key_file)))
        of_file = FileKey(SigningKey(origin, Algorithm.ED25519, key))
        return OwnKey(NoteSigner(origin, Kind.ED25519, key).key, of_file)
    for one in read_listed(settings).newest_first(Use.CHECKPOINTS):
        if origin and one.half.algorithm is Algorithm.ED25519 and one.signs_at(at):
            return OwnKey(listed_key(origin, one), one)
    raise StartError(
        "the log's key is not there, and what is asked for is signed by it: set "
        "transparency.key_file, or list a key of Ed25519 for checkpoints"
    )


def read_witnesses(
    options: Transparency, keys: LogKeys | None, at: datetime
) -> Policy | None:
    """Return the policy of witnesses; ``None`` if nobody is to be asked.

    Raises:
        StartError: the file holds no policy of this log, with all keys of its own that
            sign at ``at`` or later, or one is required.
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
    own = [] if keys is None else keys.own_from(at)
    missing = [key for key in own if key not in known]
    if not own or missing:
        line = "".join(f"; add: log {key}" for key in missing)
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
