"""graphql-transport-ws without a socket: each state, each limit, each moment."""

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.messages import CloseCode, EndedError
from gateway.subscriptions.protocol import (
    INIT_BYTES,
    Action,
    Authenticate,
    Protocol,
    Renew,
    SendText,
    Start,
    Stop,
)
from resolvers.documents.documents import Question

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


def test_an_init_asks_who_the_client_is_and_an_accepted_one_is_acknowledged() -> None:
    protocol = opened()

    assert protocol.receive(INIT, OPENED) == (Authenticate(None),)
    assert sent(protocol.accept(OPENED)) == [{"type": "connection_ack"}]


def test_what_an_init_says_of_the_client_is_handed_on() -> None:
    text = said("connection_init", payload={"authorization": "Bearer t"})

    assert opened().receive(text, OPENED) == (Authenticate("Bearer t"),)


def test_what_connection_init_states_of_look_ups_is_taken_as_headers() -> None:
    stated = {"X-Purpose": "RECOVERY", "x-organisation": "浦东", "X-Else": "no"}
    text = said("connection_init", payload=stated)

    (action,) = opened().receive(text, OPENED)

    assert action == Authenticate(
        None, (("x-purpose", "RECOVERY"), ("x-organisation", "浦东"))
    )


@pytest.mark.parametrize(
    "payload", [{"X-Officer": "1", "x-officer": "2"}, {"X-Officer": 1}]
)
def test_an_element_is_stated_once_and_as_a_text(payload: dict[str, object]) -> None:
    text = said("connection_init", payload=payload)

    assert ending(lambda: opened().receive(text, OPENED)) is CloseCode.BAD_MESSAGE


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"Authorization": "a", "authorization": "b"}, id="twice"),
        pytest.param({"Authorization": 1}, id="no text"),
    ],
)
def test_an_init_that_is_ambiguous_ends_it(payload: dict[str, object]) -> None:
    text = said("connection_init", payload=payload)

    assert ending(lambda: opened().receive(text, OPENED)) is CloseCode.BAD_MESSAGE


def test_nobody_is_accepted_who_did_not_ask() -> None:
    assert opened().accept(OPENED) == ()


def test_a_second_init_ends_it() -> None:
    protocol = ready()

    assert ending(lambda: protocol.receive(INIT, OPENED)) is CloseCode.SECOND_INIT


def test_a_second_init_ends_it_before_the_first_is_answered() -> None:
    protocol = opened()
    protocol.receive(INIT, OPENED)

    assert ending(lambda: protocol.receive(INIT, OPENED)) is CloseCode.SECOND_INIT


def test_a_subscription_before_the_init_ends_it() -> None:
    protocol = opened()

    code = ending(lambda: protocol.receive(subscribe("1"), OPENED))

    assert code is CloseCode.NOT_INITIALISED


def test_a_subscription_before_the_acknowledgement_ends_it() -> None:
    protocol = opened()
    protocol.receive(INIT, OPENED)

    code = ending(lambda: protocol.receive(subscribe("1"), OPENED))

    assert code is CloseCode.NOT_INITIALISED


def test_a_subscription_is_started_with_its_question() -> None:
    actions = ready().receive(subscribe("1"), OPENED)

    assert actions == (Start("1", Question(query=QUERY)),)


def test_a_subscription_that_asks_nothing_ends_it() -> None:
    text = said("subscribe", id="1", payload={})

    assert ending(lambda: ready().receive(text, OPENED)) is CloseCode.BAD_MESSAGE


def test_an_id_under_way_ends_it() -> None:
    protocol = ready("1")

    code = ending(lambda: protocol.receive(subscribe("1"), OPENED))

    assert code is CloseCode.DUPLICATE_ID


def test_an_id_is_free_again_after_the_client_completed_it() -> None:
    protocol = ready("1")

    assert protocol.receive(said("complete", id="1"), OPENED) == (Stop("1"),)
    (started,) = protocol.receive(subscribe("1"), OPENED)
    assert isinstance(started, Start)


def test_an_id_is_free_again_after_it_finished_here() -> None:
    protocol = ready("1")
    protocol.finish("1", OPENED)

    (started,) = protocol.receive(subscribe("1"), OPENED)

    assert isinstance(started, Start)


def test_the_last_subscription_allowed_is_started() -> None:
    (started,) = ready("1").receive(subscribe("2"), OPENED)

    assert isinstance(started, Start)


def test_one_subscription_too_many_is_refused_and_ends_nothing() -> None:
    protocol = ready("1", "2")

    (refused,) = sent(protocol.receive(subscribe("3"), OPENED))

    assert isinstance(refused, dict)
    assert (refused["type"], refused["id"]) == ("error", "3")
    assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
    assert sent(protocol.receive(PING, OPENED)) == [{"type": "pong"}]


def test_a_refused_subscription_is_not_under_way() -> None:
    protocol = ready("1", "2")
    protocol.receive(subscribe("3"), OPENED)
    protocol.finish("1", OPENED)

    (started,) = protocol.receive(subscribe("3"), OPENED)

    assert isinstance(started, Start)


def test_a_complete_that_crosses_the_end_of_its_subscription_does_nothing() -> None:
    protocol = ready("1")
    protocol.finish("1", OPENED)

    assert protocol.receive(said("complete", id="1"), OPENED) == ()


def test_a_result_is_sent_while_its_subscription_is_under_way() -> None:
    assert sent(ready("1").deliver("1", {"data": {"a": 1}})) == [
        {"type": "next", "id": "1", "payload": {"data": {"a": 1}}}
    ]


def test_a_result_that_crosses_a_complete_is_not_sent() -> None:
    protocol = ready("1")
    protocol.receive(said("complete", id="1"), OPENED)

    assert protocol.deliver("1", {"data": None}) == ()


def test_a_refusal_is_sent_while_its_subscription_is_under_way() -> None:
    assert sent(ready("1").refuse("1", [{"message": "no"}])) == [
        {"type": "error", "id": "1", "payload": [{"message": "no"}]}
    ]


def test_a_refusal_that_crosses_a_complete_is_not_sent() -> None:
    protocol = ready("1")
    protocol.receive(said("complete", id="1"), OPENED)

    assert protocol.refuse("1", [{"message": "no"}]) == ()


@pytest.mark.parametrize("protocol", [opened(), ready()], ids=["new", "ready"])
def test_a_ping_is_answered_at_any_time(protocol: Protocol) -> None:
    assert sent(protocol.receive(PING, OPENED)) == [{"type": "pong"}]


@pytest.mark.parametrize("protocol", [opened(), ready()], ids=["new", "ready"])
def test_a_pong_is_not_answered(protocol: Protocol) -> None:
    assert protocol.receive(said("pong"), OPENED) == ()


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", '{"type":"next","id":"1","payload":{}}']
)
def test_what_is_no_message_ends_it(text: str) -> None:
    assert ending(lambda: ready().receive(text, OPENED)) is CloseCode.BAD_MESSAGE


def test_a_binary_message_ends_it() -> None:
    assert ending(lambda: ready().receive(None, OPENED)) is CloseCode.BAD_MESSAGE


def test_the_largest_message_allowed_is_read() -> None:
    assert sent(ready().receive(PING.ljust(1_000), OPENED)) == [{"type": "pong"}]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PING.ljust(1_001), id="one byte too many"),
        pytest.param('"' + "证" * 333 + '"', id="fewer characters, too many bytes"),
    ],
)
def test_a_message_that_is_too_large_ends_it(text: str) -> None:
    assert ending(lambda: ready().receive(text, OPENED)) is CloseCode.TOO_BIG


def pinged(protocol: Protocol, times: int, now: float) -> Protocol:
    """Return a connection whose client sent so many pings."""
    for _ in range(times):
        protocol.receive(PING, now)
    return protocol


def test_who_is_not_known_may_send_little_in_all() -> None:
    options = Subscriptions(message_bytes=60_000)
    half = said("ping", payload={"a": "a" * (INIT_BYTES // 2 - 40)})
    protocol = opened(options)
    protocol.receive(half, OPENED)
    protocol.receive(half, OPENED)

    with pytest.raises(EndedError) as ended:
        protocol.receive(said("connection_init", payload={"a": "a" * 80}), OPENED)

    assert ended.value.code == CloseCode.TOO_BIG
    assert ready(options=options).receive(half + " " * INIT_BYTES, OPENED)


def test_the_last_message_allowed_within_a_minute_is_answered() -> None:
    protocol = pinged(opened(), 9, OPENED)

    assert sent(protocol.receive(PING, OPENED + 59.9)) == [{"type": "pong"}]


def test_one_message_too_many_within_a_minute_ends_it() -> None:
    protocol = pinged(opened(), 10, OPENED)

    code = ending(lambda: protocol.receive(PING, OPENED + 59.9))

    assert code is CloseCode.POLICY


def test_a_new_minute_is_counted_anew() -> None:
    protocol = pinged(pinged(opened(), 10, OPENED), 10, OPENED + 60)

    code = ending(lambda: protocol.receive(PING, OPENED + 119.9))

    assert code is CloseCode.POLICY


def test_an_init_is_waited_for_as_long_as_allowed() -> None:
    assert opened().tick(OPENED + 9.9) == ()


@pytest.mark.parametrize("texts", [(), (PING,), (INIT,)], ids=["none", "ping", "init"])
def test_an_init_that_does_not_come_or_is_not_accepted_in_time_ends_it(
    texts: tuple[str, ...],
) -> None:
    protocol = opened()
    for text in texts:
        protocol.receive(text, OPENED + 9.9)

    assert ending(lambda: protocol.tick(OPENED + 10)) is CloseCode.INIT_TIMEOUT


def test_an_init_that_was_accepted_is_waited_for_no_more() -> None:
    assert ready().tick(OPENED + 10) == (Renew(),)


def heard_at(protocol: Protocol, now: float) -> Protocol:
    """Return a connection whose client answered a ping."""
    protocol.receive(said("pong"), now)
    return protocol


def test_a_connection_without_a_subscription_is_kept_for_as_long_as_allowed() -> None:
    protocol = heard_at(ready(), OPENED + 59)

    assert protocol.tick(OPENED + 59.9) == (Renew(),)


def test_a_connection_without_a_subscription_is_ended_after_that() -> None:
    protocol = heard_at(ready(), OPENED + 59)

    assert ending(lambda: protocol.tick(OPENED + 60)) is CloseCode.IDLE


def test_a_connection_with_a_subscription_is_not_idle() -> None:
    protocol = heard_at(ready("1"), OPENED + 59)

    assert protocol.tick(OPENED + 60) == (Renew(),)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda p, now: p.finish("1", now), id="finished here"),
        pytest.param(
            lambda p, now: p.receive(said("complete", id="1"), now), id="completed"
        ),
    ],
)
def test_a_connection_is_idle_from_the_end_of_its_last_subscription(
    end: Callable[[Protocol, float], object],
) -> None:
    protocol = ready("1")
    end(protocol, OPENED + 100)
    heard_at(protocol, OPENED + 159)

    assert protocol.tick(OPENED + 159.9) == (Renew(),)
    assert ending(lambda: protocol.tick(OPENED + 160)) is CloseCode.IDLE


def test_a_connection_is_idle_from_its_acknowledgement_if_nothing_follows() -> None:
    protocol = opened()
    protocol.receive(INIT, OPENED)
    protocol.accept(OPENED + 5)
    heard_at(protocol, OPENED + 64)

    assert protocol.tick(OPENED + 64.9) == (Renew(),)
    assert ending(lambda: protocol.tick(OPENED + 65)) is CloseCode.IDLE


def test_a_connection_is_idle_no_later_for_a_finish_that_crossed_a_complete() -> None:
    protocol = ready("1")
    protocol.receive(said("complete", id="1"), OPENED + 100)
    protocol.finish("1", OPENED + 150)
    heard_at(protocol, OPENED + 159)

    assert ending(lambda: protocol.tick(OPENED + 160)) is CloseCode.IDLE


def test_a_client_that_was_heard_of_is_not_pinged() -> None:
    assert ready("1").tick(OPENED + 24.9) == (Renew(),)


def test_a_client_that_was_not_heard_of_is_pinged_once_an_interval() -> None:
    protocol = ready("1")

    renewed, ping = protocol.tick(OPENED + 25)

    assert renewed == Renew()
    assert sent([ping]) == [{"type": "ping"}]
    assert protocol.tick(OPENED + 29) == ()
    assert sent(protocol.tick(OPENED + 50)[1:]) == [{"type": "ping"}]


def test_a_client_that_answers_pings_is_kept() -> None:
    protocol = heard_at(ready("1"), OPENED + 30)

    assert protocol.tick(OPENED + 75)[0] == Renew()


def test_a_client_that_answers_no_ping_is_cut_off() -> None:
    protocol = ready("1")
    protocol.tick(OPENED + 74.9)

    assert ending(lambda: protocol.tick(OPENED + 75)) is CloseCode.POLICY


def test_a_caller_is_judged_again_once_an_interval() -> None:
    protocol = ready()

    assert protocol.tick(OPENED + 4.9) == ()
    assert protocol.tick(OPENED + 5) == (Renew(),)
    assert protocol.tick(OPENED + 9.9) == ()
    assert protocol.tick(OPENED + 10) == (Renew(),)


def test_time_is_looked_at_twice_within_the_shortest_interval() -> None:
    assert opened().tick_seconds == 2.5


def test_nothing_comes_out_of_what_was_ended_from_outside() -> None:
    protocol = ready("1")
    protocol.end()

    assert protocol.receive(PING, OPENED) == ()
    assert protocol.tick(OPENED + 1_000) == ()
    assert protocol.deliver("1", {"data": None}) == ()


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


@settings(deadline=None)
@given(st.booleans(), st.lists(st.tuples(STEPS, SECONDS), max_size=60))
def test_whatever_comes_and_whenever_limits_hold_and_an_end_is_the_end(
    is_ready: bool, steps: list[tuple[tuple[str, str | None], float]]
) -> None:
    options = Subscriptions(messages_a_minute=30, subscriptions_a_connection=3)
    protocol = ready(options=options) if is_ready else opened(options)
    now, is_ended = OPENED, False
    under_way: set[str] = set()
    for (name, argument), seconds in steps:
        now += seconds
        try:
            actions = taken(protocol, name, argument, now)
        except EndedError:
            assert not is_ended
            is_ended = True
            continue
        assert not (is_ended and actions)
        is_ended = is_ended or name == "end"
        if name == "finish":
            under_way.discard(str(argument))
        for action in actions:
            if isinstance(action, Start):
                assert action.id not in under_way
                under_way.add(action.id)
            elif isinstance(action, Stop):
                under_way.remove(action.id)
        assert len(under_way) <= 3
