"""Everything that gateways say in a test run, searched for people as it is heard.

Answers to callers without ``identity:read``, all logs and all metrics must hold no
whole identity number, and no name or number of a story person. ``tests/conftest.py``
fails the run at its end if one did; what was found is told by place, and masked.
"""

import base64
import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

CANDIDATE = re.compile(
    # Digests and ids are longer runs of the same characters.
    r"(?<![0-9A-Fa-f])(?=[1-9][0-9]{16}[0-9Xx](?![0-9A-Fa-f]))(.{18})"
)


def identity_numbers(text: str) -> Iterator[str]:
    """Yield what GB 11643 takes for an identity number in ``text``.

    Written apart from ``policy.gb11643``, so that it does not err alike: with X for
    ten, the characters from the left make a number in "base two" that is 1 modulo 11
    (ISO 7064, MOD 11-2).
    """
    for number in CANDIDATE.findall(text):
        remainder = 0
        for character in number.upper():
            value = 10 if character == "X" else int(character)
            remainder = (remainder * 2 + value) % 11
        year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
        if remainder == 1 and 1850 <= year <= 2030 and 1 <= month <= 12 and day <= 31:
            yield number


@dataclass(slots=True)
class Listener:
    """Remembers how much it heard, and where somebody was named."""

    words: set[str] = field(default_factory=set)
    """Names and numbers of the story persons."""
    heard: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    folders: dict[str, Path] = field(default_factory=dict)
    """The folder of each gateway's configuration, by its address."""

    def meet(self, people: Iterable[dict[str, str]]) -> None:
        """Know the story persons."""
        for person in people:
            self.words |= {person["name"], person["idNumber"]}

    def hear(self, kind: str, place: str, text: str) -> None:
        """Search ``text``, which was said at ``place``."""
        self.heard[kind] += 1
        found = set(identity_numbers(text)) | {w for w in self.words if w in text}
        # A JSON text may spell Chinese as escapes.
        if "\\u" in text:
            escaped = {word: json.dumps(word)[1:-1] for word in self.words}
            found |= {word for word, spelt in escaped.items() if spelt in text}
        if found:
            masked = ", ".join(sorted(f"{word[:3]}…" for word in found))
            self.leaks.append(f"{kind} {place}: {masked}")


LISTENER = Listener()
"""One for the run, since gateways are started from everywhere in it."""


def hear_answer(folder: Path | None, token: str | None, text: str) -> None:
    """Search an answer, unless the gateway in ``folder`` lets its caller see people."""
    if folder is None or not may_see_people(folder, token):
        LISTENER.hear("answer", f"to {token}", text)
    else:
        LISTENER.heard["answer with identity:read"] += 1


def may_see_people(folder: Path, token: str | None) -> bool:
    """Say whether the configuration in ``folder`` lets ``token`` see people.

    A token of an authority says so itself: it is believed, since the gateway is under
    test here and not the token. Whoever is not known may not.
    """
    if token is None:
        return False
    scopes, roles = static_scopes(folder / "gateway.toml", token)
    scopes |= claimed_scopes(token)
    granted = {s for role in scopes & set(roles) for s in roles[role]}
    return "identity:read" in scopes | granted


@cache
def _configuration(path: Path, _modified: float) -> dict[str, object]:
    return tomllib.loads(path.read_text("utf-8"))


def static_scopes(path: Path, token: str) -> tuple[set[str], dict[str, list[str]]]:
    """Return a static token's scopes and roles, and the roles there are."""
    configuration = _configuration(path, path.stat().st_mtime)
    roles = configuration.get("roles", {})
    digest = hashlib.sha256(token.encode()).hexdigest()
    entries = configuration.get("tokens", [])
    assert isinstance(entries, list)
    assert isinstance(roles, dict)
    found = {
        word
        for entry in entries
        if entry["sha256"] == digest
        for word in (*entry.get("scopes", ()), *entry.get("roles", ()))
    }
    return found, roles


def claimed_scopes(token: str) -> set[str]:
    """Return the scopes and roles that a JWT claims; none if it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return set()
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    except (ValueError, RecursionError):
        return set()
    if not isinstance(claims, dict):
        return set()
    words: set[str] = set()
    for value in (claims.get("scope"), claims.get("roles")):
        if isinstance(value, str):
            words |= set(value.split())
        elif isinstance(value, list):
            words |= {word for word in value if isinstance(word, str)}
    return words
