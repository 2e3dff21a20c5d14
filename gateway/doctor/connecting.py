"""Resolve names and open connections, and say by which of the two it fails.

What an agency registers itself is never told this closely (``connectors.network``);
here the operator looks at addresses of its own manifests.
"""

import asyncio
import socket
from collections.abc import Iterator

from connectors.network.addresses import (
    AddressError,
    RegisteredAddress,
    taken_apart,
)
from gateway.doctor.codes import Fault, Found, Looked, Step
from gateway.doctor.places import Places
from policy.text import Text

RESOLVE_SECONDS = 5.0
CONNECT_SECONDS = 3.0


async def connect(places: Places, seconds: float = CONNECT_SECONDS) -> list[Looked]:
    """Look every name up, and connect to what it leads to."""
    names: list[Found] = []
    connections: list[Found] = []
    seen: list[str] = []
    for name, address in _addresses(places):
        place = f"{name} {address.host}:{address.port}"
        try:
            found = await _resolved(address)
        except (OSError, TimeoutError) as error:
            names.append(
                places.found(Step.NAME, Fault.NAME_UNKNOWN, place, _why(error))
            )
            continue
        seen.append(f"{address.host}: {', '.join(found)}")
        code, why = await _connected(found, address.port, seconds)
        if code is not None:
            connections.append(places.found(Step.CONNECTION, code, place, why))
    note = Text("；".join(seen), "; ".join(seen)) if seen else None
    return [
        Looked(Step.NAME, tuple(names), note),
        Looked(Step.CONNECTION, tuple(connections), is_taken=bool(seen)),
    ]


def _addresses(places: Places) -> Iterator[tuple[str, RegisteredAddress]]:
    stated = dict(places.rules.addresses)
    if places.rules.status_list.url is not None:
        stated["status_list.url"] = places.rules.status_list.url
    told: set[RegisteredAddress] = set()
    for name, url in stated.items():
        try:
            address = taken_apart(url)
        except AddressError:
            # The kit tells of it, as ADDRESS_REFUSED.
            continue
        if address not in told:
            told.add(address)
            yield name, address


async def _resolved(address: RegisteredAddress) -> list[str]:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(RESOLVE_SECONDS):
        found = await loop.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        )
    return list(dict.fromkeys(str(place[4][0]) for place in found))


async def _connected(
    hosts: list[str], port: int, seconds: float
) -> tuple[Fault | None, str]:
    """Connect to the first that answers; return why none does."""
    code, why = Fault.NO_ROUTE, ""
    for host in hosts:
        try:
            async with asyncio.timeout(seconds):
                _, writer = await asyncio.open_connection(host, port)
        except ConnectionRefusedError as error:
            code, why = Fault.PORT_CLOSED, _why(error)
        except (OSError, TimeoutError) as error:
            code, why = Fault.NO_ROUTE, _why(error)
        else:
            writer.transport.abort()
            return None, ""
    return code, why


def _why(error: OSError | TimeoutError) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
