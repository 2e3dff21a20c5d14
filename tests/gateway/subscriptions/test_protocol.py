"""graphql-transport-ws without a socket: each state, each limit, each moment."""

import pytest

from gateway.subscriptions.messages import CloseCode
from gateway.subscriptions.protocol import (
    Authenticate,
    Protocol,
    Start,
    Stop,
)
from resolvers.documents.documents import Question
from tests.gateway.subscriptions.protocols import (
    INIT,
    OPENED,
    PING,
    QUERY,
    ending,
    opened,
    ready,
    said,
    sent,
    subscribe,
)


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
