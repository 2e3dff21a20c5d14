"""What is prepared once is the same for all who may have it, and for nobody else."""

from typing import Any

import pytest

from bureau.caller import Caller
from resolvers.documents.documents import Documents, Prepared, Question
from resolvers.documents.limits import Limits
from resolvers.documents.validation import RefusedDocumentError
from resolvers.schema import schema
from tests.resolvers.asking import DEVELOPER, STRANGER

HOLDER = "query Held($n: String!) { holder(idNumber: $n) { __typename } }"
HOLDERS = "query Held($p: [PersonInput!]!) { holders(people: $p) { __typename } }"
SCHEMA = "{ __schema { queryType { name } } }"
PEOPLE = 3


@pytest.fixture(name="documents")
def _documents() -> Documents:
    documents = Documents(schema.core, Limits(people=PEOPLE), is_open=False)
    for text in (HOLDER, HOLDERS, SCHEMA):
        documents.trust(text)
    return documents


def prepared(
    documents: Documents, query: str, caller: Caller = STRANGER, **variables: Any
) -> Prepared:
    """Return a document prepared for a question with ``variables``."""
    return documents.prepare(Question(query=query, variables=variables), caller)


def test_what_no_variable_changes_is_prepared_once(documents: Documents) -> None:
    first = prepared(documents, HOLDER, n="1")

    assert prepared(documents, HOLDER, n="2") is first
    assert (first.people, first.asks_about_people) == (1, True)


def test_what_a_variable_changes_is_counted_each_time(documents: Documents) -> None:
    counted = [
        prepared(documents, HOLDERS, p=[{}] * people).people for people in (1, 2, 1)
    ]

    assert counted == [1, 2, 1]
    with pytest.raises(RefusedDocumentError):
        prepared(documents, HOLDERS, p=[{}] * (PEOPLE + 1))


def test_what_was_prepared_for_who_sees_the_schema_is_nobody_elses(
    documents: Documents,
) -> None:
    assert prepared(documents, SCHEMA, DEVELOPER).introspects
    assert prepared(documents, HOLDER, DEVELOPER, n="1").suggests

    assert not prepared(documents, HOLDER, n="1").suggests
    with pytest.raises(RefusedDocumentError):
        prepared(documents, SCHEMA)


def test_variables_are_limited_beside_what_was_prepared(documents: Documents) -> None:
    prepared(documents, HOLDER, n="1")

    with pytest.raises(RefusedDocumentError):
        prepared(documents, HOLDER, n="1", more=[0] * 100_000)
