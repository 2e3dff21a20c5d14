"""What a manifest names is sent to its agency, and changed without a restart."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.federation.queries import SOURCES
from tests.running import Agencies, Gateway, eventually, running_gateway

FIRST, SECOND = "first.way-in", "second.way-in"


class Silent(HTTPServer):
    """An agency that keeps what it is sent as a token, and answers nothing of use."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.tokens: list[str | None] = []


class _Asked(BaseHTTPRequestHandler):
    server: Silent

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tokens.append(self.headers["Authorization"])
        self.send_error(503)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(name="silent", scope="module")
def _silent() -> Iterator[Silent]:
    with Silent() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(name="gateway", scope="module")
def _gateway(
    running_agencies: Agencies,
    silent: Silent,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("secrets")
    secret = folder / "way-in"
    secret.write_text(f"{FIRST}\n", "utf-8")
    table = f'[secrets.way-in]\nfile = "{secret}"\nconnectors = ["transport"]\n'
    url = f'"http://127.0.0.1:{silent.server_address[1]}/"'
    with running_gateway(
        *(folder / "gateway", running_agencies),
        settings="reload_seconds = 0.05\n",
        tables=table,
        manifest={
            "transport": (
                f'url = "{running_agencies.urls["transport"]}',
                f'bearer_token = "secret:way-in"\nurl = {url} # ',
            )
        },
    ) as gateway:
        yield gateway


def asked(gateway: Gateway, agencies: Agencies, story: str) -> dict[str, Any]:
    """Ask about somebody; return how the source came out."""
    found = gateway.ask(SOURCES, idNumber=agencies.person(story)["idNumber"])
    sources = found["holder"]["sources"]
    return next(one for one in sources if one["agency"] == "transport")


def metrics(gateway: Gateway) -> str:
    return gateway.get("/metrics")[1]


def test_a_secret_is_sent_and_goes_on_by_the_next_one(
    gateway: Gateway, running_agencies: Agencies, silent: Silent
) -> None:
    processes = {path.name for path in gateway.processes}
    outcome = asked(gateway, running_agencies, "all-three")["outcome"]
    assert (outcome, silent.tokens[-1]) == ("UNREACHABLE", f"Bearer {FIRST}")

    (gateway.folder.parent / "way-in").write_text(SECOND, "utf-8")

    def is_next() -> bool:
        asked(gateway, running_agencies, "all-three")
        return silent.tokens[-1] == f"Bearer {SECOND}"

    eventually(is_next)
    (gateway.folder.parent / "way-in").write_text("", "utf-8")
    eventually(lambda: 'reload_total{outcome="refused"} 1.0' in metrics(gateway))
    assert is_next(), "what cannot be read changes nothing"
    assert {path.name for path in gateway.processes} == processes
    said = gateway.log + metrics(gateway)
    assert FIRST not in said
    assert SECOND not in said
