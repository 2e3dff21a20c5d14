"""Run the gateway on granian, after everything that can be checked was checked."""

import asyncio
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import structlog
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian.server import Server
from starlette.applications import Starlette
from starlette.types import ASGIApp

from connectors.errors import ManifestError
from connectors.registry import load_manifests
from gateway.app import create_app
from gateway.callers.wiring import refuse_unusable_callers
from gateway.documents import open_documents
from gateway.errors import StartError
from gateway.logs import configure_logs
from gateway.ports import free_port, require_free_port
from gateway.privacy.keys import read_pseudonyms
from gateway.settings import Settings, load_settings, read_certificate_id_key
from gateway.store.database import prepare_database
from gateway.tls import Tls
from gateway.trust import load_trust_bundle
from policy.catalogue import load_catalogue

HEADER_BYTES = 32_768
"""The most that all headers of a request may take; more is answered with 431. The
server stops at a hundred of them, too."""

GC_OBJECTS = 50_000
"""How many more objects are to be alive before the collector looks for cycles."""

SERVER_LOGS = {"loggers": {"_granian": {"propagate": True}}}
"""The server's log goes where ours goes, not to standard output."""


class TlsArguments(TypedDict, total=False):
    """Granian's words for TLS."""

    ssl_cert: Path
    ssl_key: Path
    ssl_ca: Path | None
    ssl_client_verify: bool


def serve(config: Path, load: Callable[[str], ASGIApp] | None = None) -> None:
    """Serve until told to stop, what ``load`` makes of ``config`` if it is given.

    Raises:
        StartError: a setting, a file or the port does not do.
    """
    settings = load_settings(config, os.environ)
    refuse_unusable(settings)
    option = "port in the configuration, or GATEWAY_PORT"
    require_free_port(settings.host, settings.port, option)
    port = settings.port or free_port(settings.host)
    configure_logs(settings.log_format)
    structlog.get_logger("gateway").info("serving", host=settings.host, port=port)
    Server(
        str(config),
        address=settings.host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOGS,
        http1_settings=HTTP1Settings(
            header_read_timeout=round(settings.http.header_seconds * 1000),
            max_buffer_size=HEADER_BYTES,
        ),
        http2_settings=HTTP2Settings(max_headers_size=HEADER_BYTES),
        **_tls(settings.tls),
    ).serve(target_loader=load or load_app)


def load_app(config: str) -> Starlette:
    """Return the application a worker runs; called in the worker's process."""
    app = create_app(load_settings(Path(config), os.environ), is_served=True)
    # The schema and the modules stay. A collector that looks through them each time
    # makes some request wait 40 ms.
    gc.collect()
    gc.freeze()
    # What a request makes dies with it, by counting. Looking for cycles after every
    # 700 objects would take a tenth of all time.
    gc.set_threshold(GC_OBJECTS)
    return app


def _tls(tls: Tls | None) -> TlsArguments:
    """Return granian's arguments for TLS; none where a proxy ends it."""
    if tls is None:
        return {}
    ca = tls.client_ca_file
    return {
        "ssl_cert": Path(tls.certificate_file),
        "ssl_key": Path(tls.key_file),
        "ssl_ca": None if ca is None else Path(ca),
        "ssl_client_verify": ca is not None,
    }


def refuse_unusable(settings: Settings) -> None:
    """Read what workers will read, so that a mistake is told once and at once.

    Raises:
        StartError: a file is missing or says something that cannot be used.
    """
    read_certificate_id_key(Path(settings.certificate_id_key_file))
    read_pseudonyms(Path(settings.pseudonym_key_file))
    asyncio.run(prepare_database(settings.database_url))
    load_trust_bundle(Path(settings.trust_bundle), load_catalogue())
    open_documents(settings)
    refuse_unusable_callers(settings)
    if settings.tls is not None:
        settings.tls.refuse_unreadable()
    try:
        load_manifests(Path(settings.manifests))
    except ManifestError as error:
        raise StartError(str(error)) from None
