"""Databases that are not at the newest step."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from sqlalchemy.engine import make_url

from store.database import NEWEST, engine_at
from store.migrate import take_steps
from store.migrations import versions
from store.sqlite import make_file

FIRST = "0001"


def before(step: str) -> str:
    """Return the step before ``step``."""
    for found in iter_modules(versions.__path__, f"{versions.__name__}."):
        module = import_module(found.name)
        if module.revision == step:
            return str(module.down_revision)
    raise AssertionError(f"there is no step {step}")


BEFORE = before(NEWEST)
"""One step behind."""


async def make_at(url: str, step: str) -> None:
    """Make a database whose last step is ``step``."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        make_file(Path(address.database or ""))
    async with engine_at(address) as engine, engine.begin() as connection:
        await connection.run_sync(take_steps, step)
