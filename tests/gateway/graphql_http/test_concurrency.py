"""A caller has so many questions under way, and no more."""

import pytest

from gateway.graphql_http.concurrency import Turns
from gateway.graphql_http.refusals import Code, RefusedRequestError


def test_the_last_turn_is_given_and_the_next_refused() -> None:
    turns = Turns(2)

    with (
        turns.take("a"),
        turns.take("a"),
        pytest.raises(RefusedRequestError) as refused,
        turns.take("a"),
    ):
        pass

    assert refused.value.code is Code.TOO_MANY_REQUESTS
    assert refused.value.headers == {"Retry-After": "1"}


def test_one_caller_does_not_take_anothers_turn() -> None:
    turns = Turns(1)

    with turns.take("a"), turns.take("b"):
        pass


def test_a_turn_is_given_back_also_after_a_failure() -> None:
    turns = Turns(1)

    with pytest.raises(ZeroDivisionError), turns.take("a"):
        raise ZeroDivisionError

    with turns.take("a"):
        pass
