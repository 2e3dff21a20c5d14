"""The words of every clause, for people and for the graph.

The clause ids of ``annex/clauses.toml`` are the keys of ``policy.clauses.CLAUSES``, of
``policy.claim_clauses.CLAIM_CLAUSES`` and of ``policy.optional_clauses``, in the same
order; a test compares. Neither text has the last ones: their source is ``open``.
"""

from dataclasses import dataclass
from functools import cache

from policy.errors import AnnexError
from policy.parameters import Source
from policy.table import Table, parse_table, read_annex
from policy.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseText:
    """One clause as it stands in the notice, or as public copies give it."""

    id: str
    title: Text
    words: Text
    source: Source


@cache
def load_clause_texts() -> tuple[ClauseText, ...]:
    """Return the clauses in the order in which they are reported.

    Raises:
        AnnexError: the project's own file is broken.
    """
    return read_clause_texts(read_annex("clauses.toml"))


def read_clause_texts(text: str) -> tuple[ClauseText, ...]:
    """Read the ``clause`` tables of TOML; the ``parameter`` tables are not looked at.

    Raises:
        AnnexError: a key is unknown or missing, or the source is none of a clause.
    """
    root = parse_table(text, "clauses.toml")
    return tuple(map(_read_clause, root.tables("clause")))


def _read_clause(table: Table) -> ClauseText:
    source = table.take("source", str)
    if source not in list(Source):
        raise AnnexError(table.where, f"{source} is no source of a clause")
    clause = ClauseText(
        id=table.take("id", str),
        title=table.text(),
        words=table.text("words_"),
        source=Source(source),
    )
    table.finish()
    return clause
