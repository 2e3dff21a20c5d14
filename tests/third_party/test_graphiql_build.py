"""GraphiQL's page is what its sources make: built anew, it has the same bytes."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.documents import ROOT
from tests.node import install

# A hundred packages are installed.
pytestmark = pytest.mark.long

PAGE = Path("gateway", "static", "graphiql")
TOOL = Path("tools", "graphiql")


def test_another_build_has_the_same_bytes(tmp_path: Path) -> None:
    tool = tmp_path / TOOL
    tool.mkdir(parents=True)
    shutil.copytree(ROOT / TOOL / "src", tool / "src")
    install(ROOT / TOOL, "build.js", tool)

    done = subprocess.run(
        ["npm", "run", "build"],
        cwd=tool,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    built = {path.name: path.read_bytes() for path in (tmp_path / PAGE).iterdir()}
    kept = {path.name: path.read_bytes() for path in (ROOT / PAGE).iterdir()}
    assert built.keys() == kept.keys()
    assert [name for name in kept if built[name] != kept[name]] == []
