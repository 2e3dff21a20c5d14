"""Every table is logged, or it is said why not; the triggers and the data agree."""

import pkgutil
from importlib import import_module

from sqlalchemy import text

import store as package
from bureau.transparency.sources import NOT_LOGGED, SOURCES, triggers
from store.columns import metadata
from store.store import Store
from store.transparency.committed import TABLES

LEFT_OUT = {
    "collected_records": {
        *("certificate", "person", "document", "envelope", "is_current", "item"),
        *("level", "issued_on", "first_issued_on", "unlawful_change", "verified"),
    },
    "state_changes": {
        *("certificate", "person", "envelope", "document_place", "document_former"),
        *("document_number", "document_serial", "document_code", "document_own_code"),
        *("document_name", "document_level", "document_first_issued_on"),
        "document_issued_on",
    },
    "sanctions": {
        *("lifted_by", "lifted_at", "lift_reason", "state", "last_day"),
        *("confirm_before", "confirmed_by", "confirmed_at", "follows"),
    },
    "logged_facts": {"digest"},
}
"""What is changed later, or follows from the digest or the rest."""


def test_every_table_is_a_source_or_is_named_with_a_reason() -> None:
    for module in pkgutil.walk_packages(package.__path__, "store."):
        if not module.name.startswith("store.migrations"):
            import_module(module.name)
    sources = {source.table for source in SOURCES.values()}

    assert sources | NOT_LOGGED.keys() == set(metadata.tables)
    assert not sources & NOT_LOGGED.keys()
    assert sources == TABLES.keys()


def test_every_column_is_committed_to_but_those_that_change() -> None:
    for source in SOURCES.values():
        columns = {column.name for column in metadata.tables[source.table].columns}
        left_out = LEFT_OUT.get(source.table, set())

        assert set(source.columns) == columns - left_out, source.name


async def test_the_triggers_queue_what_the_data_says(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        statement = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        statement = (
            "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE NOT tgisinternal"
        )
    async with store.engine.connect() as connection:
        found = (await connection.execute(text(statement))).all()

    queued = {
        (table, text.rpartition("'")[0].rpartition("'")[2])
        for table, text in found
        if "log_queue" in text or "queue_for_the_log" in text
    }
    assert queued == set(triggers())
