"""Run the gateway on granian: a process that answers, and one that watches over it.

What can be checked is checked before anybody is answered, by the process that answers,
since it alone has what it takes (``gateway.worker``). The one that watches knows the
settings and the server, and reports a mistake that was found as its own.
"""

import gc
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn, TypedDict

import structlog
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian.server.mp import MPServer
from starlette.types import ASGIApp

from gateway.errors import StartError
from gateway.lazy import load
from gateway.lifeline import Lifeline
from gateway.logs import configure_logs
from gateway.ports import free_port, hold_port, require_free_port
from gateway.settings.settings import load_settings
from gateway.settings.tls import Tls

HEADER_BYTES = 32_768
"""The most that all headers of a request may take; more is answered with 431. The
server stops at a hundred of them, too."""

CONNECTIONS = 4_096
"""How many connections are open at once, and how many more wait until one is closed."""

FILES = 4 * CONNECTIONS
"""How many files are wanted for them, and for agencies, the database and bodies."""

END_SECONDS = 10.0
"""How long a worker waits to be ended whose start was refused, and how long it takes to
end by itself at most once nobody watches over it."""

SERVER_LOGS = {"loggers": {"_granian": {"propagate": True}}}
"""The server's log goes where ours goes, not to standard output."""


class TlsArguments(TypedDict, total=False):
    """Granian's words for TLS."""

    ssl_cert: Path
    ssl_key: Path
    ssl_ca: Path | None
    ssl_client_verify: bool


class _Server(MPServer):
    """Granian's, which would start another worker on SIGHUP and end this one.

    Whoever follows events would be cut off, and a mistake in a file would end it all.
    """

    def signal_handler_reload(self, *_: object) -> None:
        """Pass SIGHUP on to who reads the configuration again."""
        for worker in multiprocessing.active_children():
            if worker.pid is not None:
                os.kill(worker.pid, signal.SIGHUP)


def serve(config: Path, make: Callable[[str], ASGIApp] | None = None) -> None:
    """Serve until a signal ends it, what ``make`` makes of ``config`` if it is given.

    Raises:
        StartError: a setting, a file or the port does not do.
    """
    settings = load_settings(config, os.environ)
    if settings.tls is not None:
        settings.tls.refuse_unreadable()
    option = "port in the configuration, or GATEWAY_PORT"
    require_free_port(settings.host, settings.port, option)
    port = settings.port or free_port(settings.host)
    held = hold_port(settings.host, port, option)
    configure_logs(settings.log_format)
    _allow_files()
    refused, refusals = multiprocessing.Pipe(duplex=False)
    server = _Server(
        str(config),
        address=settings.host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOGS,
        http1_settings=HTTP1Settings(
            header_read_timeout=round(settings.http.header_seconds * 1000),
            max_buffer_size=HEADER_BYTES,
        ),
        http2_settings=HTTP2Settings(max_headers_size=HEADER_BYTES),
        **_tls(settings.tls),
    )
    lose_no_signal()
    # A worker is a copy of this process. What its collector need not look at stays
    # memory that both have in common.
    gc.collect()
    gc.freeze()
    lifeline = Lifeline.open()
    start = _Start(make, settings.host, port, refusals, lifeline)
    server.serve(target_loader=start)
    if held is not None:
        held.close()
    if refused.poll():
        raise StartError(refused.recv())


@dataclass(frozen=True, slots=True)
class _Start:
    """The start of a worker, called in its process."""

    make: Callable[[str], ASGIApp] | None
    host: str
    port: int
    refusals: Connection
    lifeline: Lifeline

    def __call__(self, config: str) -> ASGIApp:
        """Return the application, in the worker's process, or have both end."""
        self.lifeline.end_with_parent(END_SECONDS)
        # By its name, and here: whoever watches does without the application.
        make = self.make or load("gateway.worker:load_app")
        try:
            app = make(config)
        except StartError as error:
            self._refuse(str(error))
        structlog.get_logger("gateway").info("serving", host=self.host, port=self.port)
        return app

    def _refuse(self, why: str) -> NoReturn:
        """Leave the reason to the watching process, which ends us and itself."""
        self.refusals.send(why)
        watching = multiprocessing.parent_process()
        if watching is not None and watching.is_alive():
            os.kill(os.getppid(), signal.SIGINT)
            time.sleep(END_SECONDS)
        sys.exit(1)


def lose_no_signal() -> None:
    """From here on have every fork end by a SIGTERM, however early it comes.

    A fork that was not given the processor yet would take it as this process does, and
    forget it: whoever ends both would wait for ever. So it waits until that is undone.
    """
    os.register_at_fork(
        before=partial(signal.pthread_sigmask, signal.SIG_BLOCK, {signal.SIGTERM}),
        after_in_parent=_take_sigterm,
        after_in_child=_leave_signals,
    )


def _leave_signals() -> None:
    """In the fork: have signals wait for who will listen to them, or end it.

    Until a worker listens, it would take and forget those that this process listens
    to, and who ends it would wait for ever.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    _take_sigterm()


def _take_sigterm() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def _allow_files() -> None:
    """Let this process and its worker open as many files as the system allows them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


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
