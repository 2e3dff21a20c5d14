"""Take the tables from step to step with Alembic; imported where one is to take."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def take_steps(connection: Connection) -> None:
    """Take all steps that were not taken yet, in the transaction of ``connection``."""
    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
