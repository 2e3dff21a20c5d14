"""``gateway agency init``: a registry that the kit finds nothing wrong with."""

import ast
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from connectors.conformance.report import Outcome, Report
from gateway.cli import app
from gateway.errors import StartError
from gateway.newcomer.files import Newcomer, filled, write_newcomer
from gateway.registration.check import Request, run_check
from gateway.registration.submission_file import read_submission_file
from policy.catalogue import load_catalogue
from tests.architecture.documents import blocks
from tests.node import unavailable
from tests.ports import free_port

TRANSPORT = "shanghai-transport-qualification-centre"
SAFETY = "shanghai-work-safety-institute"
PAGE = "docs/agencies.md"
START_SECONDS = 60


def init(folder: Path, *more: str, body: str = TRANSPORT) -> Result:
    """Run the command."""
    options = [
        "--id",
        "newcomer",
        "--body",
        body,
        "--credit-code",
        "12310000425006133Y",
    ]
    return CliRunner().invoke(app, ["agency", "init", str(folder), *options, *more])


@contextmanager
def serving(folder: Path, *command: str) -> Iterator[None]:
    """Start a skeleton, and wait for what it says once it listens."""
    if shutil.which(command[0]) is None:
        unavailable(f"{command[0]} not found; the skeleton needs it")
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith(b"http://127.0.0.1:")
            yield
        finally:
            process.kill()


def checked(folder: Path, trust: Path | None = None) -> Report:
    """Check what runs as an agency does itself."""
    request = Request(
        manifest=folder / "manifest.toml",
        trust=(trust or folder) / "trust.toml",
        plan=folder / "plan.toml",
        holders=(),
        absent=(),
        networks=("127.0.0.0/8",),
        requests=3,
        max_seconds=60,
    )
    return run_check(request, lambda _: None)


def newcomer_in(folder: Path, body: str) -> str:
    """Make everything in ``folder``; return the port that its manifest names."""
    port = str(free_port("127.0.0.1"))
    made = init(folder, "--port", port, body=body)
    assert made.exit_code == 0, made.output
    return port


def assert_nothing_is_wrong(report: Report) -> None:
    assert report.findings == []
    untested = {r.check for r in report.results if r.outcome is Outcome.NOT_TESTED}
    assert untested == {"TLS", "ROTATION"}


def test_the_python_skeleton_is_believed_and_by_no_other_key(tmp_path: Path) -> None:
    folder, other = tmp_path / "own", tmp_path / "other"
    port = newcomer_in(folder, TRANSPORT)
    newcomer_in(other, TRANSPORT)

    with serving(folder, sys.executable, "registry.py", port):
        report, forged = checked(folder), checked(folder, trust=other)

    assert_nothing_is_wrong(report)
    assert {finding.code for finding in forged.findings} >= {"BAD_SIGNATURE"}
    assert not forged.is_conforming


def test_the_node_skeleton_is_believed(tmp_path: Path) -> None:
    port = newcomer_in(tmp_path / "own", SAFETY)

    with serving(tmp_path / "own", "node", "registry.mjs", port):
        assert_nothing_is_wrong(checked(tmp_path / "own"))


@pytest.mark.long
def test_the_java_skeleton_is_believed(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    port = newcomer_in(folder, TRANSPORT)
    if shutil.which("javac") is None:
        unavailable("javac not found; the skeleton needs it")
    command = ["javac", "-encoding", "UTF-8", "-Xlint:all", "-Werror", "Registry.java"]
    subprocess.run(command, cwd=folder, check=True, timeout=START_SECONDS)

    with serving(folder, "java", "-cp", ".", "Registry", port):
        assert_nothing_is_wrong(checked(folder))


def definitions(source: str) -> dict[str, str]:
    """Return the functions of a Python source."""
    return {
        node.name: ast.unparse(node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def test_the_python_skeleton_signs_as_the_page_does() -> None:
    (page,) = [block for block in blocks("python") if block.page == PAGE]
    of_page = definitions(page.text)
    of_skeleton = definitions(filled("registry.py", {"port": "1"}))

    for name in ("part", "to_json", "compact"):
        assert of_skeleton[name] == of_page[name]


def method(source: str, name: str) -> str:
    """Return a method of a Java class, to its end."""
    (found,) = re.findall(
        rf"^    static String {name}\(.*?^    \}}$", source, re.MULTILINE | re.DOTALL
    )
    return str(found)


def test_the_java_skeleton_signs_as_the_page_does_but_for_the_algorithm() -> None:
    (page,) = [block for block in blocks("java") if block.page == PAGE]
    skeleton = filled("Registry.java", {})
    by_ed25519 = (
        page.text.replace('\\"ES256\\"', '\\"EdDSA\\"')
        .replace('"SHA256withECDSA"', '"Ed25519"')
        .replace("part(jose(signer.sign()))", "part(signer.sign())")
    )

    for name in ("part", "compact"):
        assert method(skeleton, name) == method(by_ed25519, name)


def test_the_key_is_its_owners_alone_and_the_submission_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    newcomer_in(folder, TRANSPORT)

    mode = stat.S_IMODE((folder / "signing.key.pem").stat().st_mode)
    submission = read_submission_file(folder / "submission.toml")
    assert mode == 0o600
    assert submission.credit_code == "12310000425006133Y"
    assert submission.items == ("4-02-01-01",)
    assert submission.plan is not None
    assert "@" not in (folder / "manifest.toml").read_text("utf-8")


@pytest.mark.parametrize(
    "body", sorted({i.collection_body.id for i in load_catalogue().items.values()})
)
def test_every_body_of_the_annex_can_begin(tmp_path: Path, body: str) -> None:
    newcomer = Newcomer(id="n", body=body, credit_code="1", contact="处", port=1)

    write_newcomer(tmp_path / "own", newcomer, load_catalogue())

    lines = (tmp_path / "own" / "records.tsv").read_text("utf-8").splitlines()
    assert len(lines) == 3


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    refused = init(tmp_path)

    assert isinstance(refused.exception, StartError)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param(["--body", "nobody"], "is one of", id="no body of the annex"),
        pytest.param(["--id", "Upper Case"], "small letters", id="no id"),
        pytest.param(["--contact", 'a"b'], "--contact", id="a quotation mark"),
        pytest.param(["--credit-code", "@id@"], "--credit-code", id="a name's sign"),
    ],
)
def test_an_option_that_cannot_be_used_makes_nothing(
    tmp_path: Path, more: list[str], told: str
) -> None:
    folder = tmp_path / "own"

    refused = init(folder, *more)

    assert isinstance(refused.exception, StartError)
    assert told in str(refused.exception)
    assert not folder.exists()
