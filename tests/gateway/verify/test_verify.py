"""``gateway verify`` checks one record offline and shows every check."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signing.envelope import PayloadType
from signing.sign import SigningKey, sign, sign_detached
from tests import nursery
from tests.contracts.people import nobodies
from tests.signing.agency import FIRE, SAFETY, TRANSPORT
from tests.vectors import mint

TRUST = mint.FOLDER / "trust.toml"
SIGNED_AT = datetime(2026, 3, 1, 7, 59, 30, tzinfo=UTC)
AT = ("--at", "2026-03-01T08:00:00Z")
MANIFEST = Path("sandbox/agencies/transport.toml").absolute()
NUMBER = nobodies(1)[0].number
CONTENT = {
    "certificateNumber": "S000031020260001",
    "holderName": "测试人",
    "idType": "RESIDENT_ID",
    "idNumber": NUMBER,
    "occupation": "城市轨道交通列车司机",
    "job": "城市轨道交通列车司机",
    "jobCode": "4-02-01-01",
    "skillLevel": "4",
}


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with the network closed to it by having nothing to ask."""
    return nursery.run(
        [sys.executable, "-m", "gateway", "verify", *arguments],
        env={**os.environ, "COLUMNS": "200"},
    )


def verify_by_manifest(
    folder: Path, key: SigningKey, content: Mapping[str, str | None], *more: str
) -> subprocess.CompletedProcess[str]:
    """Sign ``content`` and check it by the transport commission's manifest."""
    payload = json.dumps(content).encode()
    envelope = sign(payload, key, type=PayloadType.RECORD, signed_at=SIGNED_AT)
    path = folder / "record.jws"
    path.write_bytes(envelope.signature)
    files = ("--trust", str(TRUST), "--manifest", str(MANIFEST))
    return verify(str(path), *files, *AT, *more)


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
    assert (done.stdout.count("PASSED"), done.stdout.count("NOT_RUN")) == (13, 4)
    assert "VERIFIED as of 2026-03-01 08:00:00Z" in done.stdout
    # The verdict says itself what it leaves open, and what would close it.
    assert done.stdout.splitlines()[-1].endswith(
        "; not checked: freshness (give --max-age-seconds); scope (give --manifest or "
        "--item); institution (give --manifest); record (give --manifest)"
    )


def test_the_key_is_shown_with_its_institution_window_and_scope(record: Path) -> None:
    done = verify(str(record), "--trust", str(TRUST), *AT)

    for shown in (
        "key: test-transport-1",
        "institution: shanghai-transport-qualification-centre",
        "window: 2026-01-01 00:00:00Z to 2028-01-01 00:00:00Z",
        "scope: 4-02-01-01",
    ):
        assert shown in done.stdout


def test_a_key_that_is_only_named_is_not_shown_as_the_signers(record: Path) -> None:
    record.write_bytes(record.read_bytes()[:-4] + b"AAAA")

    done = verify(str(record), "--trust", str(TRUST), *AT)

    assert "key (named, and not proven): test-transport-1" in done.stdout


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(b"", b"\n", id="LF"),
        pytest.param(b"", b"\r\n", id="CR LF"),
        pytest.param(b"\xef\xbb\xbf", b"\r\n", id="a byte order mark"),
    ],
)
def test_what_an_editor_adds_is_not_the_signers(
    record: Path, first: bytes, last: bytes
) -> None:
    record.write_bytes(first + record.read_bytes() + last)

    assert verify(str(record), "--trust", str(TRUST), *AT).returncode == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda jws: jws + b"\n\n", "TRAILING", id="two line feeds"),
        pytest.param(lambda jws: jws + b"\r\n\r\n", "TRAILING", id="two CR LF"),
        pytest.param(lambda jws: jws + b"\r", "TRAILING", id="CR alone"),
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


def test_a_record_is_read_by_its_manifest_and_its_item_found(tmp_path: Path) -> None:
    done = verify_by_manifest(tmp_path, TRANSPORT, CONTENT, "--max-age-seconds", "60")

    assert done.returncode == 0
    assert (done.stdout.count("PASSED"), done.stdout.count("NOT_RUN")) == (17, 0)
    assert done.stdout.splitlines()[-1] == "VERIFIED as of 2026-03-01 08:00:00Z"
    assert NUMBER not in done.stdout


@pytest.mark.parametrize(
    ("key", "change", "reason"),
    [
        pytest.param(
            TRANSPORT, {"jobCode": "1.1"}, "OUT_OF_SCOPE: item '1.1'", id="out of scope"
        ),
        pytest.param(SAFETY, {"jobCode": "1.1"}, "FOREIGN_KEY", id="another's key"),
        pytest.param(
            TRANSPORT, {"certificateNumber": None}, "MALFORMED_RECORD", id="no number"
        ),
        pytest.param(
            TRANSPORT, {"idNumber": "7"}, "MALFORMED_RECORD", id="about nobody"
        ),
    ],
)
def test_a_record_that_its_agency_may_not_attest_is_refused(
    tmp_path: Path, key: SigningKey, change: dict[str, str | None], reason: str
) -> None:
    done = verify_by_manifest(tmp_path, key, {**CONTENT, **change})

    assert done.returncode == 1
    assert reason in done.stdout
    assert "REFUSED as of" in done.stdout


def test_a_record_of_no_item_leaves_the_scope_open(tmp_path: Path) -> None:
    elsewhere = {"jobCode": "9-99", "job": "别的项目", "occupation": "别的职业"}

    done = verify_by_manifest(tmp_path, TRANSPORT, {**CONTENT, **elsewhere})

    assert done.returncode == 0
    assert "scope (a record is about no item of the annex)" in done.stdout


def test_what_is_not_believed_is_not_read(tmp_path: Path) -> None:
    done = verify_by_manifest(tmp_path, TRANSPORT, CONTENT, "--at", "2040-01-01")

    assert done.returncode == 1
    assert done.stdout.count("what is not believed is not read") == 3


def test_an_item_and_a_manifest_together_are_one_too_many(record: Path) -> None:
    both = ("--item", "1.1", "--manifest", str(MANIFEST))

    done = verify(str(record), "--trust", str(TRUST), *AT, *both)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--item or --manifest" in done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('id = "transport"', 'name = "transport"', id="unknown key"),
        pytest.param('item = "job"', 'item = "job["', id="no JMESPath"),
    ],
)
def test_a_manifest_that_is_none_is_one_sentence(
    record: Path, tmp_path: Path, old: str, new: str
) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(MANIFEST.read_text("utf-8").replace(old, new, 1), "utf-8")

    done = verify(*(str(record), "--trust", str(TRUST)), *AT, "--manifest", str(path))

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert str(path) in done.stderr


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
