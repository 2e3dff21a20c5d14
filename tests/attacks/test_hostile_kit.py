"""Whoever is checked cannot hurt who checks: every attack is a report, in time."""

import asyncio
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.conformance.report import Report
from tests.attacks.test_hostile_upstream import (
    BOMB,
    CHUNKED,
    HONEST,
    closes,
    closes_in_the_body,
    endless,
    resets_in_the_body,
)
from tests.attacks.upstream import (
    Behaviour,
    honest_answer,
    http,
    never_answers,
    sends,
    serving,
)
from tests.connectors.conformance.kit import QUICKLY, checked
from tests.connectors.conformance.registry import Registry

ALWAYS = 1_000_000
EFFORT = replace(QUICKLY, request_timeout_seconds=1.0, total_seconds=4.0)


async def report_on(behave: Behaviour) -> Report:
    """Check an agency that answers everything as ``behave`` does."""
    registry = Registry()
    async with serving(behave, attacks=ALWAYS) as upstream:
        registry.url = upstream.url
        return await checked(
            registry.manifest, registry.bundle(), registry.plan, effort=EFFORT
        )


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(never_answers, id="never answers"),
        pytest.param(closes, id="closes"),
        pytest.param(closes_in_the_body, id="closes in the body"),
        pytest.param(resets_in_the_body, id="resets in the body"),
        pytest.param(sends(b"\x16\x03\x01\r\n\r\n"), id="no HTTP"),
        pytest.param(sends(b"HTTP/1.1 2000 OK\r\n\r\n"), id="no status"),
        pytest.param(
            endless(CHUNKED, b"1000\r\n" + b" " * 0x1000 + b"\r\n"), id="without end"
        ),
        pytest.param(
            endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 10_000), id="one header"
        ),
        pytest.param(sends(http(BOMB, "Content-Encoding: gzip")), id="a gzip bomb"),
        pytest.param(
            sends(http(b"", "Location: http://10.0.0.1/", status="307 Moved")),
            id="a redirect inwards",
        ),
        pytest.param(sends(http(b"[" * 100_000)), id="deep JSON"),
        pytest.param(sends(HONEST), id="another key's records"),
        pytest.param(sends(http(honest_answer(*["a.b.c"] * 2000))), id="many records"),
    ],
)
async def test_a_hostile_agency_is_a_report(behave: Behaviour) -> None:
    started = time.monotonic()

    report = await report_on(behave)

    assert not report.is_conforming
    # The limit is four seconds; the rest is a busy machine.
    assert time.monotonic() - started < 10.0


@pytest.mark.parametrize(
    "date",
    [
        "soon",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 0000 00:00:00 GMT",
        "Mon, 01 Jan 2026 99:99:99 GMT",
        "Mon, 01 Jan 2026 00:00:00 +999999999",
        "Mon, 01 Jan 9999 23:59:59 -1200",
        "-1",
    ],
)
async def test_no_date_of_an_attacker_is_an_error(date: str) -> None:
    report = await report_on(sends(http(honest_answer(), f"Date: {date}")))

    assert not report.is_conforming


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["results", "idNumber", "records", "absence"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=25, deadline=None)
@given(values)
def test_any_json_is_a_report(body: object) -> None:
    report = asyncio.run(report_on(sends(http(body))))

    assert not report.is_conforming
