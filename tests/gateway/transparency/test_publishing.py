"""A running gateway publishes its log, and anybody who reads it can check it."""

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from signing.transparency.checkpoints import read_checkpoint, signers
from signing.transparency.merkle import leaf_hash, root
from signing.transparency.notes import VerifierKey, read_verifier_key
from signing.transparency.tiles import Tile, hashes_of, read_bundle, tiles_between
from tests.contracts.people import nobodies
from tests.federation.queries import SOURCES
from tests.nursery import run
from tests.running import TOKEN, Agencies, Gateway, eventually, running_gateway


def command(*arguments: str) -> CompletedProcess[str]:
    return run([sys.executable, "-m", "gateway", *arguments])


def key_of(gateway: Gateway) -> VerifierKey:
    """Return the log's own key, as the command prints it."""
    config = str(gateway.folder / "gateway.toml")
    done = command("transparency", "status", "--config", config)
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    return read_verifier_key(first.removeprefix("key").strip())


def read(
    gateway: Gateway, path: str, token: str | None = TOKEN
) -> tuple[int, bytes, str]:
    status, raw, headers = gateway.fetch(f"/transparency/{path}", token)
    found = {name.lower(): value for name, value in headers.items()}
    return status, raw, found.get("cache-control", "")


def ask(gateway: Gateway) -> None:
    (person,) = nobodies(1)
    gateway.ask(SOURCES, idNumber=person.number)


def size_at(gateway: Gateway) -> int:
    status, raw, _ = read(gateway, "checkpoint")
    return read_checkpoint(raw)[0].size if status == 200 else 0


def logged(gateway: Gateway) -> None:
    """Ask, and wait until what was asked is in the log."""
    before = size_at(gateway)
    ask(gateway)
    eventually(lambda: size_at(gateway) > before)


def test_what_was_asked_is_in_the_log_and_all_of_it_can_be_checked(
    gateway: Gateway,
) -> None:
    eventually(lambda: size_at(gateway) > 0)
    logged(gateway)
    status, raw, cached = read(gateway, "checkpoint")
    checkpoint, note = read_checkpoint(raw)

    def tile(which: Tile) -> bytes:
        found = read(gateway, which.path)
        assert found[0] == 200
        assert found[2] == "private, max-age=31536000, immutable"
        return found[1]

    assert (status, cached) == (200, "no-cache")
    assert [one.key for one in signers(checkpoint, note, [key_of(gateway)])]
    assert len(note.signatures) == 2
    assert root(checkpoint.size, hashes_of(checkpoint.size, tile)) == checkpoint.root
    leaves = b""
    for which in tiles_between(0, checkpoint.size):
        if not which.level:
            bundle = read(gateway, which.entries_path)[1]
            found = map(leaf_hash, read_bundle(bundle, which.width))
            assert b"".join(found) == tile(which)
            leaves += bundle
    assert b"certificate-gateway/log@v1\naudit\n" in leaves


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("tile/0/000.p/1", 200, id="a tile"),
        pytest.param("tile/entries/000.p/1", 200, id="a bundle"),
        pytest.param("tile/0/000", 404, id="not full yet"),
        pytest.param("tile/entries/000", 404, id="a bundle not full yet"),
        pytest.param("tile/0/001.p/1", 404, id="beyond the end"),
        pytest.param("tile/7/000.p/1", 404, id="a level there is not"),
        pytest.param("tile/99/000.p/1", 404, id="a level there cannot be"),
        pytest.param("tile/0/0", 404, id="another spelling"),
        pytest.param("tile/0/x000/000.p/1", 404, id="a longer spelling"),
        pytest.param("tile/0/000.p/256", 404, id="full by another name"),
        pytest.param("tile/0/000.p/0", 404, id="empty"),
        pytest.param("tile/0/000.p/999", 404, id="wider than there is"),
        pytest.param("tile/0/../checkpoint", 404, id="another way round"),
        pytest.param("tile/0/" + "x000/" * 40 + "000", 404, id="very long"),
        pytest.param("tile/entries/abc", 404, id="no place"),
        pytest.param("nothing", 404, id="nothing"),
    ],
)
def test_what_there_is_is_answered_and_nothing_else(
    gateway: Gateway, path: str, status: int
) -> None:
    eventually(lambda: size_at(gateway) > 0)

    found, raw, _ = read(gateway, path)
    assert found == status
    if found == 404 and path != "nothing" and ".." not in path:
        assert raw == b"the log has no such tile\n"


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/1", "nothing"])
def test_nobody_without_a_token_reads_it(gateway: Gateway, path: str) -> None:
    assert read(gateway, path, token=None)[0] == 401


def test_a_public_log_is_read_by_anybody(agencies: Agencies, tmp_path: Path) -> None:
    public = "transparency.is_public = true\n"
    with running_gateway(tmp_path, agencies, settings=public) as gateway:
        eventually(lambda: size_at(gateway) > 0)
        found = read(gateway, "tile/0/000.p/1", token=None)

    assert (found[0], found[2]) == (200, "public, max-age=31536000, immutable")


def test_a_log_of_files_is_the_same(gateway: Gateway, tmp_path: Path) -> None:
    config = str(gateway.folder / "gateway.toml")
    eventually(lambda: size_at(gateway) > 0)
    first = command("transparency", "export", "--config", config, str(tmp_path))
    logged(gateway)
    second = command("transparency", "export", "--config", config, str(tmp_path))

    assert (first.returncode, second.returncode) == (0, 0), second.stderr
    raw = (tmp_path / "checkpoint").read_bytes()
    checkpoint, note = read_checkpoint(raw)
    assert signers(checkpoint, note, [key_of(gateway)])

    def tile(which: Tile) -> bytes:
        return (tmp_path / which.path).read_bytes()

    assert root(checkpoint.size, hashes_of(checkpoint.size, tile)) == checkpoint.root
    assert not list(tmp_path.rglob(".writing-*"))


def test_the_audit_log_is_verified_and_a_change_is_named(
    gateway: Gateway, tmp_path: Path
) -> None:
    logged(gateway)
    kept = tmp_path / "kept"
    kept.write_bytes(read(gateway, "checkpoint")[1])
    for name in (
        *("gateway.toml", "transparency.key", "transparency-ml-dsa.key"),
        *("gateway.db", "gateway.db-wal"),
    ):
        shutil.copy(gateway.folder / name, tmp_path / name)
    config = str(tmp_path / "gateway.toml")
    whole = command("audit", "verify", "--config", config, "--checkpoint", str(kept))
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as database:
        database.execute("DROP TRIGGER audit_records_are_never_changed")
        database.execute("UPDATE audit_records SET caller = 'x' WHERE id = 1")
        database.commit()
    changed = command("audit", "verify", "--config", config)
    kept.write_text("nothing")
    unreadable = command("audit", "verify", "--config", config, f"--checkpoint={kept}")

    assert (whole.returncode, whole.stdout) == (0, ""), whole.stderr
    assert "; 0 findings" in whole.stderr
    assert changed.returncode == 1
    assert changed.stdout == "audit_records row 1: it was changed\n"
    assert unreadable.returncode == 2


def test_the_state_of_the_log_is_shown(gateway: Gateway) -> None:
    eventually(lambda: size_at(gateway) > 0)
    config = str(gateway.folder / "gateway.toml")
    done = command("transparency", "status", "--config", config)

    names = [line.partition(" ")[0] for line in done.stdout.splitlines()]
    assert names == [
        *("key", "key", "entries", "root", "queued", "signed"),
        "witnessed",
    ]
    assert '"transparency":"in time"' in gateway.get("/health/ready")[1]
    assert "gateway_transparency_behind_seconds 0." in gateway.get("/metrics")[1]
