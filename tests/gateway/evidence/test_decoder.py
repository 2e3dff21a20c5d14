"""The page reads codes by files that are what was looked at, or is not built."""

import shutil
from pathlib import Path

import pytest

from gateway.evidence import decoder
from gateway.evidence.decoder import FOLDER, OtherDecoderError
from gateway.evidence.page import build


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(FOLDER, tmp_path / "qr")
    monkeypatch.setattr(decoder, "FOLDER", tmp_path / "qr")
    return tmp_path / "qr"


def test_licences_and_sums_lie_beside_what_others_wrote() -> None:
    sums = (FOLDER / "SHA256SUMS").read_text("ascii").splitlines()

    names = {line.split("  ")[1] for line in sums}
    assert names == {"index.js", "decode.js", "LICENSE", "LICENSE-MIT"}
    assert {path.name for path in FOLDER.iterdir()} == names | {"SHA256SUMS"}


def test_what_draws_codes_and_asks_a_camera_is_left_out() -> None:
    taken = decoder.decoder()

    assert "const decodeQR = " in taken
    for left_out in ("encodeQR", "getUserMedia", "BarcodeDetector", "export "):
        assert left_out not in taken


@pytest.mark.parametrize("name", ["index.js", "decode.js"])
def test_a_file_that_was_changed_is_not_built_in(name: str, folder: Path) -> None:
    raw = (folder / name).read_bytes()
    (folder / name).write_bytes(raw.replace(b"const", b"let  ", 1))

    with pytest.raises(OtherDecoderError):
        build()
