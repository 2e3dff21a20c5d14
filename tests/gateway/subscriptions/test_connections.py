"""Connections are counted by caller and in all, and the gateway's end ends them."""

import asyncio
from contextlib import ExitStack

import pytest

from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.connections import Connections, is_set_within

OPTIONS = Subscriptions(connections_a_caller=2, connections=3, unknown_connections=2)


def nothing() -> None:
    """Stand for a connection that does not care that the gateway ends."""


class Client:
    """A connection that is open for a while; it remembers that it was asked to go."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.held = ExitStack()
        self.was_asked = False

    def ask(self) -> None:
        self.was_asked = True

    def open(self, caller: str | None = None) -> "Client":
        opened = self.connections.opened(self.ask, is_known=caller is not None)
        self.held.enter_context(opened)
        if caller is not None:
            self.held.enter_context(self.connections.owned(caller))
        return self


@pytest.fixture(name="connections")
def _connections() -> Connections:
    return Connections(OPTIONS)


def refusal(connections: Connections, caller: str | None) -> tuple[Code, str]:
    with pytest.raises(RefusedRequestError) as refused:
        Client(connections).open(caller)
    assert refused.value.headers == {"Retry-After": "5"}
    return refused.value.code, str(refused.value)


def test_a_caller_has_so_many_and_another_its_own(connections: Connections) -> None:
    first, _ = (Client(connections).open("hr") for _ in range(2))

    assert refusal(connections, "hr") == (
        Code.TOO_MANY_REQUESTS,
        "2 connections are open, the most a caller may have",
    )
    Client(connections).open("other")
    assert refusal(connections, "third") == (
        Code.UNAVAILABLE,
        "3 connections are open here",
    )
    first.held.close()
    Client(connections).open("hr")


def test_of_a_caller_who_has_gone_nothing_is_kept(connections: Connections) -> None:
    clients = [Client(connections).open("hr") for _ in range(2)]

    for left, client in enumerate(reversed(clients)):
        assert connections._of["hr"] == 2 - left
        client.held.close()

    assert len(connections._of) == 0


def test_of_those_who_did_not_say_who_they_are_there_are_few(
    connections: Connections,
) -> None:
    Client(connections).open("hr")
    first, _ = (Client(connections).open() for _ in range(2))

    code, said = refusal(connections, None)
    Client(connections).open("hr")
    first.held.close()
    Client(connections).open()

    assert code is Code.UNAVAILABLE
    assert said == "the gateway ends, or too many have not said who they are"


async def test_at_the_end_all_are_asked_to_go_and_waited_for(
    connections: Connections,
) -> None:
    clients = [Client(connections).open("hr"), Client(connections).open()]

    draining = asyncio.create_task(connections.drain(5.0))
    await asyncio.sleep(0)
    asked = [client.was_asked for client in clients]
    late = refusal(connections, "other")
    clients[0].held.close()
    await asyncio.sleep(0)
    is_done_early = draining.done()
    clients[1].held.close()
    await asyncio.wait_for(draining, 1)

    assert asked == [True, True]
    assert late[0] is Code.UNAVAILABLE
    assert not is_done_early


async def test_who_does_not_go_is_waited_for_only_so_long(
    connections: Connections,
) -> None:
    Client(connections).open("hr")

    async with asyncio.timeout(1):
        await connections.drain(0.01)


async def test_where_nobody_is_the_end_is_at_once(connections: Connections) -> None:
    Client(connections).open("hr").held.close()

    async with asyncio.timeout(1):
        await connections.drain(5.0)


def test_of_all_that_may_be_open_none_is_counted_twice(
    connections: Connections,
) -> None:
    for _ in range(2):
        clients = [Client(connections).open(name) for name in ("a", "b", "c")]
        assert refusal(connections, "d") == (
            Code.UNAVAILABLE,
            "3 connections are open here",
        )
        for client in clients:
            client.held.close()


async def test_who_came_after_all_had_gone_is_waited_for(
    connections: Connections,
) -> None:
    Client(connections).open("hr").held.close()
    last = Client(connections).open("hr")
    draining = asyncio.create_task(connections.drain(5))
    await asyncio.sleep(0.01)

    assert (last.was_asked, draining.done()) == (True, False)
    last.held.close()
    async with asyncio.timeout(1):
        await draining


async def test_a_renewal_is_told_once_to_whoever_waits_for_it(
    connections: Connections,
) -> None:
    renewal = connections.next_renewal
    assert not await is_set_within(renewal, 0.01)

    connections.renew()

    assert await is_set_within(renewal, 0.01)
    assert not await is_set_within(connections.next_renewal, 0.01)
