"""The console's own routes, in this process: real callers, cookies and forms."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

from httpx2 import Response
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from bureau.caller import Caller, Scope
from gateway.callers.access_tokens import AccessTokens, TrustedIssuer
from gateway.callers.authenticate import Callers
from gateway.callers.client_certificates import ClientCertificates
from gateway.callers.issuer_keys import IssuerKeys
from gateway.callers.key_set import read_key_set
from gateway.callers.roles import Roles
from gateway.callers.routers import Routers
from gateway.callers.static_tokens import StaticTokens, sha256_of
from gateway.console.console import console_routes
from gateway.console.desk import Desk
from gateway.console.metrics import ConsoleMetrics
from gateway.console.sessions import Sessions
from gateway.graphql_http.endpoint import GraphQLEndpoint
from gateway.request_state import begin_request
from gateway.settings.callers import Issuer, Token
from gateway.settings.console import Console
from gateway.settings.http import Http
from resolvers.documents.documents import Documents
from resolvers.documents.limits import Limits
from resolvers.schema import schema
from tests.browser.provider import AUDIENCE, CLIENT
from tests.gateway.callers.minting import ES256, jwk, key_set
from tests.gateway.console.made_up import never

TOKEN = "token-of-a-clerk-with-many-random-letters"
OURS = "https://gateway.example"
ISSUER_NAME = "bureau"
FORM_TOKEN = re.compile('name="form_token" value="([0-9a-f]{64})"')
LONGEST = 33_000
"""Of a form that has no file, so much is too much."""


@dataclass(slots=True)
class Front:
    """The routes, a browser, and what was counted."""

    browser: TestClient
    desk: Desk
    registry: CollectorRegistry
    refused: list[str]
    """Why credentials were."""
    known: list[tuple[Token, Caller]]
    """The tokens that are somebody's."""

    def post(self, path: str, form: dict[str, str], **headers: str) -> Response:
        """Send a form as a page of ours does."""
        origin = str(self.browser.base_url)
        return self.browser.post(path, data=form, headers={"origin": origin, **headers})

    def form(self, path: str = "/console/sign-in") -> str:
        """Return the token of the form that stands on a page."""
        found = FORM_TOKEN.search(self.browser.get(path).text)
        assert found is not None
        return found[1]

    def sign_in(self, token: str = TOKEN) -> Response:
        """Type a token into the form."""
        return self.post(
            "/console/sign-in", {"form_token": self.form(), "token": token}
        )

    def counted(self, name: str, **labels: str) -> float | None:
        """Return a number of the console's."""
        return self.registry.get_sample_value(f"gateway_console_{name}", labels)


@contextmanager
def front(
    issuer: str = "https://id.example",
    base_url: str = OURS,
    now: Callable[[], float] = time.time,
) -> Iterator[Front]:
    """Open the routes, of which a page may be asked that asks no graph."""
    registry, refused = CollectorRegistry(), list[str]()
    token = Token(caller="clerk", sha256=sha256_of(TOKEN))
    known = [(token, Caller("clerk", frozenset(Scope)))]
    options = Console()
    desk = Desk(
        options=options,
        sessions=Sessions(options, now),
        endpoint=GraphQLEndpoint(
            Documents(schema.core, Limits(), is_open=True),
            Http(),
            never,  # type: ignore[arg-type]  # nobody subscribes
            max_body_bytes=100_000,
            ide=False,
        ),
        metrics=ConsoleMetrics(registry),
        unauthenticated=refused.append,
        sample=lambda _name, _labels: None,
        reconcile=never,
        issuers={
            ISSUER_NAME: Issuer(
                name=ISSUER_NAME,
                issuer=issuer,
                audience=AUDIENCE,
                algorithms=("ES256",),
                console_client_id=CLIENT,
            )
        },
    )
    app = Starlette(routes=console_routes(desk, now))
    app.state.gateway = SimpleNamespace(callers=callers(issuer, known, now))
    with TestClient(_begun(app), base_url=base_url, follow_redirects=False) as browser:
        yield Front(browser, desk, registry, refused, known)


def _begun(app: ASGIApp) -> ASGIApp:
    """Return what begins a request before its routes are looked up."""

    async def answer(scope: Connection, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            begin_request(scope, "1", Headers(scope=scope))
        await app(scope, receive, send)

    return answer


def callers(
    issuer: str, known: list[tuple[Token, Caller]], now: Callable[[], float]
) -> Callers:
    """Return who has a token of the configuration, and an issuer's people."""
    trusted = TrustedIssuer(
        name=ISSUER_NAME,
        issuer=issuer,
        audience=AUDIENCE,
        algorithms=frozenset({"ES256"}),
        keys=IssuerKeys(
            ISSUER_NAME, _away, now, read_key_set(key_set(jwk("es256-1", ES256)))
        ),
        scopes=frozenset(Scope),
        single_use=False,
    )
    return Callers(
        static_tokens=StaticTokens(known),
        access_tokens=AccessTokens(
            issuers={issuer: trusted},
            roles=Roles({}),
            used=None,  # type: ignore[arg-type]  # no token of these is used once
            pseudonym=lambda subject: f"pseudonym of {subject}",
        ),
        agency_assertions=None,
        client_certificates=ClientCertificates([], {}),
        routers=Routers(()),
        now=now,
    )


async def _away() -> bytes:
    raise AssertionError("the keys are known already")
