"""A client certificate is what a trusted proxy hands on, and binds tokens to it."""

import hashlib

import pytest
from starlette.requests import HTTPConnection

from bureau.caller import Caller
from gateway.callers.access_tokens import thumbprint
from gateway.callers.client_certificates import ClientCertificates, read_proxies
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.errors import StartError
from tests.gateway.callers.issuing import Door, door, request
from tests.gateway.callers.minting import Mint, b64, standard_base64

MINE, OTHER = b"my certificate, in DER", b"another's certificate"
METRO = Caller("metro-batch", frozenset())
KNOWN = ClientCertificates(
    read_proxies(["10.0.0.5", "10.1.0.0/16", "2001:db8::5"]),
    {hashlib.sha256(MINE).hexdigest(): METRO},
)


def header(certificate: bytes) -> dict[str, str]:
    """Return the header of RFC 9440."""
    return {"client-cert": f":{standard_base64(certificate)}:"}


@pytest.mark.parametrize(
    "peer",
    [
        pytest.param("10.0.0.5", id="an address"),
        pytest.param("10.1.200.7", id="in a network"),
        pytest.param("::ffff:10.0.0.5", id="IPv4 in IPv6"),
        pytest.param("2001:db8::5", id="IPv6"),
    ],
)
def test_a_trusted_proxy_says_whose_certificate_it_is(peer: str) -> None:
    shown = KNOWN.shown_by(request(header(MINE), peer))

    assert shown == hashlib.sha256(MINE).digest()
    assert KNOWN.caller_of(shown) == METRO


@pytest.mark.parametrize(
    "peer",
    [
        pytest.param("10.0.0.6", id="another address"),
        pytest.param("127.0.0.1", id="this machine"),
        pytest.param("::ffff:10.0.0.6", id="another in IPv6"),
        pytest.param("testclient", id="no address"),
        pytest.param(None, id="nobody knows who"),
    ],
)
def test_anybody_elses_header_is_ignored(peer: str | None) -> None:
    assert KNOWN.shown_by(request(header(MINE), peer)) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("::", id="no bytes"),
        pytest.param(standard_base64(MINE), id="no byte sequence"),
        pytest.param(":!!!!:", id="no base64"),
        pytest.param(":QQ:", id="no padding"),
        pytest.param(f":{standard_base64(MINE)}:;a=1", id="with a parameter"),
        pytest.param("-----BEGIN CERTIFICATE-----", id="PEM"),
        pytest.param(f":{'A' * 20_000}:", id="too long"),
        pytest.param(":\xe9\xe9\xe9\xe9:", id="not ASCII"),
    ],
)
def test_a_header_that_is_no_certificate_is_refused(value: str) -> None:
    with pytest.raises(AuthenticationError) as refused:
        KNOWN.shown_by(request({"client-cert": value}))

    assert refused.value.reason is Reason.MALFORMED_CERTIFICATE


def test_two_headers_are_no_certificate() -> None:
    stated = header(MINE)["client-cert"].encode()
    twice = HTTPConnection(
        {
            "type": "http",
            "client": ("10.0.0.5", 1),
            "headers": [(b"client-cert", stated), (b"client-cert", stated)],
        }
    )

    with pytest.raises(AuthenticationError) as refused:
        KNOWN.shown_by(twice)

    assert refused.value.reason is Reason.MALFORMED_CERTIFICATE


def test_a_certificate_that_is_nobodys_is_refused() -> None:
    with pytest.raises(AuthenticationError) as refused:
        KNOWN.caller_of(thumbprint(OTHER))

    assert refused.value.reason is Reason.UNKNOWN_CERTIFICATE


@pytest.mark.parametrize("stated", ["10.0.0.5/8", "proxy.example", "", "10.0.0"])
def test_a_proxy_is_an_address_or_a_network(stated: str) -> None:
    with pytest.raises(StartError, match="client_certificate_proxies: "):
        read_proxies([stated])


BOUND = Mint().token(cnf={"x5t#S256": b64(hashlib.sha256(MINE).digest())})


@pytest.fixture(name="gate")
def _gate() -> Door:
    return door(proxies=("10.0.0.5",))


async def test_a_bound_token_is_good_with_its_certificate(gate: Door) -> None:
    assert (await gate.caller_of(BOUND, header(MINE))).id == "bureau:hr-platform"


@pytest.mark.parametrize(
    ("headers", "peer", "reason"),
    [
        pytest.param({}, "10.0.0.5", Reason.CERTIFICATE_NEEDED, id="without any"),
        pytest.param(
            header(OTHER), "10.0.0.5", Reason.WRONG_CERTIFICATE, id="with another's"
        ),
        pytest.param(
            header(MINE), "10.0.0.6", Reason.CERTIFICATE_NEEDED, id="past the proxy"
        ),
    ],
)
async def test_a_bound_token_is_nobody_elses(
    gate: Door, headers: dict[str, str], peer: str, reason: Reason
) -> None:
    assert await gate.refusal(BOUND, headers, peer) is reason


@pytest.mark.parametrize(
    "cnf",
    [
        pytest.param({"jkt": "abc"}, id="to a key of DPoP"),
        pytest.param({}, id="to nothing"),
        pytest.param("abc", id="no object"),
        pytest.param({"x5t#S256": "abc", "jkt": "abc"}, id="to two things"),
    ],
)
async def test_a_binding_that_is_not_understood_is_not_taken_for_none(
    gate: Door, cnf: object
) -> None:
    token = Mint().token(cnf=cnf)

    assert await gate.refusal(token, header(MINE)) is Reason.UNKNOWN_BINDING


@pytest.mark.parametrize("stated", [None, 7, "", "\ud800"])
async def test_a_thumbprint_that_is_none_fits_no_certificate(
    gate: Door, stated: object
) -> None:
    token = Mint().token(cnf={"x5t#S256": stated})

    assert await gate.refusal(token, header(MINE)) in (
        Reason.WRONG_CERTIFICATE,
        Reason.MALFORMED,
    )


async def test_an_unbound_token_needs_no_certificate(gate: Door) -> None:
    assert (await gate.caller_of(Mint().token(), header(OTHER))).id == (
        "bureau:hr-platform"
    )


async def test_a_wrong_token_is_not_helped_by_a_good_certificate(gate: Door) -> None:
    assert await gate.refusal("wrong", header(MINE)) is Reason.UNKNOWN_TOKEN
