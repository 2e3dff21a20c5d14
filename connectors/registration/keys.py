"""An agency's keys: proved, approved, rotated with overlap, retired, compromised.

A key belongs to the collection body of its connector and attests the rows that the
connector claims. Nobody approves a key by approving another: what comes after a
connector was approved waits for an approval of its own.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.submission import is_text
from policy.identity_numbers import has_identity_number
from signing.algorithms import Algorithm
from signing.errors import TrustBundleError
from signing.sm2.keys import SignatureForm
from signing.trust import KeyState, TrustedKey, read_public_key, signing_as

WARNING_DAYS = (30, 7, 1)
"""How long before a key's end a warning is due."""
MAX_OVERLAP = timedelta(days=90)


class RegisteredKeyState(StrEnum):
    """The state of a registered key."""

    PROVED = "PROVED"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"
    COMPROMISED = "COMPROMISED"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedKey:
    """A public key as an agency states it, and for when."""

    kid: str
    algorithm: Algorithm
    public_key: str
    """PEM."""
    not_before: datetime
    not_after: datetime
    sm2_signer_id: str | None = None
    """Of a key of SM2, under which id it signs; ``None``: the default one."""
    sm2_signature: SignatureForm | None = None
    """Of a key of SM2, how its signatures are written; ``None``: raw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKey:
    """A key whose possession was proved."""

    stated: StatedKey
    connector: str
    institution: str
    fingerprint: str
    state: RegisteredKeyState
    state_since: datetime | None = None
    """From when on a retired or compromised key is so; it was active before."""
    proved_by: str
    proved_at: datetime
    approved_by: str | None = None

    @property
    def kid(self) -> str:
        """The key's id."""
        return self.stated.kid

    def is_in_force(self, at: datetime) -> bool:
        """Say whether it is believed at ``at``."""
        window = self.stated.not_before <= at <= self.stated.not_after
        return self.state is RegisteredKeyState.ACTIVE and window

    def trusted(self, scope: Iterable[str]) -> TrustedKey | None:
        """Return the key of a trust bundle; ``None`` while nobody approved it."""
        if self.state is RegisteredKeyState.PROVED:
            return None
        return trusted_key(
            self.stated,
            self.institution,
            scope,
            state=KeyState[self.state.name],
            state_since=self.state_since,
        )


def trusted_key(
    stated: StatedKey,
    institution: str,
    scope: Iterable[str],
    *,
    state: KeyState = KeyState.ACTIVE,
    state_since: datetime | None = None,
) -> TrustedKey:
    """Return ``stated`` as a key of a trust bundle.

    Raises:
        RegistrationError: ``KEY_UNUSABLE``.
    """
    if has_identity_number(stated.kid):
        raise RegistrationError(
            RefusalCode.KEY_UNUSABLE, "the key's id has an identity number"
        )
    signer_id = stated.sm2_signer_id or ""
    if not is_text(signer_id) or has_identity_number(signer_id):
        raise RegistrationError(
            RefusalCode.KEY_UNUSABLE,
            "sm2_signer_id has characters that are none, or an identity number",
        )
    try:
        return TrustedKey(
            kid=stated.kid,
            institution=institution,
            algorithm=stated.algorithm,
            public_key=signing_as(
                read_public_key(stated.public_key),
                stated.sm2_signer_id,
                stated.sm2_signature,
            ),
            not_before=stated.not_before,
            not_after=stated.not_after,
            state=state,
            scope=frozenset(scope),
            state_since=state_since,
        )
    except TrustBundleError as error:
        raise RegistrationError(RefusalCode.KEY_UNUSABLE, str(error)) from None


def canonical(stated: StatedKey) -> StatedKey:
    """Return ``stated`` with its PEM written anew, and nothing beside it.

    Raises:
        RegistrationError: ``KEY_UNUSABLE``.
    """
    key = trusted_key(stated, stated.kid, ()).public_key
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return replace(stated, public_key=pem.decode())


def fingerprint_of(key: TrustedKey) -> str:
    """Return the SHA-256 of the public key itself, however its PEM was wrapped."""
    return hashlib.sha256(
        key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).hexdigest()


def approved(key: RegisteredKey, by: str) -> RegisteredKey:
    """Return ``key`` as believed from now on.

    Raises:
        RegistrationError: ``KEY_STATE``, or ``SAME_OPERATOR``.
    """
    _require(key, RegisteredKeyState.PROVED)
    if by == key.proved_by:
        raise RegistrationError(RefusalCode.SAME_OPERATOR, key.kid)
    return replace(key, state=RegisteredKeyState.ACTIVE, approved_by=by)


def ending(key: RegisteredKey, at: datetime) -> RegisteredKey:
    """Return ``key`` with its window ending at ``at``, for a rotation.

    Raises:
        RegistrationError: ``KEY_STATE``.
    """
    _require(key, RegisteredKeyState.ACTIVE)
    stated = replace(key.stated, not_after=min(at, key.stated.not_after))
    return replace(key, stated=stated)


def retired(key: RegisteredKey, at: datetime) -> RegisteredKey:
    """Return ``key`` as believed no more from ``at`` on.

    Raises:
        RegistrationError: ``KEY_STATE``.
    """
    _require(key, RegisteredKeyState.ACTIVE, RegisteredKeyState.PROVED)
    return replace(key, state=RegisteredKeyState.RETIRED, state_since=at)


def compromised(key: RegisteredKey, since: datetime) -> RegisteredKey:
    """Return ``key`` as in strange hands since ``since``.

    A retired key may turn out to be compromised, and a compromise may turn out to be
    older than was thought; never younger.

    Raises:
        RegistrationError: ``KEY_STATE``.
    """
    if key.state is RegisteredKeyState.PROVED:
        raise RegistrationError(RefusalCode.KEY_STATE, f"{key.kid}: {key.state}")
    if key.state_since is not None:
        since = min(since, key.state_since)
    return replace(key, state=RegisteredKeyState.COMPROMISED, state_since=since)


def warned_days(ends_at: datetime, now: datetime) -> int | None:
    """Return which warning applies to a key that ends at ``ends_at``; 0 if it ended."""
    left = ends_at - now
    if left <= timedelta(0):
        return 0
    due = [days for days in WARNING_DAYS if left <= timedelta(days=days)]
    return min(due, default=None)


def _require(key: RegisteredKey, *states: RegisteredKeyState) -> None:
    if key.state not in states:
        raise RegistrationError(RefusalCode.KEY_STATE, f"{key.kid}: {key.state}")
