"""The address in an operator's own manifest is the operator's word.

Which network such an agency lives in is not judged (that of one that registers itself
is: ``tests/connectors/network/test_addresses.py``). The form of what is written is, and
what an agency answers never leads the gateway elsewhere.
"""

import ast
from pathlib import Path

import pytest

from connectors.errors import ManifestError
from connectors.manifest import read_manifest
from gateway.errors import StartError
from tests.attacks.upstream import asked, asking, honest_answer, http, sends, serving
from tests.connectors.agency import MANIFEST
from tests.running import Agencies, running_gateway

ADDRESS = "http://127.0.0.1:1/records"
HONEST = sends(http(honest_answer()))


@pytest.mark.parametrize(
    "url",
    [
        "https://agency.example/v1/query",
        "https://agency.example:8443/v1/query?unit=7",
        "https://10.1.2.3/query",
        "https://[fd00::7]:8080/query",
        "https://xn--fiqs8s.example/",
        "http://127.0.0.1:9102/query",
        "http://127.9.9.9/query",
        "http://[::1]:9102/query",
        "http://localhost:9102/query",
    ],
)
def test_an_address_of_the_operator_is_taken_as_it_is(url: str) -> None:
    assert read_manifest(MANIFEST.replace(ADDRESS, url)).endpoint.url == url


PLAIN = [
    "http://agency.example/query",
    "http://10.1.2.3/query",
    "http://[fd00::7]:8080/query",
    "http://0.0.0.0/query",
    "http://127.0.0.1.agency.example/query",
    "http://localhost.agency.example/query",
    "http://2130706433/query",
]


@pytest.mark.parametrize("url", PLAIN)
def test_plain_http_that_leaves_this_machine_is_refused_with_what_to_do(
    url: str,
) -> None:
    with pytest.raises(
        ManifestError,
        match=r"endpoint\.url is http and leaves .* Use https, or a tunnel .*"
        r"endpoint\.unsafe_plain_http = true",
    ):
        read_manifest(MANIFEST.replace(ADDRESS, url))


@pytest.mark.parametrize("url", PLAIN)
def test_plain_http_may_leave_where_it_is_asked_for_by_name(url: str) -> None:
    allowed = f'{url}"\nunsafe_plain_http = true\nbearer_token = "x'

    assert read_manifest(MANIFEST.replace(ADDRESS, allowed)).endpoint.url == url


def test_a_danger_that_is_none_is_not_left_in_the_file() -> None:
    allowed = 'https://agency.example/"\nunsafe_plain_http = true\nbearer_token = "x'

    with pytest.raises(ManifestError, match="unsafe_plain_http is set, but"):
        read_manifest(MANIFEST.replace(ADDRESS, allowed))


def test_a_gateway_does_not_start_before_an_agency_in_the_clear(
    agencies: Agencies, tmp_path: Path
) -> None:
    with (
        pytest.raises(StartError, match=r"transport\.toml: endpoint\.url is http and"),
        running_gateway(
            tmp_path,
            agencies,
            manifest={
                "transport": (agencies.urls["transport"], "http://agency.example")
            },
        ),
    ):
        pass


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("agency.example", id="no scheme"),
        pytest.param("//agency.example/", id="any scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("gopher://agency.example/", id="gopher"),
        pytest.param("unix:///run/agency.sock", id="a socket"),
        pytest.param("data:application/json,{}", id="data"),
        pytest.param("http://user@agency.example/", id="a user"),
        pytest.param("http://user:word@agency.example/", id="a password"),
        pytest.param("http://agency.example@evil.example/", id="a host as a user"),
        pytest.param(r"http://agency.example\\@evil.example/", id="a backslash"),
        pytest.param(r"http://agency.example/\r\nHost: evil", id="a line end"),
        pytest.param(r"http://agency.example/\n", id="a line end at the end"),
        pytest.param("http://agency.example/ HTTP/1.1", id="a space"),
        pytest.param(r"http://agency.example/\u0000", id="NUL"),
        pytest.param("http://机构.example/", id="letters beyond ASCII"),
        pytest.param("http:///query", id="no host"),
        pytest.param("http://:80/query", id="a port and no host"),
        pytest.param("http://agency.example:0/", id="the port 0"),
        pytest.param("http://agency.example:65536/", id="a port there is not"),
        pytest.param("http://agency.example:http/", id="a port in words"),
        pytest.param("http://[::1/", id="half a bracket"),
        pytest.param("http://agency.example/#part", id="a fragment"),
    ],
)
def test_what_is_no_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ManifestError, match=r"endpoint\.url"):
        read_manifest(MANIFEST.replace(ADDRESS, url))


def with_token(token: str) -> str:
    """Return a manifest with a bearer token."""
    return MANIFEST.replace(
        "timeout_seconds", f'bearer_token = "{token}"\ntimeout_seconds'
    )


def with_header(name: str) -> str:
    """Return a manifest with a name for the header that carries the signature."""
    return MANIFEST.replace('form = "record"', f'form = "record"\nheader = "{name}"')


def test_a_bearer_token_is_taken_as_it_is() -> None:
    token = "abc.DEF-123_~+/=="

    assert read_manifest(with_token(token)).endpoint.bearer_token == token


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(r"abc\r\nX-Admin: 1", id="another header"),
        pytest.param(r"abc\nX-Admin: 1", id="another header, half a line end"),
        pytest.param(r"abc\u0000", id="NUL"),
        pytest.param("abc def", id="a space"),
        pytest.param(r"abc\n", id="a line end"),
        pytest.param("", id="nothing"),
        pytest.param("机密", id="letters beyond ASCII"),
    ],
)
def test_a_bearer_token_can_end_no_header_and_is_not_repeated(token: str) -> None:
    with pytest.raises(ManifestError, match=r"endpoint\.bearer_token") as refused:
        read_manifest(with_token(token))

    assert "abc" not in str(refused.value)


def test_a_signature_header_is_taken_as_it_is() -> None:
    read = read_manifest(with_header("X-Agency-Signature"))

    assert read.signature.header == "X-Agency-Signature"


@pytest.mark.parametrize("name", [r"X\r\nY", "X: Y", "", "签名"])
def test_a_signature_header_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ManifestError, match=r"signature\.header"):
        read_manifest(with_header(name))


async def test_an_agency_is_asked_under_its_own_name() -> None:
    async with serving(HONEST) as upstream, asking(upstream.url) as agency:
        await asked(agency)

    (head,) = upstream.heads
    hosts = [line for line in head.split(b"\r\n") if line.lower().startswith(b"host")]
    assert hosts == [b"Host: " + upstream.url.split("/")[2].encode()]


def test_no_address_is_made_from_anything_but_a_manifest() -> None:
    """What names an address to the HTTP client is the manifest's."""
    sources = {
        path: path.read_text("utf-8") for path in Path("connectors").rglob("*.py")
    }
    named = {
        (path.name, ast.unparse(call.func), ast.unparse(argument))
        for path, text in sources.items()
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        for argument in addressed(call)
    }

    assert named == {
        ("exchange.py", "self._session.options", "self._url"),
        ("exchange.py", "aiohttp.ClientRequest", "self._url"),
        ("exchange.py", "connector.connect", "self._request"),
        ("addresses.py", "super().connect", "req"),
        ("observation.py", "self.session.post", "self.endpoint.url"),
        ("listed_states.py", "self._session.get", "self._url"),
    }
    assert (
        "self._url = URL(endpoint.url)"
        in sources[Path("connectors/protocols/exchange.py")]
    )
    listed = sources[Path("connectors/status/listed_states.py")]
    assert "self._url = str(manifest.status_list.url)" in listed


def addressed(call: ast.Call) -> list[ast.expr]:
    """Return what a call says of where to go, if it goes anywhere."""
    name = ast.unparse(call.func)
    if name == "aiohttp.ClientRequest":
        return [call.args[1]]
    if name.startswith(("self._session.", "self.session.")) or name.endswith(
        ".connect"
    ):
        return [call.args[0]]
    return []
