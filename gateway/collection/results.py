"""State the outcome of each line, and of all of them together.

A result is sent after what it says is committed, and at no other time. Words are in
both languages; nothing of a record is in them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import orjson

from bureau.collection import Gap, Outcome, Position
from policy.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """The outcome of one line."""

    line: int
    sequence: int | None
    """``None`` where the line states none that can be read."""
    outcome: Outcome
    code: str | None = None
    """Why it is refused, or what was noticed about what is accepted."""
    reason: Text | None = None
    gap: Gap | None = None
    """What is missing since this line came."""

    def written(self) -> bytes:
        """Return the line of the answer."""
        members: dict[str, object] = {
            "line": self.line,
            "sequence": self.sequence,
            "outcome": self.outcome,
        }
        if self.code is not None:
            members["code"] = self.code
        if self.reason is not None:
            members["reason"] = {"zh": self.reason.zh, "en": self.reason.en}
        if self.gap is not None:
            members["gap"] = self.gap.shown()
        return orjson.dumps(members) + b"\n"


@dataclass(slots=True)
class Summary:
    """All lines of a transfer together."""

    stream: str
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    lines: int = 0

    def add(self, results: Sequence[LineResult]) -> None:
        """Count ``results``."""
        self.lines += len(results)
        for result in results:
            self.outcomes[result.outcome] += 1
            if result.code is not None:
                self.codes[result.code] += 1

    def written(self, position: Position | None, *, is_complete: bool) -> bytes:
        """Return the last line of the answer.

        ``position`` is ``None`` if it is not known now.
        """
        members = {
            "summary": {
                "stream": self.stream,
                "isComplete": is_complete,
                "lines": self.lines,
                "outcomes": {o.value: self.outcomes[o] for o in Outcome},
                "codes": {str(c): n for c, n in sorted(self.codes.items())},
                **({} if position is None else position.shown()),
            }
        }
        return orjson.dumps(members) + b"\n"


class End(StrEnum):
    """A reason to read no further: the code of a transfer's last result."""

    TRUNCATED = "TRUNCATED"
    CORRUPT = "CORRUPT"
    INFLATED_TOO_LARGE = "INFLATED_TOO_LARGE"
    ACCOUNT_NOT_ACTIVE = "ACCOUNT_NOT_ACTIVE"
    CONNECTOR_SUSPENDED = "CONNECTOR_SUSPENDED"
    UNAVAILABLE = "UNAVAILABLE"


def ended(line: int, end: End) -> LineResult:
    """Return the result of ``line``, from which on nothing was read."""
    return LineResult(
        line=line, sequence=None, outcome=Outcome.REFUSED, code=end, reason=ENDS[end]
    )


ENDS: Mapping[End, Text] = {
    End.TRUNCATED: Text(
        "压缩内容不完整；此前各行已处理，其余请重新传送",
        "the compressed body ends too early; what came before was handled, send the "
        "rest again",
    ),
    End.CORRUPT: Text(
        "压缩内容有误；此前各行已处理，其余未读取",
        "the compressed body is damaged; what came before was handled, the rest was "
        "not read",
    ),
    End.INFLATED_TOO_LARGE: Text(
        "解压后超过上限；此前各行已处理，其余未读取",
        "the body inflates beyond the limit; what came before was handled, the rest "
        "was not read",
    ),
    End.ACCOUNT_NOT_ACTIVE: Text(
        "账号在传送中被冻结；其余各行未处理",
        "the account was frozen meanwhile; the other lines were not handled",
    ),
    End.CONNECTOR_SUSPENDED: Text(
        "连接器在传送中被停用；其余各行未处理",
        "the connector was suspended meanwhile; the other lines were not handled",
    ),
    End.UNAVAILABLE: Text(
        "数据库不可用；其余各行未处理，请稍后续传",
        "the database is away; the other lines were not handled, go on later",
    ),
}
"""Why a transfer may end early."""
