"""A manifest names a secret, and nobody but its own connector gets it."""

import pytest

from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from connectors.registration.entries import HIDDEN, entries_of
from connectors.secrets import NO_SECRETS, Secret, Secrets
from tests.connectors.agency import MANIFEST

TOKEN = "kept-elsewhere.1"
KEPT = Secrets(
    {
        "way-in": Secret(TOKEN, frozenset({"transport"})),
        "another-s": Secret("not-yours", frozenset({"fire-rescue"})),
        "no-token": Secret("two words", frozenset({"transport"})),
    }
)


def naming(token: str) -> str:
    return MANIFEST.replace("[endpoint]", f'[endpoint]\nbearer_token = "{token}"')


def manifest(token: str) -> Manifest:
    return read_manifest(naming(token))


def test_what_is_named_is_sent_to_its_own() -> None:
    stated = manifest("secret:way-in")

    asked_by = KEPT.put_in(stated)

    assert asked_by.endpoint.bearer_token == TOKEN
    assert stated.endpoint.bearer_token == "secret:way-in"


@pytest.mark.parametrize("token", ["said-openly", None])
def test_without_a_name_it_stays_as_it_is(token: str | None) -> None:
    stated = read_manifest(MANIFEST if token is None else naming(token))

    assert KEPT.put_in(stated) is stated


@pytest.mark.parametrize("name", ["another-s", "nobody-s"])
def test_whether_anothers_secret_is_there_is_not_told(name: str) -> None:
    with pytest.raises(ManifestError) as refused:
        KEPT.put_in(manifest(f"secret:{name}"))

    said = str(refused.value)
    assert f"[secrets.{name}] with transport among its connectors" in said
    assert said.replace(name, "") == str(_refusal("nobody-s")).replace("nobody-s", "")


def _refusal(name: str) -> ManifestError:
    with pytest.raises(ManifestError) as refused:
        NO_SECRETS.put_in(manifest(f"secret:{name}"))
    return refused.value


def test_what_could_end_a_header_is_not_sent_and_not_repeated() -> None:
    with pytest.raises(ManifestError, match="no bearer token") as refused:
        KEPT.put_in(manifest("secret:no-token"))

    assert "two words" not in str(refused.value)


@pytest.mark.parametrize(
    "token", ["secret:", "secret:A", "secret:a b", "file:a", "a:b"]
)
def test_another_reference_is_none(token: str) -> None:
    with pytest.raises(ManifestError, match=r"endpoint\.bearer_token"):
        manifest(token)


def test_a_secret_is_shown_by_its_name_alone() -> None:
    named = {one.key: one.value for one in entries_of(naming("secret:way-in"))}
    said = {one.key: one.value for one in entries_of(naming("said-openly"))}

    assert named["endpoint.bearer_token"] == "secret:way-in"
    assert said["endpoint.bearer_token"] == HIDDEN
    assert TOKEN not in repr(KEPT)
