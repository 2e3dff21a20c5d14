"""Judge the address of an agency that registers itself, and connect to no other.

Whoever registers an address makes the gateway send requests, so an address may not
lead inside. ``judge`` looks at the text, once, at registration; it looks nothing up.
``AddressGuard`` stands where connections are made: it resolves a name, refuses the
whole answer if one address of it leads inside, and the socket is opened to exactly the
addresses that were looked at. Between looking and connecting no name is resolved
again, so a name that is answered otherwise a moment later changes nothing.

The networks an operator allows are the only exception. Manifests that are the
operator's own files are not judged. Why a connection could not be made is not said:
refused here, unknown name, closed port and failed handshake are one error, so that
nobody learns about a network from what an agency's check says.
"""

import re
import socket
import ssl
from asyncio import StreamReader, StreamWriter, open_connection
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType

from connectors.errors import ConnectorError
from connectors.network.networks import Address, Network, is_allowed, is_allowed_text
from policy.text import Text

PORTS = frozenset({443, 4443, 8443, 9443})
"""Where HTTPS is served. In the operator's own networks any port may be used."""
MAX_LENGTH = 2000
DNS_SECONDS = 60

_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<authority>[^/?#]*)"
    r"(?P<rest>[A-Za-z0-9/?._~!$&'()*+,;=:@%-]*)",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(
    r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9.-]+))(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_MAX_NAME = 253
_MAX_PORT = 65_535
_NOBODYS_NAMES = frozenset(
    {"alt", "arpa", "internal", "invalid", "lan", "local", "localdomain", "localhost"}
    | {"home", "corp", "onion"}
)
"""Last labels that no public registry gives out: RFC 6761, 6762, 9476 and habit."""


class AddressProblem(StrEnum):
    """A reason why an address cannot be registered."""

    MALFORMED = "MALFORMED"
    SCHEME = "SCHEME"
    USER = "USER"
    FRAGMENT = "FRAGMENT"
    HOST = "HOST"
    PORT = "PORT"
    INSIDE = "INSIDE"


ADDRESS_PROBLEMS = {
    AddressProblem.MALFORMED: Text(
        zh="不是可用的网址：只能包含可见的 ASCII 字符，且不超过 2000 个字符",
        en="no usable address: visible ASCII, at most 2000 characters",
    ),
    AddressProblem.SCHEME: Text(
        zh="必须以 https:// 开头；仅运营方放行网络内的 IP 地址可用 http://",
        en="it has to start with https://; http:// is for IP addresses in the "
        "operator's own networks",
    ),
    AddressProblem.USER: Text(
        zh="网址中不得带用户名或口令；令牌请填 endpoint.bearer_token",
        en="it has a user or a password; a token belongs in endpoint.bearer_token",
    ),
    AddressProblem.FRAGMENT: Text(
        zh="网址中不得带 # 片段，它不会被发送",
        en="it has a fragment, which is never sent",
    ),
    AddressProblem.HOST: Text(
        zh="主机须为完整的公共域名，或按标准写法书写的 IP 地址",
        en="the host has to be a full public name, or an IP address as usually spelt",
    ),
    AddressProblem.PORT: Text(
        zh="端口须为 443、4443、8443 或 9443",
        en="the port has to be 443, 4443, 8443 or 9443",
    ),
    AddressProblem.INSIDE: Text(
        zh="该地址不属于公共互联网，也不在运营方放行的网络内",
        en="the address is neither on the open internet nor in the operator's networks",
    ),
}


class AddressError(ConnectorError):
    """An address that cannot be registered, and what to change about it."""

    def __init__(self, problem: AddressProblem) -> None:
        self.problem = problem
        self.message = ADDRESS_PROBLEMS[problem]
        super().__init__(self.message.en)


class NoConnectionError(aiohttp.ClientConnectionError):
    """No connection was made, for a reason that is not said."""


@dataclass(frozen=True, slots=True)
class RegisteredAddress:
    """An address that may be registered, taken apart."""

    scheme: str
    host: str
    port: int


def judge(url: str, networks: Iterable[Network] = ()) -> RegisteredAddress:
    """Return where ``url`` leads by its text. What its name resolves to is not asked.

    Raises:
        AddressError: it may not be registered.
    """
    found = _URL.fullmatch(url) if len(url) <= MAX_LENGTH else None
    if found is None:
        fragment = "#" in url and _URL.fullmatch(url.partition("#")[0]) is not None
        problem = AddressProblem.FRAGMENT if fragment else AddressProblem.MALFORMED
        raise AddressError(problem)
    scheme = found["scheme"].lower()
    if scheme not in {"http", "https"}:
        raise AddressError(AddressProblem.SCHEME)
    if "@" in found["authority"]:
        raise AddressError(AddressProblem.USER)
    authority = _AUTHORITY.fullmatch(found["authority"])
    if authority is None:
        raise AddressError(AddressProblem.HOST)
    literal = _literal(authority)
    if literal is not None and not is_allowed(literal, networks):
        raise AddressError(AddressProblem.INSIDE)
    is_operators = literal is not None and any(literal in net for net in networks)
    if scheme == "http" and not is_operators:
        raise AddressError(AddressProblem.SCHEME)
    port = int(authority["port"] or {"http": 80, "https": 443}[scheme])
    if not 0 < port <= _MAX_PORT or not (is_operators or port in PORTS):
        raise AddressError(AddressProblem.PORT)
    host = (authority["v6"] or authority["name"]).lower()
    return RegisteredAddress(scheme, host, port)


def taken_apart(url: str) -> RegisteredAddress:
    """Return where ``url`` of an operator's own manifest leads; it is not judged.

    Raises:
        AddressError: it leads nowhere.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        raise AddressError(AddressProblem.MALFORMED) from None
    if not parts.hostname:
        raise AddressError(AddressProblem.HOST)
    return RegisteredAddress(parts.scheme, parts.hostname, port)


def _literal(authority: re.Match[str]) -> Address | None:
    """Return the IP address a host is; ``None`` for a name.

    Raises:
        AddressError: it is neither, or an IP address in another spelling: what ends
            in a number is an address to some readers (127.1, 0x7f.1, 2130706433).
    """
    try:
        if authority["v6"] is not None:
            return IPv6Address(authority["v6"])
        name = authority["name"].lower()
        *others, last = name.split(".")
        if last.isdigit() or last.startswith("0x"):
            return IPv4Address(name)
    except AddressValueError:
        raise AddressError(AddressProblem.HOST) from None
    labels = [*others, last]
    if (
        not others
        or last in _NOBODYS_NAMES
        or len(name) > _MAX_NAME
        or not all(_LABEL.fullmatch(label) for label in labels)
    ):
        raise AddressError(AddressProblem.HOST)
    return None


class AddressGuard:
    """Makes connections to registered addresses, and to nothing that leads inside.

    One a process; ``resolver`` is the system's if none is given.
    """

    def __init__(
        self, networks: Iterable[Network] = (), resolver: AbstractResolver | None = None
    ) -> None:
        self.networks = tuple(networks)
        self._resolver = resolver

    def session(self, tls: ssl.SSLContext | None = None) -> aiohttp.ClientSession:
        """Return a session for registered agencies, as the gateway asks others.

        It reads no proxy from the environment: a proxy would look names up by itself.
        """
        return aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=_GuardedConnector(
                limit=0,
                ttl_dns_cache=DNS_SECONDS,
                resolver=_CheckedResolver(self._inner(), self.networks),
                socket_factory=self._socket,
                ssl=True if tls is None else tls,
            ),
            timeout=aiohttp.ClientTimeout(),
            auto_decompress=False,
            trust_env=False,
        )

    async def open(
        self, host: str, port: int, tls: ssl.SSLContext | None
    ) -> tuple[StreamReader, StreamWriter]:
        """Open a bare connection to a host that was judged.

        Raises:
            OSError: none could be made; a handshake that failed says itself why.
        """
        # The name is for the handshake alone; the connection goes to the address.
        name = None if tls is None else host
        *others, last = await self._addresses(host, port)
        for one in others:
            with suppress(ConnectionError):
                return await open_connection(one, port, ssl=tls, server_hostname=name)
        return await open_connection(last, port, ssl=tls, server_hostname=name)

    async def _addresses(self, host: str, port: int) -> list[str]:
        with suppress(ValueError):
            if not is_allowed(ip_address(host), self.networks):
                raise OSError(_NO_ADDRESS)
            return [host]
        resolver = _CheckedResolver(self._inner(), self.networks)
        return [found["host"] for found in await resolver.resolve(host, port)]

    def _inner(self) -> AbstractResolver:
        return self._resolver or aiohttp.ThreadedResolver()

    def _socket(self, address: AddrInfoType) -> socket.socket:
        """Open a socket for an address, the last place where it can be refused.

        Literal addresses come here without having been resolved.
        """
        family, kind, protocol, _, place = address
        if not is_allowed_text(str(place[0]), self.networks):
            raise OSError(_NO_ADDRESS)
        return socket.socket(family, kind, protocol)


_NO_ADDRESS = "no address that may be connected to"


class _CheckedResolver(AbstractResolver):
    """Resolves, and refuses an answer that leads inside with any of its addresses.

    One public and one private address are no honest mistake worth working around.
    """

    def __init__(
        self, resolver: AbstractResolver, networks: tuple[Network, ...]
    ) -> None:
        self._resolver = resolver
        self._networks = networks

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of ``host``.

        Raises:
            OSError: there are none, or one of them may not be connected to.
        """
        found = await self._resolver.resolve(host, port, family)
        allowed = [is_allowed_text(one["host"], self._networks) for one in found]
        if not found or not all(allowed):
            raise OSError(_NO_ADDRESS)
        return found

    async def close(self) -> None:
        """Close nothing: the inner resolver is its owner's."""


class _GuardedConnector(aiohttp.TCPConnector):
    """Connects, or says only that it did not."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[aiohttp.tracing.Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> aiohttp.connector.Connection:
        """See ``aiohttp.BaseConnector.connect``."""
        try:
            return await super().connect(req, traces, timeout)
        except aiohttp.ClientConnectorError:
            raise NoConnectionError from None
