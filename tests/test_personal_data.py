"""The listener that judges the whole run hears what it must."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.personal_data import LISTENER, Listener, identity_numbers, may_see_people
from tests.running import TOKEN, Agencies, running_gateway

NUMBER = "310199199304120011"
PEOPLE = [{"name": "沈嘉禾", "idNumber": "USA310085041204"}]
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
    ],
)
def test_an_identity_number_is_heard(text: str) -> None:
    assert len(list(identity_numbers(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("310199199304120012", id="a wrong check character"),
        pytest.param("310*************14", id="a masked one"),
        pytest.param(f"{NUMBER}00", id="a longer run of digits"),
        pytest.param(f"af{NUMBER}c3", id="part of a digest"),
        pytest.param("2026-11-23T01:16:53", id="a moment"),
    ],
)
def test_what_is_none_is_not_heard(text: str) -> None:
    assert list(identity_numbers(text)) == []


@pytest.mark.parametrize("text", ["沈嘉禾", "USA310085041204", json.dumps("沈嘉禾")])
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
        pytest.param("e30.eyJzY29wZSI6ImlkZW50aXR5OnJlYWQifQ.x", True, id="a JWT"),
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
    ("token", "kind"),
    [
        pytest.param(None, "answer", id="nobody's"),
        pytest.param(TOKEN, "answer with identity:read", id="one who sees people"),
    ],
)
def test_what_a_gateway_says_is_heard(
    running_agencies: Agencies, tmp_path: Path, token: str | None, kind: str
) -> None:
    with running_gateway(tmp_path, running_agencies) as gateway:
        before = LISTENER.heard[kind]

        gateway.post({"query": "{ agencies { id } }"}, token=token)

        assert LISTENER.heard[kind] == before + 1
    assert {person["name"] for person in running_agencies.people} <= LISTENER.words
