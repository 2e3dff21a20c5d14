"""The ASGI application: routes, and what every request passes on its way."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import orjson
from cross_web import HTTPException
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL

from gateway.body_limit import BodyLimit
from gateway.callers.middleware import Authentication
from gateway.callers.wiring import open_callers
from gateway.graphiql import (
    GraphiQLConfig,
    example_tabs,
    graphiql_routes,
    page,
    wants_page,
)
from gateway.health import live, ready
from gateway.settings import Settings
from gateway.telemetry import Metrics, RequestLog, configure_logs
from gateway.wiring import open_services, utc_now
from resolvers.caller import Caller
from resolvers.context import RequestContext, Services
from resolvers.look_ups import look_up_of
from resolvers.schema import schema


class GraphQLView(GraphQL[RequestContext, None]):
    """Strawberry's view with our context, POST only, JSON by orjson."""

    def __init__(self) -> None:
        super().__init__(schema, graphql_ide=None, allow_queries_via_get=False)

    async def get_context(
        self,
        request: object,
        response: object,  # noqa: ARG002 - the view's signature
    ) -> RequestContext:
        """Return a context of its own for each request."""
        assert isinstance(request, Request)  # noqa: S101 - no websocket is routed here
        services: Services = request.app.state.services
        caller: Caller = request.scope["state"]["caller"]
        stated = look_up_of(request.headers, None, caller.look_up)
        return RequestContext(services, caller, stated)

    def decode_json(self, data: str | bytes) -> object:
        """Parse a request body, which must be an object."""
        body = orjson.loads(data)
        if not isinstance(body, dict):
            raise HTTPException(400, "the request body must be a JSON object")
        return body

    def encode_json(self, data: object) -> bytes:
        """Return the answer's bytes."""
        return orjson.dumps(data)


class GraphQLEndpoint:
    """``/graphql``: the page for a browser, an answer for a POST."""

    def __init__(self, *, graphiql: bool) -> None:
        self._graphiql = graphiql
        self._view = GraphQLView()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell a browser from a client."""
        if scope["method"] == "POST":
            await self._view(scope, receive, send)
            return
        request = Request(scope, receive)
        if self._graphiql and wants_page(request):
            response = await page(request)
        else:
            response = PlainTextResponse(
                "ask with POST and a JSON body", 405, headers={"Allow": "POST"}
            )
        await response(scope, receive, send)


async def metrics(request: Request) -> Response:
    """Answer with all metrics in Prometheus' text format."""
    measured: Metrics = request.app.state.metrics
    return Response(generate_latest(measured.registry), media_type=CONTENT_TYPE_LATEST)


async def schema_text(_: Request) -> Response:
    """Answer with the schema as ``schema.graphql`` has it."""
    return PlainTextResponse(schema.as_str() + "\n")


async def front_page(_: Request) -> Response:
    """Say what is where."""
    return JSONResponse({"graphql": "/graphql", "schema": "/schema.graphql"})


def create_app(
    settings: Settings, clock: Callable[[], datetime] = utc_now
) -> Starlette:
    """Return the application for ``settings``; its parts open with its lifespan."""
    configure_logs(settings.log_format)
    measured = Metrics()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_services(settings, measured, clock) as services:
            app.state.services = services
            app.state.metrics = measured
            app.state.callers = open_callers(settings)
            yield

    routes: list[BaseRoute] = [
        Route(
            "/graphql",
            GraphQLEndpoint(graphiql=settings.graphiql),
            methods=["GET", "POST"],
        ),
        Route("/", front_page),
        Route("/schema.graphql", schema_text),
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/metrics", metrics),
    ]
    paths = frozenset(route.path for route in routes if isinstance(route, Route))
    if settings.graphiql:
        tabs = example_tabs(settings.graphiql_id_number)
        routes += graphiql_routes(GraphiQLConfig(settings.graphiql_token, tabs))
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            # Outermost, so that every refusal is counted and has an id.
            Middleware(RequestLog, metrics=measured, paths=paths),
            # Before the body limit: a stranger's body is not even counted.
            Middleware(Authentication),
            Middleware(BodyLimit, max_bytes=settings.max_body_bytes),
        ],
    )
