"""Results of a reconciliation, one line of JSON each, and the sum of them."""

from collections import Counter
from collections.abc import Mapping

import orjson

from bureau.ledger.reconciliation import Compared, Comparison, Entry, Window
from gateway.collection.results import End
from gateway.reconciliation.reading import RefusedRow
from gateway.reconciliation.rows import ROW_PROBLEMS, RowProblem

Line = Mapping[str, object]


class Results:
    """Counts results as they are written."""

    def __init__(self) -> None:
        self._counts: Counter[Comparison] = Counter()
        self._duplicates = 0

    def refused(self, row: RefusedRow) -> bytes:
        """Write that a row is not compared."""
        words = ROW_PROBLEMS[row.problem]
        line: dict[str, object] = {
            "line": row.line,
            "result": Comparison.REFUSED,
            "code": row.problem,
            "reason": {"zh": words.zh, "en": words.en},
        }
        if row.problem is RowProblem.DUPLICATE_CLAIM:
            self._duplicates += 1
            line["firstLine"] = row.first_line
        return self._written(Comparison.REFUSED, line)

    def compared(
        self, line: int, claim: str, entry: Entry | None, differs: list[Compared]
    ) -> bytes:
        """Write what comparing a row comes to."""
        told: dict[str, object] = {"line": line, "claim": claim}
        if entry is None:
            return self._written(Comparison.MISSING_HERE, told)
        if not differs:
            return self._written(Comparison.MATCH, told)
        shown = entry.shown()
        told["differs"] = differs
        told["here"] = {field: shown[field] for field in differs if field in shown}
        return self._written(Comparison.DIFFERENT, told)

    def missing(self, entry: Entry) -> bytes:
        """Write that the list lacks a claim."""
        told = {"claim": entry.claim, "here": entry.shown()}
        return self._written(Comparison.MISSING_THERE, told)

    def summary(self, window: Window, end: End | None) -> bytes:
        """Write the last line."""
        summary: dict[str, object] = {
            "isComplete": end is None,
            "from": window.first.isoformat(),
            "to": window.last.isoformat(),
            "results": {one: self._counts[one] for one in Comparison},
            "duplicates": self._duplicates,
        }
        if end is not None:
            summary["end"] = end
        return _json({"summary": summary})

    def _written(self, result: Comparison, line: Line) -> bytes:
        self._counts[result] += 1
        return _json({**line, "result": result})


def _json(line: Line) -> bytes:
    # Names of ours are keys, too.
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(line, option=options)
