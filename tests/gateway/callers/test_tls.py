"""TLS by the gateway itself, and by a proxy that says whose certificate it saw."""

import base64
import hashlib
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.demo import HOST, write_configuration
from gateway.ports import free_port
from gateway.processes import started
from tests.gateway.callers.authority import Authority, Leaf, authority_in
from tests.gateway.callers.known import PROXIES, TABLES, fresh_token
from tests.gateway.callers.minting import ES256, b64, jwk, key_set
from tests.running import HEARD, TOKEN, Agencies, Gateway, running_gateway

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
    port = free_port(HOST)
    config = write_configuration(
        folder,
        trust_folder=running_agencies.folder,
        port=port,
        agencies=running_agencies.urls,
        token=TOKEN,
        id_number="",
    )
    server = authority.leaf("server")
    tls = (
        f'\n[tls]\ncertificate_file = "{server.certificate_file}"\n'
        f'key_file = "{server.key_file}"\nclient_ca_file = "{authority.file}"\n'
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


@pytest.fixture(scope="module", name="metro")
def _metro(authority: Authority) -> Leaf:
    return authority.leaf("metro-batch")


@pytest.fixture(scope="module", name="behind")
def _behind(
    running_agencies: Agencies, metro: Leaf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway behind a proxy on this machine, which knows one certificate."""
    folder = tmp_path_factory.mktemp("gateway-behind")
    (folder / "jwks.json").write_bytes(key_set(jwk("es256-1", ES256)))
    mine = (
        '[[client_certificates]]\ncaller = "metro"\n'
        f'sha256 = "{hashlib.sha256(metro.der).hexdigest()}"\n'
        'scopes = ["schema:read"]\n'
    )
    with running_gateway(
        folder, running_agencies, settings=PROXIES, tables=TABLES + mine
    ) as gateway:
        yield gateway


@asynccontextmanager
async def proxy(gateway: Gateway, authority: Authority) -> AsyncIterator[str]:
    """End TLS, and hand on whose certificate it was, as RFC 9440 has it."""

    async def handle(request: web.Request) -> web.Response:
        assert request.transport is not None
        tls = request.transport.get_extra_info("ssl_object")
        der = tls.getpeercert(binary_form=True)
        # What the client wrote itself is dropped, whoever it is (RFC 9440, 4).
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() in ("authorization", "content-type")
        }
        if der:
            headers["Client-Cert"] = f":{base64.b64encode(der).decode()}:"
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{gateway.url}/graphql", data=await request.read(), headers=headers
            ) as answer,
        ):
            return web.Response(status=answer.status, body=await answer.read())

    server = authority.leaf("proxy")
    context = ssl.create_default_context(
        ssl.Purpose.CLIENT_AUTH, cafile=str(authority.file)
    )
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_cert_chain(server.certificate_file, server.key_file)
    app = web.Application()
    app.router.add_post("/graphql", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0, ssl_context=context)
    await site.start()
    try:
        yield f"https://{HOST}:{runner.addresses[0][1]}/graphql"
    finally:
        await runner.cleanup()


async def through(
    url: str, client: ssl.SSLContext, token: str | None = None, **more: str
) -> int:
    """Ask through the proxy; return the status."""
    headers = {"Content-Type": "application/json", **more}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=QUESTION, headers=headers, ssl=client) as answer,
    ):
        return answer.status


async def test_a_proxys_client_is_known_by_its_certificate(
    behind: Gateway, authority: Authority, metro: Leaf
) -> None:
    async with proxy(behind, authority) as url:
        known = await through(url, authority.client(metro))
        other = await through(url, authority.client(authority.leaf("other")))
        nobody = await through(url, authority.client())

    assert (known, other, nobody) == (200, 401, 401)


async def test_a_bound_token_is_good_with_its_own_connection_alone(
    behind: Gateway, authority: Authority, metro: Leaf
) -> None:
    bound = b64(hashlib.sha256(metro.der).digest())
    token = fresh_token(scope="schema:read", cnf={"x5t#S256": bound})

    async with proxy(behind, authority) as url:
        mine = await through(url, authority.client(metro), token)
        thiefs = await through(url, authority.client(authority.leaf("thief")), token)
        bare = await through(url, authority.client(), token)
        written = await through(
            url,
            authority.client(),
            token,
            **{"Client-Cert": f":{base64.b64encode(metro.der).decode()}:"},
        )

    assert (mine, thiefs, bare, written) == (200, 401, 401, 401)
