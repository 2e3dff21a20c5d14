"""A port that is taken is told, and one that is free is found."""

import socket

import pytest

from gateway.errors import StartError
from gateway.ports import free_port, require_free_port


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_that_is_taken_is_told_with_the_option_that_changes_it(
    host: str,
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        taken.bind((host, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(StartError) as refused:
            require_free_port(host, port, "--port")
        assert free_port("127.0.0.1") != port

    require_free_port(host, port, "--port")
    require_free_port(host, 0, "--port")
    assert str(refused.value) == (
        f"port {port} on {host} cannot be used (Address already in use); "
        "choose another with --port"
    )
