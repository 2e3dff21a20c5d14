"""The listener that judges the whole run hears what it must."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.personal_data import (
    ANSWERS,
    LISTENER,
    Listener,
    identity_numbers,
    may_see_people,
)
from tests.running import TOKEN, Agencies, running_gateway

NUMBER = "310199199304120011"
PEOPLE = [{"name": "沈嘉禾", "idNumber": "USA310085041204"}]
CLAIMING = "e30.eyJzY29wZSI6ImlkZW50aXR5OnJlYWQifQ.x"
CONFIG = f"""
[roles]
reader = ["certificates:read", "identity:read"]
[[tokens]]
caller = "a"
sha256 = "{hashlib.sha256(b"by-role").hexdigest()}"
roles = ["reader"]
[[tokens]]
caller = "b"
sha256 = "{hashlib.sha256(b"by-scope").hexdigest()}"
scopes = ["identity:read"]
[[tokens]]
caller = "c"
sha256 = "{hashlib.sha256(b"neither").hexdigest()}"
scopes = ["certificates:read"]
"""


def spelt_by_escapes(words: str) -> str:
    """Return what a JSON text may have for words, be they letters or digits."""
    return "".join(f"\\u{ord(character):04x}" for character in words)


def listener() -> Listener:
    found = Listener()
    found.meet(PEOPLE)
    return found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"a {NUMBER} b", id="a number"),
        pytest.param(f'"T{NUMBER}"', id="a special-operations number"),
        pytest.param("31019919710305002X", id="ending in X"),
        pytest.param("31019919710305002x", id="ending in x"),
        pytest.param("310199-19930412-0011", id="hyphens"),
        pytest.param("310199.1993.04.12.0011", id="full stops"),
        pytest.param("310199 19930412 001 1", id="blanks"),
        pytest.param("310199/19930412/0011", id="slashes"),
        pytest.param("3101 9919 9304 1200 11", id="by fours"),
        pytest.param("310 199 199 304 120 011", id="by threes"),
        pytest.param("31019 91993 04120 011", id="by fives"),
        pytest.param("310199 199304 120011", id="by sixes"),
        pytest.param("３１０１９９１９９３０４１２００１１", id="full width"),
        pytest.param("310199\u200b19930412\u20600011", id="something unseen"),
        pytest.param(spelt_by_escapes(NUMBER), id="escapes"),
        pytest.param(
            spelt_by_escapes("310199－19930412－0011"), id="escapes of hyphens"
        ),
        pytest.param(json.dumps(json.dumps("３" + NUMBER[1:])), id="a JSON in a JSON"),
        pytest.param("310199930412001", id="of before 1999"),
        pytest.param('"T310199-930412-001"', id="of before 1999, with hyphens"),
        pytest.param("310 199 930 412 001", id="of before 1999, by threes"),
        pytest.param("31019 99304 12001", id="of before 1999, by fives"),
    ],
)
def test_an_identity_number_is_heard(text: str) -> None:
    (number,) = set(identity_numbers(text))

    assert number in {NUMBER, "31019919710305002X", "310199930412001"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("310199199304120012", id="a wrong check character"),
        pytest.param("310*************14", id="a masked one"),
        pytest.param(f"{NUMBER}00", id="a longer run of digits"),
        pytest.param(f"af{NUMBER}c3", id="part of a digest"),
        pytest.param("2026-11-23T01:16:53", id="a moment"),
        pytest.param("2026-11-23 01:16:53 2026-11-24 01:16:53", id="moments"),
        pytest.param("310199-19930412-0012", id="a wrong check character in hyphens"),
        pytest.param("0.310199930412001", id="a share of a second"),
        pytest.param("310199930412001e", id="part of a hexadecimal"),
        pytest.param("319999-931399-001", id="no day"),
        pytest.param("310115-20260115-0023", id="a file of an office"),
    ],
)
def test_what_is_none_is_not_heard(text: str) -> None:
    assert list(identity_numbers(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "沈嘉禾",
        "USA310085041204",
        json.dumps("沈嘉禾"),
        json.dumps("沈嘉禾").upper().replace("\\U", "\\u"),
        json.dumps(json.dumps("沈嘉禾")),
        '"沈\\u5609禾"',
        spelt_by_escapes("USA310085041204"),
    ],
)
def test_a_story_person_is_heard(text: str) -> None:
    heard = listener()

    heard.hear("answer", "here", f"…{text}…")

    assert len(heard.leaks) == 1


def test_a_leak_is_told_by_its_place_and_names_nobody() -> None:
    heard = listener()

    heard.hear("log", "gateway.log", f"asked about {NUMBER}")

    assert heard.leaks == ["log gateway.log: 310…"]


@pytest.mark.parametrize(
    ("token", "may"),
    [
        pytest.param("by-role", True, id="a role with the scope"),
        pytest.param("by-scope", True, id="the scope itself"),
        pytest.param("neither", False, id="another scope"),
        pytest.param("unknown", False, id="unknown"),
        pytest.param(None, False, id="no token"),
        pytest.param(CLAIMING, True, id="a JWT"),
        pytest.param("e30.eyJzY29wZSI6ImF1ZGl0OnJlYWQifQ.x", False, id="another JWT"),
        pytest.param("a.b.c", False, id="no JWT"),
    ],
)
def test_who_may_see_people_is_read_from_the_configuration(
    tmp_path: Path, token: str | None, may: bool
) -> None:
    (tmp_path / "gateway.toml").write_text(CONFIG)

    assert may_see_people(tmp_path, token) == may


@pytest.mark.parametrize(
    ("token", "may"),
    [
        pytest.param(None, False, id="nobody's"),
        pytest.param(TOKEN, True, id="one who sees people"),
        pytest.param(CLAIMING, False, id="a forged one that claims to"),
    ],
)
def test_what_a_gateway_says_is_heard_whoever_asks(
    running_agencies: Agencies, tmp_path: Path, token: str | None, may: bool
) -> None:
    with running_gateway(tmp_path, running_agencies) as gateway:
        gateway.post({"query": "{ agencies { id } }"}, token=token)

    answers = map(json.loads, (tmp_path / ANSWERS).read_text("utf-8").splitlines())
    [answer] = [answer for answer in answers if answer["path"] == "/graphql"]
    assert answer["may_see"] == may
    assert ("transport" in answer["text"]) == may
    assert "x-request-id" in answer["text"]
    assert {person["name"] for person in running_agencies.people} <= LISTENER.words


def left_behind(folder: Path, asked: list[tuple[str, str | None]]) -> Path:
    """Write the log of a gateway that answered ``asked``: paths and callers."""
    (folder / "gateway.toml").write_text(CONFIG)
    log = folder / "left-behind.log"
    lines = [
        json.dumps({"event": "request", "path": path, "caller": caller})
        for path, caller in asked
    ]
    log.write_text("\n".join(lines))
    return log


def answered(folder: Path, text: str, *, may_see: bool) -> None:
    """Write what a gateway answered once."""
    line = {"path": "/graphql", "may_see": may_see, "text": text}
    (folder / ANSWERS).write_text(json.dumps(line) + "\n")


@pytest.mark.parametrize(("may_see", "leaks"), [(True, 0), (False, 1)])
def test_an_answer_names_people_to_whom_it_may(
    tmp_path: Path, may_see: bool, leaks: int
) -> None:
    log = left_behind(tmp_path, [("/graphql", "a")])
    answered(tmp_path, f"about {NUMBER}", may_see=may_see)
    heard = listener()

    heard.hear_gateway(log)

    assert len(heard.leaks) == leaks


def test_an_answer_that_nobody_heard_fails_the_run(tmp_path: Path) -> None:
    log = left_behind(tmp_path, [("/graphql", "a"), ("/graphql", "a")])
    answered(tmp_path, "nothing", may_see=True)
    heard = listener()

    heard.hear_gateway(log)

    assert heard.leaks == [f"1 answers of {tmp_path} were not heard"]


@pytest.mark.parametrize(
    ("path", "caller", "leaks"),
    [
        pytest.param("/graphql", "a", 0, id="to one who sees people, by a role"),
        pytest.param("/graphql", "b", 0, id="to one who sees people, by a scope"),
        pytest.param("/health/live", None, 0, id="that it is up"),
        pytest.param("/graphql", "c", 1, id="to one who does not"),
        pytest.param("/graphql", None, 1, id="to nobody"),
        pytest.param("/metrics", None, 1, id="metrics"),
    ],
)
def test_a_gateway_without_a_listener_answers_nobody_else(
    tmp_path: Path, path: str, caller: str | None, leaks: int
) -> None:
    heard = listener()

    heard.hear_gateway(left_behind(tmp_path, [(path, caller)]))

    assert len(heard.leaks) == leaks
