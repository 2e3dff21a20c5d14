"""Whatever text a caller sends costs little before it is believed or refused.

Each reader of strangers' text is given 64 kB of the pieces of which some reader has
ever taken the square, and of any at random. GraphQL documents and bodies have tests of
their own (``test_documents``, ``fuzz/test_raw_http``).
"""

import time
import tracemalloc
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bureau.privacy.masks import without_values
from connectors.conformance.plan import read_plan
from connectors.decoding.expression import compile_expression
from connectors.manifest import read_manifest
from connectors.network.addresses import judge
from gateway.batch.encodings import Encoding
from gateway.batch.levels import level_written
from gateway.batch.moments import day_written
from gateway.callers.signed_token import read_signed_token
from gateway.collection.line import read_line
from gateway.collection.signature import Message, verify_request
from gateway.graphql_http.media_types import media_type_of
from gateway.graphql_http.strict_json import read_json
from gateway.reconciliation import rows
from policy import normal_form
from policy.identity import parse_identity
from policy.identity_numbers import has_identity_number, without_identity_numbers
from signing import strict_json
from signing.errors import Check
from signing.trust import TrustBundle, read_public_key

SIZE = 64_000
SECONDS = 0.25
"""A processor's time for one of them: five times what it may be, for slow machines."""
BYTES = 10_000_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PEM = "-----BEGIN PUBLIC KEY-----\n"


def signed_by(stated: str) -> object:
    """Look for the signature of a request."""
    fields = [("signature-input", stated), ("signature", "a=:AA==:")]
    message = Message("POST", "http://a/", fields)
    return verify_request(message, TrustBundle.of([]), NOW)


READERS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "a manifest": read_manifest,
        "a plan": read_plan,
        "an expression": compile_expression,
        "a key": read_public_key,
        "an address": lambda text: judge(text, ()),
        "JSON of a question": lambda text: read_json(text.encode()),
        "signed JSON": lambda text: strict_json.read(text.encode(), Check.PAYLOAD),
        "a token": read_signed_token,
        "a line that is collected": lambda text: read_line(text.encode(), 1),
        "a signature's header": signed_by,
        "Accept": media_type_of,
        "a row in JSON": lambda text: rows.read_json(text.encode()),
        "a row in CSV": lambda text: rows.read_header(text.encode(), Encoding.UTF_8),
        "an identity": parse_identity,
        "a name": normal_form.name,
        "a number": normal_form.number,
        "a text that may name somebody": has_identity_number,
        "a text that is masked": without_identity_numbers,
        "an error that is masked": without_values,
        "a day of a sheet": day_written,
        "a level of a sheet": level_written,
    }
)
PIECES = (
    *(
        "a.",
        '"a".',
        "'''",
        '"""',
        '\\"""',
        "[a.b]\n",
        "[[a]]\n",
        "a={",
        "[",
        "{",
        "#\n",
    ),
    *(
        "1",
        "1 ",
        "1----",
        "19 ",
        "1 9 0 1 0 1 ",
        "310199196001157008",
        "11:11 ",
        "4 0 1",
    ),
    *(
        "\ufdfa",
        "e\u0301",
        "\u1100\u1161",
        "1\u200b",
        " ",
        "\n",
        "\r",
        "\t",
        "中级",
        "-",
    ),
    *(
        "[],",
        '{"a":1},',
        "\\u0041",
        "1e308,",
        "&b | ",
        "[@,@][] | ",
        "(",
        "a||",
        "`[1]`",
    ),
    *(
        ";b=1",
        "a=1,",
        '("x" ',
        ":AA==:",
        "q=0.",
        "*/*,",
        "A",
        ".",
        "/",
        PEM,
        "日",
        "\0",
    ),
)


def price(read: Callable[[str], object], text: str) -> float:
    """Return the processor's seconds for reading ``text``, refused or not."""
    began = time.thread_time()
    with suppress(Exception):
        read(text)
    return time.thread_time() - began


def filled(*pieces: str) -> str:
    """Return 64 kB of ``pieces``, one after the other."""
    whole = "".join(pieces)
    return (whole * (1 + SIZE // len(whole.encode())))[:SIZE]


@pytest.mark.parametrize("name", READERS)
def test_64_kilobytes_cost_little_whatever_they_are(name: str) -> None:
    prices = {piece: price(READERS[name], filled(piece)) for piece in PIECES}
    dearest = max(prices, key=prices.__getitem__)

    assert prices[dearest] < SECONDS, f"{dearest!r}: {prices[dearest]:.3f} s"


@settings(deadline=None, max_examples=settings().max_examples // 4)
@given(
    st.sampled_from(sorted(READERS)),
    st.lists(st.sampled_from(PIECES) | st.text(min_size=1, max_size=3), min_size=1),
)
def test_64_kilobytes_of_any_pieces_cost_little(name: str, pieces: list[str]) -> None:
    assert price(READERS[name], filled(*pieces)) < SECONDS


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a manifest", "a" + ".a" * 5_000 + " = 1", id="a dotted key"),
        pytest.param("a manifest", "[" + "a." * 30_000 + "a]", id="a dotted table"),
        pytest.param("a plan", "a = [" + "[" * 30_000, id="lists in lists"),
        pytest.param("a manifest", filled("a = 1\n"), id="many lines"),
        pytest.param("an expression", filled("[@,@][] | "), id="doubling"),
        pytest.param("signed JSON", filled("[" * 30 + "]" * 30 + ","), id="lists"),
        pytest.param("a name", filled("\ufdfa"), id="a character that is eighteen"),
        pytest.param("a signature's header", filled('a=("x");b=1,'), id="parameters"),
    ],
)
def test_64_kilobytes_take_no_memory(name: str, text: str) -> None:
    tracemalloc.start()
    with suppress(Exception):
        READERS[name](text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < BYTES
