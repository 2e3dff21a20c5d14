"""The tables that statements are written for are those that the steps make."""

import importlib
import pkgutil
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

import store
from store.columns import metadata
from store.database import open_database


def differences(connection: Connection) -> list[Any]:
    for module in pkgutil.walk_packages(store.__path__, "store."):
        if not module.name.startswith("store.migrations"):
            importlib.import_module(module.name)
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_steps_make_the_tables_that_are_written_down(
    database_url: str,
) -> None:
    async with open_database(database_url) as engine, engine.connect() as connection:
        assert await connection.run_sync(differences) == []
