"""One line: a sequence number and a signed record, read in one way only.

Without a number, it gets the next one when it is kept.
"""

from dataclasses import dataclass

from bureau.collection import Outcome
from gateway.collection.lines import OVERLONG
from gateway.collection.results import LineResult
from policy.text import Text
from signing import strict_json
from signing.errors import Check, SigningError

MAX_SEQUENCE = 2**53 - 1
FORMS = ({"sequence", "record"}, {"record"})
"""What a line states."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that can be read; its record is not verified yet."""

    number: int
    """Which line of the body it is, from 1."""
    sequence: int | None
    """``None`` where the gateway is to number it."""
    record: bytes
    """A compact JWS."""


def read_line(text: bytes | None, number: int) -> Line | LineResult:
    """Read one line, or say why it cannot be read."""
    if text is OVERLONG:
        return _refused(number, None, "LINE_TOO_LONG", _TOO_LONG)
    try:
        members = strict_json.read(text, Check.FORM)
    except SigningError as error:
        return _refused(number, None, error.refusal, _NO_JSON)
    if not isinstance(members, dict) or members.keys() not in FORMS:
        return _refused(number, None, "MALFORMED_LINE", _OF_TWO)
    record = members["record"]
    sequence = members.get("sequence")
    if "sequence" not in members:
        numbered = None
    elif type(sequence) is int and 1 <= sequence <= MAX_SEQUENCE:
        numbered = sequence
    else:
        return _refused(number, None, "MALFORMED_LINE", _OF_TWO)
    if not isinstance(record, str) or not record.isascii():
        return _refused(number, numbered, "MALFORMED_LINE", _OF_TWO)
    return Line(number, numbered, record.encode())


_TOO_LONG = Text("此行过长，已跳过", "the line is too long and was skipped")
_NO_JSON = Text("此行不是严格的 JSON", "the line is no strict JSON")
_OF_TWO = Text(
    '一行应为 {"sequence": 正整数, "record": "紧凑 JWS"}',
    'a line is {"sequence": a number from 1, "record": "a compact JWS"}',
)


def _refused(number: int, sequence: int | None, code: str, why: Text) -> LineResult:
    return LineResult(
        line=number, sequence=sequence, outcome=Outcome.REFUSED, code=code, reason=why
    )
