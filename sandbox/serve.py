"""Run one agency until it is signalled to stop."""

import asyncio
import errno
import signal
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from aiohttp import web

from sandbox.agency import AgencyId
from sandbox.binding import Binder
from sandbox.emergency_management import EmergencyManagement
from sandbox.endpoint import Endpoint
from sandbox.errors import PortTakenError
from sandbox.faults import Fault
from sandbox.fire_rescue import FireRescue
from sandbox.keys import load_keyring
from sandbox.prepare import prepared_day
from sandbox.registry import Registry, open_registry
from sandbox.sealing import Sealer
from sandbox.server import make_app
from sandbox.switch import Switch

BACKLOG = 1024
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
STOP_SECONDS = 0.2
"""How long answers under way may still take once the agency is signalled to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of serving one agency, with or without a fault."""

    agency: AgencyId
    directory: Path
    host: str
    port: int  # 0: any free one
    holders: int
    fault: Fault | None
    binds: bool = False
    """Whether answers are bound to their questions."""


def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; say on standard output when ready.

    Raises:
        PortTakenError: somebody else listens on the port.
        NotPreparedError: ``prepare`` has not been run on the folder.
    """
    listener = listen(options.host, options.port)
    keyring = load_keyring(options.directory, options.agency)
    registry = open_registry(
        options.directory,
        options.agency,
        holders=options.holders,
        today=prepared_day(options.directory),
    )
    sealer = Sealer(keyring, lambda: datetime.now(UTC))
    endpoint = _endpoint(options.agency, registry, sealer)
    binder = Binder() if options.binds else None
    app = make_app(endpoint, Switch(options.fault), binder)
    try:
        asyncio.run(run_until_stopped(app, listener))
    finally:
        registry.close()


def listen(host: str, port: int) -> socket.socket:
    """Take the port before any other work, so that a taken one is reported at once.

    Raises:
        PortTakenError: somebody else listens on it.
    """
    try:
        return socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTakenError(host, port) from None


def _endpoint(agency: AgencyId, registry: Registry, sealer: Sealer) -> Endpoint:
    match agency:
        case AgencyId.EMERGENCY_MANAGEMENT:
            return EmergencyManagement(registry, sealer)
        case AgencyId.TRANSPORT:
            # Imported for the one agency that needs it: GraphQL takes as long to
            # load as everything else together.
            from sandbox.transport import Transport  # noqa: PLC0415

            return Transport(registry, sealer)
        case AgencyId.FIRE_RESCUE:
            return FireRescue(registry, sealer)


async def run_until_stopped(app: web.Application, listener: socket.socket) -> None:
    """Serve an application until SIGTERM or SIGINT; say when it is ready, and where."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopped.set)

    # Not the loop's own signal handlers: they end with the loop, and the second
    # signal of an impatient operator would then be a violent end.
    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    runner = web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=STOP_SECONDS,
    )
    await runner.setup()
    try:
        await web.SockSite(runner, listener, backlog=BACKLOG).start()
        host, port = listener.getsockname()[:2]
        print(f"ready http://{host}:{port}", flush=True)  # noqa: T201 - its output
        await stopped.wait()
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        await runner.cleanup()
