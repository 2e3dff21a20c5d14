"""Verify that a key of the connector's institution signed a request (RFC 9421).

``http-message-signatures`` builds what was signed; whether the signature fits is asked
of the trust bundle's own key, so that one key is checked in one way, whatever it signs.
Algorithms are the JOSE ones of the bundle (RFC 9421, 3.3.7): the key decides, and
``alg`` is left out or is the key's. What has to be covered is fixed here and not the
sender's to choose. Nothing of the body is touched: the signed digest stands for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import http_sf
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
)

from connectors.errors import StoreUnavailableError
from gateway.callers.single_use import UsedTokens
from gateway.collection.refusal import TAG, IntakeError, Problem
from signing import checks
from signing.algorithms import Algorithm
from signing.errors import SigningError
from signing.trust import TrustBundle, TrustedKey

WINDOW_SECONDS = 300
"""How far ``created`` may be from now, on either side."""
MAX_NONCE_CHARACTERS = 200
MAX_INPUT_CHARACTERS = 8_192
"""The longest ``Signature-Input``; what covers ten headers has some 300."""
NONCE_ISSUER = "collect"
"""Under which issuer nonces are remembered, with the key's id."""
ALWAYS_COVERED = frozenset({'"@method"'})
TARGETS = (frozenset({'"@target-uri"'}), frozenset({'"@authority"', '"@path"'}))
"""Either says where the request was to go."""
QUERY = frozenset({'"@query"'})
"""Which the second leaves open."""
WITH_A_BODY = frozenset({'"content-digest"'})
WHERE_STATED = ("content-length", "content-encoding")
NO_ALGORITHM = "(the key decides)"
"""PS256 and SM2 have no name that ``alg`` could state; no string there is this one."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request as its sender addressed it, headers in the order they came."""

    method: str
    url: str
    fields: Sequence[tuple[str, str]]

    @property
    def headers(self) -> "Message":
        """The library asks headers for their ``items``."""
        return self

    def items(self) -> Sequence[tuple[str, str]]:
        """Return every header line."""
        return self.fields

    def states(self, name: str) -> bool:
        """Say whether there is a header of that name."""
        return any(found.lower() == name for found, _ in self.fields)

    def value(self, name: str) -> str:
        """Return a header's lines, joined as RFC 9110 joins them."""
        return ", ".join(v.strip(" \t") for n, v in self.fields if n.lower() == name)


class _ByTrustedKey(HTTPSignatureAlgorithm):
    """Asks the trust bundle's key; the library builds what was signed."""

    def __init__(
        self,
        public_key: TrustedKey,
        private_key: None = None,  # noqa: ARG002 - the library's signature
    ) -> None:
        self._key = public_key

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise unless the key made ``signature``."""
        if not self._key.signature_check(signature, message):
            raise IntakeError(Problem.BAD_SIGNATURE)


class _Ed25519(_ByTrustedKey):
    algorithm_id = "ed25519"


class _ES256(_ByTrustedKey):
    algorithm_id = "ecdsa-p256-sha256"


class _WithoutAName(_ByTrustedKey):
    algorithm_id = NO_ALGORITHM


_BY_ALGORITHM: Mapping[Algorithm, type[_ByTrustedKey]] = MappingProxyType(
    {
        Algorithm.ED25519: _Ed25519,
        Algorithm.ES256: _ES256,
        Algorithm.PS256: _WithoutAName,
        Algorithm.SM2: _WithoutAName,
    }
)


class _OneKey(HTTPSignatureKeyResolver):
    """Knows the key that was looked up, and no other."""

    def __init__(self, key: TrustedKey) -> None:
        self._key = key

    def resolve_public_key(self, key_id: str) -> Any:  # noqa: ANN401 - the library's
        """Return the key, for its id alone."""
        return self._key if key_id == self._key.kid else None


class _Verifier(HTTPMessageVerifier):
    """Leaves the moments to us: the library reads a clock of its own."""

    def validate_created_and_expires(
        self, sig_input: object, max_age: timedelta | None = None
    ) -> None:
        """Check nothing; ``_require_in_window`` does."""


def verify_request(message: Message, bundle: TrustBundle, at: datetime) -> "Signed":
    """Return the key that signed ``message``, with what makes it single.

    Whose key it is, is not checked here: see ``require_institution``.

    Raises:
        IntakeError: there is no signature to be believed.
    """
    label, parameters = _stated(message)
    key_id, nonce = parameters.get("keyid"), parameters.get("nonce")
    if not isinstance(key_id, str) or not isinstance(nonce, str):
        raise IntakeError(Problem.MALFORMED_SIGNATURE)
    if not 1 <= len(nonce) <= MAX_NONCE_CHARACTERS:
        raise IntakeError(Problem.MALFORMED_SIGNATURE)
    _require_in_window(parameters, at)
    key = bundle.keys.get(key_id)
    if key is None:
        raise IntakeError(Problem.UNKNOWN_KEY)
    algorithm = _BY_ALGORITHM[key.algorithm]
    if parameters.get("alg", algorithm.algorithm_id) != algorithm.algorithm_id:
        raise IntakeError(Problem.WRONG_ALGORITHM)
    verifier = _Verifier(signature_algorithm=algorithm, key_resolver=_OneKey(key))
    try:
        (found,) = verifier.verify(
            message, max_age=None, expect_tag=TAG, expect_label=label
        )
    except IntakeError:
        raise
    except HTTPMessageSignaturesException as error:
        if isinstance(error.__cause__, IntakeError):
            raise error.__cause__ from None
        raise IntakeError(Problem.MALFORMED_SIGNATURE) from None
    _require_covered(message, frozenset(found.covered_components))
    _require_in_force(key, at)
    return Signed(key, nonce)


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature fits."""

    key: TrustedKey
    nonce: str

    def require_institution(self, institution: str) -> None:
        """Refuse a key that another institution holds.

        Raises:
            IntakeError: it is another's.
        """
        if self.key.institution != institution:
            raise IntakeError(Problem.FOREIGN_KEY)

    async def use_once(self, used: UsedTokens, at: datetime) -> None:
        """Accept the nonce if it is new.

        Raises:
            IntakeError: it was used, or nobody can say now.
        """
        now = at.timestamp()
        issuer = f"{NONCE_ISSUER}:{self.key.kid}"
        # ``created`` may lie ahead by as much as it may lie behind.
        until = now + 2 * WINDOW_SECONDS
        try:
            is_new = await used.use(issuer, self.nonce, until, now)
        except StoreUnavailableError:
            raise IntakeError(Problem.UNAVAILABLE) from None
        if not is_new:
            raise IntakeError(Problem.REPLAYED)


def _stated(message: Message) -> tuple[str, Mapping[str, object]]:
    """Return the label and parameters of the one signature that is for us."""
    if not message.states("signature-input") or not message.states("signature"):
        raise IntakeError(Problem.NO_SIGNATURE)
    stated = message.value("signature-input")
    if len(stated) > MAX_INPUT_CHARACTERS:
        raise IntakeError(Problem.MALFORMED_SIGNATURE)
    try:
        members = http_sf.parse(
            stated.encode("latin-1"),
            tltype="dictionary",
            on_duplicate_key=_refuse_twice,
        )
    except (ValueError, TypeError):
        raise IntakeError(Problem.MALFORMED_SIGNATURE) from None
    assert isinstance(members, dict)  # noqa: S101 - a dictionary was asked for
    ours = [
        (label, member[1])
        for label, member in members.items()
        if isinstance(member, tuple) and member[1].get("tag") == TAG
    ]
    if len(ours) != 1:
        raise IntakeError(Problem.NO_SIGNATURE)
    return ours[0]


def _refuse_twice(_name: str, context: str) -> None:
    if context == "dictionary":
        raise IntakeError(Problem.MALFORMED_SIGNATURE)


def _require_in_window(parameters: Mapping[str, object], at: datetime) -> None:
    now = at.timestamp()
    created = parameters.get("created")
    expires = parameters.get("expires", int(now) + 1)
    if type(created) is not int or type(expires) is not int:
        raise IntakeError(Problem.MALFORMED_SIGNATURE)
    if abs(now - created) > WINDOW_SECONDS or expires < now:
        raise IntakeError(Problem.OUTSIDE_WINDOW)


def _require_covered(message: Message, covered: frozenset[str]) -> None:
    needed = set(ALWAYS_COVERED)
    if message.states("content-digest") or message.method == "POST":
        needed |= WITH_A_BODY
    needed |= {f'"{name}"' for name in WHERE_STATED if message.states(name)}
    if not any(target <= covered for target in TARGETS):
        needed |= TARGETS[0]
    if "?" in message.url and not TARGETS[0] <= covered:
        needed |= QUERY
    if missing := needed - covered:
        raise IntakeError(Problem.NOT_COVERED, " ".join(sorted(missing)))


def _require_in_force(key: TrustedKey, at: datetime) -> None:
    try:
        checks.key_state(key, at)
        checks.key_window(key, at, at)
    except SigningError:
        raise IntakeError(Problem.KEY_NOT_IN_FORCE) from None
