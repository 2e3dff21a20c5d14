"""Keys whose signatures are believed, for which annex items, and when.

A trust bundle is the only source of keys, and ``kid`` the only way to one: a key
that a message carries or points at is never used. Each key is bound to the
institution that holds it, to its algorithm, to a window of time, to a state and to
the annex items it may attest. A ``TrustedKey`` that exists fits its algorithm.

Institutions and items are opaque here: ``policy`` knows what they mean.
"""

import difflib
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from signing.algorithms import Algorithm, PublicKey, SignatureCheck, signature_check
from signing.errors import TrustBundleError
from signing.sm2.keys import (
    DEFAULT_SIGNER_ID,
    SignatureForm,
    Sm2PublicKey,
    read_sm2_pem,
)
from signing.sm2.signatures import why_not

MAX_KEY_ID_LENGTH = 128


class KeyState(StrEnum):
    """The operator's decision on a key. Only ``ACTIVE`` is in force."""

    ACTIVE = "active"
    RETIRED = "retired"
    SUSPENDED = "suspended"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key and everything its signatures are believed for.

    Raises:
        TrustBundleError: the parts do not fit together.
    """

    kid: str
    institution: str  # id of the annex body that holds the private key
    algorithm: Algorithm
    public_key: PublicKey
    not_before: datetime  # first moment in force
    not_after: datetime  # last moment in force
    state: KeyState
    scope: frozenset[str]  # annex item codes; empty attests nothing
    # From when on ``state`` holds, the key being active before; None: always.
    state_since: datetime | None = None
    signature_check: SignatureCheck = field(init=False, compare=False, repr=False)
    # SHA-256 of what decides whether a signature is the key's.
    fingerprint: bytes = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _require_printable("kid", self.kid)
        _require_printable("institution", self.institution)
        for name, moment in (
            ("not_before", self.not_before),
            ("not_after", self.not_after),
            ("state_since", self.state_since),
        ):
            if moment is not None and moment.utcoffset() is None:
                raise TrustBundleError(
                    f"{name} of {self.kid!r} has no time zone; add one, such as Z"
                )
        if self.not_after < self.not_before:
            raise TrustBundleError(f"the window of {self.kid!r} ends before it begins")
        try:
            check = signature_check(self.algorithm, self.public_key)
        except TrustBundleError as error:
            raise TrustBundleError(f"key {self.kid!r}: {error}") from None
        object.__setattr__(self, "signature_check", check)
        spelt = self.public_key.public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        named = [self.kid.encode(), self.algorithm.encode(), spelt]
        if isinstance(self.public_key, Sm2PublicKey):
            named.append(self.public_key.described)
        digest = hashlib.sha256(b"\x1f".join(named)).digest()
        object.__setattr__(self, "fingerprint", digest)

    def why_not(self, signature: bytes, signed: bytes) -> str:
        """Return what may be the matter with a signature that does not hold."""
        key = self.public_key
        if isinstance(key, Sm2PublicKey):
            return f"; {why_not(key, signature, signed)}"
        return ""

    def is_same_as(self, other: "TrustedKey") -> bool:
        """Say whether both are one key for one purpose, whatever state and window."""
        return (
            self.public_key == other.public_key
            and self.algorithm is other.algorithm
            and self.institution == other.institution
            and self.scope == other.scope
        )


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """The keys that are believed, by key id."""

    keys: Mapping[str, TrustedKey]

    def __post_init__(self) -> None:
        for kid, key in self.keys.items():
            if kid != key.kid:
                raise TrustBundleError(f"{kid!r} leads to the key {key.kid!r}")

    @classmethod
    def of(cls, keys: Iterable[TrustedKey]) -> Self:
        """Return the bundle of ``keys``.

        Raises:
            TrustBundleError: two of them have one key id.
        """
        by_kid: dict[str, TrustedKey] = {}
        for key in keys:
            if key.kid in by_kid:
                raise TrustBundleError(f"the key id {key.kid!r} occurs twice")
            by_kid[key.kid] = key
        return cls(MappingProxyType(by_kid))


def read_trust_bundle(text: str) -> TrustBundle:
    """Parse a trust bundle: TOML with one ``[[key]]`` table a key.

    Who believes nobody says so: ``key = []``.

    Raises:
        TrustBundleError: not TOML, no ``key``, an unknown, missing or ill-typed entry,
            a key id twice, or a key that does not fit its algorithm.
    """
    try:
        # Editors on Windows begin a file with a byte order mark.
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError as error:
        # A TOMLDecodeError, or an integer of more digits than Python converts.
        raise TrustBundleError(f"not TOML: {error}") from None
    except RecursionError:
        raise TrustBundleError("not TOML of this shape: nested too deeply") from None
    _refuse_unknown_names(document, ["key"])
    tables = document.get("key")
    if not isinstance(tables, list):
        raise TrustBundleError("the bundle holds no [[key]] table")
    return TrustBundle.of(
        _read_key(number, table) for number, table in enumerate(tables, start=1)
    )


_OF_SM2 = ("sm2_signer_id", "sm2_signature")
_KEY_NAMES = [*(entry.name for entry in fields(TrustedKey) if entry.init), *_OF_SM2]
_OPTIONAL = frozenset({"state_since", *_OF_SM2})


def _read_key(number: int, table: object) -> TrustedKey:
    if not isinstance(table, dict):
        raise TrustBundleError(f"key {number} is no [[key]] table")
    place = f"key {number}: "
    _refuse_unknown_names(table, _KEY_NAMES, place)
    missing = [n for n in _KEY_NAMES if n not in table and n not in _OPTIONAL]
    if missing:
        raise TrustBundleError(f"{place}{', '.join(missing)} missing")
    scope = _entry(table, "scope", list, place)
    if not all(isinstance(item, str) and item for item in scope):
        raise TrustBundleError(f"{place}scope is no list of item codes")
    return TrustedKey(
        kid=_entry(table, "kid", str, place),
        institution=_entry(table, "institution", str, place),
        algorithm=_choice(table, "algorithm", Algorithm, place),
        public_key=_public_key(table, place),
        not_before=_moment(table, "not_before", place),
        not_after=_moment(table, "not_after", place),
        state=_choice(table, "state", KeyState, place),
        scope=frozenset(scope),
        state_since=(
            _moment(table, "state_since", place) if "state_since" in table else None
        ),
    )


def _public_key(table: dict[str, Any], place: str) -> PublicKey:
    """Read a key, and of one of SM2 the signer's id and the form of signatures."""
    key = read_public_key(_entry(table, "public_key", str, place), place)
    signer_id, form = None, None
    if "sm2_signer_id" in table:
        signer_id = _entry(table, "sm2_signer_id", str, place)
    if "sm2_signature" in table:
        form = _choice(table, "sm2_signature", SignatureForm, place)
    try:
        return signing_as(key, signer_id, form)
    except TrustBundleError as error:
        raise TrustBundleError(f"{place}{error}") from None


def signing_as(
    key: PublicKey, signer_id: str | None, form: SignatureForm | None
) -> PublicKey:
    """Return a key with what is stated of one of SM2; ``None`` is what is usual.

    Raises:
        TrustBundleError: it is of another kind, or the id is too long.
    """
    if isinstance(key, Sm2PublicKey):
        usual = DEFAULT_SIGNER_ID if signer_id is None else signer_id
        return key.used_as(usual, form or SignatureForm.RAW)
    for name, stated in zip(_OF_SM2, (signer_id, form), strict=True):
        if stated is not None:
            raise TrustBundleError(f"{name} is for keys of SM2 alone")
    return key


T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def _entry(table: dict[str, Any], name: str, type_: type[T], place: str) -> T:
    value = table[name]
    if not isinstance(value, type_):
        raise TrustBundleError(
            f"{place}{name} is a {type(value).__name__}, not a {type_.__name__}"
        )
    return value


def _choice(table: dict[str, Any], name: str, choices: type[E], place: str) -> E:
    try:
        return choices(table[name])
    except ValueError:
        raise TrustBundleError(
            f"{place}{name} is {table[name]!r}, one of {', '.join(choices)} allowed"
        ) from None


def _moment(table: dict[str, Any], name: str, place: str) -> datetime:
    value = _entry(table, name, datetime, place)
    if value.utcoffset() is None:
        raise TrustBundleError(f"{place}{name} has no time zone; add one, such as Z")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise TrustBundleError(f"{place}{name} is outside the calendar") from None


def read_public_key(pem: str, place: str = "") -> PublicKey:
    """Return the key of a PEM text; whether it fits an algorithm is not looked at.

    Raises:
        TrustBundleError: it is no PEM text of a public key, or one of SM2 that may
            not be trusted.
    """
    try:
        sm2 = read_sm2_pem(pem)
    except TrustBundleError as error:
        raise TrustBundleError(f"{place}{error}") from None
    if sm2 is not None:
        return sm2
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        # The text is not repeated: a private key may have been pasted here.
        raise TrustBundleError(
            f"{place}public_key is no PEM text of a PUBLIC KEY"
        ) from None
    # Any other kind of key is refused by ``signature_check``, which names it.
    return key  # type: ignore[return-value]


def _refuse_unknown_names(
    table: dict[str, Any], known: list[str], place: str = ""
) -> None:
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
            raise TrustBundleError(
                f"{place}unknown entry {name!r}; the nearest known one is {near!r}"
            )


def _require_printable(name: str, value: str) -> None:
    """Refuse ids that would not survive a header, a log line or a metric label."""
    if not value or not value.isascii() or not value.isprintable():
        raise TrustBundleError(f"{name} {value!r} is not printable ASCII")
    if len(value) > MAX_KEY_ID_LENGTH:
        raise TrustBundleError(
            f"{name} has {len(value)} characters, at most {MAX_KEY_ID_LENGTH} allowed"
        )
