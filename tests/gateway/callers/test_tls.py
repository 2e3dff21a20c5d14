"""TLS by the gateway itself: it decides who connects, and names nobody."""

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.demo.demo import HOST, UNTIL_STDIN_CLOSES, write_configuration
from gateway.demo.processes import ready_address
from tests.gateway.callers.authority import Authority, authority_in
from tests.gateway.registration.desk import Ended, ended
from tests.nursery import started
from tests.ports import free_port
from tests.running import HEARD, TOKEN, Agencies

QUESTION = json.dumps({"query": "{ policy { notice } }"}).encode()


@pytest.fixture(scope="module", name="authority")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("tls") / "clients")


@pytest.fixture(scope="module", name="own_tls")
def _own_tls(
    running_agencies: Agencies,
    authority: Authority,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A gateway that ends TLS and lets clients of ``authority`` connect."""
    folder = tmp_path_factory.mktemp("gateway-tls")
    lets_in = f'client_ca_file = "{authority.file}"\n'
    with running_with_tls(folder, running_agencies, authority, lets_in) as url:
        yield url


@contextmanager
def running_with_tls(
    folder: Path, agencies: Agencies, authority: Authority, more: str = ""
) -> Iterator[str]:
    """Run a gateway with a certificate of ``authority``."""
    port = free_port(HOST)
    config = write_configuration(
        folder,
        trust_folder=agencies.folder,
        port=port,
        agencies=agencies.urls,
        token=TOKEN,
        id_number="",
    )
    server = authority.leaf("server")
    tls = (
        f'\n[tls]\ncertificate_file = "{server.certificate_file}"\n'
        f'key_file = "{server.key_file}"\n{more}'
    )
    config.write_text(config.read_text("utf-8") + tls, "utf-8")
    url = f"https://{HOST}:{port}"
    log = folder / "gateway.log"
    with started(HEARD, str(config), log=log) as process:
        client = authority.client(authority.leaf("probe"))
        until = time.monotonic() + 20
        while not _answers(url, client):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.05)
        yield url


def _answers(url: str, client: ssl.SSLContext) -> bool:
    try:
        urllib.request.urlopen(f"{url}/health/live", timeout=2, context=client).close()
    except OSError:
        return False
    return True


def post(url: str, client: ssl.SSLContext, token: str) -> int:
    """Ask; return the status."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{url}/graphql", QUESTION, headers)
    try:
        with urllib.request.urlopen(request, timeout=5, context=client) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_client_of_the_authority_may_connect_and_needs_a_token_still(
    own_tls: str, authority: Authority
) -> None:
    client = authority.client(authority.leaf("metro"))

    assert post(own_tls, client, TOKEN) == 200
    assert post(own_tls, client, "wrong") == 401


def test_a_client_without_a_certificate_does_not_connect(
    own_tls: str, authority: Authority
) -> None:
    with pytest.raises(OSError, match=r"(?i)certificate|reset|closed|EOF|broken"):
        post(own_tls, authority.client(), TOKEN)


def test_a_client_of_another_authority_does_not_connect(
    own_tls: str, authority: Authority, tmp_path: Path
) -> None:
    strangers = authority_in(tmp_path / "strangers")

    with pytest.raises(OSError, match=r"(?i)certificate|reset|closed|EOF|broken|CA"):
        post(own_tls, authority.client(strangers.leaf("metro")), TOKEN)


def test_tls_1_2_is_not_spoken(own_tls: str, authority: Authority) -> None:
    client = authority.client(authority.leaf("metro"))
    client.maximum_version = ssl.TLSVersion.TLSv1_2

    with pytest.raises(OSError, match=r"(?i)protocol|version|handshake"):
        post(own_tls, client, TOKEN)


@pytest.mark.parametrize("trouble", ["flipped-question", "flipped-answer"])
def test_a_bit_that_is_changed_on_the_way_is_no_answer(
    own_tls: str, authority: Authority, tmp_path: Path, trouble: str
) -> None:
    port, log = free_port(HOST), tmp_path / "link.log"
    place = ("--to", own_tls.removeprefix("https://"), f"--port={port}")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    client = authority.client(authority.leaf("metro"))
    with started("sandbox", "link", *place, UNTIL_STDIN_CLOSES, log=log) as link:
        knobs = f"{ready_address(link, log)}/sandbox/link"
        connection = HTTPSConnection(HOST, port, timeout=10, context=client)
        with closing(connection):
            connection.request("POST", "/graphql", QUESTION, headers)
            assert connection.getresponse().read()
            turned = json.dumps({"trouble": trouble}).encode()
            told = {"Content-Type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(knobs, turned, told)).close()

            connection.request("POST", "/graphql", QUESTION, headers)
            with pytest.raises(OSError, match=r"(?i)mac|record|alert|closed|reset"):
                connection.getresponse()


@pytest.mark.parametrize("words", [("connector", "list"), ("sanction", "list")])
def test_commands_believe_the_stated_authority_and_no_other(
    running_agencies: Agencies,
    authority: Authority,
    tmp_path: Path,
    words: tuple[str, str],
) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN, "utf-8")
    strangers = authority_in(tmp_path / "strangers")
    (tmp_path / "none.pem").write_text("no certificate", "utf-8")

    with running_with_tls(tmp_path / "gateway", running_agencies, authority) as url:

        def ended_by(*more: object) -> Ended:
            asked = [*words, "--url", url, "--token-file", token, *more]
            return ended(CliRunner().invoke(app, list(map(str, asked))))

        believed = ended_by("--ca-file", authority.file)
        doubted = [ended_by(), ended_by("--ca-file", strangers.file)]
        unread = ended_by("--ca-file", tmp_path / "none.pem")

    # The token may not ask this, which the gateway says, and nobody else.
    assert "the gateway says FORBIDDEN" in believed.error, believed
    for one in doubted:
        assert one.code == 2
        assert "TLS: its certificate is not believed" in one.error
        assert "--ca-file" in one.error
    assert "has no certificate in PEM" in unread.error
