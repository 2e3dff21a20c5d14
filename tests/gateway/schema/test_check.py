"""``gateway schema check`` tells a client what broke, and only who uses it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.errors import StartError
from resolvers.schema import schema
from tests.running import Agencies, running_gateway

TODAY = schema.as_str()
USED = "query Used { policy { notice } }"
GONE = ("type Query {\n", "type Query {\n  gone(of: Int): Int\n")


def check(old: str | Path, *more: object) -> tuple[int, str]:
    """Run the command; return its exit code and all it wrote."""
    run = CliRunner().invoke(app, ["schema", "check", str(old), *map(str, more)])
    if isinstance(run.exception, StartError):
        return 2, str(run.exception)
    return run.exit_code, f"{run.stdout}{run.stderr}"


def older(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """Write today's schema as it may have been."""
    text = TODAY
    for today, before in changes:
        assert today in text
        text = text.replace(today, before, 1)
    file = tmp_path / "old.graphql"
    file.write_text(text, "utf-8")
    return file


def document(tmp_path: Path, text: str) -> Path:
    """Write a client's document."""
    file = tmp_path / "client.graphql"
    file.write_text(text, "utf-8")
    return file


def told(output: str) -> Any:
    return json.loads(output)


def test_nothing_changed_is_compatible(tmp_path: Path) -> None:
    code, output = check(older(tmp_path))

    assert code == 0
    assert "COMPATIBLE" in output


@pytest.mark.parametrize("raw", [None, b"type Query {\xff}"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, raw: bytes | None) -> None:
    file = tmp_path / "old.graphql"
    if raw is not None:
        file.write_bytes(raw)

    code, output = check(file)

    assert code == 2
    assert output.startswith(f"{file}: ")
    assert ("decode" if raw else "No such file") in output


@pytest.mark.parametrize(
    ("change", "using", "type_"),
    [
        pytest.param(
            *(GONE, "query Q { gone }", "FIELD_REMOVED"),
            id="a field that is gone",
        ),
        pytest.param(
            ("  catalogue: Catalogue!", "  catalogue(of: Int): Catalogue!"),
            *("query Q { catalogue(of: 1) { items { name } } }", "ARG_REMOVED"),
            id="an argument that is gone",
        ),
        pytest.param(
            ("\nenum Language {\n", "\nenum Language {\n  LATIN\n"),
            "query Q($l: Language!) { catalogue { items { name(language: $l) } } }",
            "VALUE_REMOVED_FROM_ENUM",
            id="a value that a variable may have had",
        ),
    ],
)
def test_what_breaks_a_document_is_told_with_it(
    tmp_path: Path, change: tuple[str, str], using: str, type_: str
) -> None:
    old = older(tmp_path, change)

    code, output = check(old, "--documents", document(tmp_path, using), "--json")

    assert code == 1
    assert told(output)["breaksClients"] is True
    (touched,) = [
        one
        for one in told(output)["breaking"]
        if ["Q"] in [document["operations"] for document in one["touches"]]
    ]
    assert touched["type"] == type_


def test_what_nobody_uses_breaks_nobody_unless_that_is_asked(tmp_path: Path) -> None:
    old, used = older(tmp_path, GONE), document(tmp_path, USED)

    code, output = check(old, "--documents", used)
    strict, _ = check(old, "--documents", used, "--strict")

    assert code == 0
    assert "no document in use" in " ".join(output.split())
    assert strict == 1


def test_what_every_gateway_trusts_is_in_use(tmp_path: Path) -> None:
    _, output = check(older(tmp_path), "--json")

    documents = told(output)["documents"]
    assert ["HolderCheck"] in [one["operations"] for one in documents]
    assert all(one["fits"] for one in documents)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("type {", "is no schema", id="no SDL"),
        pytest.param("type A { b: Int }", "has no type Query", id="no schema"),
    ],
)
def test_what_is_no_schema_is_refused_in_words(
    tmp_path: Path, content: str, says: str
) -> None:
    old = tmp_path / "old.graphql"
    old.write_text(content, "utf-8")

    code, output = check(old)

    assert code == 2
    assert says in " ".join(output.split())


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert check(tmp_path / "none.graphql")[0] == 2
    assert check("http://127.0.0.1:1")[0] == 2
    assert check(older(tmp_path), "--documents", tmp_path / "none.graphql")[0] == 2


def test_a_gateway_is_asked_for_its_schema(tmp_path: Path, agencies: Agencies) -> None:
    token = tmp_path / "token"
    with running_gateway(tmp_path / "gateway", agencies) as gateway:
        token.write_text(gateway.token, "utf-8")

        shown = check(gateway.url, "--json")
        asked = check(gateway.url, "--token-file", token, "--json")

    assert (shown[0], told(shown[1])["breaking"]) == (0, [])
    assert (asked[0], told(asked[1])["breaking"]) == (0, [])
