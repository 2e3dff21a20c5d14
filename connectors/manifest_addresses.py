"""Refuse addresses in a manifest that could not be asked, or not without harm.

Which networks agencies live in is the operator's to say, so an address inside the
private ranges is one like any other; ``network.addresses`` judges those that are
registered.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from connectors.errors import ManifestError


def refuse_unusable_address(name: str, url: str) -> None:
    """Refuse an address that the first question would stumble over.

    Raises:
        ManifestError: it is none; the message calls it by ``name``.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ManifestError(f"{name} is no address: {error}") from None
    if not parts.hostname or port == 0:
        raise ManifestError(f"{name} names no host, or the port 0")
    if parts.fragment:
        raise ManifestError(f"{name} has a fragment, which is never sent")


def refuse_plain_http(name: str, url: str, *, is_allowed: bool) -> None:
    """Refuse to send people's numbers in the clear by mistake.

    ``http`` is for a tunnel or a proxy on this machine; further it has to be asked for
    by name. What signatures protect stays protected; who is asked about does not.

    Raises:
        ManifestError: it leaves this machine by ``http``, or is allowed to in vain.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        if is_allowed:
            raise ManifestError(
                f"endpoint.unsafe_plain_http is set, but {name} is https; remove it"
            )
        return
    if not (is_allowed or _is_this_machine(str(parts.hostname))):
        raise ManifestError(
            f"{name} is http and leaves this machine: the numbers of the people "
            "asked about and the bearer token could be read on the way. Use https, or "
            "a tunnel that ends on 127.0.0.1; if you must, set "
            "endpoint.unsafe_plain_http = true"
        )


def refuse_unusable_list_address(url: str) -> None:
    """Refuse the address of a status list that could not be fetched by TLS.

    Raises:
        ManifestError: it is none, or leaves this machine by ``http``.
    """
    try:
        parts = urlsplit(url)
        is_usable = bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        raise ManifestError("status_list.url is no address") from None
    if not is_usable or not url.isascii() or not url.isprintable():
        raise ManifestError("status_list.url is no address")
    is_tunnel = parts.scheme == "http" and _is_this_machine(str(parts.hostname))
    if parts.scheme != "https" and not is_tunnel:
        raise ManifestError(
            "status_list.url is not https; use https, or a tunnel on 127.0.0.1"
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
