"""Requests begin at once, or in their turn, or are told on arrival to come again."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry
from starlette.types import Message, Receive, Scope, Send

from gateway.admission.admission import (
    AT_ONCE,
    FEW,
    LEARNT,
    TURN_SECONDS,
    Admission,
)
from gateway.admission.metrics import AdmissionMetrics
from gateway.admission.middleware import Admitted
from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.request_state import begin_request, request_of

LONG_SECONDS = 3 * TURN_SECONDS
REGISTRY = "gateway_requests_shed_total"


class Office:
    """An admission, and what it tells of itself."""

    def __init__(self, wait_seconds: float = 0.0, deadline_seconds: float = 60) -> None:
        self.registry = CollectorRegistry()
        metrics = AdmissionMetrics(self.registry)
        self.admission = Admission(wait_seconds, deadline_seconds, metrics)

    def shed(self, reason: str) -> float | None:
        return self.registry.get_sample_value(REGISTRY, {"reason": reason})

    @property
    def waiting(self) -> float | None:
        return self.registry.get_sample_value("gateway_requests_waiting")

    def fall_behind(self) -> None:
        """Make this turn of the event loop a long one."""
        self.admission.has_room()
        time.sleep(LONG_SECONDS)


async def waiters(office: Office, count: int) -> list[asyncio.Task[float]]:
    """Begin to wait, so many, in turns that are long."""
    office.fall_behind()
    tasks = [asyncio.create_task(office.admission.wait()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(RefusedRequestError) as error:
        yield
    assert error.value.code is Code.OVERLOADED
    assert error.value.headers == {"Retry-After": "1"}


async def test_while_turns_are_short_everybody_begins_at_once() -> None:
    office, begun = Office(), 0

    for _ in range(1000):
        begun += office.admission.has_room()
        await asyncio.sleep(0)

    # A busy machine makes a turn long now and then; whoever waits is let in after it.
    assert begun > 900


async def test_in_a_long_turn_and_after_it_nobody_begins_at_once() -> None:
    office = Office()
    office.fall_behind()

    assert not office.admission.has_room()
    await asyncio.sleep(0)
    assert not office.admission.has_room()


async def test_a_turn_that_was_long_once_holds_nobody_up() -> None:
    office = Office()
    office.fall_behind()
    await asyncio.sleep(0.01)

    async with asyncio.timeout(10):
        await office.admission.enter()
        await asyncio.sleep(0)
        await office.admission.enter()


async def test_who_waits_begins_in_the_order_of_arrival_and_says_how_long() -> None:
    office, order = Office(wait_seconds=60), []

    async def ask(name: int) -> float:
        waited = await office.admission.wait()
        order.append(name)
        return waited

    office.fall_behind()
    asking = [asyncio.create_task(ask(name)) for name in range(3 * FEW)]
    await asyncio.sleep(0)
    assert office.waiting
    waited = await asyncio.gather(*asking)

    assert order == list(range(3 * FEW))
    assert 0 < min(waited) <= max(waited) < 60
    assert office.waiting == 0


async def test_who_would_wait_too_long_is_refused_on_arrival_and_counted() -> None:
    office = Office()
    tasks = await waiters(office, 10 * FEW)
    # After this turn it is known how long they are.
    await asyncio.sleep(0)
    assert office.admission._usual_seconds > 0

    with refused():
        await office.admission.wait()
    with refused():
        await office.admission.enter()

    assert (office.shed("busy"), office.shed("late")) == (2, 0)
    await asyncio.gather(*tasks)


async def test_how_long_one_would_wait_is_how_many_turns_it_takes() -> None:
    office = Office(wait_seconds=2.5)
    office.fall_behind()
    waiting = [office.admission.wait() for _ in range(FEW + 1)]
    for one in waiting[:FEW]:
        one.send(None)

    # Four begin in a turn: after eight that wait one begins in the third.
    office.admission._usual_seconds = 1.0
    waiting[FEW].send(None)
    office.admission._usual_seconds = 1.2
    with refused():
        await office.admission.wait()

    for one in waiting:
        one.close()


async def test_after_a_short_turn_some_begin_and_after_a_long_one_a_single_one() -> (
    None
):
    office = Office(wait_seconds=60)
    admission = office.admission
    tasks = await waiters(office, 4 * AT_ONCE)

    def begun(seconds: float) -> float:
        """Let a turn end that took so long; return how many wait no more."""
        before = office.waiting or 0
        admission._turned(time.monotonic() - seconds)
        return before - (office.waiting or 0)

    usual = admission._usual_count
    long = begun(LONG_SECONDS)
    # Learnt slowly, from turns after which somebody waits on.
    learnt = usual + LEARNT * (1 - usual)
    assert long == 1
    assert admission._usual_count == pytest.approx(learnt)
    assert begun(0.0) == AT_ONCE
    tasks[1 + AT_ONCE].cancel()
    assert begun(0.0) == 1 + AT_ONCE, "who has gone took a place"

    await asyncio.gather(*tasks, return_exceptions=True)
    usual = admission._usual_count
    admission._turned(time.monotonic())
    assert admission._usual_count == usual


async def test_a_few_may_wait_however_long_turns_are() -> None:
    office = Office()
    office.admission._usual_seconds = 1000.0

    tasks = await waiters(office, FEW)
    with refused():
        await office.admission.wait()

    await asyncio.gather(*tasks)


async def test_who_waited_for_most_of_the_deadline_is_not_begun() -> None:
    office = Office(wait_seconds=0.01, deadline_seconds=0.02)
    tasks = await waiters(office, 2 * FEW)
    office.fall_behind()

    ended = await asyncio.gather(*tasks, return_exceptions=True)

    *others, last = (isinstance(one, RefusedRequestError) for one in ended)
    # Once few wait, all of them begin.
    assert (any(others), last) == (True, False)
    assert office.shed("late") == sum(others)


async def test_who_gives_up_waiting_takes_no_place() -> None:
    office = Office()
    first, *others = await waiters(office, FEW)
    first.cancel()

    await asyncio.gather(*others)

    assert first.cancelled()
    assert office.waiting == 0


async def asked(
    office: Office, path: str, type_: str = "http"
) -> tuple[Sequence[Message], Scope | None]:
    """Ask; return what was sent, and what the application was called with."""
    passed: list[Scope] = []
    sent: list[Message] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope)

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": type_, "path": path, "headers": []}
    begin_request(scope, "r")
    await Admitted(app, office.admission)(scope, receive, send)
    return sent, passed[0] if passed else None


@contextmanager
def overloaded(office: Office) -> Iterator[None]:
    """Have more waiting than may."""
    office.admission._usual_seconds = 1000.0
    office.fall_behind()
    waiting = [office.admission.wait() for _ in range(FEW)]
    for one in waiting:
        one.send(None)
    yield
    for one in waiting:
        one.close()


def told(sent: Sequence[Message]) -> tuple[Any, Mapping[bytes, bytes], Any]:
    start, body = sent
    return start["status"], dict(start["headers"]), orjson.loads(body["body"])


async def test_a_page_is_refused_in_words_for_people() -> None:
    office = Office()
    with overloaded(office):
        sent, passed = await asked(office, "/console/claim", "http")

    start, body = sent
    assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"1")
    assert "网关繁忙" in body["body"].decode()
    assert passed is None


@pytest.mark.parametrize("type_", ["http", "websocket"])
@pytest.mark.parametrize("path", ["/graphql", "/reconciliation", "/totals.csv"])
async def test_it_is_refused_in_the_shape_of_an_answer(path: str, type_: str) -> None:
    office = Office()
    with overloaded(office):
        sent, passed = await asked(office, path, type_)

    status, headers, body = told(sent)
    (error,) = body["errors"]
    assert (passed, status, headers[b"retry-after"]) == (None, 503, b"1")
    assert error["extensions"] == {"code": "OVERLOADED"}
    assert "请稍后再试 / " in error["message"]


async def test_a_transfer_is_refused_as_a_problem() -> None:
    office = Office()
    with overloaded(office):
        sent, passed = await asked(office, "/collect/transport")

    status, headers, body = told(sent)
    assert (passed, status, headers[b"retry-after"]) == (None, 503, b"1")
    assert (headers[b"content-type"], body["code"]) == (
        *(b"application/problem+json", "OVERLOADED"),
    )


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics", "/"])
async def test_health_and_metrics_are_always_passed_on(path: str) -> None:
    office = Office()
    with overloaded(office):
        sent, passed = await asked(office, path)

    assert not sent
    assert passed is not None


async def test_what_waited_says_so_to_those_who_answer_it() -> None:
    office = Office(wait_seconds=60)
    office.fall_behind()

    sent, passed = await asked(office, "/graphql")

    assert not sent
    assert passed is not None
    assert request_of(passed).waited_seconds > 0
