"""The ASGI application: routes, and what every request passes on its way."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Scope

from gateway.admission.admission import Admission
from gateway.admission.middleware import Admitted
from gateway.application_state import ApplicationState, put_state, state_of
from gateway.callers.authenticate import Callers
from gateway.callers.client_certificates import read_proxies
from gateway.callers.middleware import PROTECTED, Authentication
from gateway.callers.wiring import open_callers
from gateway.clock import utc_now
from gateway.collection.endpoint import CollectEndpoint
from gateway.collection.wiring import open_intake
from gateway.console.console import console_routes
from gateway.console.desk import Desk
from gateway.console.sessions import Sessions
from gateway.credentials.endpoint import (
    METADATA,
    PATH,
    issuer_metadata,
    status_list_page,
)
from gateway.decisions import DECISIONS, decisions_csv
from gateway.documents.trusted import open_documents
from gateway.front_page import Door, front_page
from gateway.graphiql.examples import GraphiQLConfig, example_tabs, read_people
from gateway.graphiql.page import graphiql_routes
from gateway.graphql_http.answers import unexpected
from gateway.graphql_http.cors import cors
from gateway.graphql_http.endpoint import GraphQLEndpoint, Shortcut
from gateway.graphql_http.security_headers import SecurityHeaders
from gateway.health import Readiness, live
from gateway.logs import RequestLog, configure_logs
from gateway.metrics import Metrics
from gateway.receipts.endpoint import KEYS, receipt_keys_page
from gateway.receipts.wiring import open_attesting
from gateway.reconciliation.endpoint import RECONCILIATION, Reconciling
from gateway.registry.expiry import key_ends
from gateway.reloading.files import files_of, look_at
from gateway.reloading.reload import Reload, reloaded_when_told
from gateway.settings.settings import Mode, Settings
from gateway.slow.questions import SlowQuestions
from gateway.sockets.kernel import Kernel
from gateway.sockets.requests import Watched
from gateway.sockets.watch import Watch, watching
from gateway.subscriptions.connections import Connections
from gateway.subscriptions.drain import drain_on_sigterm
from gateway.subscriptions.event_stream import EventStreams
from gateway.subscriptions.websocket import SocketEndpoint
from gateway.totals import TOTALS, totals_csv
from gateway.tracing.tracing import exporting, tracing_by
from gateway.transparency.look_ups import LOOK_UPS, look_ups
from gateway.transparency.publishing import PREFIX, Published
from gateway.wiring import open_services
from resolvers.schema import schema
from store.background import Supervisor
from store.store import open_store

GRAPHQL = "/graphql"


class MetricsPage:
    """Answers with all metrics in Prometheus' text format."""

    def __init__(self, measured: Metrics) -> None:
        self._measured = measured

    async def answer(self, request: Request) -> Response:
        """Answer; lists and keys are looked at now."""
        measured, services = self._measured, state_of(request.scope).services
        snapshot = services.live.snapshot
        measured.status.show_lists(snapshot.registry.agencies)
        measured.live_registry.show_keys(key_ends(snapshot, services.clock()))
        measured.sanctions.show_sanctions(snapshot.sanctions)
        return Response(
            generate_latest(measured.registry), media_type=CONTENT_TYPE_LATEST
        )


async def schema_text(_: Request) -> Response:
    """Answer with the schema as ``schema.graphql`` has it."""
    return PlainTextResponse(schema.as_str() + "\n")


def _callers_of(scope: Scope) -> Callers:
    """Return who may ask; they are opened with the application's lifespan."""
    return state_of(scope).callers


def _desk(
    settings: Settings,
    endpoint: GraphQLEndpoint,
    reconciling: Reconciling,
    measured: Metrics,
    now: Callable[[], float],
) -> Desk:
    """Return what the console's pages have in common."""
    sessions = Sessions(settings.console, now)
    measured.console.count_sessions(lambda: len(sessions))
    return Desk(
        options=settings.console,
        sessions=sessions,
        endpoint=endpoint,
        metrics=measured.console,
        unauthenticated=measured.callers.unauthenticated,
        sample=measured.registry.get_sample_value,
        reconcile=reconciling.answer,
        issuers={
            issuer.name: issuer
            for issuer in settings.issuers
            if issuer.console_client_id is not None
        },
    )


def _doors(settings: Settings) -> frozenset[Door]:
    """Return what is open here beside what always is."""
    is_open = {
        Door.GRAPHIQL: settings.graphiql,
        Door.CONSOLE: settings.console.enabled,
        Door.SCHEMA: settings.mode is Mode.DEMO,
        Door.LOG: settings.transparency.is_public,
    }
    return frozenset(door for door, opened in is_open.items() if opened)


def create_app(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    *,
    config: Path | None = None,
) -> Starlette:
    """Return the application for ``settings``; its parts open with its lifespan.

    ``config`` is where they were read, if it has a process of its own, which is told by
    signals to read it again and to end.
    """
    configure_logs(settings.log_format)
    # What changes from here on is read again; the rest of a start is what is there now.
    read = look_at([config, *files_of(settings)] if config is not None else [])
    measured = Metrics()
    tracing = tracing_by(settings.traces, measured.traces)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        supervisor = Supervisor(measured.tasks.failed)
        async with (
            exporting(tracing),
            open_store(settings.database_url) as store,
            open_services(settings, measured, store, supervisor, clock) as opened,
        ):
            measured.tasks.follow(lambda: store.writer.waiting)
            services = opened.services
            intake = open_intake(
                settings.collection, services, store, measured.collection
            )
            async with open_callers(services, store) as callers_by:
                state = ApplicationState(
                    services=services,
                    intake=intake,
                    callers=callers_by(settings),
                    admission=admission,
                    attesting=open_attesting(
                        *(settings, clock, measured.receipts, opened.log.state),
                        opened.providers.key_of,
                    ),
                    store=store,
                    log=opened.log,
                    status_lists=opened.status_lists,
                    providers=opened.providers,
                    supervisor=supervisor,
                )
                put_state(app, state)
                if config is None:
                    yield
                    return

                def put_callers(callers: Callers) -> None:
                    put_state(app, replace(state, callers=callers))
                    connections.renew()

                reload = Reload(
                    config,
                    settings,
                    read=read,
                    catalogue=services.catalogue,
                    registry=opened.registry,
                    callers_by=callers_by,
                    put_callers=put_callers,
                    metrics=measured.reload,
                )
                ending = drain_on_sigterm(
                    connections, watch, settings.http.request_seconds
                )
                async with (
                    watching(watch, measured.sockets.ended, Kernel()),
                    reloaded_when_told(reload, supervisor, settings.reload_seconds),
                ):
                    with ending:
                        yield

    stories = settings.graphiql_stories
    people = read_people(None if stories is None else Path(stories))
    connections = Connections(settings.subscriptions)
    watch = Watch(settings.http, read_proxies(settings.client_certificate_proxies))
    admission = Admission(
        settings.http.wait_seconds, settings.deadline_seconds, measured.admission
    )
    documents = open_documents(settings)
    slow_after = settings.slow_question_seconds
    is_public = settings.transparency.is_public
    endpoint = GraphQLEndpoint(
        documents,
        settings.http,
        EventStreams(settings.subscriptions, connections, measured.subscriptions).open,
        max_body_bytes=settings.max_body_bytes,
        ide=settings.graphiql,
        slow=SlowQuestions(slow_after) if slow_after else None,
    )
    reconciling = Reconciling(settings.reconciliation)
    routes: list[BaseRoute] = [
        Route(GRAPHQL, endpoint),
        WebSocketRoute(
            GRAPHQL,
            SocketEndpoint(
                documents,
                settings.subscriptions,
                connections,
                settings.http.allowed_origins,
                measured.subscriptions,
            ),
        ),
        Route("/", front_page(_doors(settings), people)),
        Route("/health/live", live),
        Route("/health/ready", Readiness(measured.reload).answer),
        Route("/metrics", MetricsPage(measured).answer),
        Route("/collect/{connector}", CollectEndpoint("records")),
        Route("/collect/{connector}/states", CollectEndpoint("states")),
        Route(KEYS, receipt_keys_page),
        Route(METADATA, issuer_metadata),
        Route(PATH, status_list_page),
        Route(TOTALS, totals_csv),
        Route(DECISIONS, decisions_csv),
        Route(RECONCILIATION, reconciling.answer, methods=["POST"]),
        Route(LOOK_UPS, look_ups),
        *Published(is_public=is_public).routes,
    ]
    if settings.mode is Mode.DEMO:
        routes.append(Route("/schema.graphql", schema_text))
    if settings.console.enabled:

        def now() -> float:
            return clock().timestamp()

        desk = _desk(settings, endpoint, reconciling, measured, now)
        routes += console_routes(desk, now)
    paths = frozenset(route.path for route in routes if isinstance(route, Route))
    if settings.graphiql:
        tabs = example_tabs(settings.graphiql_id_number, settings.graphiql_tokens)
        token = settings.graphiql_token
        routes += graphiql_routes(GraphiQLConfig(token, tabs, people))
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={Exception: unexpected},
        middleware=[
            Middleware(Watched, watch),
            # Outside of the rest, so that every refusal is counted and has an id.
            Middleware(
                RequestLog,
                requested=measured.requests.requested,
                paths=paths,
                tracing=tracing,
            ),
            # Before anybody answers: refusals need the headers, too.
            Middleware(SecurityHeaders, hsts_seconds=settings.http.hsts_seconds),
            # Before callers are asked for: a preflight has no credentials.
            *cors(settings.http.allowed_origins),
            # Before credentials are looked at: a refusal has to be cheap.
            Middleware(Admitted, admission),
            # Before the body is read: a stranger's is not even counted.
            Middleware(
                Authentication,
                _callers_of,
                measured.callers.unauthenticated,
                protected=PROTECTED if is_public else (*PROTECTED, PREFIX),
            ),
            Middleware(Shortcut, path=GRAPHQL, endpoint=endpoint),
        ],
    )
