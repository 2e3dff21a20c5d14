"""``gateway verify`` checks one record offline and shows every check."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signing.envelope import PayloadType
from signing.sign import sign, sign_detached
from tests.signing.agency import FIRE, TRANSPORT
from tests.vectors import mint

TRUST = mint.FOLDER / "trust.toml"
SIGNED_AT = datetime(2026, 3, 1, 7, 59, 30, tzinfo=UTC)
AT = ("--at", "2026-03-01T08:00:00Z")


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with the network closed to it by having nothing to ask."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", "verify", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


@pytest.fixture(name="record")
def _record(tmp_path: Path) -> Path:
    envelope = sign(
        b'{"level":5}', TRANSPORT, type=PayloadType.RECORD, signed_at=SIGNED_AT
    )
    path = tmp_path / "record.jws"
    path.write_bytes(envelope.signature)
    return path


def test_a_good_record_passes_every_check_that_was_asked_for(record: Path) -> None:
    done = verify(str(record), "--trust", str(TRUST), *AT)

    assert done.returncode == 0
    assert (done.stdout.count("PASSED"), done.stdout.count("NOT_RUN")) == (13, 2)
    assert "VERIFIED as of 2026-03-01 08:00:00Z" in done.stdout


def test_one_line_feed_at_the_end_is_the_editors(record: Path) -> None:
    record.write_bytes(record.read_bytes() + b"\n")

    assert verify(str(record), "--trust", str(TRUST), *AT).returncode == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda jws: jws + b"\n\n", "TRAILING", id="two line feeds"),
        pytest.param(lambda jws: jws[:-4] + b"AAAA", "BAD_SIGNATURE", id="tampered"),
        pytest.param(lambda _: b"hello", "MALFORMED", id="no JWS"),
        pytest.param(lambda _: b"", "MALFORMED", id="empty"),
    ],
)
def test_a_record_that_is_not_believed_exits_1_and_says_why(
    record: Path, change: Callable[[bytes], bytes], reason: str
) -> None:
    record.write_bytes(change(record.read_bytes()))

    done = verify(str(record), "--trust", str(TRUST), *AT)

    assert (done.returncode, "REFUSED as of" in done.stdout) == (1, True)
    assert reason in done.stdout


def test_checks_after_a_failed_one_are_still_shown(record: Path) -> None:
    late = ("--at", "2040-01-01", "--max-age-seconds", "60")

    done = verify(str(record), "--trust", str(TRUST), *late)

    assert done.returncode == 1
    assert "KEY_OUTSIDE_WINDOW" in done.stdout
    assert "STALE" in done.stdout
    assert done.stdout.count("PASSED") == 12


@pytest.mark.parametrize(
    ("item", "code"),
    [pytest.param("4-02-01-01", 0, id="its own"), pytest.param("1.2", 1, id="another")],
)
def test_the_keys_scope_is_checked_for_an_item(
    record: Path, item: str, code: int
) -> None:
    done = verify(str(record), "--trust", str(TRUST), *AT, "--item", item)

    assert done.returncode == code


def test_a_detached_signature_is_checked_over_its_body(tmp_path: Path) -> None:
    envelope = sign_detached(
        b'{"a":1}', FIRE, type=PayloadType.RESPONSE, signed_at=SIGNED_AT
    )
    signature, body = tmp_path / "s", tmp_path / "b"
    signature.write_bytes(envelope.signature)
    body.write_bytes(b'{"a":1}')

    same = verify(str(signature), "--trust", str(TRUST), *AT, "--body", str(body))
    body.write_bytes(b'{"a":2}')
    other = verify(str(signature), "--trust", str(TRUST), *AT, "--body", str(body))

    assert [same.returncode, other.returncode] == [0, 1]


@pytest.mark.parametrize("absent", ["record", "trust"])
def test_a_file_that_is_not_there_is_one_sentence(record: Path, absent: str) -> None:
    files = {"record": str(record), "trust": str(TRUST), absent: "/nowhere/at-all"}

    done = verify(files["record"], "--trust", files["trust"])

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "/nowhere/at-all" in done.stderr
