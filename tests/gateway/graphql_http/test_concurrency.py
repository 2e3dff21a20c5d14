"""A caller has so many questions under way, and no more."""

import pytest

from gateway.graphql_http.concurrency import ConcurrencyLimit
from gateway.graphql_http.refusals import Code, RefusedRequestError


def test_the_last_turn_is_given_and_the_next_refused() -> None:
    turns = ConcurrencyLimit(2)

    with (
        turns.hold("a"),
        turns.hold("a"),
        pytest.raises(RefusedRequestError) as refused,
        turns.hold("a"),
    ):
        pass

    assert refused.value.code is Code.TOO_MANY_REQUESTS
    assert refused.value.headers == {"Retry-After": "1"}


def test_one_caller_does_not_take_anothers_turn() -> None:
    turns = ConcurrencyLimit(1)

    with turns.hold("a"), turns.hold("b"):
        pass


def test_a_turn_is_given_back_also_after_a_failure() -> None:
    turns = ConcurrencyLimit(1)

    with pytest.raises(ZeroDivisionError), turns.hold("a"):
        raise ZeroDivisionError

    with turns.hold("a"):
        pass
