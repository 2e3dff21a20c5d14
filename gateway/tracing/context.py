"""The trace that a request is part of, as W3C Trace Context writes it.

``traceparent`` alone is read. ``tracestate`` and ``baggage`` are texts of strangers'
systems, which would leave for ours and for agencies as they are.
https://www.w3.org/TR/trace-context/
"""

import re
from typing import NamedTuple

from bureau.privacy.masks import has_identity_number

HEADER = "traceparent"
FORM = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})"
    r"(-.{0,400})?"
)
SAMPLED = 0x01
NUMBER = 18
"""How many characters an identity number has; a random id is none, but a caller's."""


class TraceContext(NamedTuple):
    """A trace, and what of it this request is part of."""

    trace_id: str
    parent_id: str
    is_sampled: bool
    """Whether the caller records it."""


def read_traceparent(text: str | None) -> TraceContext | None:
    """Return what the header says; ``None`` if it says nothing that can be used.

    A later version may have more behind; one that is known has not. An id with an
    identity number in it is the caller's doing, and is not taken over.
    """
    if text is None or (found := FORM.fullmatch(text)) is None:
        return None
    version, trace_id, parent_id, flags, more = found.groups()
    if (version == "00" and more is not None) or _has_number(trace_id + parent_id):
        return None
    return TraceContext(trace_id, parent_id, bool(int(flags, 16) & SAMPLED))


def _has_number(digits: str) -> bool:
    """Say whether an identity number stands anywhere in these digits."""
    if re.search(r"[0-9]{17}", digits) is None:
        return False
    places = range(len(digits) - NUMBER + 1)
    return any(has_identity_number(digits[at : at + NUMBER]) for at in places)
