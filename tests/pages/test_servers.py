"""What the pages say to another's server is what that server takes."""

import re
import subprocess

import pytest

from tests.architecture.documents import blocks
from tests.postgresql import PostgreSQL


def settings() -> list[tuple[str, str]]:
    """Return the names and values of the page's ``postgresql.conf``."""
    (block,) = blocks("conf")
    return re.findall(r"^(\w+) = ([^#]+?) *(?:#.*)?$", block.text, re.MULTILINE)


def state(server: PostgreSQL, name: str, value: str) -> None:
    """Have the server judge a setting; it is not put in force."""
    try:
        server.call("psql", "--command", f"ALTER SYSTEM SET {name} = {value}")
    finally:
        server.call("psql", "--command", f"ALTER SYSTEM RESET {name}")


def test_postgresql_takes_the_settings_of_the_page(postgresql: PostgreSQL) -> None:
    names = [name for name, _ in settings()]

    for name, value in settings():
        state(postgresql, name, value)
    assert names == ["synchronous_standby_names", "synchronous_commit"]
    with pytest.raises(subprocess.CalledProcessError):
        state(postgresql, "synchronous_standby_names", "'ANY 1 (db_2'")
