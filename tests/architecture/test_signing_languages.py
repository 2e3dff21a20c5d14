"""The Java and openssl of docs/agencies.md sign what is believed, as printed there."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from connectors.decoding.decode import DecodedEnvelope, Decoder
from connectors.manifest import read_manifest
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from signing.envelope import Envelope, PayloadType, verify
from signing.errors import Refusal, SigningError
from signing.trust import read_trust_bundle
from tests.architecture.documents import Block, blocks

PAGE = "docs/agencies.md"
HOLDER = "310199199304120011"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECONDS = 120
HARNESS = """
import java.util.HexFormat;

class Harness {
    public static void main(String[] ders) {
        for (String der : ders) {
            byte[] signature = SignRecord.jose(HexFormat.of().parseHex(der));
            System.out.println(HexFormat.of().formatHex(signature));
        }
    }
}
"""


def unavailable(reason: str) -> NoReturn:
    """Skip on a laptop; where everything has to run, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def example(language: str) -> Block:
    """Return the page's example in a language."""
    (found,) = [block for block in blocks(language) if block.page == PAGE]
    return found


def run(folder: Path, *command: str, stdin: bytes = b"") -> bytes:
    """Run a command in ``folder``; whatever it says on standard error is a failure."""
    if shutil.which(command[0]) is None:
        unavailable(f"{command[0]} not found; the page's example needs it")
    done = subprocess.run(
        command,
        cwd=folder,
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def run_java(folder: Path) -> None:
    sources = {"SignRecord.java": example("java").text, "Harness.java": HARNESS}
    for name, text in sources.items():
        (folder / name).write_text(text, "utf-8")
    run(folder, "javac", "-encoding", "UTF-8", "-Xlint:all", "-Werror", *sources)
    run(folder, "java", "-cp", ".", "SignRecord")


def run_bash(folder: Path) -> None:
    if shutil.which("openssl") is None:
        unavailable("openssl not found; the page's example needs it")
    run(folder, "bash", "-euo", "pipefail", "-c", example("bash").text)


RUN: Mapping[str, Callable[[Path], None]] = {"java": run_java, "bash": run_bash}
LANGUAGES = sorted(RUN)


@pytest.fixture(scope="module", name="folders")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Where a language's example was run, once."""
    done: dict[str, Path] = {}

    def folder_of(language: str) -> Path:
        if language not in done:
            folder = tmp_path_factory.mktemp(language)
            RUN[language](folder)
            done[language] = folder
        return done[language]

    return folder_of


def read(folder: Path, file: str, type_: PayloadType) -> DecodedEnvelope:
    """Verify and decode a file as the gateway does, by the page's manifest."""
    proof = verify(
        Envelope((folder / file).read_bytes()),
        read_trust_bundle((folder / "trust.toml").read_text("utf-8")),
        types={type_},
        at=datetime.now(UTC),
        freshness=None,
    )
    manifest = next(block for block in blocks("toml") if block.page == PAGE)
    return Decoder(read_manifest(manifest.text), load_catalogue()).decode(proof)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_is_believed_and_read_by_the_pages_manifest(
    folders: Callable[[str], Path], language: str
) -> None:
    reading = read(folders(language), "record.jws", PayloadType.RECORD)

    (record,) = reading.holdings[HOLDER].records
    assert (reading.proof.key.algorithm, record.number, record.state) == (
        "ES256",
        "S2026000001",
        CertificateState.VALID,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_absence_is_believed(folders: Callable[[str], Path], language: str) -> None:
    reading = read(folders(language), "absence.jws", PayloadType.ABSENCE)

    holding = reading.holdings[HOLDER]
    assert (holding.records, holding.refusals) == ((), ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_changed_afterwards_is_refused(
    folders: Callable[[str], Path], language: str, tmp_path: Path
) -> None:
    folder = folders(language)
    head, payload, signature = (folder / "record.jws").read_text().split(".")
    changed = payload[:-8] + ("A" if payload[-8] != "A" else "B") + payload[-7:]
    (tmp_path / "record.jws").write_text(f"{head}.{changed}.{signature}")
    shutil.copy(folder / "trust.toml", tmp_path)

    with pytest.raises(SigningError) as refused:
        read(tmp_path, "record.jws", PayloadType.RECORD)

    assert refused.value.refusal is Refusal.BAD_SIGNATURE


NUMBERS = {
    "both with the high bit": (ORDER - 1, ORDER - 1),
    "both of 32 bytes": (1 << 254, 1 << 254),
    "r of 31 bytes": ((1 << 247) - 1, ORDER - 1),
    "s of 30 bytes": (ORDER - 1, (1 << 255) - 1 >> 16),
    "both of one byte": (1, 1),
    "zeros at the end": (0xFF << 120, 0x0A << 240),
}
CASES = [pytest.param(*numbers, id=name) for name, numbers in NUMBERS.items()]


@pytest.fixture(scope="module", name="by_java")
def _by_java(folders: Callable[[str], Path]) -> dict[str, str]:
    """What the page's Java makes of each signature, all in one machine."""
    ders = [encode_dss_signature(r, s).hex() for r, s in NUMBERS.values()]
    shown = run(folders("java"), "java", "-cp", ".", "Harness", *ders)
    return dict(zip(ders, shown.decode().split(), strict=True))


@pytest.mark.parametrize(("r", "s"), CASES)
def test_java_turns_every_der_signature_into_64_bytes(
    by_java: dict[str, str], r: int, s: int
) -> None:
    shown = by_java[encode_dss_signature(r, s).hex()]

    assert bytes.fromhex(shown) == r.to_bytes(32) + s.to_bytes(32)


@pytest.mark.parametrize(("r", "s"), CASES)
def test_openssl_turns_every_der_signature_into_64_bytes(
    tmp_path: Path, r: int, s: int
) -> None:
    if shutil.which("openssl") is None:
        unavailable("openssl not found; the page's example needs it")
    text = example("bash").text
    (function,) = re.findall(r"^jose\(\) \{.*?^\}$", text, re.MULTILINE | re.DOTALL)

    shown = run(
        tmp_path,
        *("bash", "-euo", "pipefail", "-c", f"{function}\njose"),
        stdin=encode_dss_signature(r, s),
    )

    assert shown == r.to_bytes(32) + s.to_bytes(32)


def test_the_java_needs_the_jdk_alone() -> None:
    imports = re.findall(r"^import ([\w.]+);$", example("java").text, re.MULTILINE)

    assert imports
    assert [name for name in imports if not name.startswith("java.")] == []
