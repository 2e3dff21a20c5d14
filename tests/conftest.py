"""Run three sandbox agencies and a PostgreSQL once a run; give out databases."""

import gc
import os
import shutil
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.nursery import NURSERY
from tests.personal_data import LISTENER
from tests.postgresql import PostgreSQL, running_postgresql
from tests.running import DATABASE, Agencies, newest_file, running_agencies

pytest_plugins = ("tests.workers", "tests.compiled_once")
HOLDERS = 300
SQLITE = "sqlite:///"
KINDS = ("sqlite", "postgresql")
ON_BOTH = [Path(__file__).parent / one for one in ("store", "gateway/database")]
"""Where a database itself is tried."""
NEW, OLD = 5_000, 3
"""After so many new objects the collector looks at those, and after so many rounds of
looking at what is left, at all of it: rarely, and for some milliseconds each time."""

# Thirty examples a property in `make test`, which is run often, with others each time;
# in `make fuzz`, as long as it takes. Where changes are let in, what is let in decides,
# not luck: there the examples are the same each time.
settings.register_profile("short", max_examples=30, derandomize="CI" in os.environ)
settings.load_profile("short")
settings.register_profile(
    "long",
    max_examples=20_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


# Help is compared in English, whatever the locale of who runs the tests.
os.environ["GATEWAY_LANG"] = "en"

# Nothing of what is collected is garbage, and to look for some takes as long again.
gc.disable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the tests that are marked ``long``, too."""
    parser.addoption("--long", action="store_true", help="tests that take long, too")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let what our programs are forked from import meanwhile, once for all workers."""
    if session.config.getoption("workers") and not session.config.option.collectonly:
        NURSERY.start()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """End that, after all that was forked from it, which fixtures may end only here."""
    NURSERY.end()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave to ``make long`` what is tried in the other kind of database already.

    What a database does is tried in both kinds by the tests of the store. A test that
    asks a gateway has one of them, always the same, and its twin is long: of what both
    look at, all but the store's part is the same.
    """
    # ``callspec`` is there for whatever has parameters.
    spec = getattr(item, "callspec", None)
    kind = (
        next((one for one in spec.params.values() if one in KINDS), "") if spec else ""
    )
    if kind and not any(item.path.is_relative_to(one) for one in ON_BOTH):
        name = item.nodeid.rpartition(item.path.name)[2].replace(kind, "")
        if KINDS[zlib.crc32(name.encode()) % len(KINDS)] != kind:
            item.add_marker(pytest.mark.long)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what takes long, and keep the tests of a folder together.

    ``make long`` runs what is left out here. Folders and tests come in whatever order.

    What a folder's tests share (``scope="package"``) then starts once, and ends with
    the last of them: a gateway that nobody asks takes a hundredth of a processor.
    """
    if not config.getoption("--long"):
        long = {item for item in items if item.get_closest_marker("long")}
        config.hook.pytest_deselected(items=list(long))
        items[:] = [item for item in items if item not in long]
    # Fifteen thousand tests are in a hundred folders: each is looked at once.
    order: dict[Path, int] = {}
    places = {
        folder: [order.setdefault(one, len(order)) for one in reversed(folder.parents)]
        + [order.setdefault(folder, len(order))]
        for folder in dict.fromkeys(item.path.parent for item in items)
    }
    items.sort(key=lambda item: places[item.path.parent])


def pytest_collection_finish() -> None:
    """Keep the tests themselves out of every collector's way.

    What little of all that is garbage stays: to find it takes a second a worker.
    """
    gc.freeze()
    gc.set_threshold(NEW)
    gc.enable()


def pytest_runtest_logfinish() -> None:
    """Keep what outlives a test out of the collector's way, as the tests themselves.

    A worker that looks through all of it stops for a second, wherever it is: one that
    writes to PostgreSQL just then loses its transaction (``postgresql.HELD_SECONDS``).
    """
    if gc.get_count()[2] >= OLD:
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session", name="running_agencies")
def _running_agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    folder = tmp_path_factory.mktemp("agencies")
    with running_agencies(folder, HOLDERS) as agencies:
        yield agencies


@pytest.fixture(scope="session", name="postgresql")
def _postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _nobody_is_named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fail the run at its end if a gateway named a person to whom it must not."""
    yield
    for log in tmp_path_factory.getbasetemp().rglob("gateway.log"):
        LISTENER.hear_gateway(log)
    assert LISTENER.leaks == [], f"in {dict(LISTENER.heard)}"


@pytest.fixture(name="agencies")
def _agencies(running_agencies: Agencies) -> Agencies:
    """The agencies, without faults and with no calls counted."""
    running_agencies.reset()
    return running_agencies


@pytest.fixture(name="database_kind", params=["sqlite", "postgresql"])
def _database_kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of database."""
    return str(request.param)


@pytest.fixture(name="empty_database_url")
async def _empty_database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of an empty database, or of a file that is not there."""
    if database_kind == "sqlite":
        yield f"{SQLITE}{tmp_path}/{DATABASE}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = await server.make_database()
    yield server.url(name)
    await server.give_back(name)


@pytest.fixture(scope="session", name="newest_file")
def _newest_file() -> Path:
    """A SQLite database at the newest step, to be copied: a step takes its time."""
    return newest_file()


@pytest.fixture(name="database_url")
async def _database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of a database at the newest step, with nothing in it."""
    if database_kind == "sqlite":
        shutil.copy(newest_file(), tmp_path / DATABASE)
        yield f"{SQLITE}{tmp_path}/{DATABASE}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = await server.make_newest()
    yield server.url(name)
    await server.give_back(name)
