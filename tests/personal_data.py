"""Everything that gateways say in a test run, searched for people.

Answers to callers without ``identity:read``, all logs and all metrics must hold no
whole identity number, and no name or number of a story person. ``tests/conftest.py``
fails the run at its end if one did; what was found is told by place, and masked.

Gateways write their answers down themselves (``tests/heard.py``), whoever asked. That
none is missing is checked against their own logs, which have a line a request.
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

ANSWERS = "answers.jsonl"
"""What a gateway answered, one a line, beside its configuration and its log."""
LIVE = "/health/live"
"""Asked by whoever starts a gateway, until it is up; the answer is a constant."""

OURS = re.compile(r"^x-request-id:", re.IGNORECASE | re.MULTILINE)
"""In the head of every answer that the gateway made, and the server did not."""

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

    def hear_gateway(self, log: Path) -> None:
        """Search everything that a gateway with this log has said."""
        folder, text = log.parent, log.read_text("utf-8", "replace")
        self.hear("log", str(log), text)
        answers = folder / ANSWERS
        heard = answers.read_text("utf-8").splitlines() if answers.exists() else []
        for line in heard:
            answer = json.loads(line)
            if answer["may_see"]:
                self.heard["answer with identity:read"] += 1
            else:
                kind = "metrics" if answer["path"] == "/metrics" else "answer"
                self.hear(kind, f"of {folder} at {answer['path']}", answer["text"])
        answered = [
            json.loads(line) for line in text.splitlines() if '"request"' in line
        ]
        if answers.exists():
            missing = len(answered) - len(heard)
        else:
            # The demo as its user starts it: nobody listens, so nobody may be there who
            # may not see people.
            named = callers_who_see_people(folder / "gateway.toml")
            missing = len([a for a in answered if _is_for_others(a, named)])
        if missing > 0:
            self.leaks.append(f"{missing} answers of {folder} were not heard")


LISTENER = Listener()
"""One for the run, since gateways are started from everywhere in it."""


def _is_for_others(line: dict[str, str], named: set[str]) -> bool:
    return line["path"] != LIVE and line["caller"] not in named


def callers_who_see_people(config: Path) -> set[str]:
    """Return the callers with static tokens that have ``identity:read``."""
    configuration = tomllib.loads(config.read_text("utf-8"))
    roles = configuration.get("roles", {})
    return {
        entry["caller"]
        for entry in configuration.get("tokens", ())
        if "identity:read"
        in {
            *entry.get("scopes", ()),
            *(scope for role in entry.get("roles", ()) for scope in roles[role]),
        }
    }


def hear_server(text: str) -> None:
    """Search what the server said by itself, to bytes that are no request.

    An answer of ours has an id, and was heard where it was made.
    """
    for answer in text.split("HTTP/1.1 "):
        if answer and not OURS.search(answer):
            LISTENER.hear("answer of the server itself", "to no request", answer)


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


def page_token(folder: Path) -> str | None:
    """Return the token that GraphiQL's page is given by the configuration."""
    config = folder / "gateway.toml"
    token = _configuration(config, config.stat().st_mtime).get("graphiql_token")
    return None if token is None else str(token)


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
