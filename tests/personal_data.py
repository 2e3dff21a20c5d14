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
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ANSWERS = "answers.jsonl"
"""What a gateway answered, one a line, beside its configuration and its log."""
LIVE = "/health/live"
"""Asked by whoever starts a gateway, until it is up; the answer is a constant."""

OURS = re.compile(r"^x-request-id:", re.IGNORECASE | re.MULTILINE)
"""In the head of every answer that the gateway made, and the server did not."""

_MARK = r"[-–—‐‑−._/·•:, ]{1,3}"
_PERHAPS = f"(?:{_MARK})?"


def _form(between: str, *sizes: int, check: str = "") -> re.Pattern[str]:
    """Return digits in groups; digests and shares of seconds are longer runs."""
    groups = between.join(f"[0-9]{{{size}}}" for size in sizes)
    before, after = r"(?<![0-9A-Fa-f])(?<![0-9]\.)(?=[1-9])", "(?![0-9A-Fa-f])"
    return re.compile(f"{before}({groups}{check}){after}")


_CHECK = "[0-9Xx]"
FORMS = (
    # Place, birth, serial number and check character; before 1999, the year had two
    # digits, and nothing was checked.
    _form(_PERHAPS, 6, 4, 2, 2, 3, check=_PERHAPS + _CHECK),
    _form(_PERHAPS, 6, 2, 2, 2, 3),
    # By threes, fours, fives and sixes.
    _form(_MARK, 3, 3, 3, 3, 3, 2, check=_CHECK),
    _form(_MARK, 4, 4, 4, 4, 1, check=_CHECK),
    _form(_MARK, 5, 5, 5, 2, check=_CHECK),
    _form(_MARK, 6, 6, 5, check=_CHECK),
    _form(_MARK, 3, 3, 3, 3, 3),
    _form(_MARK, 5, 5, 5),
)
MARKS = re.compile(_MARK)
MANY_DIGITS = re.compile(rf"[1-9](?:(?:{_MARK})?[0-9]){{14,}}[Xx]?")
"""Where it is worth looking: most of what is said has no place like this."""
ESCAPE = re.compile(r"\\+u([0-9A-Fa-f]{4})")
"""How a JSON text, or one in another, may spell any character."""


def readings(text: str) -> Iterator[str]:
    """Yield ``text`` as it stands, and as it is read: its escapes and widths undone."""
    yield text
    read = text
    if "\\u" in text:
        units = ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
        read = units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not read.isascii():
        folded = unicodedata.normalize("NFKC", read)
        read = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    if read != text:
        yield read


def identity_numbers(text: str) -> Iterator[str]:
    """Yield what may be an identity number in ``text``, however it is taken apart.

    Written apart from ``policy``, so that it does not err alike.
    """
    for reading in readings(text):
        places = (found.span() for found in MANY_DIGITS.finditer(reading))
        for piece in (reading[max(0, start - 2) : end + 2] for start, end in places):
            for spelt in (s for form in FORMS for s in form.findall(piece)):
                number = MARKS.sub("", spelt).upper()
                is_one = _is_somebodys if len(number) == 18 else _was_somebodys
                if is_one(number):
                    yield number


def _is_somebodys(number: str) -> bool:
    """Say whether GB 11643 takes a number for somebody's.

    With X for ten, the characters from the left make a number in "base two" that is 1
    modulo 11 (ISO 7064, MOD 11-2).
    """
    remainder = 0
    for character in number:
        value = 10 if character == "X" else int(character)
        remainder = (remainder * 2 + value) % 11
    return remainder == 1 and 1850 <= int(number[6:10]) <= 2030 and _is_day(number[10:])


def _was_somebodys(number: str) -> bool:
    """Say whether fifteen digits were a number before 1999, of whoever still works."""
    is_placed = 11 <= int(number[:2]) <= 65 or number[:2] in {"71", "81", "82"}
    return is_placed and int(number[6:8]) >= 40 and _is_day(number[8:])


def _is_day(digits: str) -> bool:
    return 1 <= int(digits[:2]) <= 12 and 1 <= int(digits[2:4]) <= 31


@dataclass(slots=True)
class Listener:
    """Remembers how much it heard, and where somebody was named."""

    words: set[str] = field(default_factory=set)
    """Names and numbers of the story persons, and the codes of who assessed them."""
    heard: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    folders: dict[str, Path] = field(default_factory=dict)
    """The folder of each gateway's configuration, by its address."""

    def meet(self, people: Iterable[dict[str, Any]]) -> None:
        """Know the story persons."""
        for person in people:
            self.words |= {person["name"], person["idNumber"]}
            self.words |= set(person.get("assessors", ()))

    def hear(self, kind: str, place: str, text: str) -> None:
        """Search ``text``, which was said at ``place``."""
        self.heard[kind] += 1
        found = set(identity_numbers(text))
        for reading in readings(text):
            found |= {word for word in self.words if word in reading}
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
