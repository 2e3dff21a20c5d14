"""Years later: an answer, its receipt and the published keys, checked without us."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.documents.trusted import BUILT_IN
from tests.gateway.graphql_http.wire import ask
from tests.running import Agencies, Gateway

FILES = ("answer.json", "keys.json", "asked.graphql", "variables.json")


@pytest.fixture(name="kept")
def _kept(gateway: Gateway, agencies: Agencies, tmp_path: Path) -> Path:
    """A folder with all that a caller keeps."""
    document = next(iter(orjson.loads(BUILT_IN.read_bytes()).values()))
    variables = {"idNumber": agencies.people[0]["idNumber"]}
    body = orjson.dumps({"query": document, "variables": variables})
    answer = ask(gateway, body, prefer="receipt")
    contents = (
        answer.body,
        gateway.get("/receipts/keys")[1].encode(),
        document.encode(),
        orjson.dumps(variables, option=orjson.OPT_INDENT_2),
    )
    for name, content in zip(FILES, contents, strict=True):
        (tmp_path / name).write_bytes(content)
    return tmp_path


def verified(kept: Path, caller: str = "demo") -> tuple[int, str]:
    """Run ``gateway verify``; return its exit code and what it printed."""
    answer, keys, document, variables = (str(kept / name) for name in FILES)
    beside = ("--document", document, "--variables", variables, "--caller", caller)
    done = CliRunner().invoke(app, ["verify", answer, "--trust", keys, *beside])
    return done.exit_code, done.output


def rows_that_failed(output: str) -> list[str]:
    lines = (line for line in output.splitlines() if "FAILED" in line)
    return [line.split("│")[1].strip() for line in lines]


def caller_of(kept: Path) -> str:
    configuration = (kept / "gateway.toml").read_text("utf-8")
    return configuration.split('caller = "')[1].split('"')[0]


def test_what_was_kept_proves_what_was_answered(gateway: Gateway, kept: Path) -> None:
    code, output = verified(kept, caller_of(gateway.folder))

    assert (code, rows_that_failed(output)) == (0, [])
    assert "VERIFIED as of" in output


@pytest.mark.parametrize(
    ("file", "change", "part"),
    [
        pytest.param("answer.json", ("ELIGIBLE", "INELIGIBLE"), "DATA", id="a verdict"),
        pytest.param("answer.json", ('"title":', '"title": '), "DATA", id="spaces"),
        pytest.param(
            "asked.graphql", ("state", "item"), "DOCUMENT", id="another field"
        ),
        pytest.param(
            "variables.json", ("310", "311"), "VARIABLES", id="another person"
        ),
    ],
)
def test_whatever_was_changed_is_named(
    gateway: Gateway, kept: Path, file: str, change: tuple[str, str], part: str
) -> None:
    text = (kept / file).read_text("utf-8")
    assert change[0] in text
    (kept / file).write_text(text.replace(*change, 1), "utf-8")

    code, output = verified(kept, caller_of(gateway.folder))

    assert (code, rows_that_failed(output)) == (1, [part])


def test_another_caller_is_named(kept: Path) -> None:
    code, output = verified(kept, "somebody-else")

    assert (code, rows_that_failed(output)) == (1, ["CALLER"])


def test_keys_of_another_gateway_prove_nothing(
    for_everybody: Gateway, kept: Path
) -> None:
    (kept / "keys.json").write_text(for_everybody.get("/receipts/keys")[1], "utf-8")

    code, output = verified(kept)

    assert (code, rows_that_failed(output)) == (1, ["KEY"])
