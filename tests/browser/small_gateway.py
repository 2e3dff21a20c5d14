"""A server with the page, its routes and a schema just large enough to run a tab on.

One person, with the identity number below, holds one eligible certificate. It asks for
the demo's token, so that a query answered proves that the page sent it.
"""

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL

from gateway.graphiql import (
    GraphiQLConfig,
    example_tabs,
    graphiql_routes,
    page,
    wants_page,
)

TOKEN = "a-token-for-synthetic-people"
ID_NUMBER = "310101199001010010"


@strawberry.type
class Body:
    """Whoever answers for a certificate."""

    name: str = "上海市应急管理局"


@strawberry.type
class Provenance:
    """What vouches for a certificate."""

    verdict: str = "VERIFIED"
    key_id: str = "emergency-management-1"
    algorithm: str = "ES256"
    signed_at: str = "2026-01-05T00:00:00Z"


@strawberry.type
class Finding:
    """One clause's outcome."""

    clause: str = "219-1a"
    outcome: str = "MET"
    reason: str = "属于附件所列项目"


@strawberry.type
class Eligibility:
    """Whether the notice pays."""

    outcome: str = "ELIGIBLE"
    findings: list[Finding] = strawberry.field(default_factory=lambda: [Finding()])


@strawberry.type
class Certificate:
    """The one certificate there is."""

    number: str = f"T{ID_NUMBER}"
    title: str = "特种作业人员"
    category: str = "电工作业"
    item: str = "低压电工作业"
    level: str = "UNGRADED"
    issued_on: str = "2024-05-06"
    valid_until: str = "2030-05-05"
    state: str = "VALID"
    authority: Body = strawberry.field(default_factory=Body)
    provenance: Provenance = strawberry.field(default_factory=Provenance)
    eligibility: Eligibility = strawberry.field(default_factory=Eligibility)


@strawberry.type
class Certificates:
    """A holder's certificates."""

    nodes: list[Certificate]


@strawberry.type
class Source:
    """One agency's answer."""

    authority: Body = strawberry.field(default_factory=Body)
    outcome: str = "ANSWERED"


@strawberry.type
class Holder:
    """A person asked about."""

    certificates: Certificates
    sources: list[Source] = strawberry.field(default_factory=lambda: [Source()])


def find_holder(id_number: str) -> Holder:
    """Find the one person; anybody else holds nothing."""
    held = [Certificate()] if id_number == ID_NUMBER else []
    return Holder(certificates=Certificates(nodes=held))


@strawberry.type(description="查询 · Questions")
class Query:
    """The one question."""

    holder: Holder = strawberry.field(
        resolver=find_holder, description="此人持有哪些证书 · What a person holds"
    )


class Endpoint:
    """``/graphql`` as the gateway has it: the page, or an answer for a token."""

    def __init__(self) -> None:
        self._view: GraphQL[object, None] = GraphQL(
            strawberry.Schema(Query), graphql_ide=None
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell a browser from a client, and a client from a stranger."""
        request = Request(scope, receive)
        if wants_page(request):
            response = await page(request)
            await response(scope, receive, send)
        elif request.headers.get("authorization") == f"Bearer {TOKEN}":
            await self._view(scope, receive, send)
        else:
            await PlainTextResponse("who asks?", 401)(scope, receive, send)


app = Starlette(
    routes=[
        Route("/graphql", Endpoint(), methods=["GET", "POST"]),
        *graphiql_routes(GraphiQLConfig(TOKEN, example_tabs(ID_NUMBER))),
    ]
)
