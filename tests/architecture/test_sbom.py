"""The bill of materials has what the program runs with, and nothing else."""

import json
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from tests.architecture.documents import ROOT
from tools.sbom import UnlockedError, bill, main, pinned, written

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
NOT_IN_IT = {"pytest", "mypy", "ruff", "hypothesis", "cyclonedx-python-lib"}


@pytest.fixture(scope="module", name="told")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the program writes, which holds it against CycloneDX's own schema."""
    file = tmp_path_factory.mktemp("sbom") / "sbom.cdx.json"
    assert main([str(file)]) == 0
    return json.loads(file.read_text("utf-8"))


def test_it_is_of_the_program_and_its_version(told: Any) -> None:
    of = told["metadata"]["component"]

    assert (of["type"], of["name"], of["version"]) == (
        "application",
        PROJECT["name"],
        PROJECT["version"],
    )


def test_every_package_that_is_declared_is_in_it_and_none_of_development(
    told: Any,
) -> None:
    names = {one["name"] for one in told["components"]}

    declared = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["traces"]]
    wanted = {one.split(">=")[0].split("[")[0] for one in declared}
    assert wanted <= names
    assert {"greenlet", "graphql-core", "protobuf", "requests"} <= names
    assert names & NOT_IN_IT == set()


def test_versions_and_hashes_are_those_of_the_lock(told: Any) -> None:
    locked = pinned(LOCK)
    of_pypi = [one for one in told["components"] if one["purl"].startswith("pkg:pypi/")]

    assert len(of_pypi) > 40
    for one in of_pypi:
        version, hashes = locked[one["name"]]
        assert one["version"] == version
        assert {each["content"] for each in one["hashes"]} == set(hashes)


def test_every_package_has_its_licence(told: Any) -> None:
    assert [one["name"] for one in told["components"] if not one.get("licenses")] == []


def test_what_is_vendored_for_pages_is_in_it(told: Any) -> None:
    urls = {one["purl"] for one in told["components"]}

    assert "pkg:npm/qr@0.7.0" in urls
    page = json.loads((ROOT / "tools/graphiql/package.json").read_text("utf-8"))
    version = page["devDependencies"]["graphiql"]
    assert f"pkg:npm/graphiql@{version}" in urls
    assert not [url for url in urls if "esbuild" in url]


def test_who_needs_whom_is_told(told: Any) -> None:
    needs = {one["ref"]: one.get("dependsOn", []) for one in told["dependencies"]}
    (aiohttp,) = [ref for ref in needs if ref.startswith("pkg:pypi/aiohttp@")]

    assert [ref for ref in needs[aiohttp] if ref.startswith("pkg:pypi/yarl@")]
    assert {one["bom-ref"] for one in told["components"]} <= set(needs)


def test_two_runs_write_the_same_bytes() -> None:
    assert written(bill(PROJECT, LOCK)) == written(bill(PROJECT, LOCK))


def test_a_package_that_the_lock_lacks_is_refused() -> None:
    lock = LOCK.replace("\naiohttp==", "\nother==")

    with pytest.raises(UnlockedError, match="the lock has no aiohttp"):
        bill(PROJECT, lock)


def test_make_knows_it() -> None:
    done = subprocess.run(
        ("make", "--dry-run", "sbom", f"PYTHON={sys.executable}"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "-m tools.sbom var/sbom.cdx.json" in done.stdout
