"""Make the database, and take its tables to the newest step with Alembic.

Imported by those alone who are to take steps: Alembic takes 8 MB of memory.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from store.database import (
    NEWEST,
    POSTGRESQL,
    SQLITE,
    engine_at,
    naming,
    noted_step,
    read_database_url,
    refuse_newer,
)
from store.postgresql import wait_for_turn
from store.sqlite import make_file


async def upgrade_database(url: str) -> str | None:
    """Take the database at ``url`` to the newest step; return at which it was found.

    A file is made if there is none. All steps are taken or none, and of two who take
    them at once the second finds nothing left to do.

    Raises:
        UnusableDatabaseError: it cannot be opened or changed, or is of a newer gateway.
    """
    address = read_database_url(url)
    if address.get_backend_name() == SQLITE:
        make_file(Path(address.database or ""))
    async with engine_at(address) as engine:
        with naming(address):
            async with engine.begin() as connection:
                return await connection.run_sync(_upgrade)


def take_steps(connection: Connection, last: str = NEWEST) -> None:
    """Take the steps up to ``last`` that were not, in the transaction there is."""
    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, last)


def _upgrade(connection: Connection) -> str | None:
    if connection.dialect.name == POSTGRESQL:
        wait_for_turn(connection)
    found = noted_step(connection)
    refuse_newer(found)
    if found != NEWEST:
        take_steps(connection)
    return found
