"""``Retry-After`` is read in both its forms, and nothing else of it is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ConnectorError, Later
from connectors.protocols.retry_after import read_retry_after
from tests.connectors.protocols.test_exchange import answer, exchange_with


@pytest.mark.parametrize(
    ("stated", "later"),
    [
        pytest.param("120", timedelta(minutes=2), id="seconds"),
        pytest.param(" 0 ", timedelta(0), id="none to wait"),
        pytest.param(
            "Fri, 31 Dec 1999 23:59:59 GMT",
            datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
            id="a date",
        ),
        pytest.param(None, None, id="absent"),
        pytest.param("", None, id="empty"),
        pytest.param("-1", None, id="below nothing"),
        pytest.param("1.5", None, id="no whole number"),
        pytest.param("１２０", None, id="other digits"),
        pytest.param("soon", None, id="a word"),
        pytest.param("9" * 10, None, id="three hundred years"),
        pytest.param(
            f"Fri, 31 Dec {'9' * 20} 23:59:59 GMT", None, id="a year that is none"
        ),
        pytest.param(
            f"Fri, 31 Dec 1999 23:59:{'9' * 10} GMT", None, id="seconds that are none"
        ),
        pytest.param(
            f"Fri, 31 Dec 1999 23:59:59 +{'9' * 20}", None, id="a zone that is none"
        ),
    ],
)
def test_what_is_stated_is_read_in_the_forms_of_the_rfc(
    stated: str | None, later: Later | None
) -> None:
    assert read_retry_after(stated) == later


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ [\d:]+ \w+"))
def test_nothing_that_is_stated_raises(stated: str) -> None:
    assert isinstance(read_retry_after(stated), timedelta | datetime | None)


@pytest.mark.parametrize("status", [429, 503])
async def test_it_comes_with_the_refusal(status: int) -> None:
    async def busy(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": "30"})

    async with exchange_with(busy) as exchange:
        with pytest.raises(ConnectorError) as refused:
            await exchange.post(b"{}")

    assert refused.value.later == timedelta(seconds=30)


async def test_a_refusal_without_it_says_nothing_of_when() -> None:
    async with exchange_with(answer(503)) as exchange:
        with pytest.raises(ConnectorError) as refused:
            await exchange.post(b"{}")

    assert refused.value.later is None
