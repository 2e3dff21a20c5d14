"""``gateway database backup`` and ``restore``, and who is killed in the middle."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from store.database import NEWEST
from tests import nursery
from tests.gateway.database.test_commands import CONFIG
from tests.gateway.privacy.questions import HOLDER, number_of, question
from tests.postgresql import PostgreSQL
from tests.running import DATABASE, Agencies, eventually, running_gateway
from tests.store.backup.conftest import _other_url as _other_url  # noqa: PLC0414 - a fixture
from tests.store.backup.holding import Held, held
from tests.store.backup.test_backup import fill, names

COMMAND = (sys.executable, "-m", "gateway", "database")
HALF = """#!/bin/sh
# Print the first half of what the real one prints; {then}
{real} "$@" | head -n 400
{then}
"""
TEN_KILOBYTES = 20
"""In the blocks of ``ulimit -f``."""


def configured(folder: Path, url: str) -> Path:
    """Write a configuration into a folder of its own."""
    folder.mkdir()
    (folder / "gateway.toml").write_text(CONFIG.format(url), "utf-8")
    return folder / "gateway.toml"


def run(*words: str | Path, config: Path) -> tuple[int, str, str]:
    """Run a command; return its exit code, and what it wrote where."""
    done = nursery.run([*COMMAND, *words, "--config", config])
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(name="programs", autouse=True)
def _programs(
    postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """A folder that comes first on PATH, and then PostgreSQL's own programs."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{postgresql.programs}:{os.environ['PATH']}")
    return folder


def put(program: Path, script: str) -> None:
    """Put a program on PATH."""
    program.write_text(script, "ascii")
    program.chmod(0o755)


@pytest.fixture(name="backup")
def _backup(database_url: str, tmp_path: Path) -> Path:
    asyncio.run(fill(database_url))
    config = configured(tmp_path / "source", database_url)
    code, out, err = run("backup", "--out", tmp_path / "backup", config=config)
    assert (code, err) == (0, ""), err
    assert out.startswith("backed up ")
    assert f" tables at step {NEWEST}, as of 20" in out
    return tmp_path / "backup"


@pytest.fixture(name="other")
def _other(other_url: str, tmp_path: Path) -> Path:
    """A configuration with another database, in which nothing is."""
    return configured(tmp_path / "desk", other_url)


def now_in(url: str) -> Held:
    return asyncio.run(held(url))


def test_a_backup_is_restored_once(
    database_url: str, backup: Path, other: Path, other_url: str
) -> None:
    code, out, err = run("restore", backup, config=other)
    again = run("restore", backup, config=other)
    replaced = run("restore", backup, "--replace", config=other)

    assert (code, err) == (0, "")
    assert out.startswith("restored ")
    assert (again[0], again[1], again[2].count("\n")) == (2, "", 1)
    assert "--replace" in again[2]
    assert replaced == (0, out, "")
    assert now_in(other_url) == now_in(database_url)


def test_what_a_gateway_wrote_while_it_was_backed_up_is_there_or_not_as_a_whole(
    agencies: Agencies, tmp_path: Path
) -> None:
    folder = tmp_path / "gateway"
    with running_gateway(folder, agencies) as gateway:
        asked: list[int] = []
        ends = threading.Event()
        number = number_of(agencies)

        def ask() -> None:
            while not ends.is_set():
                assert gateway.post(question(HOLDER, n=number))[0] == 200
                asked.append(1)

        asking = threading.Thread(target=ask)
        asking.start()
        eventually(lambda: len(asked) > 5)
        done = run(
            *("backup", "--out", tmp_path / "backup"), config=folder / "gateway.toml"
        )
        then = len(asked)
        eventually(lambda: len(asked) > then + 5)
        ends.set()
        asking.join()
        in_use = run(
            *("restore", tmp_path / "backup", "--replace"),
            config=folder / "gateway.toml",
        )
    url = f"sqlite:///{tmp_path}/other.db"
    config = configured(tmp_path / "desk", url)
    restored = run("restore", tmp_path / "backup", config=config)

    assert (done[0], restored[0]) == (0, 0), done
    assert in_use[0] == 2
    assert "in use; stop the gateways" in in_use[2]
    there = now_in(f"sqlite:///{folder}/{DATABASE}")["audit_records"]
    copied = now_in(url)["audit_records"]
    assert 5 < len(copied) < len(there)
    by_id = sorted(there)
    assert sorted(copied) == by_id[: len(copied)]


def kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(name="halting")
def _halting(programs: Path, postgresql: PostgreSQL, tmp_path: Path) -> Path:
    """PostgreSQL's restoring stops half-way, and says so by a file."""
    mark = tmp_path / "half-way"
    then = f"touch {mark}; exec sleep 600"
    real = postgresql.programs / "pg_restore"
    put(programs / "pg_restore", HALF.format(real=real, then=then))
    return mark


@pytest.mark.parametrize(
    ("strike", "has_rows"), [(0.0, False), (0.2, True), (0.6, True)]
)
def test_who_is_killed_half_way_changed_nothing(  # noqa: PLR0913, PLR0917 - fixtures
    database_url: str,
    backup: Path,
    other: Path,
    other_url: str,
    halting: Path,
    programs: Path,
    strike: float,
    has_rows: bool,
) -> None:
    if has_rows:
        run("upgrade", config=other)
        asyncio.run(fill(other_url, 5))
    before = now_in(other_url) if has_rows else None
    folder = Path(other_url.removeprefix("sqlite:///")).parent

    def is_half_way() -> bool:
        beside = other_url.startswith("sqlite") and folder.exists()
        return halting.exists() or (beside and bool(names(folder, "*.restoring-*")))

    command = [*COMMAND, "restore", str(backup), "--replace", "--config", str(other)]
    with nursery.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        eventually(is_half_way, 30)
        with suppress(subprocess.TimeoutExpired):
            process.wait(strike)
        kill(process)

    # A machine in a hurry may have done all of it before the strike, told or not.
    restored = now_in(database_url)
    if process.returncode == 0:
        assert strike > 0
        assert now_in(other_url) == restored
    elif before is None:
        assert run("status", config=other)[1].startswith("at no step")
    else:
        assert now_in(other_url) in (before, restored)
    (programs / "pg_restore").unlink()
    assert run("restore", backup, "--replace", config=other)[0] == 0
    assert now_in(other_url) == restored


@pytest.mark.parametrize("then", ["exit 1", "exit 0"])
def test_what_ends_half_way_changes_nothing(
    postgresql: PostgreSQL,
    tmp_path: Path,
    programs: Path,
    then: str,
) -> None:
    real = postgresql.programs / "pg_restore"
    source = asyncio.run(postgresql.make_newest())
    other = asyncio.run(postgresql.make_database())
    asyncio.run(fill(postgresql.url(source)))
    config = configured(tmp_path / "source", postgresql.url(source))
    assert run("backup", "--out", tmp_path / "backup", config=config)[0] == 0
    put(programs / "pg_restore", HALF.format(real=real, then=then))
    config = configured(tmp_path / "desk", postgresql.url(other))

    code, out, err = run("restore", tmp_path / "backup", config=config)

    assert (code, out) == (2, "")
    assert err.startswith("gateway: ")
    assert run("status", config=config)[1].startswith("at no step")
    for name in (source, other):
        asyncio.run(postgresql.give_back(name))


def test_no_half_backup_has_a_name(database_url: str, tmp_path: Path) -> None:
    asyncio.run(fill(database_url))
    config = configured(tmp_path / "source", database_url)
    out = tmp_path / "out" / "backup"
    out.parent.mkdir()
    command = [*COMMAND, "backup", "--out", str(out), "--config", str(config)]
    with nursery.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        eventually(lambda: bool(names(out.parent, ".backup.*/*")), 30)
        kill(process)

    assert not out.exists()
    code, _, err = run("restore", out, config=config)
    assert (code, "name a folder that gateway database backup made" in err) == (2, True)
    assert run("backup", "--out", out, config=config)[0] == 0


def limited(*words: str | Path, config: Path) -> tuple[int, str]:
    """Run a command that finds no more room than ten kilobytes a file."""
    text = f'ulimit -f {TEN_KILOBYTES}; exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", text, "sh", *COMMAND, *words, "--config", config],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_where_there_is_no_room_nothing_is_backed_up(
    database_url: str, tmp_path: Path
) -> None:
    asyncio.run(fill(database_url))
    config = configured(tmp_path / "source", database_url)

    code, err = limited("backup", "--out", tmp_path / "backup", config=config)

    assert (code, err.count("\n")) == (2, 1), err
    assert names(tmp_path, "*backup*") == set()


def test_where_there_is_no_room_nothing_is_restored(
    tmp_path: Path, newest_file: Path
) -> None:
    config = configured(tmp_path / "source", f"sqlite:///{newest_file}")
    assert run("backup", "--out", tmp_path / "backup", config=config)[0] == 0
    config = configured(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/gateway.db")

    code, err = limited("restore", tmp_path / "backup", config=config)

    assert (code, err.count("\n")) == (2, 1), err
    assert names(config.parent) == {"gateway.toml"}


@pytest.fixture(name="server")
def _server(postgresql: PostgreSQL) -> Iterator[str]:
    """The address of a PostgreSQL database with a password in it."""
    name = asyncio.run(postgresql.make_newest())
    yield postgresql.url(name).replace("postgres@", "postgres:s3cret-word@")
    asyncio.run(postgresql.give_back(name))


def test_the_password_is_on_no_command_line(
    postgresql: PostgreSQL, programs: Path, server: str, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    script = (
        f'#!/bin/sh\necho "$0 $*" > {told}; echo "$PGPASSWORD" >> {told}\n'
        f'exec {postgresql.programs}/pg_dump "$@"\n'
    )
    put(programs / "pg_dump", script)
    config = configured(tmp_path / "desk", server)

    done = run("backup", "--out", tmp_path / "backup", config=config)

    line, password = told.read_text("utf-8").splitlines()
    assert (done[0], password) == (0, "s3cret-word")
    assert "s3cret-word" not in line
    for path in (tmp_path / "backup").iterdir():
        assert b"s3cret-word" not in path.read_bytes()


@pytest.mark.parametrize(
    ("words", "program"),
    [(("backup", "--out"), "pg_dump"), (("restore",), "pg_restore")],
)
def test_a_program_that_is_not_there_is_named_with_its_package(
    words: tuple[str, ...],
    program: str,
    server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = configured(tmp_path / "desk", server)
    folder = tmp_path / "backup"
    if program == "pg_restore":
        assert run("backup", "--out", folder, config=config)[0] == 0
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))

    code, out, err = run(*words, folder, config=config)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"{program} is not on PATH; install it" in err
    assert "apt install postgresql-client" in err
    assert folder.exists() is (program == "pg_restore")


def test_what_a_program_says_is_told(
    programs: Path, server: str, tmp_path: Path
) -> None:
    put(programs / "pg_dump", "#!/bin/sh\necho 'server version mismatch' >&2; exit 1\n")
    config = configured(tmp_path / "desk", server)

    code, _, err = run("backup", "--out", tmp_path / "backup", config=config)

    assert (code, err) == (2, "gateway: pg_dump: server version mismatch\n")
    assert names(tmp_path, "*backup*") == set()
