"""A load says of itself whether it may be believed, and of memory whether it grew."""

import pytest

from benchmarks.mixed_load import (
    FLAT_PERCENT,
    Kind,
    growth_percent,
    is_asker_slow,
    is_incomplete,
)
from benchmarks.native import Other

RISING = [(float(n), 100.0 + n) for n in range(10)]


def test_memory_that_only_grew_at_first_is_flat() -> None:
    warm = [*RISING, *((10.0 + n, 110.0) for n in range(10))]

    assert growth_percent(warm) == 0


def test_memory_that_grows_to_the_end_is_not() -> None:
    assert (
        growth_percent([(n, 2 * megabytes) for n, megabytes in RISING]) < FLAT_PERCENT
    )
    assert (
        growth_percent([(n, megabytes - 50) for n, megabytes in RISING]) > FLAT_PERCENT
    )


@pytest.mark.parametrize(
    ("late_us", "is_slow"),
    [
        pytest.param(500, False, id="less than a millisecond"),
        pytest.param(1_500, False, id="a tenth of what the gateway took"),
        pytest.param(4_000, True, id="more than that"),
    ],
)
def test_who_asks_late_is_not_taken_for_a_slow_gateway(
    late_us: int, is_slow: bool
) -> None:
    kind = Kind("a holder", [20_000] * 100, [late_us] * 100)

    assert is_asker_slow(kind) is is_slow


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        pytest.param(Other(0, 200, 1, b'{"outcome":"TIMED_OUT"}'), True, id="said"),
        pytest.param(Other(0, 200, 1, b'{"outcome":"NONE"}'), False, id="a no"),
        pytest.param(
            Other(0, 200, 1, b'{"errors":[],"outcome":"TIMED_OUT"}'), False, id="errors"
        ),
        pytest.param(Other(0, 500, 1, b'"TIMED_OUT"'), False, id="500"),
    ],
)
def test_what_is_left_out_has_to_be_said(answer: Other, is_right: bool) -> None:
    assert is_incomplete(answer) is is_right
