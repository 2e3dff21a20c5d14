"""Client certificates, as a proxy that ends TLS passes them (RFC 9440).

The proxy checks the certificate and its chain; here only its digest is compared. The
``Client-Cert`` header is read from the addresses of the configuration alone: anybody
else could write one, and has it ignored. A proxy has to drop the header where its
client sent one.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from starlette.requests import HTTPConnection

from bureau.caller import Caller
from gateway.callers.access_tokens import thumbprint
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.errors import StartError

MAX_LENGTH = 16 * 1024

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class ClientCertificates:
    """The proxies whose word is taken, and the certificates that are callers."""

    proxies: Sequence[Network]
    callers: Mapping[str, Caller]

    def shown_by(self, request: HTTPConnection) -> bytes | None:
        """Return the SHA-256 of the client's certificate; ``None`` without one.

        Raises:
            AuthenticationError: a proxy sent something else in its place.
        """
        stated = request.headers.getlist("client-cert")
        if not stated or not self._is_proxy(request):
            return None
        if len(stated) > 1 or len(stated[0]) > MAX_LENGTH:
            raise AuthenticationError(Reason.MALFORMED_CERTIFICATE)
        return thumbprint(_bytes(stated[0]))

    def caller_of(self, certificate: bytes) -> Caller:
        """Return whose certificate it is.

        Raises:
            AuthenticationError: no known caller's.
        """
        caller = self.callers.get(certificate.hex())
        if caller is None:
            raise AuthenticationError(Reason.UNKNOWN_CERTIFICATE)
        return caller

    def _is_proxy(self, request: HTTPConnection) -> bool:
        if request.client is None:
            return False
        try:
            address = ip_address(request.client.host)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.proxies)


def read_proxies(stated: Sequence[str]) -> Sequence[Network]:
    """Return the addresses and networks of the configuration.

    Raises:
        StartError: one of them is neither.
    """
    try:
        return [ip_network(text) for text in stated]
    except ValueError as error:
        raise StartError(f"client_certificate_proxies: {error}") from None


def _bytes(stated: str) -> bytes:
    """Return what a byte sequence (RFC 9651, 3.3.5) holds."""
    text = stated.strip(" ")
    is_framed = len(text) > len("::") and text[0] == text[-1] == ":"
    try:
        value = base64.b64decode(text[1:-1], validate=True) if is_framed else b""
    except (binascii.Error, ValueError):
        value = b""
    if not value:
        raise AuthenticationError(Reason.MALFORMED_CERTIFICATE)
    return value
