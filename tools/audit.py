"""Compare the locked packages with the vulnerabilities that PyPI knows of.

``make audit`` runs it. Each name and version of ``requirements.lock`` is asked for at
PyPI's JSON API, whose data come from OSV, at the address that pip itself has. A mirror
may serve the newest version of a project only; for an older one nothing can then be
said, and that is said: such a package is "not audited", which is not "clean", and
``--strict`` fails for it.

What this cannot see: vulnerabilities nobody reported, malicious packages (the hashes
of the lock keep the bytes the same, not good), what is vendored for GraphiQL (see
``tools/graphiql``), the interpreter and the system's libraries.
"""

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pip._internal.models.index import PyPI

INDEX: str = PyPI.pypi_url
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
AT_ONCE = 4
TRIES = 3
SECONDS = 30


class Verdict(StrEnum):
    """What is known of one package."""

    CLEAN = "clean"
    VULNERABLE = "vulnerable"
    YANKED = "yanked"
    NOT_AUDITED = "not audited"


@dataclass(frozen=True, slots=True)
class Finding:
    """One package of the lock, and what is known of it."""

    name: str
    version: str
    verdict: Verdict
    detail: str = ""


def pinned(lock: str) -> list[tuple[str, str]]:
    """Return the names and versions in a lock file."""
    return PINNED.findall(lock)


def audit(name: str, version: str, index: str = INDEX) -> Finding:
    """Return what ``index`` knows of a package."""
    try:
        told = _fetch(f"{index}/{name}/{version}/json")
        if told is None:
            told = _fetch(f"{index}/{name}/json")
    except OSError as error:
        return Finding(name, version, Verdict.NOT_AUDITED, str(error))
    if told is None:
        return Finding(name, version, Verdict.NOT_AUDITED, "the index has no such name")
    newest = told["info"]["version"]
    if newest != version:
        detail = f"the index tells of {newest} only; update, or audit elsewhere"
        return Finding(name, version, Verdict.NOT_AUDITED, detail)
    return _judged(name, version, told)


def _judged(name: str, version: str, told: dict[str, Any]) -> Finding:
    standing = [v for v in told.get("vulnerabilities", []) if not v.get("withdrawn")]
    if "vulnerabilities" not in told:
        return Finding(name, version, Verdict.NOT_AUDITED, "the index has no such data")
    if standing:
        ids = ", ".join(_words(vulnerability) for vulnerability in standing)
        return Finding(name, version, Verdict.VULNERABLE, ids)
    if told["info"].get("yanked"):
        reason = str(told["info"].get("yanked_reason"))
        return Finding(name, version, Verdict.YANKED, reason)
    return Finding(name, version, Verdict.CLEAN)


def _words(vulnerability: dict[str, Any]) -> str:
    fixed = ", ".join(vulnerability.get("fixed_in", [])) or "nothing yet"
    return f"{vulnerability['id']} (fixed in {fixed})"


def _fetch(url: str) -> dict[str, Any] | None:
    """Return the JSON at ``url``; ``None`` if there is none.

    Raises:
        OSError: there was no answer, or another one than expected.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(url, timeout=SECONDS) as response:  # noqa: S310 - an index's address
                content: dict[str, Any] = json.load(response)
                return content
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:  # noqa: PLR2004 - HTTP's "there is none"
                    return None
                if attempt == TRIES:
                    raise
        except ValueError:
            raise OSError("the index did not answer with JSON") from None
        except OSError:
            if attempt == TRIES:
                raise
    raise AssertionError  # the last attempt returned or raised


def main(arguments: list[str] | None = None) -> int:
    """Print what is not clean; return 1 if something must be done about it."""
    parser = argparse.ArgumentParser(description="Audit the locked packages.")
    parser.add_argument("lock", type=Path, nargs="?", default=Path("requirements.lock"))
    parser.add_argument("--index", default=INDEX)
    parser.add_argument("--strict", action="store_true", help="fail for the unknown")
    options = parser.parse_args(arguments)
    packages = pinned(options.lock.read_text("utf-8"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        findings = list(pool.map(lambda p: audit(p[0], p[1], options.index), packages))
    bad = [finding for finding in findings if finding.verdict is not Verdict.CLEAN]
    for finding in bad:
        line = f"{finding.name} {finding.version}: {finding.verdict}: {finding.detail}"
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(findings) - len(bad)} of {len(findings)} packages clean\n")
    passable = (
        {Verdict.CLEAN} if options.strict else {Verdict.CLEAN, Verdict.NOT_AUDITED}
    )
    is_fine = findings and all(finding.verdict in passable for finding in findings)
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
