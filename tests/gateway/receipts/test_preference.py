"""``Prefer``: a receipt is wished for by its name alone, however else it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.receipts.preference import MOST, wants_receipt

TOKENS = st.text(
    "!#$%&'*+.^_`|~0123456789ABCXYZabcxyz-", min_size=1, max_size=6
).filter(lambda token: token.lower() != "receipt")
QUOTED = st.text('abc ,;="\\é\t', max_size=6).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
SPACES = st.text(" \t", max_size=2)
SETTINGS = st.builds(
    lambda name, value, space: name if value is None else f"{name}{space}={value}",
    TOKENS,
    st.none() | TOKENS | QUOTED | st.just(""),
    SPACES,
)
OTHERS = st.builds(
    lambda first, more: ";".join([first, *more]), SETTINGS, st.lists(SETTINGS)
)


@pytest.mark.parametrize(
    "prefer",
    [
        pytest.param("receipt", id="alone"),
        pytest.param("Receipt", id="capitals"),
        pytest.param("  receipt\t", id="white space"),
        pytest.param(",, receipt ,", id="empty elements of the list"),
        pytest.param("return=minimal, receipt", id="beside another"),
        pytest.param("receipt;wait=10", id="with a parameter"),
        pytest.param('receipt ; a="x;y,z" ;; b', id="parameters in quotes, and none"),
        pytest.param('receipt=""', id="an empty value is none"),
        pytest.param("receipt =", id="no value after all"),
        pytest.param('foo="a, b; c=\\"d", receipt', id="quotes separate nothing"),
        pytest.param("receipt, receipt=no", id="the first counts"),
        pytest.param("respond-async, wait=100,receipt", id="as the RFC has them"),
    ],
)
def test_a_receipt_is_wished_for(prefer: str) -> None:
    assert wants_receipt(prefer)


@pytest.mark.parametrize(
    "prefer",
    [
        pytest.param("", id="no header"),
        pytest.param("return=representation", id="another"),
        pytest.param("receipts", id="a longer name"),
        pytest.param("x-receipt", id="a longer name before"),
        pytest.param("receipt=none", id="with a value"),
        pytest.param("receipt=no, receipt", id="the first counts"),
        pytest.param("foo;receipt", id="a parameter"),
        pytest.param('foo="receipt"', id="a value"),
        pytest.param('foo=", receipt', id="quotes that do not end"),
        pytest.param('foo=", receipt, "', id="in quotes"),
        pytest.param("receipt receipt", id="no comma"),
        pytest.param("receipt\n", id="a line feed"),
        pytest.param("(receipt)", id="no token"),
        pytest.param("receipt=收", id="no Latin"),
        pytest.param("receipt," + " " * MOST, id="too long"),
    ],
)
def test_no_receipt_is_wished_for(prefer: str) -> None:
    assert not wants_receipt(prefer)


@given(st.lists(OTHERS, max_size=4), st.lists(OTHERS, max_size=4), SPACES)
def test_whatever_stands_around_it_does_not_matter(
    before: list[str], after: list[str], space: str
) -> None:
    others = f",{space}".join([*before, *after])

    assert wants_receipt(f"{space},".join([*before, "receipt", *after]))
    assert not wants_receipt(others)


@given(st.text('receipt,;= "\\\t(é', max_size=60))
def test_anything_is_read_without_an_error(prefer: str) -> None:
    assert wants_receipt(prefer) in {True, False}
