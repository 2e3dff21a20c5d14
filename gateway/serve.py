"""Run the gateway on granian, after everything that can be checked was checked."""

import os
import socket
from pathlib import Path

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server
from starlette.applications import Starlette

from connectors.errors import ManifestError
from connectors.registry import load_manifests
from gateway.app import create_app
from gateway.errors import StartError
from gateway.settings import Settings, load_settings, read_certificate_id_key
from gateway.wiring import load_trust_bundle


def serve(config: Path) -> None:
    """Serve until told to stop.

    Raises:
        StartError: a setting, a file or the port does not do.
    """
    settings = load_settings(config, os.environ)
    refuse_unusable(settings)
    require_free_port(settings.host, settings.port, "port in the configuration")
    Server(
        str(config),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve(target_loader=load_app)


def load_app(config: str) -> Starlette:
    """Return the application a worker runs; called in the worker's process."""
    return create_app(load_settings(Path(config), os.environ))


def refuse_unusable(settings: Settings) -> None:
    """Read what workers will read, so that a mistake is told once and at once.

    Raises:
        StartError: a file is missing or says something that cannot be used.
    """
    read_certificate_id_key(Path(settings.certificate_id_key_file))
    load_trust_bundle(Path(settings.trust_bundle))
    try:
        load_manifests(Path(settings.manifests))
    except ManifestError as error:
        raise StartError(str(error)) from None


def require_free_port(host: str, port: int, option: str) -> None:
    """Make sure ``port`` can be listened on.

    Raises:
        StartError: it is taken; the message names ``option``, which changes it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A connection still closing from the last run does not take the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartError(
                f"port {port} on {host} is taken ({error.strerror}); "
                f"choose another with {option}"
            ) from None


def free_port(host: str) -> int:
    """Return a port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
