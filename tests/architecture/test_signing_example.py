"""What docs/agencies.md has an agency write is believed, and read by its manifest."""

import ast
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from connectors.decoding.decode import DecodedEnvelope, Decoder
from connectors.manifest import read_manifest
from gateway.cli import app
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from policy.level import Level
from policy.row import row_of
from signing.envelope import Envelope, PayloadType, verify
from signing.trust import read_trust_bundle
from tests.architecture.documents import Block, blocks

PAGE = "docs/agencies.md"
HOLDER = "310199199304120011"


def only(language: str) -> Block:
    return next(block for block in blocks(language) if block.page == PAGE)


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page's Python was run."""
    folder = tmp_path_factory.mktemp("agency")
    command = [sys.executable, "-c", only("python").text]
    subprocess.run(command, cwd=folder, check=True)
    return folder


def gateway_verify(folder: Path, file: str, *more: str) -> Result:
    """Run the page's own command."""
    words = [str(folder / word) if "." in word[-5:] else word for word in more]
    trust = ["--trust", str(folder / "trust.toml")]
    return CliRunner().invoke(app, ["verify", str(folder / file), *trust, *words])


def read(folder: Path, file: str, type_: PayloadType) -> DecodedEnvelope:
    """Verify and decode a file as the gateway does."""
    proof = verify(
        Envelope((folder / file).read_bytes()),
        read_trust_bundle((folder / "trust.toml").read_text("utf-8")),
        types={type_},
        at=datetime.now(UTC),
        freshness=None,
    )
    return Decoder(read_manifest(only("toml").text), load_catalogue()).decode(proof)


def test_the_example_needs_cryptography_alone() -> None:
    tree = ast.parse(only("python").text)
    plain = [n for n in ast.walk(tree) if isinstance(n, ast.Import)]
    names = {alias.name for node in plain for alias in node.names}
    names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}

    tops = {name.partition(".")[0] for name in names}

    assert tops - sys.stdlib_module_names == {"cryptography"}


@pytest.mark.parametrize(
    ("file", "more"),
    [
        pytest.param("record.jws", ["--item", "4-02-01-01"], id="a record"),
        pytest.param("absence.jws", [], id="an absence"),
        pytest.param("body.jws", ["--body", "body.json"], id="a body"),
    ],
)
def test_what_the_example_signs_is_believed(
    folder: Path, file: str, more: list[str]
) -> None:
    shown = gateway_verify(folder, file, *more)

    assert (shown.exit_code, "VERIFIED" in shown.output) == (0, True), shown.output


@pytest.mark.parametrize(
    ("file", "more", "code"),
    [
        pytest.param("record.jws", ["--item", "1-2"], "OUT_OF_SCOPE", id="a row"),
        pytest.param("record.jws", ["--at", "2020-01-01"], "KEY_OUTSIDE", id="a day"),
        pytest.param("body.jws", ["--body", "trust.toml"], "BAD_SIG", id="a body"),
    ],
)
def test_what_the_example_did_not_sign_is_refused(
    folder: Path, file: str, more: list[str], code: str
) -> None:
    shown = gateway_verify(folder, file, *more)

    assert (shown.exit_code, code in shown.output) == (1, True), shown.output


def test_the_examples_record_is_a_certificate_by_the_examples_manifest(
    folder: Path,
) -> None:
    holding = read(folder, "record.jws", PayloadType.RECORD).holdings[HOLDER]

    record = holding.records[0]
    row = row_of(record, load_catalogue())
    assert (holding.refusals, record.level, record.state) == (
        (),
        Level.LEVEL_4,
        CertificateState.VALID,
    )
    assert row.item is not None
    assert row.item.code == "4-02-01-01"


def test_the_examples_absence_says_that_there_is_none(folder: Path) -> None:
    holding = read(folder, "absence.jws", PayloadType.ABSENCE).holdings[HOLDER]

    assert (holding.records, holding.refusals) == ((), ())
