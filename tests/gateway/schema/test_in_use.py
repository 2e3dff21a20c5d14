"""What ``gateway schema check`` takes for in use, how it is told, and who is asked."""

from pathlib import Path

import pytest

from resolvers.documents.trusted import write_manifest
from tests.gateway.schema.test_check import GONE, TODAY, check, document, older
from tests.running import Gateway

FORMER = "query Former { gone }"
CONFIG = """manifests = "m"
trust_bundle = "t"
tokens = []
certificate_id_key_file = "c"
pseudonym_key_file = "p"
trusted_documents = "trusted.json"
"""


def test_what_the_operator_trusts_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "trusted.json").write_bytes(write_manifest([FORMER]))
    config = tmp_path / "gateway.toml"
    config.write_text(CONFIG, "utf-8")

    status, told = check(older(tmp_path, GONE), "--config", config)

    assert (status, "touches Former (trusted_documents)" in told) == (1, True)


def test_what_every_gateway_trusts_is_touched(tmp_path: Path) -> None:
    late = ("\nenum SourceOutcome {\n", "\nenum SourceOutcome {\n  LATE\n")

    status, told = check(older(tmp_path, late))

    assert (status, "HolderCheck (every gateway)" in told) == (1, True)


def test_no_word_is_cut(tmp_path: Path) -> None:
    _, told = check(older(tmp_path, GONE), "--documents", document(tmp_path, FORMER))

    assert "breaking FIELD_REMOVED  Field Query.gone was removed.\n" in told
    assert "  touches Former (client.graphql)\n" in told
    assert "does not fit today's schema: Former (client.graphql)\n" in told


def test_a_document_that_is_none_is_refused(tmp_path: Path) -> None:
    status, told = check(older(tmp_path), "--documents", document(tmp_path, "query {"))

    assert (status, "client.graphql: Syntax Error" in told) == (2, True)


@pytest.mark.parametrize(
    ("path", "token", "why"),
    [
        pytest.param("", "nobody's", "does not show its schema", id="another's token"),
        pytest.param("/nothing", None, "answers 404; with --token-file", id="no such"),
    ],
)
def test_a_gateway_that_shows_no_schema_is_told_of(
    gateway: Gateway, tmp_path: Path, path: str, token: str | None, why: str
) -> None:
    stated: list[object] = []
    if token is not None:
        (tmp_path / "token").write_text(token, "utf-8")
        stated = ["--token-file", tmp_path / "token"]

    status, told = check(f"{gateway.url}{path}", *stated)

    assert (status, why in told) == (2, True)


def test_the_schema_itself_is_an_older_one(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(TODAY, "utf-8")

    assert check(tmp_path / "schema.graphql", "--strict")[0] == 0
