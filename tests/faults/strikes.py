"""Ways to strike a part of the town, each undone at the end of its block."""

import resource
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import (
    AbstractContextManager,
    ExitStack,
    closing,
    contextmanager,
    suppress,
)
from pathlib import Path

from store.postgresql import WRITER_LOCK
from tests.faults.clocked import put_clock
from tests.faults.town import DATABASE, DOOR, FIRST, SECOND, Town
from tests.federation.queries import EMERGENCY
from tests.running import eventually

Strike = Callable[[Town], AbstractContextManager[None]]
WRITES = f"""SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND objid = {WRITER_LOCK} AND granted
    AND clock_timestamp() - xact_start > interval '100 milliseconds'"""  # noqa: S608 - our own number
"""Who holds the writers' lock, and is far away: nobody else takes so long."""
CUT_SECONDS = 0.7
BALLAST_BYTES = 4_000_000
"""More than any other file of a gateway has."""


def wire(link: str, **knobs: object) -> Strike:
    """Turn a link's knobs."""

    @contextmanager
    def strike(town: Town) -> Iterator[None]:
        town.turn(link, **knobs)
        try:
            yield
        finally:
            town.turn(link)

    return strike


def stopped(part: str) -> Strike:
    """Stop a part with SIGSTOP; it goes on with SIGCONT."""

    @contextmanager
    def strike(town: Town) -> Iterator[None]:
        town.parts[part].signal(signal.SIGSTOP)
        try:
            yield
        finally:
            town.parts[part].signal(signal.SIGCONT)

    return strike


def killed(part: str) -> Strike:
    """Kill a part with all that it forked; it is started again."""

    @contextmanager
    def strike(town: Town) -> Iterator[None]:
        town.parts[part].signal(signal.SIGKILL)
        town.parts[part].end()
        try:
            yield
        finally:
            town.parts[part].begin()

    return strike


def ended(part: str) -> Strike:
    """Have a part end in order; it is started again."""

    @contextmanager
    def strike(town: Town) -> Iterator[None]:
        town.parts[part].end()
        try:
            yield
        finally:
            town.parts[part].begin()

    return strike


def clock(seconds: float) -> Strike:
    """Put the first gateway's clock wrong."""

    @contextmanager
    def strike(town: Town) -> Iterator[None]:
        folder = town.gateways[0].folder
        put_clock(folder, seconds)
        try:
            yield
        finally:
            put_clock(folder, 0)

    return strike


def while_it_writes(strike: Strike) -> Strike:
    """Strike while the first gateway holds the lock for which all writers wait.

    Its database is far away meanwhile, so that its transactions take long.
    """

    @contextmanager
    def then(town: Town) -> Iterator[None]:
        town.turn(DATABASE, latency_seconds=0.1)
        try:
            eventually(lambda: bool(town.rows(WRITES)))
            with strike(town):
                yield
                # Whatever is started again is near.
                town.turn(DATABASE)
        finally:
            town.turn(DATABASE)

    return then


@contextmanager
def its_machine_gone(town: Town) -> Iterator[None]:
    """Have the first gateway's machine be gone, for callers and for the database."""
    with ExitStack() as stack:
        for link in (DATABASE, DOOR):
            stack.enter_context(wire(link, trouble="gone")(town))
        yield


@contextmanager
def killed_while_cut_off(town: Town) -> Iterator[None]:
    """Kill the first gateway when it could write nothing for a while.

    Whatever it acknowledged in that time is nowhere else.
    """
    with wire(DATABASE, trouble="held")(town):
        time.sleep(CUT_SECONDS)
        with killed(FIRST)(town):
            town.turn(DATABASE)
            yield


@contextmanager
def one_after_the_other(town: Town) -> Iterator[None]:
    """Restart both gateways in turn, as a new version is put in place."""
    for name in (FIRST, SECOND):
        town.parts[name].end()
        town.parts[name].begin()
    yield


@contextmanager
def taken_over(town: Town) -> Iterator[None]:
    """Kill the database for good; who follows it takes over, a moment later."""
    assert town.standby is not None
    town.parts[DATABASE].signal(signal.SIGKILL)
    town.parts[DATABASE].end()
    yield
    town.standby.promote()


@contextmanager
def nameless(town: Town) -> Iterator[None]:
    """Have an agency's name resolve to nothing, which the first gateway starts with."""
    (file,) = (town.gateways[0].folder / "manifests").glob(f"{EMERGENCY}.toml")
    text = file.read_text("utf-8")
    changed = text.replace("http://127.0.0.1:", "https://registry.invalid:")
    assert changed != text
    with ExitStack() as stack:
        file.write_text(changed, "utf-8")
        stack.callback(file.write_text, text, "utf-8")
        town.parts[FIRST].end()
        town.parts[FIRST].begin()
        stack.callback(town.parts[FIRST].begin)
        stack.callback(town.parts[FIRST].end)
        stack.callback(file.write_text, text, "utf-8")
        yield


@contextmanager
def full_disk(town: Town) -> Iterator[None]:
    """Let the database's file take no more, of either gateway.

    What was written lately is at the end of SQLite's log. A reader that looks at what
    was before keeps it from beginning anew.
    """
    assert town.file is not None
    log = town.file.with_name(f"{town.file.name}-wal")
    with closing(sqlite3.connect(town.file)) as reader, ExitStack() as stack:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM audit_records").fetchone()
        with closing(sqlite3.connect(town.file)) as writer, writer:
            writer.execute("CREATE TABLE IF NOT EXISTS ballast (bytes BLOB)")
            writer.execute("INSERT INTO ballast VALUES (zeroblob(?))", [BALLAST_BYTES])
        for part in (FIRST, SECOND):
            stack.callback(town.parts[part].limit_files, resource.RLIM_INFINITY)
            town.parts[part].limit_files(log.stat().st_size)
        yield


@contextmanager
def no_room(town: Town) -> Iterator[None]:
    """Fill the disk of the database's server to the last byte."""
    assert town.disk is not None
    root = Path(f"/proc/{town.parts[DATABASE].pid}/root")
    ballast = root / town.disk.relative_to("/") / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
    try:
        yield
    finally:
        ballast.unlink()
