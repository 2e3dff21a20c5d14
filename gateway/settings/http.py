"""Options of HTTP: the table ``[http]``."""

from typing import Annotated

import msgspec

ORIGIN = r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$"


class Http(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on the time, the number and the origin of requests."""

    request_seconds: Annotated[float, msgspec.Meta(gt=0, le=120)] = 10.0
    """How long a question may take once it was read."""
    header_seconds: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 10.0
    """How long a client may take to send all headers."""
    silent_seconds: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 5.0
    """How long a connection may take to send its first byte."""
    idle_seconds: Annotated[float, msgspec.Meta(ge=1, le=3_600)] = 75.0
    """How long a connection may stay open without a request."""
    connections_an_address: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1_000
    """How many connections one address may have open; a proxy's are not counted."""
    body_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0
    """How long a client may take to send a body."""
    concurrent_requests: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 32
    """How many questions one caller may have under way."""
    wait_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.5
    """How long a question may wait to begin, while there are more than can be done."""
    allowed_origins: tuple[Annotated[str, msgspec.Meta(pattern=ORIGIN)], ...] = ()
    """Other sites whose pages may ask (CORS); none by default."""
    hsts_seconds: Annotated[int, msgspec.Meta(ge=0, le=63_072_000)] = 0
    """How long browsers are told to use https only; 0 does not tell them."""
