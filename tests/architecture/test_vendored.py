"""What GraphiQL's page is made of is listed, what others copied into it, too.

The copies are in no lock, so no audit sees them. ``tools/graphiql/build.js`` reads
their versions from them; what names itself in the page is compared again here.
"""

import json
import re
import tomllib
from typing import Any

from tests.architecture.documents import ROOT

FOLDER = ROOT / "gateway" / "static" / "graphiql"
TOOL = ROOT / "tools" / "graphiql"
ENTRY = re.compile(
    r"^(?P<name>\S+) (?P<version>\S+?)(?: \(inside (?P<inside>.+)\))?\n"
    r"Licence: (?P<licence>.+)\n\n(?P<text>[\s\S]+)\Z"
)
BANNER = re.compile(r"@license DOMPurify (\S+) \|")
FIXED_SINCE = (3, 4, 12)
"""The DOMPurify that mends the newest advisory we know of (CVE-2026-66010)."""


def entries() -> list[dict[str, Any]]:
    """Return what LICENCES.txt says of each package."""
    text = (FOLDER / "LICENCES.txt").read_text("utf-8")
    found = [ENTRY.match(one) for one in text.split(f"\n{'-' * 72}\n\n")]
    return [one.groupdict() if one else {} for one in found]


def scripts() -> str:
    return "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.js"))


def test_the_copy_of_dompurify_is_the_one_that_is_listed() -> None:
    inside = set(BANNER.findall(scripts()))

    (listed,) = [one for one in entries() if one["name"] == "dompurify"]
    assert inside == {listed["version"]}
    assert listed["inside"].startswith("monaco-editor ")


def test_the_copy_of_dompurify_has_no_advisory_we_know_of() -> None:
    (listed,) = [one for one in entries() if one["name"] == "dompurify"]

    assert tuple(map(int, listed["version"].split("."))) >= FIXED_SINCE


def test_every_package_is_listed_once_with_licence_and_text() -> None:
    found = entries()

    assert [one for one in found if not one or len(one["text"]) < 500] == []
    keys = [(one["name"], one["version"], one["inside"]) for one in found]
    assert len(set(keys)) == len(keys) > 60


def test_the_icons_are_listed_by_their_own_licence() -> None:
    assert list(FOLDER.glob("codicon-*.ttf"))
    (icons,) = [one for one in entries() if one["name"] == "@vscode/codicons"]
    assert icons["licence"] == "CC-BY-4.0"
    assert "Attribution 4.0 International" in icons["text"]


def test_what_is_listed_is_locked() -> None:
    packages = json.loads((TOOL / "package-lock.json").read_text("utf-8"))["packages"]
    locked = {
        (place.rpartition("node_modules/")[2], one["version"])
        for place, one in packages.items()
        if place
    }

    bundled = {(e["name"], e["version"]) for e in entries() if not e["inside"]}

    assert bundled - locked == set()


def test_what_we_ship_is_declared_by_the_licences_of_all_of_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = set(project["license"].split(" AND "))

    assert {one["licence"] for one in entries()} <= declared
    assert declared <= {one["licence"] for one in entries()} | {"Apache-2.0"}
    for pattern in project["license-files"]:
        assert list(ROOT.glob(pattern)), pattern


def test_no_script_of_the_page_makes_a_script_of_a_text() -> None:
    assert re.findall(r"\beval\(|\bnew Function\(", scripts()) == []
