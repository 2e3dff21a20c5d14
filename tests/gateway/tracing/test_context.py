"""``traceparent`` is read as W3C Trace Context has it, and nobody's number is."""

import pytest

from gateway.tracing.context import TraceContext, read_traceparent

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("text", "is_sampled"),
    [
        pytest.param(f"00-{TRACE}-{PARENT}-01", True, id="recorded"),
        pytest.param(f"00-{TRACE}-{PARENT}-00", False, id="not recorded"),
        pytest.param(f"00-{TRACE}-{PARENT}-03", True, id="with a random id"),
        pytest.param(f"cc-{TRACE}-{PARENT}-01", True, id="a later version"),
        pytest.param(f"cc-{TRACE}-{PARENT}-01-more", True, id="with more behind"),
    ],
)
def test_a_context_is_read(text: str, is_sampled: bool) -> None:
    assert read_traceparent(text) == TraceContext(TRACE, PARENT, is_sampled)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="absent"),
        pytest.param("", id="empty"),
        pytest.param(f"00-{TRACE.upper()}-{PARENT}-01", id="in capitals"),
        pytest.param(f"00-{'0' * 32}-{PARENT}-01", id="no trace"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01", id="no parent"),
        pytest.param(f"ff-{TRACE}-{PARENT}-01", id="no version"),
        pytest.param(f"00-{TRACE}-{PARENT}-01-more", id="more than its version has"),
        pytest.param(f"00-{TRACE}-{PARENT}", id="cut"),
        pytest.param(f"00-{TRACE}-{PARENT}-01\n", id="a line end"),
        pytest.param(f"00-00000000310110199003074514abcdef-{PARENT}-01", id="a person"),
        pytest.param(f"00-3101101990030745140000000000abcd-{PARENT}-01", id="at first"),
        pytest.param(f"00-{TRACE[:20]}310110199003-0745141aaaaaaaaa-01", id="in both"),
        pytest.param(f"00-{TRACE[:30]}31-0110199003074514-01", id="at last"),
    ],
)
def test_what_is_none_or_a_person_is_not_taken_over(text: str | None) -> None:
    assert read_traceparent(text) is None
