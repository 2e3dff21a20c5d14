"""Files as editors on Windows write them are read: a byte order mark, and CR LF."""

from pathlib import Path

import pytest

from connectors.manifest import read_manifest
from connectors.registry import load_manifests
from gateway.collection.sent_lines import SentLine, read_lines
from gateway.privacy.keys import read_pseudonyms
from gateway.settings.settings import load_settings, read_certificate_id_key
from gateway.trust import read_bundle
from signing.envelope import Envelope
from tests.connectors.agency import MANIFEST
from tests.fuzz.test_files import BUNDLE_TEXT, SETTINGS_TEXT

MARK = "\ufeff"


def of_windows(path: Path, text: str) -> Path:
    path.write_bytes((MARK + text.replace("\n", "\r\n")).encode())
    return path


def test_a_manifest(tmp_path: Path) -> None:
    of_windows(tmp_path / "one.toml", MANIFEST)

    assert load_manifests(tmp_path) == [read_manifest(MANIFEST)]


def test_a_trust_bundle(tmp_path: Path) -> None:
    file = of_windows(tmp_path / "trust.toml", BUNDLE_TEXT)
    (tmp_path / "plain.toml").write_text(BUNDLE_TEXT, "utf-8")

    assert (
        read_bundle(file).keys.keys()
        == read_bundle(tmp_path / "plain.toml").keys.keys()
    )


def test_settings(tmp_path: Path) -> None:
    file = of_windows(tmp_path / "gateway.toml", SETTINGS_TEXT)
    read = load_settings(file, {})
    file.write_text(SETTINGS_TEXT, "utf-8")

    assert read == load_settings(file, {})


def test_keys(tmp_path: Path) -> None:
    ids = of_windows(tmp_path / "id.key", "0a" * 64 + "\n")
    people = of_windows(tmp_path / "people.key", "0a" * 32 + "\n" + "0b" * 32 + "\n")

    assert read_certificate_id_key(ids) == bytes([10]) * 64
    assert read_pseudonyms(people) is not None


def digest(record: str) -> str:
    return Envelope(record.encode()).digest.hex()


@pytest.mark.parametrize("first", [None, 7])
def test_lines_to_send(tmp_path: Path, first: int | None) -> None:
    text = 'a.b.c\n\n  \n{"sequence": 2, "record": "d.e.f"}\ng.h.i \n\n'
    plain = tmp_path / "plain"
    plain.write_text(text, "utf-8")
    marked = of_windows(tmp_path / "marked", text)

    found = [*read_lines(plain, first)]
    ends = [line.ends_at for line in read_lines(marked, first)]

    def seen(lines: list[SentLine]) -> list[tuple[object, ...]]:
        return [(one.number, one.sequence, one.digest, one.text) for one in lines]

    assert seen([*read_lines(marked, first)]) == seen(found)
    assert [(one.sequence, one.digest) for one in found] == [
        (first, digest("a.b.c")),
        (2, digest("d.e.f")),
        (None if first is None else first + 1, digest("g.h.i")),
    ]
    assert ends[-1] < marked.stat().st_size


@pytest.mark.parametrize(
    "line", ['{"sequence": 1', '{"record": 5}', '{"sequence": true}', "{}", "{"]
)
def test_what_is_no_line_goes_as_it_is(tmp_path: Path, line: str) -> None:
    file = of_windows(tmp_path / "lines", f"{line}\n")

    (found,) = read_lines(file, None)

    assert (found.sequence, found.digest, found.text) == (None, None, line.encode())
