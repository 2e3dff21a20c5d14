"""Options of subscriptions: the table ``[subscriptions]``."""

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0.1, le=600)]
Connections = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class Subscriptions(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on connections, subscriptions and silence."""

    init_seconds: Seconds = 10.0
    """How long a websocket may take to say who it is (connection_init)."""
    ping_seconds: Seconds = 25.0
    """How often a connection is shown to be alive; a websocket has to answer."""
    idle_seconds: Seconds = 60.0
    """How long a websocket may stay open without a subscription."""
    send_seconds: Seconds = 20.0
    """How long a client may take to take what it is sent."""
    renew_seconds: Seconds = 5.0
    """How often a caller is judged again to whom nothing is sent."""
    message_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=1_000_000)] = 65_536
    """The largest message that is read from a websocket."""
    messages_a_minute: Annotated[int, msgspec.Meta(ge=10, le=100_000)] = 300
    """How many messages a websocket may send in a minute."""
    subscriptions_a_connection: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 20
    """How many subscriptions a websocket may have under way."""
    connections_a_caller: Connections = 20
    """How many connections one caller may have open, of both kinds."""
    unknown_connections: Connections = 200
    """How many websockets may be open here that did not say yet who they are."""
    connections: Connections = 1_000
    """How many connections may be open here, of both kinds and of all callers."""
