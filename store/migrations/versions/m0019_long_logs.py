"""Indexes for logs that grow long: of all that auditors ask by, and of what is removed.

Each is of what it is asked by and then of time, as pages are, so that a page is read
from its index whatever there is; those of what is often blank hold what is not. The
events have one of all but look-ups, which nearly all records are. That of retentions
held a blank for each look-up, and holds retentions now: what asks for the newest says
that it is one.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_LOG = "audit_records"
_ASKED_BY = {
    "person": "person",
    "caller": "caller",
    "request": "request_id",
    "case": "case_number",
    "organisation": "organisation",
    "officer": "officer",
    "business": "business_number",
    "purpose": "purpose",
}
_NEWEST = f"(SELECT max(kept_from) FROM {_LOG} WHERE kept_from IS NOT NULL)"  # noqa: S608 - our own words


def upgrade() -> None:
    """Make them, and the trigger that asks for the newest retention anew."""
    for name in ("person", "caller", "retention"):
        op.drop_index(f"{_LOG}_by_{name}", _LOG)
    for name, column in _ASKED_BY.items():
        _index(name, [column, "at", "id"], f"{column} IS NOT NULL")
    _index("event", ["event", "at", "id"], "event <> 'LOOKED_UP'")
    _index("retention", ["kept_from"], "kept_from IS NOT NULL")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)
    op.create_index("seen_certificates_by_day", "seen_certificates", ["first_seen_on"])
    op.create_index("whole_lists_by_day", "whole_lists", ["listed_on"])
    op.create_index("seen_versions_by_time", "seen_versions", ["seen_at"])


def _index(name: str, columns: list[str], of: str) -> None:
    where = sa.text(of)
    op.create_index(
        f"{_LOG}_by_{name}",
        _LOG,
        columns,
        sqlite_where=where,
        postgresql_where=where,
    )


def _sqlite() -> Iterator[str]:
    name = f"{_LOG}_are_kept_for_their_time"
    yield f"DROP TRIGGER {name}"
    yield f"""
    CREATE TRIGGER {name}
    BEFORE DELETE ON {_LOG}
    WHEN OLD.at >= coalesce({_NEWEST}, '')
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """


def _postgresql() -> Iterator[str]:
    yield f"""
    CREATE OR REPLACE FUNCTION refuse_early_audit_removal() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.at >= coalesce({_NEWEST}, '-infinity') THEN
            RAISE EXCEPTION 'the audit log is append-only'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END $$
    """
