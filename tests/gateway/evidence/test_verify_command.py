"""``gateway verify`` knows a bundle by its form, and checks it as auditors do."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from tests.gateway.evidence.logs import bundles, policy_text


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (good,) = bundles(7, 1)
    (tmp_path / "good.json").write_bytes(good)
    (tmp_path / "bad.json").write_bytes(good.replace(b"UNDETERMINED", b"MET", 1))
    (tmp_path / "policy.txt").write_text(policy_text(), "utf-8")
    (tmp_path / "other.json").write_text(json.dumps({"format": "other"}), "utf-8")
    return tmp_path


def run(folder: Path, name: str, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["verify", str(folder / name), *more])
    return done.exit_code, f"{done.stdout}{done.exception or ''}"


def test_a_bundle_is_checked_by_a_policy(folder: Path) -> None:
    code, said = run(folder, "good.json", "--policy", str(folder / "policy.txt"))

    assert code == 0
    assert "VERIFIED" in said
    assert "OF_THE_BUNDLE" not in said


def test_one_that_was_changed_is_refused_and_each_check_is_shown(folder: Path) -> None:
    code, said = run(folder, "bad.json")

    assert code == 1
    assert "REFUSED" in said
    assert "DIGEST_DIFFERS" in said
    assert "OF_THE_BUNDLE" in said


def test_what_is_no_bundle_is_a_record_and_needs_a_trust_bundle(folder: Path) -> None:
    code, said = run(folder, "other.json")

    assert code != 0
    assert "give --trust" in said


@pytest.mark.parametrize("name", ["none.json", "good.json"])
def test_a_file_that_is_not_there_is_named(folder: Path, name: str) -> None:
    code, said = run(folder, name, "--policy", str(folder / "none.txt"))

    assert code != 0
    assert "none." in said
