"""Who may run which document, and how a document is named."""

from typing import Any

import pytest
from graphql import OperationType

from bureau.caller import Caller
from resolvers.documents.documents import KEPT, Documents, Question
from resolvers.documents.limits import Limits
from resolvers.documents.trusted import (
    TrustedDocumentsError,
    digest_of,
    read_manifest,
    write_manifest,
)
from resolvers.documents.validation import RefusedDocumentError
from resolvers.schema import schema
from tests.resolvers.asking import DEVELOPER, STRANGER

TRUSTED = "query Notice {\n  policy { notice }\n}\n"
DIGEST = "c97e091dc546ee562c57cffea77880c4ab8aabaa12b4224816ae67afb2e8ca7b"
"""What ``sha256sum`` says of it."""
OTHER = "{ policy { issuedOn } }"


@pytest.fixture(name="production")
def _production() -> Documents:
    documents = Documents(schema.core, Limits(), is_open=False)
    documents.trust(TRUSTED)
    return documents


@pytest.fixture(name="demo")
def _demo() -> Documents:
    return Documents(schema.core, Limits(), is_open=True)


def code(documents: Documents, caller: Caller = STRANGER, **question: Any) -> str:
    """Return the code a question is refused with; ``-`` where an error has none."""
    try:
        documents.prepare(Question(**question), caller)
    except RefusedDocumentError as refused:
        return str((refused.errors[0].extensions or {}).get("code", "-"))
    return "runs"


@pytest.mark.parametrize(
    ("named", "told"),
    [
        pytest.param({"query": TRUSTED}, "runs", id="its text"),
        pytest.param({"query": "query Notice{policy{notice}}"}, "runs", id="respaced"),
        pytest.param({"query": TRUSTED + "# why\n"}, "runs", id="a comment more"),
        pytest.param({"query": TRUSTED * 2}, "UNKNOWN_DOCUMENT", id="twice"),
        pytest.param({"query": OTHER}, "UNKNOWN_DOCUMENT", id="another"),
        pytest.param(
            {"query": "query Notice{policy{notice}} query Q{agencies{id}}"},
            "UNKNOWN_DOCUMENT",
            id="more than it",
        ),
        pytest.param(
            {"query": "query Notice{policy{notice issuedOn}}"},
            "UNKNOWN_DOCUMENT",
            id="a field more",
        ),
        pytest.param({"query": "{"}, "UNKNOWN_DOCUMENT", id="no GraphQL"),
        pytest.param(
            {"query": TRUSTED + " " * 999}, "UNKNOWN_DOCUMENT", id="far longer"
        ),
        pytest.param({"query": ""}, "BAD_USER_INPUT", id="empty"),
        pytest.param({}, "BAD_USER_INPUT", id="nothing"),
    ],
)
def test_strangers_run_trusted_documents_only(
    production: Documents, named: dict[str, Any], told: str
) -> None:
    assert code(production, **named) == told


@pytest.mark.parametrize(
    ("named", "told"),
    [
        pytest.param({"document_id": f"sha256:{DIGEST}"}, "runs", id="documentId"),
        pytest.param({"document_id": DIGEST}, "runs", id="documentId, bare"),
        pytest.param(
            {"document_id": f"sha256:{'0' * 64}"}, "UNKNOWN_DOCUMENT", id="unknown"
        ),
        pytest.param({"document_id": "x" * 9999}, "UNKNOWN_DOCUMENT", id="no digest"),
        pytest.param({"document_id": ""}, "UNKNOWN_DOCUMENT", id="empty"),
        pytest.param(
            {"document_id": f"md5:{DIGEST}"}, "UNKNOWN_DOCUMENT", id="another prefix"
        ),
        pytest.param(
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}},
            "runs",
            id="persistedQuery",
        ),
        pytest.param(
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
            "UNKNOWN_DOCUMENT",
            id="persistedQuery, unknown",
        ),
        pytest.param(
            {"extensions": {"persistedQuery": DIGEST}}, "BAD_USER_INPUT", id="no object"
        ),
        pytest.param(
            {"extensions": {"persistedQuery": {"sha256Hash": 7}}},
            "BAD_USER_INPUT",
            id="no string",
        ),
        pytest.param(
            {"extensions": {"persistedQuery": {"version": 1}}},
            "BAD_USER_INPUT",
            id="no digest in persistedQuery",
        ),
        pytest.param(
            {
                "document_id": DIGEST,
                "extensions": {"persistedQuery": {"sha256Hash": "0" * 64}},
            },
            "BAD_USER_INPUT",
            id="two digests",
        ),
        pytest.param(
            {"query": TRUSTED, "document_id": DIGEST}, "runs", id="with its text"
        ),
        pytest.param(
            {"query": OTHER, "document_id": DIGEST},
            "BAD_USER_INPUT",
            id="with another's text",
        ),
    ],
)
def test_a_document_is_named_by_its_digest(
    production: Documents, named: dict[str, Any], told: str
) -> None:
    assert code(production, **named) == told


def test_a_named_document_runs_as_it_was_trusted(production: Documents) -> None:
    prepared = production.prepare(Question(document_id=DIGEST), STRANGER)

    assert (prepared.text, prepared.kind) == (TRUSTED, OperationType.QUERY)


def test_no_document_is_remembered_for_others_by_being_sent(demo: Documents) -> None:
    assert code(demo, query=TRUSTED, document_id=DIGEST) == "runs"
    assert code(demo, document_id=DIGEST) == "UNKNOWN_DOCUMENT"


INTROSPECTION = {
    "__schema": "{ __schema { queryType { name } } }",
    "__type": '{ __type(name: "Query") { name } }',
    "_service": "{ _service { sdl } }",
    "an alias": "{ policy: __schema { queryType { name } } }",
    "a fragment": "{ ...f } fragment f on Query { ... { _service { sdl } } }",
    "skipped": "{ __schema @skip(if: true) { queryType { name } } }",
}


@pytest.mark.parametrize("text", INTROSPECTION.values(), ids=INTROSPECTION)
def test_the_schema_is_told_by_scope_or_in_the_demo(
    production: Documents, demo: Documents, text: str
) -> None:
    production.trust(text)

    assert code(production, query=text) == "INTROSPECTION_DISABLED"
    assert code(production, DEVELOPER, query=text) == "runs"
    assert code(demo, query=text) == "runs"


def test_typename_tells_nothing_of_the_schema(production: Documents) -> None:
    production.trust("{ __typename policy { __typename } }")

    assert code(production, query="{ __typename policy { __typename } }") == "runs"


def test_an_operation_beside_an_introspecting_one_runs(production: Documents) -> None:
    text = "query A { __schema { queryType { name } } } query B { policy { notice } }"
    production.trust(text)

    assert code(production, query=text, operation_name="B") == "runs"
    assert code(production, query=text, operation_name="A") == "INTROSPECTION_DISABLED"


def test_whoever_may_see_the_schema_runs_any_document(
    production: Documents, demo: Documents
) -> None:
    assert code(production, DEVELOPER, query=OTHER) == "runs"
    assert code(demo, STRANGER, query=OTHER) == "runs"


def test_whoever_may_not_see_the_schema_gets_no_suggestions(
    production: Documents, demo: Documents
) -> None:
    suggests = [
        documents.prepare(Question(query=TRUSTED), caller).suggests
        for documents, caller in (
            (production, STRANGER),
            (production, DEVELOPER),
            (demo, STRANGER),
        )
    ]

    assert suggests == [False, True, True]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("A", "runs", id="one of them"),
        pytest.param(None, "BAD_USER_INPUT", id="none"),
        pytest.param("C", "BAD_USER_INPUT", id="another"),
        pytest.param("", "BAD_USER_INPUT", id="empty"),
    ],
)
def test_one_of_several_operations_is_named(
    demo: Documents, name: str | None, told: str
) -> None:
    text = "query A { __typename } query B { __typename }"

    assert code(demo, query=text, operation_name=name) == told


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("mutation { pay }", id="a mutation"),
        pytest.param("subscription { paid }", id="a subscription"),
        pytest.param("{ nothing }", id="an unknown field"),
        pytest.param("{ policy }", id="no selection"),
        pytest.param("type Query { a: Int }", id="a definition"),
        pytest.param("fragment f on Query { __typename }", id="a fragment alone"),
        pytest.param("{ policy { notice @once } }", id="an unknown directive"),
        pytest.param("   ", id="white space"),
        pytest.param("{ a: policy { notice } a: agencies { id } }", id="a conflict"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(demo: Documents, text: str) -> None:
    assert code(demo, query=text) == "-"


def test_a_document_is_read_once_while_there_is_room(demo: Documents) -> None:
    first = demo.prepare(Question(query=OTHER), STRANGER)

    assert demo.prepare(Question(query=OTHER), DEVELOPER).document is first.document


def test_many_different_documents_take_no_more_than_the_room(demo: Documents) -> None:
    first = demo.prepare(Question(query=OTHER), STRANGER)

    for number in range(300):
        demo.prepare(Question(query=f"{{ a{number}: __typename }}"), STRANGER)

    assert demo.room_taken <= KEPT
    assert demo.prepare(Question(query=OTHER), STRANGER).document is not first.document


def test_refused_documents_take_no_room(demo: Documents) -> None:
    assert code(demo, query="{ nothing }") == "-"

    assert demo.room_taken == 0


def test_a_document_larger_than_the_room_runs() -> None:
    documents = Documents(schema.core, Limits(query_bytes=KEPT + 1), is_open=True)

    assert code(documents, query="{__typename}".ljust(KEPT + 1)) == "runs"
    assert documents.room_taken == 0


def test_trusted_documents_are_never_pushed_out(production: Documents) -> None:
    first = production.prepare(Question(document_id=DIGEST), STRANGER)

    for number in range(300):
        text = f"{{ a{number}: __typename }}"
        production.prepare(Question(query=text), DEVELOPER)

    again = production.prepare(Question(document_id=DIGEST), STRANGER)
    assert again.document is first.document


def test_a_document_over_a_limit_is_not_trusted() -> None:
    documents = Documents(schema.core, Limits(selections=1), is_open=False)

    with pytest.raises(RefusedDocumentError, match="2 fields and fragments"):
        documents.trust(TRUSTED)


def test_what_one_application_trusts_is_another_ones_by_its_own_limits() -> None:
    first, second = (Documents(schema.core, Limits(), is_open=False) for _ in "ab")
    small = Documents(schema.core, Limits(tokens=1), is_open=False)
    first.trust(TRUSTED)

    assert code(second, query=TRUSTED) == "UNKNOWN_DOCUMENT"
    with pytest.raises(RefusedDocumentError, match="tokens"):
        small.trust(TRUSTED)


def test_applications_that_trust_one_document_read_it_once_and_plan_it_each() -> None:
    first, second = (Documents(schema.core, Limits(), is_open=False) for _ in "ab")
    for documents in (first, second):
        documents.trust(TRUSTED)

    question = Question(query=TRUSTED)
    one, other = (each.prepare(question, STRANGER) for each in (first, second))

    assert one.document is other.document
    assert one.plans is not other.plans


def test_a_manifest_is_read_as_it_was_written() -> None:
    written = write_manifest([TRUSTED, OTHER, TRUSTED])

    assert read_manifest(written) == {DIGEST: TRUSTED, digest_of(OTHER): OTHER}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"a": 1}', id="a number for a text"),
        pytest.param(
            b'{"' + b"0" * 64 + b'": "{ policy { notice } }"}', id="another's digest"
        ),
        pytest.param(b"\xff", id="no UTF-8"),
    ],
)
def test_another_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(TrustedDocumentsError):
        read_manifest(content)


def test_a_manifest_may_say_what_its_digests_are() -> None:
    content = write_manifest([TRUSTED]).replace(
        b'"' + DIGEST[:8].encode(), b'"sha256:' + DIGEST[:8].encode()
    )

    assert read_manifest(content) == {DIGEST: TRUSTED}
