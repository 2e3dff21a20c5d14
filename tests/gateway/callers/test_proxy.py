"""Behind a real proxy a certificate names its caller, and binds tokens to it.

The proxy is HAProxy with the configuration of docs/operating.md, the gateway a process
that knows one certificate and one issuer.
"""

import hashlib
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.gateway.callers.authority import Authority, Leaf, authority_in
from tests.gateway.callers.haproxy import proxy_before
from tests.gateway.callers.known import PROXIES, TABLES, fresh_token
from tests.gateway.callers.minting import ES256, b64, jwk, key_set, standard_base64
from tests.running import TOKEN, Agencies, Gateway, eventually, running_gateway

QUESTION = json.dumps({"query": "{ policy { notice } }"}).encode()
REFUSED_BY_TLS = r"(?i)certificate|revoked|unknown ca|reset|closed|EOF|broken"


@pytest.fixture(scope="module", name="authority")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("proxied") / "clients")


@pytest.fixture(scope="module", name="metro")
def _metro(authority: Authority) -> Leaf:
    """The certificate that the gateway knows."""
    return authority.leaf("metro")


@pytest.fixture(scope="module", name="revoked")
def _revoked(authority: Authority) -> Leaf:
    """A certificate that the gateway knows and its authority has revoked."""
    return authority.leaf("revoked")


@pytest.fixture(scope="module", name="behind")
def _behind(
    running_agencies: Agencies,
    metro: Leaf,
    revoked: Leaf,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-behind")
    (folder / "jwks.json").write_bytes(key_set(jwk("es256-1", ES256)))
    known = "".join(
        f'[[client_certificates]]\ncaller = "{caller}"\n'
        f'sha256 = "{hashlib.sha256(leaf.der).hexdigest()}"\n'
        'scopes = ["schema:read"]\n'
        for caller, leaf in (("metro", metro), ("gone", revoked))
    )
    with running_gateway(
        folder, running_agencies, settings=PROXIES, tables=TABLES + known
    ) as gateway:
        yield gateway


@pytest.fixture(scope="module", name="proxy")
def _proxy(
    behind: Gateway,
    authority: Authority,
    revoked: Leaf,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("haproxy")
    with proxy_before(behind, authority, revoked, folder) as url:
        yield url


def ask(  # noqa: PLR0913 - what a request is made of
    url: str,
    client: ssl.SSLContext | None = None,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    path: str = "/graphql",
    source: str = "127.0.0.1",
) -> tuple[int, Any]:
    """Ask; return the status, and why it was refused."""
    where = urlsplit(url)
    assert where.hostname is not None
    connection = (
        http.client.HTTPConnection(
            where.hostname, where.port, timeout=5, source_address=(source, 0)
        )
        if client is None
        else http.client.HTTPSConnection(
            where.hostname, where.port, timeout=5, context=client
        )
    )
    given = {"Content-Type": "application/json", **(headers or {})}
    if token is not None:
        given["Authorization"] = f"Bearer {token}"
    try:
        connection.request("POST", path, QUESTION, given)
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    return answer.status, answer.headers["WWW-Authenticate"]


def stated(leaf: Leaf, name: str = "Client-Cert") -> dict[str, str]:
    """Return the header that a proxy would send for ``leaf``."""
    return {name: f":{standard_base64(leaf.der)}:"}


def bound_to(leaf: Leaf) -> str:
    """Return a token that is good with ``leaf`` alone (RFC 8705, 3.1)."""
    digest = b64(hashlib.sha256(leaf.der).digest())
    return fresh_token(scope="schema:read", cnf={"x5t#S256": digest})


def test_a_client_is_known_by_its_certificate(
    proxy: str, behind: Gateway, authority: Authority, metro: Leaf
) -> None:
    status, _ = ask(proxy, authority.client(metro))

    assert status == 200
    eventually(lambda: '"caller":"metro"' in behind.log)


def test_a_certificate_that_nobody_listed_is_no_caller(
    proxy: str, authority: Authority
) -> None:
    status, why = ask(proxy, authority.client(authority.leaf("other")))

    assert status == 401
    assert "certificate" in why


def test_a_client_without_a_certificate_needs_a_token(
    proxy: str, authority: Authority
) -> None:
    assert ask(proxy, authority.client())[0] == 401
    assert ask(proxy, authority.client(), token=TOKEN)[0] == 200


def test_a_bound_token_is_good_with_its_own_certificate(
    proxy: str, authority: Authority, metro: Leaf
) -> None:
    assert ask(proxy, authority.client(metro), token=bound_to(metro))[0] == 200


def test_a_bound_token_is_refused_with_another_certificate(
    proxy: str, authority: Authority, metro: Leaf
) -> None:
    thief = authority.client(authority.leaf("thief"))

    status, why = ask(proxy, thief, token=bound_to(metro))

    assert status == 401
    assert "invalid_token" in why


def test_a_bound_token_is_refused_without_a_certificate(
    proxy: str, authority: Authority, metro: Leaf
) -> None:
    assert ask(proxy, authority.client(), token=bound_to(metro))[0] == 401


@pytest.mark.parametrize("name", ["Client-Cert", "client-cert", "CLIENT-CERT"])
def test_a_forged_header_is_dropped(
    proxy: str, authority: Authority, metro: Leaf, name: str
) -> None:
    forged = stated(metro, name)
    nobody, other = authority.client(), authority.client(authority.leaf("forger"))

    assert ask(proxy, nobody, headers=forged)[0] == 401
    assert ask(proxy, nobody, token=bound_to(metro), headers=forged)[0] == 401
    assert ask(proxy, other, headers=forged)[0] == 401
    assert ask(proxy, other, token=bound_to(metro), headers=forged)[0] == 401


def test_a_forged_header_is_replaced_by_the_certificate_that_was_shown(
    proxy: str, authority: Authority, metro: Leaf
) -> None:
    forged = stated(authority.leaf("somebody"))

    assert ask(proxy, authority.client(metro), headers=forged)[0] == 200


def test_a_resumed_session_keeps_its_certificate(
    proxy: str, authority: Authority, metro: Leaf
) -> None:
    client, where = authority.client(metro), urlsplit(proxy)
    assert where.hostname is not None
    statuses, session = [], None
    for _ in range(2):
        connection = http.client.HTTPSConnection(
            where.hostname, where.port, timeout=5, context=client
        )
        raw = http.client.HTTPConnection(where.hostname, where.port, timeout=5)
        raw.connect()
        connection.sock = client.wrap_socket(
            raw.sock, server_hostname=where.hostname, session=session
        )
        connection.request(
            "POST", "/graphql", QUESTION, {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        answer.read()
        statuses.append((answer.status, connection.sock.session_reused))
        session = connection.sock.session
        connection.close()

    assert statuses == [(200, False), (200, True)]


def test_a_revoked_certificate_does_not_connect(
    proxy: str, authority: Authority, revoked: Leaf
) -> None:
    with pytest.raises(OSError, match=REFUSED_BY_TLS):
        ask(proxy, authority.client(revoked))


def test_a_certificate_of_another_authority_does_not_connect(
    proxy: str, authority: Authority, tmp_path: Path
) -> None:
    stranger = authority_in(tmp_path / "strangers").leaf("metro")

    with pytest.raises(OSError, match=REFUSED_BY_TLS):
        ask(proxy, authority.client(stranger))


@pytest.mark.parametrize("path", ["/metrics", "/health/ready", "/graphql/../metrics"])
def test_nothing_but_the_graph_is_passed_on(
    proxy: str, authority: Authority, metro: Leaf, path: str
) -> None:
    assert ask(proxy, authority.client(metro), path=path)[0] == 404


def test_the_header_is_believed_from_the_proxys_address_alone(
    behind: Gateway, metro: Leaf
) -> None:
    # All of 127/8 is this machine; the configuration names 127.0.0.1.
    assert ask(behind.url, headers=stated(metro))[0] == 200

    bare, why = ask(behind.url, headers=stated(metro), source="127.0.0.2")
    bound, _ = ask(
        behind.url, token=bound_to(metro), headers=stated(metro), source="127.0.0.2"
    )

    assert (bare, bound) == (401, 401)
    assert "invalid" not in why
