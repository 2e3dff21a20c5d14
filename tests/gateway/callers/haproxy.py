"""HAProxy before a gateway, by the configuration that docs/operating.md shows."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.demo.demo import HOST
from tests.architecture.documents import blocks
from tests.gateway.callers.authority import Authority, Leaf
from tests.ports import free_port
from tests.running import Gateway

READY_SECONDS = 10.0


def configuration(replaced: dict[str, str]) -> str:
    """Return what the page shows, with this machine's places for its own."""
    [block] = blocks("haproxy")
    text = block.text
    for shown, here in replaced.items():
        assert text.count(shown) == 1, f"{block} has {text.count(shown)} of {shown}"
        text = text.replace(shown, here)
    assert "/etc/" not in text
    return text


@contextmanager
def proxy_before(
    gateway: Gateway, authority: Authority, revoked: Leaf, folder: Path
) -> Iterator[str]:
    """Run the proxy; yield its address. Clients are of ``authority``, or nobody's."""
    program = shutil.which("haproxy")
    if program is None:
        reason = "haproxy is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    server = authority.leaf("proxy")
    pem = folder / "gateway.pem"
    pem.write_bytes(server.certificate_file.read_bytes() + server.key_file.read_bytes())
    revocations = folder / "clients-revoked.pem"
    revocations.write_bytes(authority.revocation_list(revoked))
    port = free_port(HOST)
    config = folder / "haproxy.cfg"
    config.write_text(
        configuration(
            {
                "bind :443": f"bind {HOST}:{port}",
                "crt /etc/haproxy/gateway.pem": f"crt {pem}",
                "ca-file /etc/haproxy/clients.pem": f"ca-file {authority.file}",
                "crl-file /etc/haproxy/clients-revoked.pem": f"crl-file {revocations}",
                "127.0.0.1:8000": gateway.url.removeprefix("http://"),
            }
        ),
        "utf-8",
    )
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-db", "-f", str(config)], stdout=log, stderr=log
        )
    try:
        _await(port, process, folder / "haproxy.log")
        yield f"https://{HOST}:{port}"
    finally:
        process.kill()
        process.wait()


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return
