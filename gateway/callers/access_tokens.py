"""OAuth 2 access tokens as JWT, in the profile of RFC 9068.

The token's ``iss`` chooses the issuer of the configuration, and from then on only
that issuer's keys, algorithms, audience and scopes count: two issuers may have a key
of one ``kid``, and neither speaks for the other. What an issuer's tokens may give is
limited by the configuration; scopes and roles that are not known here are left out,
since an issuer serves others too.

The caller is the OAuth client, by the issuer's name in the configuration: its id is in
log lines, and ``sub`` may be a person. A ``sub`` that is not the client is the officer
who asks, and is kept as a pseudonym; an issuer whose tokens name something else there
says so (``subjects_are_officers``). Where one client asks for many people, as a router
of a supergraph does by tokens that it exchanged (RFC 8693), each may be a caller apart
(``subjects_are_callers``), called ``name:client_id#mark``.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bureau.caller import Caller, Scope
from bureau.look_ups.budget import APART
from gateway.callers.claims import (
    Claims,
    require_audience,
    require_in_time,
    require_seconds,
    require_word,
)
from gateway.callers.districts import Districts, districts_claimed, within
from gateway.callers.issuer_keys import IssuerKeys
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.roles import Roles
from gateway.callers.signed_token import SignedToken
from gateway.callers.single_use import UsedTokens, use_once
from signing import base64url

TYPE = "at+jwt"
THUMBPRINT = "x5t#S256"
MAX_CLIENT_ID_LENGTH = 128
MAX_SUBJECT_LENGTH = 256
MAX_CALLER_LENGTH = 200
"""Of a caller's name, as it is kept."""
MARK_LENGTH = 16
"""Of a pseudonym of 64 hexadecimal digits: enough for those who work for a client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """An issuer of the configuration, with everything its tokens are judged by."""

    name: str
    issuer: str
    audience: str
    algorithms: frozenset[str]
    keys: IssuerKeys
    scopes: frozenset[Scope]
    """The most its tokens may give."""
    single_use: bool
    subjects_are_officers: bool = True
    subjects_are_callers: bool = False
    """Whether people who ask by one client have names and budgets of their own."""
    districts: Districts = None
    """The most its tokens may act for."""
    districts_claim: str | None = None


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """The access tokens of all issuers."""

    issuers: Mapping[str, TrustedIssuer]
    roles: Roles
    used: UsedTokens
    pseudonym: Callable[[str], str]
    """Of whoever asks, given as ``issuer:sub``."""

    async def caller_of(
        self,
        token: SignedToken,
        certificate: bytes | None,
        now: float,
        *,
        again: bool = False,
    ) -> Caller:
        """Return whose ``token`` it is, shown together with ``certificate``.

        ``again`` says that it is of a request that goes on, and has been used by it.

        Raises:
            AuthenticationError: it is not to be believed, or not by this client.
        """
        claims = token.claims
        issuer = self.issuers.get(require_word(claims, "iss"))
        if issuer is None:
            raise AuthenticationError(Reason.UNKNOWN_ISSUER)
        key = await issuer.keys.key_of(token.key_id)
        key.verify(token, issuer.algorithms)
        require_audience(claims, issuer.audience)
        require_in_time(claims, now)
        subject = require_word(claims, "sub")
        if len(subject) > MAX_SUBJECT_LENGTH:
            raise AuthenticationError(Reason.MISSING_CLAIM)
        client = require_word(claims, "client_id")
        if not _is_plain(client) or (issuer.subjects_are_callers and APART in client):
            raise AuthenticationError(Reason.MISSING_CLAIM)
        require_same_client(claims, certificate)
        if issuer.single_use and not again:
            token_id = require_word(claims, "jti")
            expires_at = require_seconds(claims, "exp")
            await use_once(self.used, issuer.issuer, token_id, expires_at, now)
        id_ = f"{issuer.name}:{client}"
        if issuer.subjects_are_callers and subject != client:
            id_ = f"{id_}{APART}{self._mark(issuer, subject)}"
        if len(id_) > MAX_CALLER_LENGTH:
            raise AuthenticationError(Reason.MISSING_CLAIM)
        return Caller(
            id=id_,
            scopes=self._scopes(claims) & issuer.scopes,
            subject=f"{issuer.name}:{subject}"
            if issuer.subjects_are_officers and subject != client
            else None,
            districts=self._districts(claims, issuer),
        )

    def _mark(self, issuer: TrustedIssuer, subject: str) -> str:
        return self.pseudonym(f"{issuer.name}:{subject}")[:MARK_LENGTH]

    def _districts(self, claims: Claims, issuer: TrustedIssuer) -> Districts:
        roles = claims.get("roles")
        found = self.roles.districts_of(roles if isinstance(roles, list) else ())
        if issuer.districts_claim is not None:
            found = districts_claimed(claims, issuer.districts_claim, found)
        return within(found, issuer.districts)

    def _scopes(self, claims: Claims) -> frozenset[Scope]:
        """Return what the token states, in scopes (RFC 9068, 2.2.3) and in roles."""
        stated = claims.get("scope", "")
        roles = claims.get("roles", [])
        if not isinstance(stated, str) or not isinstance(roles, list):
            raise AuthenticationError(Reason.MISSING_CLAIM)
        known = frozenset(scope for scope in Scope if scope in stated.split(" "))
        return known | self.roles.named(roles)


def require_same_client(claims: Claims, certificate: bytes | None) -> None:
    """Refuse a bound token that another client shows (RFC 8705, 3).

    ``certificate`` is the SHA-256 of the client's certificate.

    Raises:
        AuthenticationError: the token is bound to something else.
    """
    if "cnf" not in claims:
        return
    bound = claims["cnf"]
    # A binding that is not understood must not be taken for none.
    if not isinstance(bound, dict) or set(bound) != {THUMBPRINT}:
        raise AuthenticationError(Reason.UNKNOWN_BINDING)
    if certificate is None:
        raise AuthenticationError(Reason.CERTIFICATE_NEEDED)
    stated = str(bound[THUMBPRINT]).encode()
    if not hmac.compare_digest(stated, base64url.encode(certificate)):
        raise AuthenticationError(Reason.WRONG_CERTIFICATE)


def thumbprint(certificate: bytes) -> bytes:
    """Return what RFC 8705 calls ``x5t#S256`` of a certificate in DER."""
    return hashlib.sha256(certificate).digest()


def _is_plain(client: str) -> bool:
    """Say whether ``client`` may stand in a log line (RFC 6749, A.1, no spaces)."""
    return (
        len(client) <= MAX_CLIENT_ID_LENGTH
        and client.isascii()
        and client.isprintable()
        and " " not in client
    )
