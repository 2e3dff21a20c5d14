"""Decisions as rows: added, and found by the key of who recorded them."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from bureau.ledger.entries import Decision, DecisionOutcome
from policy.evidence import ClaimantCategory, Fund
from policy.level import Level
from store.ledger.tables import decisions

column = decisions.c


def find_by_key(connection: Connection, caller: str, key: str) -> Decision | None:
    """Return the decision that ``caller`` recorded under ``key``."""
    row = connection.execute(
        select(decisions).where(column.recorded_by == caller, column.request_key == key)
    ).first()
    return None if row is None else decision_of(row)


def find_by_id(connection: Connection, id_: int) -> Decision | None:
    """Return a decision by its number; ``None`` if there is none."""
    row = connection.execute(select(decisions).where(column.id == id_)).first()
    return None if row is None else decision_of(row)


def is_decided(connection: Connection, claim: str) -> bool:
    """Say whether anything was decided on a claim before."""
    found = connection.execute(select(column.id).where(column.claim == claim).limit(1))
    return found.first() is not None


def add(connection: Connection, decision: Decision) -> Decision:
    """Add a row to the ledger; return the decision with its number."""
    statement = insert(decisions).returning(decisions)
    return decision_of(connection.execute(statement, _row_of(decision)).one())


def decision_of(row: Row[*tuple[Any, ...]]) -> Decision:
    """Return the decision of a row."""
    kept = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    level, category, fund = kept["level"], kept["category"], kept["fund"]
    return Decision(
        **{
            **kept,
            "outcome": DecisionOutcome(kept["outcome"]),
            "level": None if level is None else Level(level),
            "category": None if category is None else ClaimantCategory(category),
            "fund": None if fund is None else Fund(fund),
        }
    )


def _row_of(decision: Decision) -> dict[str, object]:
    row = asdict(decision)
    # The database counts, keeps documents apart, and figures not at all.
    del row["id"], row["document"], row["may_follow_recovered"]
    return row
