"""The page is what its files make, asks nobody, and has words for all it can say."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.evidence import page
from gateway.evidence.page import FOLDER, PAGE, UnbuildableError, build

BUILT = build()
CORE = (FOLDER / "verify-bundle.mjs").read_text("utf-8")
WORDS = (FOLDER / "words.mjs").read_text("utf-8")
OUTCOMES = {"VALID", "INVALID", "SKIPPED", "UNKNOWN"}
OF_ROWS = {"DECISION", "CERTIFICATE", "MET", "REVOKED"}
"""Words of the program that are a bundle's."""
TWO = re.compile(
    r'^  ([A-Za-z_]+): \[\s*"(.+?)",\s*"(.+?)",?\s*\],$', re.MULTILINE | re.DOTALL
)


def words(table: str) -> dict[str, tuple[str, str]]:
    """Return a table of the page's words."""
    text = WORDS.partition(f"export const {table} = {{\n")[2].partition("\n};")[0]
    return {name: (zh, en) for name, zh, en in TWO.findall(f"{text}\n")}


def test_the_page_that_is_packaged_is_what_its_files_make() -> None:
    assert BUILT.encode() == PAGE.read_bytes(), "run: python -m gateway.evidence.page"


def test_its_policy_lets_in_its_own_script_and_style_and_nothing_else() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', BUILT)
    said = dict(one.split(" ", 1) for one in policy.split("; "))
    for name, element in (("script", 'script type="module"'), ("style", "style")):
        (inside,) = re.findall(rf"<{element}>(.*?)</{name}>", BUILT, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert said.pop(f"{name}-src") == f"'sha256-{digest}'"
    assert said == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


@pytest.mark.parametrize(
    "forbidden",
    [
        *("eval(", "new Function", "innerHTML", "insertAdjacentHTML", "fetch("),
        *("XMLHttpRequest", "WebSocket", "localStorage", "import(", "http://"),
        *(" src=", "https://", "node:", "document.write", " style="),
    ],
)
def test_nothing_in_it_asks_anybody_or_writes_markup(forbidden: str) -> None:
    assert forbidden not in BUILT


def checks() -> set[str]:
    (table,) = re.findall(r"OF_ENVELOPES = \{([^}]+)\}", CORE)
    of_envelopes = re.findall("[A-Z]{2,}", table)
    return {*of_envelopes, *re.findall(r'yield \["([A-Z]+)"', CORE)}


def test_every_code_of_the_program_has_words_and_no_other() -> None:
    said = set(re.findall(r'["`]([A-Z_]{2,})["`:]', CORE))

    assert words("CODES").keys() == said - checks() - OUTCOMES - OF_ROWS


def test_every_check_and_outcome_has_words() -> None:
    places = set(re.findall(r'yield \["[A-Z]+", ["`]([a-z]+)', CORE))

    assert words("CHECKS").keys() == checks()
    assert words("OUTCOMES").keys() == OUTCOMES
    assert words("PLACES").keys() == places | {"records", "states", "witness"}


@pytest.mark.parametrize(
    "table", ["OUTCOMES", "CHECKS", "PLACES", "CODES", "CONCLUSIONS", "SHOWN"]
)
def test_words_are_in_both_languages(table: str) -> None:
    found = words(table)
    text = WORDS.partition(f"export const {table} = {{\n")[2].partition("\n};")[0]

    assert found.keys() == set(re.findall(r"^  (\w+): \[", text, re.MULTILINE))
    for zh, en in found.values():
        assert re.search("[\u4e00-\u9fff]", zh)
        assert re.fullmatch("[\x20-\x7e…]+", en)


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    out = tmp_path / "verify.html"

    to_file = CliRunner().invoke(app, ["evidence", "page", "--out", str(out)])
    to_screen = CliRunner().invoke(app, ["evidence", "page"])

    assert (to_file.exit_code, to_screen.exit_code) == (0, 0)
    assert out.read_bytes() == to_screen.stdout_bytes == PAGE.read_bytes()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.mjs", 'import x from "https://elsewhere.example/x.mjs";\n'),
        ("page.mjs", "export default 1;\n"),
        ("page.mjs", "const x = '</script>';\n"),
        ("page.css", "</style>"),
        ("page.mjs", "eval('1');\n"),
    ],
)
def test_a_module_that_the_page_cannot_take_is_refused(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (*FOLDER.glob("*.mjs"), *FOLDER.glob("page.*")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write(text)
    monkeypatch.setattr(page, "FOLDER", tmp_path)

    with pytest.raises(UnbuildableError):
        build()
