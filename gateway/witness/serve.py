"""Run a witness: one process, until a signal ends it."""

import asyncio
import signal
from contextlib import ExitStack, closing
from pathlib import Path

import structlog
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from gateway.clock import utc_now
from gateway.logs import configure_logs
from gateway.ports import free_port, hold_port, require_free_port
from gateway.serve import HEADER_BYTES, SERVER_LOGS
from gateway.witness.app import create_witness_app
from gateway.witness.keys import read_signers
from gateway.witness.settings import WitnessSettings
from gateway.witness.witness import Witness
from store.witness.seen import Seen

CONNECTIONS = 256
"""How many connections are open at once, and how many more wait until one is closed."""
HEADER_SECONDS = 10
PORT_OPTION = "port in the configuration"


def serve(settings: WitnessSettings) -> None:
    """Serve until a signal ends it.

    Raises:
        StartError: a key, a file or the port does not do.
        UnusableDatabaseError: what was seen cannot be read.
    """
    signers = read_signers(settings.name, map(Path, settings.key_files))
    logs = settings.keys_of_logs
    host = settings.host
    require_free_port(host, settings.port, PORT_OPTION)
    port = settings.port or free_port(host)
    with ExitStack() as stack:
        held = hold_port(host, port, PORT_OPTION)
        if held is not None:
            stack.enter_context(held)
        seen = stack.enter_context(closing(Seen(Path(settings.database))))
        configure_logs(settings.log_format)
        asyncio.run(_serve(Witness(logs, signers, seen, utc_now), host, port))


async def _serve(witness: Witness, host: str, port: int) -> None:
    server = Server(
        create_witness_app(witness),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOGS,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEADER_BYTES
        ),
    )
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, server.stop)
    structlog.get_logger("gateway.witness").info("serving", host=host, port=port)
    await server.serve()
