"""What is too large, too much or too late ends a websocket, and nothing else does."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.messages import CloseCode, EndedError
from gateway.subscriptions.protocol import (
    INIT_BYTES,
    Protocol,
    Renew,
    Start,
    Stop,
)
from tests.gateway.subscriptions.protocols import (
    INIT,
    OPENED,
    PING,
    SECONDS,
    STEPS,
    ending,
    heard_at,
    opened,
    pinged,
    ready,
    said,
    sent,
    taken,
)


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
