"""A protocol of a websocket, and what its client sends."""

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import strategies as st

from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.messages import CloseCode, EndedError
from gateway.subscriptions.protocol import (
    Action,
    Protocol,
    SendText,
)

OPTIONS = Subscriptions(
    init_seconds=10.0,
    ping_seconds=25.0,
    idle_seconds=60.0,
    renew_seconds=5.0,
    message_bytes=1_000,
    messages_a_minute=10,
    subscriptions_a_connection=2,
)


OPENED = 1_000.0


"""When every connection here is opened."""


QUERY = "subscription { certificateStateChanged { cursor } }"


def said(type_: str, **more: object) -> str:
    """Return a client's message."""
    return json.dumps({"type": type_, **more})


INIT = said("connection_init")


PING = said("ping")


def subscribe(id_: str) -> str:
    """Return a message that begins a subscription."""
    return said("subscribe", id=id_, payload={"query": QUERY})


def opened(options: Subscriptions = OPTIONS) -> Protocol:
    """Return a connection that said nothing yet."""
    return Protocol(options, OPENED)


def ready(*ids: str, options: Subscriptions = OPTIONS) -> Protocol:
    """Return a connection whose client is known, with subscriptions under way."""
    protocol = opened(options)
    protocol.receive(INIT, OPENED)
    protocol.accept(OPENED)
    for id_ in ids:
        protocol.receive(subscribe(id_), OPENED)
    return protocol


def sent(actions: Sequence[Action]) -> list[object]:
    """Return the messages that are to be sent; nothing else may be to be done."""
    assert all(isinstance(action, SendText) for action in actions)
    return [json.loads(one.text) for one in actions if isinstance(one, SendText)]


def ending(act: Callable[[], object]) -> CloseCode:
    """Return what the connection is closed with."""
    with pytest.raises(EndedError) as ended:
        act()
    return ended.value.code


def pinged(protocol: Protocol, times: int, now: float) -> Protocol:
    """Return a connection whose client sent so many pings."""
    for _ in range(times):
        protocol.receive(PING, now)
    return protocol


def heard_at(protocol: Protocol, now: float) -> Protocol:
    """Return a connection whose client answered a ping."""
    protocol.receive(said("pong"), now)
    return protocol


IDS = st.sampled_from(["1", "2", "3", "4", "\ud800"])


TEXTS = st.one_of(
    st.sampled_from([INIT, PING, said("pong")]),
    IDS.map(subscribe),
    IDS.map(subscribe),
    IDS.map(lambda id_: said("complete", id=id_)),
    st.none() | st.text(),
)


STEPS = st.one_of(
    st.tuples(st.just("receive"), TEXTS),
    st.tuples(st.just("receive"), TEXTS),
    st.tuples(st.sampled_from(["tick", "accept", "end"]), st.none()),
    st.tuples(st.sampled_from(["deliver", "refuse", "finish"]), IDS),
)


SECONDS = st.sampled_from([0.0, 0.1, 1.0, 5.0, 30.0]) | st.floats(0, 100)


def taken(
    protocol: Protocol, name: str, argument: str | None, now: float
) -> Sequence[Action]:
    """Take one step; return what is to be done."""
    match name, argument:
        case "receive", text:
            return protocol.receive(text, now)
        case "tick", _:
            return protocol.tick(now)
        case "accept", _:
            return protocol.accept(now)
        case "deliver", str(id_):
            return protocol.deliver(id_, {"data": None})
        case "refuse", str(id_):
            return protocol.refuse(id_, [])
        case "finish", str(id_):
            protocol.finish(id_, now)
        case _:
            protocol.end()
    return ()
