"""How a database goes about what was asked of it: statements, and their plans."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, text

PLANNED = ("SELECT", "UPDATE", "DELETE")
SMALL = frozenset({"rechecks", "recheck_parts"})
"""The tables that have a row or two a night."""
PARENT = "Parent Relationship"
AS_IT_COMES = ("Incremental Sort", "Nested Loop")
"""What reads no more than it is asked for of what comes in its order."""
FALSE_RECORDS = """INSERT INTO false_records (certificate, reason, evidence, proved_at,
  proved_by) SELECT 'false-' || i, '', '', '2026-01-01 12:00:00+00:00', 'hr' FROM n"""
"""Rows of a table that grows, and no benchmark fills: of a page any plan is good."""
Statement = tuple[str, Any]


@contextmanager
def statements_heard() -> Iterator[list[Statement]]:
    """Hear every statement that is run, with its values; of many, the first."""
    heard: list[Statement] = []

    def hear(
        _connection: object, _cursor: object, words: str, values: Any, *rest: object
    ) -> None:
        *_, is_many = rest
        heard.append((words, values[0] if is_many else values))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def scans(connection: Connection, statement: Statement) -> list[str]:
    """Return the tables that a statement reads through, as far as they may be long."""
    words, _ = statement
    if not words.lstrip().upper().startswith(PLANNED):
        return []
    plan = plan_of(connection, statement)
    if connection.dialect.name == "sqlite":
        if "LIMIT" in words and "WHERE" not in words and "TEMP" not in plan:
            # Some rows at an index's end.
            return []
        found = re.findall(r"^SCAN (?!CONSTANT)(\w+)", plan, re.MULTILINE)
    else:
        (whole,) = json.loads(plan)
        found = list(_read_through(whole["Plan"], is_first=False))
    return [table for table in found if table not in SMALL]


def sorts(connection: Connection, statement: Statement) -> bool:
    """Say whether a statement orders all that it finds before it returns any of it.

    What comes in part in its order, and is ordered in small groups, does not count.
    """
    words, _ = statement
    if not words.lstrip().upper().startswith(PLANNED):
        return False
    if connection.dialect.name == "sqlite":
        return "USE TEMP B-TREE" in plan_of(connection, statement)
    # What is a few rows is put in order sooner than it is read in it.
    connection.execute(text("SET LOCAL enable_sort = off"))
    plan = plan_of(connection, statement)
    connection.execute(text("SET LOCAL enable_sort = on"))
    return '"Node Type": "Sort"' in plan


def plan_of(connection: Connection, statement: Statement) -> str:
    """Return the plan of a statement: lines of SQLite, or PostgreSQL's JSON."""
    words, values = statement
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
        return "\n".join(detail for *_, detail in plan)
    # Of a short table all is read at once, whatever index there is.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {words}", values)
    told = plan.scalar_one()
    return told if isinstance(told, str) else json.dumps(told)


def _read_through(node: dict[str, Any], *, is_first: bool) -> Iterator[str]:
    """Yield the tables that are read without a condition that an index answers.

    ``is_first`` says that some rows at an index's end are enough.
    """
    kind = node["Node Type"]
    is_by_index = "Index" in kind and (
        "Index Cond" in node or (is_first and "Filter" not in node)
    )
    if "Relation Name" in node and "Scan" in kind and kind != "Bitmap Heap Scan":
        yield from () if is_by_index else (node["Relation Name"],)
    for inner in node.get("Plans", ()):
        goes_on = is_first and kind in AS_IT_COMES and inner[PARENT] == "Outer"
        yield from _read_through(inner, is_first=kind == "Limit" or goes_on)
