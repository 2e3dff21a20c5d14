"""Databases that are not at the newest step."""

from pathlib import Path

from sqlalchemy.engine import make_url

from store.database import engine_at
from store.migrate import take_steps
from store.migrations.versions import m0010_payments
from store.sqlite import make_file

FIRST = "0001"
BEFORE = m0010_payments.down_revision
"""One step behind."""


async def make_at(url: str, step: str) -> None:
    """Make a database whose last step is ``step``."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        make_file(Path(address.database or ""))
    async with engine_at(address) as engine, engine.begin() as connection:
        await connection.run_sync(take_steps, step)
