"""What docs/sm2.md prints signs what is believed, and is what the bundle takes."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from signing.envelope import Envelope, PayloadType, verify
from signing.errors import Refusal, SigningError
from signing.sm2.keys import DEFAULT_SIGNER_ID, SignatureForm, Sm2PublicKey
from signing.trust import TrustBundle, read_trust_bundle
from tests.architecture.documents import blocks

PAGE = "docs/sm2.md"
SECONDS = 60


def unavailable(reason: str) -> NoReturn:
    """Skip on a laptop; where everything has to run, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def example(language: str) -> str:
    (found,) = [block.text for block in blocks(language) if block.page == PAGE]
    return found


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page's commands were run."""
    if shutil.which("openssl") is None:
        unavailable("openssl not found; the page's example needs it")
    folder = tmp_path_factory.mktemp("sm2")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example("bash")],
        cwd=folder,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return folder


def believed(record: bytes, bundle: TrustBundle) -> bytes:
    return verify(
        Envelope(record),
        bundle,
        types={PayloadType.RECORD},
        at=datetime.now(UTC),
        freshness=None,
    ).payload


def test_what_openssl_signs_by_the_page_is_believed(folder: Path) -> None:
    bundle = read_trust_bundle((folder / "trust.toml").read_text())

    payload = believed((folder / "record.jws").read_bytes(), bundle)

    assert payload == b'{"serial":"S2026000001"}'


@pytest.mark.parametrize(
    ("told", "instead"),
    [
        pytest.param(DEFAULT_SIGNER_ID, "", id="another signer id"),
        pytest.param('"der"', '"raw"', id="another form"),
    ],
)
def test_what_the_trust_record_says_otherwise_is_refused(
    folder: Path, told: str, instead: str
) -> None:
    text = (folder / "trust.toml").read_text()
    assert told in text
    bundle = read_trust_bundle(text.replace(told, instead))

    with pytest.raises(SigningError) as caught:
        believed((folder / "record.jws").read_bytes(), bundle)

    assert caught.value.refusal is Refusal.BAD_SIGNATURE


def test_the_trust_record_of_the_page_is_read_as_the_page_says() -> None:
    (key,) = read_trust_bundle(example("toml")).keys.values()

    assert isinstance(key.public_key, Sm2PublicKey)
    assert key.public_key.signer_id == DEFAULT_SIGNER_ID
    assert key.public_key.form is SignatureForm.RAW
