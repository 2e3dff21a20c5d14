"""Days that no totals can be of are refused in words, before anything is read."""

import asyncio
from datetime import date, timedelta
from typing import Any, cast

import pytest

from resolvers.errors import RequestError
from resolvers.ledger.totals import sum_up

FIRST = date(2000, 1, 1)


class WasReadError(Exception):
    """The days were taken."""


class Untouched:
    """A context of which nothing may be read."""

    def __getattr__(self, name: str) -> object:
        raise WasReadError(name)


def asked(first: date, last: date) -> None:
    asyncio.run(sum_up(cast("Any", Untouched()), first=first, last=last, by=[]))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(FIRST - timedelta(days=1), FIRST, id="before 2000"),
        pytest.param(date(2199, 12, 31), date(2200, 1, 1), id="2200"),
        pytest.param(FIRST + timedelta(days=1), FIRST, id="backwards"),
        pytest.param(FIRST, FIRST + timedelta(days=3660), id="a day too many"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(first: date, last: date) -> None:
    with pytest.raises(RequestError) as refused:
        asked(first, last)

    assert str(refused.value) == f"from {first} to {last} is not 1 to 3660 days"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(FIRST, FIRST, id="one, the first there is"),
        pytest.param(date(2199, 12, 31), date(2199, 12, 31), id="the last there is"),
        pytest.param(FIRST, FIRST + timedelta(days=3659), id="as many as may be"),
    ],
)
def test_other_days_are_read(first: date, last: date) -> None:
    with pytest.raises(WasReadError):
        asked(first, last)
