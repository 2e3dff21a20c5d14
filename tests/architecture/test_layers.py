"""The house is what it is said to be: packages, clocks, exceptions, dependencies.

Imports between layers are import-linter's to hold (``make check``).
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.documents import ROOT, names
from tests.architecture.sources import imports_of, tree_like

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
STRAWBERRYS = {"graphql-core"}
"""Imported, and Strawberry's to choose: see docs/decisions/dependencies.md."""


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in (ROOT / package).rglob("*.py")]


def clocks(tree: ast.AST) -> Iterator[str]:
    """Name every reading of the time of day, also one handed on uncalled."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            dotted = ".".join(ast.unparse(node).split(".")[-2:])
            if dotted in CLOCKS:
                yield dotted


def broad_handlers(tree: ast.AST) -> Iterator[int]:
    """Give the line of every handler that catches whatever comes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else ast.unparse(node.type)
            words = re.findall(r"\w+", caught)
            if not words or {"Exception", "BaseException"} & set(words):
                yield node.lineno


def imported(path: Path) -> Iterator[str]:
    """Name the top module of every import from outside."""
    for node in ast.walk(imports_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def declared(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9-]", line, maxsplit=1)[0] for line in requirements}


def test_the_packages_are_named_alike_everywhere() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    # Tests are packages for what a folder of them shares; nobody installs them.
    assert {*PACKAGES, "tests"} == folders
    found = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert found == [f"{package}*" for package in PACKAGES]


def drawn_folders(page: Path) -> dict[str, set[str]]:
    """Return the modules that a page on the architecture names, folder by folder.

    A package stands at the margin. Below it a line names modules, or a folder and then
    its modules; two spaces stand before what is said of them.
    """
    text = page.read_text("utf-8")
    tree = text.partition("\n```text\n")[2].partition("\n```\n")[0]
    found: dict[str, set[str]] = {}
    package = ""
    for line in tree.splitlines():
        first, *more = re.split(r"\s{2,}", line.strip())
        if not line.startswith(" "):
            package = first.rstrip("/")
            found[package] = set()
        elif package not in PACKAGES:
            continue
        elif first.endswith("/"):
            found[f"{package}/{first.rstrip('/')}"] = set(more[0].split())
        else:
            found[package] |= set(first.split())
    return {f: m for f, m in found.items() if f.partition("/")[0] in PACKAGES}


def folders() -> dict[str, set[str]]:
    """Return the modules that are there, folder by folder."""
    found: dict[str, set[str]] = {package: set() for package in PACKAGES}
    for path in sources(*PACKAGES):
        modules = found.setdefault(path.parent.relative_to(ROOT).as_posix(), set())
        if not path.stem.startswith("__"):
            modules.add(path.stem)
    return found


WITHOUT_MODULES = {
    "policy/annex",
    "gateway/static",
    "sandbox/agencies",
    "sandbox/stores",
    "store/migrations/versions",
}
"""Drawn as one: data, and one file a step."""


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/zh/architecture.md"])
def test_the_tree_of_the_page_is_the_tree(page: str) -> None:
    drawn, there = drawn_folders(ROOT / page), folders()
    for one in WITHOUT_MODULES:
        assert (ROOT / one).is_dir()
        del drawn[one]
        there.pop(one, None)

    assert drawn == there


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(
        ".__init__"
    )


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """Name every module that may be imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """Return the groups of files that import each other, by whatever way round."""
    # Whoever imports nothing that is left, or is imported by nobody, is in no circle.
    left = {module: set(names) for module, names in imports.items()}
    while True:
        named = {name for names in left.values() for name in names}
        loose = {module for module, names in left.items() if not names}
        loose |= set(left) - named
        if not loose:
            break
        left = {
            module: names - loose
            for module, names in left.items()
            if module not in loose
        }
    return [set(left)] if left else []


def test_no_file_imports_itself_by_whatever_way_round() -> None:
    trees = {module_of(path): imports_of(path) for path in sources(*PACKAGES)}

    assert (
        circles(
            {
                module: {name for name in imported_modules(tree) if name in trees}
                - {module}
                for module, tree in trees.items()
            }
        )
        == []
    )


def test_a_circle_is_seen() -> None:
    imports = {"a": {"b", "d"}, "b": {"c"}, "c": {"a"}, "d": set()}

    assert circles(imports) == [{"a", "b", "c"}]


def test_only_the_gateway_and_the_sandbox_know_what_time_it_is() -> None:
    named = f".*({'|'.join(map(re.escape, CLOCKS))})"
    found = {
        path.relative_to(ROOT).as_posix(): clock
        for path in sources(
            "signing", "policy", "connectors", "bureau", "store", "resolvers"
        )
        for clock in clocks(tree_like(path, named))
    }

    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("datetime.now(UTC)", id="a class"),
        pytest.param("datetime.datetime.now(UTC)", id="a module's class"),
        pytest.param("field(default_factory=date.today)", id="not called here"),
    ],
)
def test_a_reading_of_the_clock_is_seen(code: str) -> None:
    assert list(clocks(ast.parse(code))) != []


def test_nothing_catches_whatever_comes() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources(*PACKAGES)
        # What a plan stumbles over is graphql-core's to judge, whatever it is.
        if path.parent != ROOT / "resolvers/plans"
        # What goes on beside the requests goes on whatever comes, and says so.
        and path != ROOT / "store/background.py"
        for line in broad_handlers(tree_like(path, r"\s*except\b.*(:$|Exception)"))
    ]

    assert found == []


@pytest.mark.parametrize(
    "caught", ["", " Exception", " (OSError, Exception) as error", " BaseException"]
)
def test_a_handler_for_everything_is_seen(caught: str) -> None:
    tree = ast.parse(f"try:\n    pass\nexcept{caught}:\n    pass")

    assert list(broad_handlers(tree)) == [3]


def test_every_dependency_has_its_sentence() -> None:
    project = PROJECT["project"]

    run_time = declared(project["dependencies"])
    extras = project["optional-dependencies"]
    development = declared(extras.pop("dev"))
    optional = declared([one for extra in extras.values() for one in extra])

    told = names("docs/decisions/dependencies.md", "Run time")
    told_of_tests = names("docs/decisions/dependencies.md", "Development")
    told_of_extras = names("docs/decisions/dependencies.md", "Extra")
    assert (set(told), set(told_of_tests)) == (run_time, development)
    assert set(told_of_extras) == optional


def test_what_is_imported_is_declared() -> None:
    distributions = packages_distributions()
    modules = {
        module
        for path in sources(*PACKAGES)
        for module in imported(path)
        if module not in sys.stdlib_module_names and module not in PACKAGES
    }

    # Some distributions share a module, as OpenTelemetry's do.
    made_of = [
        {name.lower().replace("_", "-") for name in distributions[module]}
        for module in modules
    ]

    project = PROJECT["project"]
    known = declared(project["dependencies"])
    for extra in ("traces", "pkcs11"):
        known |= declared(project["optional-dependencies"][extra])
    found = [names for names in made_of if not names & known]
    assert found == [STRAWBERRYS]


def test_an_extra_is_imported_where_it_is_asked_for_alone() -> None:
    """Without traces nothing of OpenTelemetry is imported, installed or not."""
    needs = {
        path.relative_to(ROOT).as_posix()
        for path in sources(*PACKAGES)
        if "opentelemetry" in imported(path)
    }

    assert needs == {"gateway/tracing/export.py", "gateway/tracing/recording.py"}
    importers = [
        path.name
        for path in sources(*PACKAGES)
        for node in ast.walk(imports_of(path))
        if isinstance(node, ast.ImportFrom)
        and node.module in {"gateway.tracing.export", "gateway.tracing.recording"}
    ]
    assert importers == ["recording.py"]
