"""Make the database, and take its tables to the newest step with Alembic.

Imported by those alone who are to take steps: Alembic takes 8 MB of memory.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from connectors.registration.connector import Connector
from store.database import (
    NEWEST,
    POSTGRESQL,
    SQLITE,
    engine_at,
    naming,
    noted_step,
    read_database_url,
    refuse_newer,
    step_in_words,
)
from store.errors import UnusableDatabaseError
from store.postgresql import wait_for_gateways, wait_for_turn
from store.registration.rows import read_connectors
from store.remarking import REMARKINGS, Reader
from store.sqlite import make_file

ReaderOf = Callable[[Sequence[Connector]], Reader]
"""Returns what rows are read with, given every connector that is registered."""
NO_KEYS = (
    "it is from before step {}, and its rows are to be marked anew with the "
    "gateway's keys; run: gateway database upgrade"
)


async def upgrade_database(url: str, reader_of: ReaderOf | None = None) -> str | None:
    """Take the database at ``url`` to the newest step; return at which it was found.

    A file is made if there is none. All steps are taken or none, and of two who take
    them at once the second finds nothing left to do. ``reader_of`` is called where
    there are rows from before they were marked as they are now
    (``store.remarking``).

    Raises:
        UnusableDatabaseError: it cannot be opened or changed, or is of a newer gateway;
            or there are such rows and no ``reader_of``; or gateways are connected
            (PostgreSQL) that know the step it is at.
    """
    address = read_database_url(url)
    if address.get_backend_name() == SQLITE:
        make_file(Path(address.database or ""))
    # A step over millions of rows takes as long as it takes.
    async with engine_at(address, statement_seconds=None) as engine:
        with naming(address):
            async with engine.begin() as connection:
                return await connection.run_sync(_upgrade, reader_of)


def take_steps(connection: Connection, last: str = NEWEST) -> None:
    """Take the steps up to ``last`` that were not, in the transaction there is."""
    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, last)


def _refuse_others(connection: Connection, found: str | None) -> None:
    """Refuse to change tables under gateways that know them as they were.

    What they wrote afterwards would not be found by those that know the new ones, such
    as a payment under a mark of before.

    Raises:
        UnusableDatabaseError: there are such.
    """
    if others := wait_for_gateways(connection):
        raise UnusableDatabaseError(
            f"the database is at {step_in_words(found)}, and {others} connections of "
            f"gateways are open that know no newer one; stop them, then go to {NEWEST}"
        )


def _upgrade(connection: Connection, reader_of: ReaderOf | None) -> str | None:
    if connection.dialect.name == POSTGRESQL:
        wait_for_turn(connection)
    found = noted_step(connection)
    refuse_newer(found)
    if found != NEWEST:
        if connection.dialect.name == POSTGRESQL:
            _refuse_others(connection, found)
        take_steps(connection)
        # After all steps, since it reads tables as they are now.
        for step, is_needed, remark in REMARKINGS:
            if found is not None and found < step and is_needed(connection):
                if reader_of is None:
                    raise UnusableDatabaseError(NO_KEYS.format(step))
                remark(connection, reader_of(read_connectors(connection)))
                break
    return found
