"""PostgreSQL's own programs, and a second database."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import PostgreSQL


@pytest.fixture(autouse=True)
def _programs(postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the server's version come first on PATH."""
    monkeypatch.setenv("PATH", f"{postgresql.programs}:{os.environ['PATH']}")


@pytest.fixture(name="other_url")
def _other_url(
    database_kind: str, tmp_path: Path, postgresql: PostgreSQL
) -> Iterator[str]:
    """Another database of the same kind, with nothing in it; or no file yet."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/other/gateway.db"
        return
    name = asyncio.run(postgresql.make_database())
    yield postgresql.url(name)
    asyncio.run(postgresql.give_back(name))
