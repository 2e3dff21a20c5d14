"""The page on many gateways has every table of the database, and each in one place."""

import importlib
import pkgutil

from sqlalchemy import Table, UniqueConstraint

import store
from benchmarks.poolers import NOT_CARRIED, OF_THE_ROLE
from store.columns import metadata
from store.postgresql import BOUNDS, CONNECTIONS
from tests.architecture.documents import ROOT, blocks, table

PAGE = "docs/scaling.md"
BY = "by "
PLACES = {"one server", "each server"}


def tables() -> dict[str, Table]:
    for module in pkgutil.walk_packages(store.__path__, "store."):
        if not module.name.startswith("store.migrations"):
            importlib.import_module(module.name)
    return dict(metadata.tables)


def keys_without(one: Table, column: str) -> set[tuple[str, ...]]:
    """Return the keys that one server alone could hold unique."""
    keys = [
        key.columns for key in one.constraints if isinstance(key, UniqueConstraint)
    ] + [one.primary_key.columns]
    named = [tuple(sorted(key.keys())) for key in keys]
    return {key for key in named if column not in key}


def rows() -> dict[str, tuple[str, set[tuple[str, ...]]]]:
    """Return of each table where it is, and the keys in the way."""
    return {
        name.strip("`"): (
            where.replace("`", ""),
            {
                tuple(sorted(part.strip(" `") for part in key.split(",")))
                for key in filter(None, keys.split(";"))
            },
        )
        for name, where, keys in table(PAGE, "table")
    }


def test_every_table_of_the_database_has_a_place() -> None:
    assert sorted(rows()) == sorted(tables())
    assert len(table(PAGE, "table")) == len(rows())


def test_a_table_is_distributed_by_a_column_that_every_row_has() -> None:
    known = tables()

    for name, (where, _) in rows().items():
        if where not in PLACES:
            assert where.startswith(BY), name
            assert not known[name].columns[where.removeprefix(BY)].nullable, name


def test_the_keys_that_are_in_the_way_are_named() -> None:
    known = tables()

    assert {
        name: keys for name, (where, keys) in rows().items() if where not in PLACES
    } == {
        name: keys_without(known[name], where.removeprefix(BY))
        for name, (where, _) in rows().items()
        if where not in PLACES
    }


def test_what_refers_to_another_table_is_where_that_is() -> None:
    known, places = tables(), {name: where for name, (where, _) in rows().items()}

    apart = [
        (name, key.column.table.name)
        for name, one in known.items()
        for key in one.foreign_keys
        if places[name] != places[key.column.table.name]
    ]

    assert apart == []


def test_the_settings_of_a_pooler_are_those_of_the_code() -> None:
    [told] = [one.text for one in blocks("ini") if one.page == PAGE]
    [sql] = [one.text for one in blocks("sql") if one.page == PAGE]
    ignored = told.partition("=")[2].strip().split(", ")

    assert set(ignored) == set(NOT_CARRIED)
    assert sql.splitlines() == [
        f"ALTER ROLE gateway SET {name} = '{value}';"
        for name, value in OF_THE_ROLE.items()
    ]
    assert set(OF_THE_ROLE) == {"synchronous_commit", *BOUNDS}
    assert f"up to {CONNECTIONS} connections" in (ROOT / PAGE).read_text("utf-8")
