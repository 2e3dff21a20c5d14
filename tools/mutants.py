"""Change our code at random, a little at a time, and see whether a test notices.

``make mutants`` draws statements of each package by a seed, makes one change to each
(``tools/mutations.py``) in a copy of the checkout, and runs the tests that reach the
changed block (``tools/reached.py``) until one fails: those of the feature's own folder
first, then the cheapest. Which tests reach what is found by running all of them once,
and kept in ``var/mutants``; later only those are run again that changed, or that reach
what changed.

A change that nobody could see is in ``tools/mutants-equal.toml`` with the reason, and
is left out of the figures. A test that fails without the change too notices nothing.
One that takes much longer than before has noticed.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutants_copy import ROOT, Copy, Reach, import_others, listed
from tools.mutations import IMPORTED, Mutation, mutations

PACKAGES = (
    "policy",
    "signing",
    "connectors",
    "bureau",
    "resolvers",
    "store",
    "gateway",
)
REACH = ROOT / "var/mutants/reach.json"
DOCS = ROOT / "docs"
PAGES = ("mutants.md", "zh/mutants.md")
"""The English page and the Chinese one, in ``DOCS``."""
EQUAL = ROOT / "tools/mutants-equal.toml"
NOT_ASKED = ("tests/bench/", "tests/benchmarks/", "tests/browser/", "tests/http_audit/")
"""Tests that need other programs, or are about something else."""
WRITTEN_TWICE = "tests/architecture/"
"""Tests of what is there once all is imported, of which no test says that it did it."""
BUDGET_SECONDS = 180.0
"""What the tests of one change may take; the dearest are left out beyond it."""
PATIENCE = 4
STARTING_SECONDS = 90.0
TABLE = "<!-- the table -->\n"
HEAD = "| package | commit | seed | changes | noticed | survived | share |"
SURVIVED = "Survived:"
CHINESE = {
    HEAD: "| 包 | 提交 | 种子 | 改动 | 发现 | 存活 | 比例 |",
    SURVIVED: "存活：",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One change, and what noticed it: nothing, if it survived."""

    mutation: Mutation
    noticed_by: str

    def __str__(self) -> str:
        """Return where it is and what it is, on one line."""
        made = self.mutation
        change = " ".join(made.change.split())
        return f"{made.path}:{made.line}: {made.kind}: {change}"


def digest(path: str) -> str:
    """Return the digest of a file."""
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()


def sources(*packages: str) -> list[str]:
    """Return the files of packages."""
    return [path for path in listed(*packages) if path.endswith(".py")]


def reach(folder: Path) -> dict[str, Reach]:
    """Return what each test reaches, as kept, and anew where something changed."""
    kept = json.loads(REACH.read_text("utf-8")) if REACH.exists() else {}
    digests: Mapping[str, str] = kept.get("digests", {})
    known = {
        test: Reach(seconds, frozenset(blocks))
        for test, (seconds, blocks) in kept.get("tests", {}).items()
    }
    files = [
        path
        for path in listed("tests")
        if Path(path).match("test_*.py") and not path.startswith(NOT_ASKED)
    ]
    ours = sources(*PACKAGES)
    now = {path: digest(path) for path in (*ours, *files)}
    changed = {path for path in now if digests.get(path) != now[path]}
    stale = changed & set(files)
    for test, its in known.items():
        if any(block.partition(":")[0] in changed for block in its.blocks):
            stale.add(test.partition("::")[0])
    known = {
        test: its
        for test, its in known.items()
        if (file := test.partition("::")[0]) in now and file not in stale
    }
    if stale:
        _say(f"what {len(stale)} files of tests reach is looked at")
        known |= Copy(folder).reach(sorted(stale & set(files)), ours)
        REACH.parent.mkdir(parents=True, exist_ok=True)
        tests = {t: (its.seconds, sorted(its.blocks)) for t, its in known.items()}
        REACH.write_text(json.dumps({"digests": now, "tests": tests}), "utf-8")
    return known


def drawn(under: str, number: int, seed: int) -> list[Mutation]:
    """Draw statements of a package or a folder, and of each one of its changes."""
    equal = {
        (entry["path"], " ".join(entry["change"].split()))
        for entry in tomllib.loads(EQUAL.read_text("utf-8")).get("equal", [])
    }
    statements = [
        left
        for path in sources(under)
        for made in mutations(path, (ROOT / path).read_text("utf-8"))
        if (
            left := [m for m in made if (path, " ".join(m.change.split())) not in equal]
        )
    ]
    chance = random.Random(f"{under} {seed}")  # noqa: S311 - no secret
    chosen = chance.sample(statements, min(number, len(statements)))
    return [chance.choice(made) for made in chosen]


def tests_for(mutation: Mutation, known: Mapping[str, Reach]) -> list[str]:
    """Return the tests that reach a change, whole files one after the other."""
    near = str(Path("tests", mutation.path).parent)
    blocks = {mutation.block}
    if mutation.block == IMPORTED:
        # Run once a process, for whoever uses it: those who use the rest of the file.
        used = {mutation.path, *importers(mutation.path)}
        every = {block for its in known.values() for block in its.blocks}
        blocks = {block for block in every if block.partition(":")[0] in used}
    # What is computed once and kept is reached by the first who asks, and used by all.
    of_file = f"{mutation.path}:"
    reaching = {
        test
        for test, its in known.items()
        if test.startswith(WRITTEN_TWICE)
        or not blocks.isdisjoint(its.blocks)
        or (test.startswith(near) and any(b.startswith(of_file) for b in its.blocks))
    }
    files: dict[str, list[str]] = {}
    for test in known:
        if test in reaching:
            files.setdefault(test.partition("::")[0], []).append(test)
    cost = {file: sum(known[test].seconds for test in files[file]) for file in files}
    left = BUDGET_SECONDS
    chosen: list[str] = []
    stem = Path(mutation.path).stem
    nearest = sorted(
        files,
        key=lambda f: (
            stem not in f,
            not f.startswith(near),
            cost[f],
        ),
    )
    for file in nearest:
        if not chosen or cost[file] <= left:
            left -= cost[file]
            chosen += files[file]
    return chosen


def importers(path: str) -> Iterator[str]:
    """Give the files of ours that import one."""
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package, _, name = module.rpartition(".")
    for other in sources(*PACKAGES):
        text = (ROOT / other).read_text("utf-8")
        if f"from {module} import" in text or f"from {package} import {name}" in text:
            yield other


def tried(
    changes: Sequence[Mutation], known: Mapping[str, Reach], copy: Copy
) -> list[Tried]:
    """Make the changes, one after the other; return what noticed each."""
    found = []
    for mutation in changes:
        tests, noticed_by = tests_for(mutation, known), ""
        if tests:
            copy.write(mutation.path, mutation.source)
            expected = sum(known[test].seconds for test in tests)
            seconds = STARTING_SECONDS + PATIENCE * expected
            noticed_by = "".join(copy.failed(tests, seconds, "-x")[:1])
            copy.write(mutation.path, (ROOT / mutation.path).read_text("utf-8"))
        found.append(Tried(mutation, noticed_by))
        word = noticed_by or f"SURVIVED {len(tests)} tests"
        _say(f"{found[-1]}\n    {word}")
    noticing = sorted({t.noticed_by for t in found if t.noticed_by in known})
    failing = copy.failed(noticing, STARTING_SECONDS * 60) if noticing else []
    if failing:
        _say(f"failing without any change, and not counted: {failing}")
    return [Tried(t.mutation, "") if t.noticed_by in failing else t for t in found]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def row(package: str, found: Sequence[Tried], seed: int, commit: str) -> str:
    """Return a package's figures as a row of the table."""
    noticed = sum(bool(one.noticed_by) for one in found)
    share = f"{100 * noticed / len(found):.0f} %"
    cells = (package, commit, seed, len(found), noticed, len(found) - noticed, share)
    return f"| {' | '.join(map(str, cells))} |"


def in_chinese(table: str) -> str:
    """Return the table with its words in Chinese; figures and changes stay."""
    return "\n".join(CHINESE.get(line, line) for line in table.split("\n"))


def publish(
    package: str, written: str, found: Sequence[Tried], docs: Path = DOCS
) -> None:
    """Write a package's row into both pages, and what survived; keep the others."""
    english, chinese = (docs / page for page in PAGES)
    told = english.read_text("utf-8").partition(TABLE)[2]
    rows = {line.split()[1]: line for line in told.splitlines() if line[:2] == "| "}
    rows[package] = written
    survived = {line for line in told.splitlines() if line.startswith("- `")}
    survived -= {line for line in survived if line.startswith(f"- `{package}/")}
    survived |= {f"- `{one}`" for one in found if not one.noticed_by}
    lines = [HEAD, "|---" * 7 + "|", *(rows[name] for name in PACKAGES if name in rows)]
    if survived:
        lines += ["", SURVIVED, "", *sorted(survived)]
    table = f"\n{chr(10).join(lines)}\n"
    for page, made in ((english, table), (chinese, in_chinese(table))):
        text = page.read_text("utf-8").partition(TABLE)[0]
        page.write_text(f"{text}{TABLE}{made}", "utf-8")


def read_options(words: Sequence[str]) -> argparse.Namespace:
    """Return what is asked for."""
    parser = argparse.ArgumentParser(
        description="Change our code, and see who notices."
    )
    parser.add_argument("packages", nargs="*", help=f"of {', '.join(PACKAGES)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=40, help="changes a package")
    parser.add_argument("--only", default="", help="a file or folder of it")
    parser.add_argument("--publish", action="store_true", help="into both pages")
    return parser.parse_args(words)


def main() -> None:
    """Try what is asked for, print the table, and write it where that is asked."""
    options = read_options(sys.argv[1:])
    describe = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    commit = subprocess.run(  # noqa: S603 - git's
        describe, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    import_others()
    rows = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        known = reach(Path(name, "telling"))
        copy = Copy(Path(name, "changed"))
        for package in options.packages or PACKAGES:
            changes = drawn(options.only or package, options.number, options.seed)
            found = tried(changes, known, copy)
            rows.append(row(package, found, options.seed, commit))
            if options.publish:
                publish(package, rows[-1], found)
    _say("\n".join([HEAD, *rows]))


if __name__ == "__main__":
    main()
