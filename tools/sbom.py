"""Write what the gateway is made of, as CycloneDX 1.6 has it.

``make sbom`` runs it. Versions and hashes are the lock's; of the lock it takes what the
program runs with, the extra ``traces`` among it, and nothing of development. Licences
and who needs whom are as the installed packages say. What is vendored for GraphiQL and
for reading QR codes is in it by npm's names. Two runs write the same bytes.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PINNED = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)((?: \\\n +--hash=\S+)+)", re.MULTILINE
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
GRAPHIQL = ROOT / "tools" / "graphiql" / "package-lock.json"
MODULES = "node_modules/"
BUILT_BY = frozenset({"esbuild"})
"""Builds the page, and is not in it."""
QR = ("qr", "0.7.0", "MIT OR Apache-2.0")
"""See ``gateway/evidence/decoder.py``."""
NOT_IN_THE_LOCK = "the lock has no {}: run `make lock`"


class UnlockedError(Exception):
    """Something is needed that the lock does not have."""


def pinned(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Return version and hashes of each package of a lock."""
    return {
        canonicalize_name(name): (version, HASH.findall(hashes))
        for name, version, hashes in PINNED.findall(lock)
    }


def needed(requirements: Iterable[str], extras: frozenset[str]) -> dict[str, set[str]]:
    """Return the packages that are needed here, each with the extras it is for."""
    found: dict[str, set[str]] = {}
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        if marker is None or any(
            marker.evaluate({"extra": extra}) for extra in extras | {""}
        ):
            name = canonicalize_name(requirement.name)
            found.setdefault(name, set()).update(requirement.extras)
    return found


def closure(wanted: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return every package that those need, and what each of them needs itself."""
    direct: dict[str, set[str]] = {}
    asked: dict[str, set[str]] = {}
    waiting = [(name, set(extras)) for name, extras in wanted.items()]
    while waiting:
        name, extras = waiting.pop()
        if name in asked and extras <= asked[name]:
            continue
        asked.setdefault(name, set()).update(extras)
        below = needed(distribution(name).requires or (), frozenset(asked[name]))
        direct[name] = set(below)
        waiting += below.items()
    return direct


def licence_of(found: Distribution) -> str | None:
    """Return a package's licence: its expression, or what it says in words."""
    told = found.metadata.json
    for field in ("license_expression", "license"):
        words = told.get(field)
        # Some have the whole text there.
        if isinstance(words, str) and words and "\n" not in words:
            return words
    named = [one for one in told.get("classifier", ()) if "License ::" in one]
    return named[0].rpartition(" :: ")[2] if named else None


def component(
    kind: str, name: str, version: str, licence: str | None, hashes: Iterable[str] = ()
) -> Component:
    """Return a package; of a wheel and a sdist, each file's hash is one of it."""
    group, _, own = name.rpartition("/")
    url = PackageURL(type=kind, namespace=group or None, name=own, version=version)
    licences = [LicenseFactory().make_from_string(licence)] if licence else []
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        bom_ref=str(url),
        purl=url,
        licenses=licences,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in hashes],
        scope=ComponentScope.REQUIRED,
    )


def vendored() -> list[Component]:
    """Return the npm packages that are in the pages we ship."""
    packages = json.loads(GRAPHIQL.read_text("utf-8"))["packages"]
    waiting = [("", name) for name in packages[""]["devDependencies"]]
    reached: set[str] = set()
    while waiting:
        place, name = waiting.pop()
        found = placed(packages, place, name)
        if found is not None and found not in reached and name not in BUILT_BY:
            reached.add(found)
            waiting += [(found, one) for one in packages[found].get("dependencies", {})]
    of_graphiql = {
        (found.rpartition(MODULES)[2], packages[found]["version"]): packages[found]
        for found in sorted(reached)
    }
    return [
        *(component("npm", *one, told["license"]) for one, told in of_graphiql.items()),
        component("npm", *QR),
    ]


def placed(packages: Mapping[str, object], place: str, name: str) -> str | None:
    """Return which package Node takes by ``name`` from ``place``, if it is locked."""
    while True:
        found = f"{place}/{MODULES}{name}".removeprefix("/")
        if found in packages:
            return found
        if not place:
            return None
        place = place.rpartition(MODULES)[0].removesuffix("/")


def bill(project: Mapping[str, object], lock: str) -> Bom:
    """Return the bill of ``project``, which is the table of pyproject.toml.

    Raises:
        UnlockedError: it needs what the lock does not have.
    """
    extras = project["optional-dependencies"]
    dependencies = project["dependencies"]
    assert isinstance(extras, Mapping)  # noqa: S101 - as PEP 621 has it
    assert isinstance(dependencies, list)  # noqa: S101 - likewise
    ours = needed([*dependencies, *extras["traces"]], frozenset())
    versions, direct = pinned(lock), closure(ours)
    for name in sorted(direct):
        if name not in versions:
            raise UnlockedError(NOT_IN_THE_LOCK.format(name))
    made = {
        name: component("pypi", name, version, licence_of(distribution(name)), hashes)
        for name in direct
        for version, hashes in [versions[name]]
    }
    root = component(
        "pypi", str(project["name"]), str(project["version"]), "Apache-2.0"
    )
    root.type = ComponentType.APPLICATION
    in_pages = vendored()
    bom = Bom(components=[*made.values(), *in_pages])
    bom.metadata.component = root
    bom.register_dependency(root, [*(made[name] for name in ours), *in_pages])
    for name, below in direct.items():
        bom.register_dependency(made[name], [made[one] for one in below])
    return bom


def written(bom: Bom) -> str:
    """Return the bill as JSON, with a serial number that its content has."""
    outputter = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6)
    told = json.loads(outputter.output_as_string())
    # When it was written says nothing of what is in it.
    told["metadata"].pop("timestamp", None)
    del told["serialNumber"]
    serial = uuid5(NAMESPACE_URL, json.dumps(told, sort_keys=True))
    told["serialNumber"] = serial.urn
    return json.dumps(told, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main(words: list[str]) -> int:
    """Write the bill; 1 if it is none by CycloneDX's schema, or the lock lacks some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    target: Path = parser.parse_args(words).file
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    try:
        text = written(bill(project, (ROOT / "requirements.lock").read_text("utf-8")))
    except UnlockedError as error:
        sys.stderr.write(f"sbom: {error}\n")
        return 1
    if (
        wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    ) is not None:
        sys.stderr.write(f"sbom: not as CycloneDX has it: {wrong.data.message}\n")
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
