"""Find ports that stay free while nobody listens on them.

A gateway that is killed and started again on its port must find it free. The system
gives the ports from 32768 on to outgoing connections, of which other tests have
thousands; those here are below.
"""

import secrets
import socket

FIRST, LAST = 11_000, 32_000


def free_port(host: str) -> int:
    """Return a port of ``host`` that nobody listens on."""
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
        return port
