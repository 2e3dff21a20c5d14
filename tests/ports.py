"""Find ports that stay free while nobody listens on them.

A gateway that is killed and started again on its port must find it free. The system
gives the ports from 32768 on to outgoing connections, of which other tests have
thousands; those here are below.
"""

import secrets
import socket

FIRST, LAST = 11_000, 32_000


def is_free(host: str, port: int) -> bool:
    """Say whether nobody listens on a port of ``host``."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A connection that is still closing does not take it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str) -> int:
    """Return a port of ``host`` that nobody listens on."""
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        if is_free(host, port):
            return port
