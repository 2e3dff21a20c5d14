"""Ports: whether one is taken, and one that is free."""

import socket

from gateway.errors import StartError


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


def free_port(host: str) -> int:
    """Return a port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
