"""What an agency may register as its address, by the text of it."""

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from connectors.errors import ManifestError
from connectors.network.addresses import (
    ADDRESS_PROBLEMS,
    AddressError,
    AddressProblem,
    RegisteredAddress,
    judge,
)
from connectors.network.networks import (
    INSIDE_V4,
    INSIDE_V6,
    Network,
    is_public,
    read_networks,
)

MINE = read_networks(["127.0.0.0/8", "10.20.0.0/16", "fd12::/16"])


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://agency.example/v1?unit=7", ("https", "agency.example", 443)),
        ("HTTPS://Agency.Example:8443", ("https", "agency.example", 8443)),
        ("https://xn--fiqs8s.example/", ("https", "xn--fiqs8s.example", 443)),
        ("https://1a.example/%41", ("https", "1a.example", 443)),
        ("https://93.184.215.14/", ("https", "93.184.215.14", 443)),
        ("https://[2400:3200::1]:9443/", ("https", "2400:3200::1", 9443)),
    ],
)
def test_an_address_of_the_open_internet_is_taken(
    url: str, address: tuple[str, str, int]
) -> None:
    assert judge(url) == RegisteredAddress(*address)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        pytest.param("", "MALFORMED", id="nothing"),
        pytest.param("agency.example", "MALFORMED", id="no scheme"),
        pytest.param("//agency.example/", "MALFORMED", id="any scheme"),
        pytest.param("https://agency.example\\@x.example/", "USER", id="a backslash"),
        pytest.param("https://agency.example/\r\nHost: x", "MALFORMED", id="line end"),
        pytest.param("https://agency.example/ HTTP/1.1", "MALFORMED", id="a space"),
        pytest.param("https://agency.example/机构", "MALFORMED", id="not ASCII"),
        pytest.param("https://a.example/" + "a" * 2000, "MALFORMED", id="too long"),
        pytest.param("file:///etc/passwd", "SCHEME", id="a file"),
        pytest.param("gopher://agency.example/", "SCHEME", id="gopher"),
        pytest.param("unix:///run/agency.sock", "SCHEME", id="a socket"),
        pytest.param("ws://agency.example/", "SCHEME", id="a websocket"),
        pytest.param("http://agency.example/", "SCHEME", id="in the clear"),
        pytest.param("https://user@agency.example/", "USER", id="a user"),
        pytest.param("https://u:word@agency.example/", "USER", id="a password"),
        pytest.param("https://agency.example@127.0.0.1/", "USER", id="a host as user"),
        pytest.param("https://@agency.example/", "USER", id="an empty user"),
        pytest.param("https://agency.example/#part", "FRAGMENT", id="a fragment"),
        pytest.param("https://agency.example/#", "FRAGMENT", id="an empty fragment"),
        pytest.param("https:///query", "HOST", id="no host"),
        pytest.param("https://:443/", "HOST", id="a port and no host"),
        pytest.param("https://[::1/", "HOST", id="half a bracket"),
        pytest.param("https://[fe80::1%25eth0]/", "HOST", id="a zone"),
        pytest.param("https://127.0.0.%31/", "HOST", id="an encoded digit"),
        pytest.param("https://机构.example/", "HOST", id="letters beyond ASCII"),
        pytest.param("https://localhost/", "HOST", id="this machine"),
        pytest.param("https://x.localhost/", "HOST", id="this machine's"),
        pytest.param("https://intranet/", "HOST", id="one label"),
        pytest.param("https://db.internal/", "HOST", id="internal"),
        pytest.param("https://printer.local/", "HOST", id="local"),
        pytest.param("https://router.home.arpa/", "HOST", id="home.arpa"),
        pytest.param("https://agency.example./", "HOST", id="a dot at the end"),
        pytest.param("https://a..example/", "HOST", id="an empty label"),
        pytest.param("https://-a.example/", "HOST", id="a hyphen first"),
        pytest.param("https://" + "a" * 64 + ".example/", "HOST", id="a long label"),
        pytest.param("https://" + "a." * 124 + "example/", "HOST", id="a long name"),
        pytest.param("https://agency.example:0/", "PORT", id="the port 0"),
        pytest.param("https://agency.example:65536/", "PORT", id="a port there is not"),
        pytest.param("https://agency.example:22/", "PORT", id="ssh"),
        pytest.param("https://agency.example:6379/", "PORT", id="a database"),
        pytest.param("https://agency.example:https/", "HOST", id="a port in words"),
        pytest.param("https://2130706433/", "HOST", id="decimal"),
        pytest.param("https://0x7f000001/", "HOST", id="hexadecimal"),
        pytest.param("https://0x7f.0.0.1/", "HOST", id="hexadecimal in part"),
        pytest.param("https://0177.0.0.1/", "HOST", id="octal"),
        pytest.param("https://127.0.0.01/", "HOST", id="a leading zero"),
        pytest.param("https://127.1/", "HOST", id="two parts"),
        pytest.param("https://0/", "HOST", id="zero"),
        pytest.param("https://134744072/", "HOST", id="decimal, and public"),
        pytest.param("https://127.0.0.1/", "INSIDE", id="loopback"),
        pytest.param("https://127.8.8.8/", "INSIDE", id="all of loopback"),
        pytest.param("https://0.0.0.1/", "INSIDE", id="this network"),
        pytest.param("https://0.0.0.0/", "INSIDE", id="unspecified"),
        pytest.param("https://10.1.2.3/", "INSIDE", id="private 10"),
        pytest.param("https://172.31.255.255/", "INSIDE", id="private 172"),
        pytest.param("https://192.168.0.1/", "INSIDE", id="private 192"),
        pytest.param("https://100.64.0.1/", "INSIDE", id="a carrier's"),
        pytest.param("https://169.254.169.254/", "INSIDE", id="metadata"),
        pytest.param("https://198.18.0.1/", "INSIDE", id="benchmarks"),
        pytest.param("https://192.0.2.1/", "INSIDE", id="documentation"),
        pytest.param("https://192.88.99.1/", "INSIDE", id="6to4 relay"),
        pytest.param("https://224.0.0.1/", "INSIDE", id="multicast"),
        pytest.param("https://255.255.255.255/", "INSIDE", id="broadcast"),
        pytest.param("https://[::1]/", "INSIDE", id="loopback, six"),
        pytest.param("https://[::]/", "INSIDE", id="unspecified, six"),
        pytest.param("https://[::ffff:127.0.0.1]/", "INSIDE", id="mapped loopback"),
        pytest.param("https://[::ffff:8.8.8.8]/", "INSIDE", id="mapped, public inside"),
        pytest.param("https://[::127.0.0.1]/", "INSIDE", id="compatible"),
        pytest.param("https://[fd00::7]/", "INSIDE", id="unique local"),
        pytest.param("https://[fe80::1]/", "INSIDE", id="link-local"),
        pytest.param("https://[ff02::1]/", "INSIDE", id="multicast, six"),
        pytest.param("https://[64:ff9b::7f00:1]/", "INSIDE", id="NAT64"),
        pytest.param("https://[64:ff9b:1::1]/", "INSIDE", id="local NAT64"),
        pytest.param("https://[2002:7f00:1::]/", "INSIDE", id="6to4"),
        pytest.param("https://[2001:0:1::]/", "INSIDE", id="Teredo"),
        pytest.param("https://[2001:2::1]/", "INSIDE", id="benchmarks, six"),
        pytest.param("https://[2001:db8::1]/", "INSIDE", id="documentation, six"),
        pytest.param("https://[3fff::1]/", "INSIDE", id="newer documentation"),
    ],
)
def test_what_may_not_be_registered_is_refused(url: str, problem: str) -> None:
    with pytest.raises(AddressError) as refused:
        judge(url)

    assert refused.value.problem == AddressProblem(problem)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:9101/v1", ("http", "127.0.0.1", 9101)),
        ("https://10.20.255.255:5000/", ("https", "10.20.255.255", 5000)),
        ("https://[fd12::7]/", ("https", "fd12::7", 443)),
    ],
)
def test_the_operators_networks_are_an_exception(
    url: str, address: tuple[str, str, int]
) -> None:
    assert judge(url, MINE) == RegisteredAddress(*address)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        pytest.param("https://10.21.0.0/", "INSIDE", id="the first beyond"),
        pytest.param("https://[::ffff:10.20.0.1]/", "INSIDE", id="mapped into it"),
        pytest.param("http://agency.example/", "SCHEME", id="a name in the clear"),
        pytest.param("https://agency.example:9101/", "PORT", id="a name's port"),
        pytest.param("https://93.184.215.14:9101/", "PORT", id="a public port"),
        pytest.param("https://2130706433/", "HOST", id="another spelling"),
        pytest.param("https://u@127.0.0.1/", "USER", id="a user"),
    ],
)
def test_and_an_exception_for_nothing_else(url: str, problem: str) -> None:
    with pytest.raises(AddressError) as refused:
        judge(url, MINE)

    assert refused.value.problem == AddressProblem(problem)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "ten", "10.0.0.0/33", ""])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ManifestError, match="is no network"):
        read_networks([text])


def test_every_problem_says_what_to_do_in_both_languages() -> None:
    assert set(ADDRESS_PROBLEMS) == set(AddressProblem)
    assert all(text.zh and text.en for text in ADDRESS_PROBLEMS.values())


def spelt(value: int, parts: int, bases: list[int]) -> str:
    """Write an IPv4 address as ``inet_aton`` reads it, in so many parts."""
    raw = value.to_bytes(4)
    numbers = [*raw[: parts - 1], int.from_bytes(raw[parts - 1 :])]
    forms = {8: "0{:o}", 10: "{}", 16: "0x{:x}"}
    return ".".join(
        forms[base].format(number) for number, base in zip(numbers, bases, strict=False)
    )


def insides() -> st.SearchStrategy[int]:
    """Return addresses of the networks that lead inside."""
    return st.sampled_from(INSIDE_V4).flatmap(
        lambda net: st.integers(int(net[0]), int(net[-1]))
    )


@given(
    insides(),
    st.integers(1, 4),
    st.lists(st.sampled_from([8, 10, 16]), min_size=4, max_size=4),
)
def test_no_spelling_of_an_inside_address_is_taken(
    value: int, parts: int, bases: list[int]
) -> None:
    text = spelt(value, parts, bases)

    assert socket.inet_aton(text) == value.to_bytes(4)
    with pytest.raises(AddressError):
        judge(f"https://{text}/")


@given(
    insides(),
    st.sampled_from(
        ["::ffff:{}", "::{}", "64:ff9b::{}", "2002:{:x}:{:x}::", "2001:0:{:x}:{:x}::"]
    ),
)
def test_no_ipv6_address_leads_to_an_inside_one(value: int, form: str) -> None:
    numbers = [value >> 16, value & 0xFFFF] if "x" in form else [IPv4Address(value)]

    with pytest.raises(AddressError) as refused:
        judge(f"https://[{form.format(*numbers)}]/")

    assert refused.value.problem is AddressProblem.INSIDE


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_what_python_knows_to_be_special_is_not_public(
    address: IPv4Address | IPv6Address,
) -> None:
    assert not is_public(address) or (address.is_global and not address.is_multicast)


@pytest.mark.parametrize("network", [*INSIDE_V4, *INSIDE_V6], ids=str)
def test_a_network_is_inside_from_its_first_to_its_last_address(
    network: Network,
) -> None:
    assert (is_public(network[0]), is_public(network[-1])) == (False, False)


@given(
    st.one_of(
        st.text(st.characters(codec="ascii"), max_size=40),
        st.from_regex(r"[a-z0-9.:@%\[\]/?#x-]{1,30}", fullmatch=True),
    )
)
def test_the_http_client_reads_an_accepted_address_alike(rest: str) -> None:
    """Two readers of one address are two addresses."""
    url = f"https://{rest}"
    try:
        address = judge(url)
    except AddressError:
        return
    parsed = URL(url)

    assert (parsed.host, parsed.port, parsed.user) == (address.host, address.port, None)
