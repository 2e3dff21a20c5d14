"""Ports: whether one is taken, one that is free, and holding one alone."""

import socket
import sys
import time

from gateway.errors import StartError

TRIES = 10
PAUSE_SECONDS = 0.1


def require_free_port(host: str, port: int, option: str) -> None:
    """Make sure ``port`` can be listened on; 0 always can.

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
                f"port {port} on {host} cannot be used ({error.strerror}); "
                f"choose another with {option}"
            ) from None


def hold_port(host: str, port: int, option: str) -> socket.socket | None:
    """Hold a name that stands for ``port`` until the process and its forks have ended.

    The server shares its port (``SO_REUSEPORT``), so that two gateways that start at
    the same moment would both find it free, and each would get some of the callers. A
    name in the kernel is the first one's alone, and goes with it, however it ends.
    ``None`` where there are no such names.

    Raises:
        StartError: another gateway holds it.
    """
    if sys.platform != "linux":
        return None
    held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    for _ in range(TRIES):
        try:
            held.bind(f"\0certificate-gateway/{host}:{port}")
        except OSError:
            # What was killed a moment ago may not be gone yet.
            time.sleep(PAUSE_SECONDS)
        else:
            return held
    held.close()
    raise StartError(
        f"port {port} on {host} is another gateway's, which starts or ends now; "
        f"choose another with {option}"
    )


def free_port(host: str) -> int:
    """Return a port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
