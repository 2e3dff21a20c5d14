"""An issuer whose keys a test holds in its hands, and a clock it turns."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection

from bureau.caller import Caller, Scope
from gateway.callers.access_tokens import AccessTokens, TrustedIssuer
from gateway.callers.authenticate import Callers
from gateway.callers.client_certificates import ClientCertificates, read_proxies
from gateway.callers.issuer_keys import Fetch, IssuerKeys, KeysUnavailableError
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.roles import Roles, read_roles
from gateway.callers.routers import Routers
from gateway.callers.static_tokens import StaticTokens
from tests.gateway.callers import minting

ROLES = read_roles(
    {"officer": ["certificates:read"], "auditor": ["audit:read", "identity:read"]}
)
ALGORITHMS = frozenset({"ES256", "RS256", "PS256", "Ed25519"})
MAY_GIVE = frozenset({Scope.READ_CERTIFICATES, Scope.READ_IDENTITY})


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved on."""

    seconds: float = minting.NOW

    def now(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass(slots=True)
class Publisher:
    """What serves an issuer's key set; it can be down, and counts its fetches."""

    text: bytes
    is_down: bool = False
    fetched: int = 0

    async def fetch(self) -> bytes:
        self.fetched += 1
        if self.is_down:
            raise KeysUnavailableError("ClientConnectorError")
        return self.text


class RememberedTokens:
    """Used tokens in memory; ``tests/store/test_used_tokens.py`` holds it."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], float] = {}

    async def use(self, issuer: str, token_id: str, until: float, now: float) -> bool:
        if self._until.get((issuer, token_id), now - 1) >= now:
            return False
        self._until[issuer, token_id] = until
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The way in, with everything a test may want to know of it."""

    callers: Callers
    clock: Clock
    publishers: dict[str, Publisher] = field(default_factory=dict)

    async def caller_of(
        self, token: str, headers: dict[str, str] | None = None, peer: str = "10.0.0.5"
    ) -> Caller:
        """Send a request with ``token``; return its caller."""
        given = {"authorization": f"Bearer {token}", **(headers or {})}
        return await self.callers.caller_of(request(given, peer))

    async def refusal(
        self, token: str, headers: dict[str, str] | None = None, peer: str = "10.0.0.5"
    ) -> Reason:
        """Send a request with ``token``, which must be refused; return why."""
        try:
            caller = await self.caller_of(token, headers, peer)
        except AuthenticationError as error:
            return error.reason
        raise AssertionError(f"{caller.id} was let in")


def request(headers: dict[str, str], peer: str | None = "10.0.0.5") -> HTTPConnection:
    """Return a request as the server hands it on."""
    raw = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
    client = None if peer is None else (peer, 50_000)
    return HTTPConnection({"type": "http", "headers": raw, "client": client})


def issuer(
    name: str,
    keys: Fetch,
    now: Callable[[], float],
    *,
    url: str = minting.ISSUER,
    **judged_by: Any,
) -> TrustedIssuer:
    """Return an issuer of the configuration."""
    return TrustedIssuer(
        name=name,
        issuer=url,
        audience=minting.AUDIENCE,
        algorithms=ALGORITHMS,
        keys=IssuerKeys(name, keys, now),
        scopes=MAY_GIVE,
        **{"single_use": False, **judged_by},
    )


KEYS = minting.key_set(
    minting.jwk("es256-1", minting.ES256, alg="ES256"),
    minting.jwk("rs256-1", minting.RSA, alg="RS256"),
    minting.jwk("ps256-1", minting.RSA, alg="PS256"),
    minting.jwk("ed25519-1", minting.ED25519),
)
OTHER_KEYS = minting.key_set(minting.jwk("es256-1", minting.FOREIGN))
"""Another issuer's, with a kid that the first one has too."""
OTHER_ISSUER = "https://other.example"


def door(
    *,
    single_use: bool = False,
    proxies: tuple[str, ...] = (),
    roles: Roles = ROLES,
    **judged_by: Any,
) -> Door:
    """Return a door that two issuers' tokens open."""
    clock = Clock()
    publishers = {"bureau": Publisher(KEYS), "other": Publisher(OTHER_KEYS)}
    issuers = [
        issuer(
            "bureau",
            publishers["bureau"].fetch,
            clock.now,
            **{"single_use": single_use, **judged_by},
        ),
        issuer("other", publishers["other"].fetch, clock.now, url=OTHER_ISSUER),
    ]
    callers = Callers(
        static_tokens=StaticTokens.of([], ROLES),
        access_tokens=AccessTokens(
            issuers={known.issuer: known for known in issuers},
            roles=roles,
            used=RememberedTokens(),
            pseudonym=lambda officer: hashlib.sha256(officer.encode()).hexdigest(),
        ),
        agency_assertions=None,
        client_certificates=ClientCertificates(read_proxies(proxies), {}),
        routers=Routers(),
        now=clock.now,
    )
    return Door(callers=callers, clock=clock, publishers=publishers)
