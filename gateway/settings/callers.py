"""Options of callers: tables of the configuration."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

import msgspec

from bureau.caller import Purpose

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, msgspec.Meta(min_length=1)]
District = Annotated[str, msgspec.Meta(pattern=r"^\d{6}$")]
IssuerAlgorithm = Literal["EdDSA", "Ed25519", "ES256", "ES384", "PS256", "RS256"]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """The rights of a caller."""

    roles: tuple[str, ...] = ()
    """Names of the configuration's roles, whose scopes the caller has."""
    scopes: tuple[str, ...] = ()
    """Scopes the caller has besides those of its roles."""


class StatedElements(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller's requests state of the five elements that do not say so."""

    organisation: str | None = None
    """The office."""
    officer: str | None = None
    """Who handles the matter, by number or name; kept as a pseudonym."""
    matter_code: str | None = None
    """The code of the matter (办事事项)."""
    matter_name: str | None = None
    """Its name."""
    business_number: str | None = None
    """The number of the business."""


class KnownCaller(Grant, frozen=True, kw_only=True):
    """A caller of the configuration, by the SHA-256 of what it shows."""

    caller: Name
    sha256: Sha256
    purpose: Purpose | None = None
    """Why people are looked up, where a request does not say; with ``case_number``."""
    case_number: str | None = None
    """The case, where a request names none; with ``purpose``."""
    districts: tuple[District, ...] | None = None
    """The districts it acts for, by GB/T 2260; all if left out, none if empty."""
    elements: StatedElements = StatedElements()
    """What of the five elements is stated where a request does not."""


class Token(KnownCaller, frozen=True, kw_only=True):
    """A caller and the SHA-256 of its bearer token."""

    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    """The first moment at which it is good no more."""


class ClientCertificate(KnownCaller, frozen=True, kw_only=True):
    """A caller and the SHA-256 of its client certificate (DER)."""


class Issuer(Grant, frozen=True, kw_only=True):
    """An OAuth 2 authorization server whose access tokens are accepted.

    ``roles`` and ``scopes`` are the most that its tokens may give.
    """

    name: Name
    """How its callers are called: ``name:client_id``."""
    issuer: Word
    """The ``iss`` of its tokens, letter by letter."""
    audience: Word
    """What ``aud`` must hold: this gateway, as the issuer calls it."""
    algorithms: Annotated[tuple[IssuerAlgorithm, ...], msgspec.Meta(min_length=1)]
    """The algorithms its keys may be used with."""
    jwks_file: str | None = None
    """The file with its keys (RFC 7517); or ``jwks_url``."""
    jwks_url: str | None = None
    """Where its keys are fetched: ``https``, or ``http`` on this machine."""
    districts: tuple[District, ...] | None = None
    """The most districts that its tokens may act for; all if left out."""
    districts_claim: str | None = None
    """The claim that lists a token's districts; a token without it has none."""
    subjects_are_officers: bool = True
    """Whether a ``sub`` other than the client is the officer who asks."""
    subjects_are_callers: bool = False
    """Whether each ``sub`` is a caller apart, with a budget of its own."""
    single_use: bool = False
    """Whether each token is accepted once only, by its ``jti``."""
    console_client_id: Word | None = None
    """The console's ``client_id`` there; without, nobody signs in to it there."""
    console_scope: Word = "openid"
    """The scopes that the console asks for, with spaces between."""

    def in_folder(self, folder: Path) -> Self:
        """Return the issuer with its file taken from ``folder``."""
        if self.jwks_file is None:
            return self
        return msgspec.structs.replace(self, jwks_file=str(folder / self.jwks_file))


class AgencyCallers(Grant, frozen=True, kw_only=True):
    """The rights of agencies that sign in with a key of the trust bundle."""

    audience: Word
    """What ``aud`` of their assertions must be: this gateway."""
