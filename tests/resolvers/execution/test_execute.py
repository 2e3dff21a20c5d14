"""What is executed without Strawberry's own way, and that nothing of it is missed."""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from graphql import ExecutionResult, GraphQLError

from bureau.caller import Caller, Scope
from resolvers.context import RequestContext
from resolvers.documents.documents import Documents, Question
from resolvers.documents.limits import Limits
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError
from resolvers.execution.execute import execute, shown
from resolvers.schema import schema

CLERK = Caller(id="clerk", scopes=frozenset({Scope.READ_CERTIFICATES}))
HOLDER = "query($n: String!) { holder(idNumber: $n) { __typename } }"
DOCUMENTS = Documents(schema.core, Limits(), is_open=True)


@dataclass(frozen=True, slots=True)
class NothingWorks:
    """A context that knows who asks, and nothing else a resolver might need."""

    caller: Caller


def run(
    query: str, caller: Caller = CLERK, variables: dict[str, object] | None = None
) -> ExecutionResult | Awaitable[ExecutionResult]:
    question = Question(query=query, variables=variables or {})
    context = cast("RequestContext", NothingWorks(caller))
    return execute(DOCUMENTS.prepare(question, caller), question, context)


def codes(refused: RefusedDocumentError) -> list[str]:
    return [shown(error)["extensions"]["code"] for error in refused.errors]


def test_what_needs_no_waiting_is_answered_at_once() -> None:
    result = run("{ __typename }")

    assert result == ExecutionResult({"__typename": "Query"}, None)


def test_a_caller_without_the_scope_is_refused_before_anything_runs() -> None:
    with pytest.raises(RefusedDocumentError) as refused:
        run(HOLDER, Caller(id="stranger", scopes=frozenset()), {"n": "x"})

    assert codes(refused.value) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({}, id="missing"),
        pytest.param({"n": None}, id="null"),
        pytest.param({"n": 7}, id="of a wrong type"),
    ],
)
def test_variables_that_do_not_fit_were_never_executed(
    variables: dict[str, object],
) -> None:
    with pytest.raises(RefusedDocumentError) as refused:
        run(HOLDER, variables=variables)

    assert codes(refused.value) == ["BAD_USER_INPUT"]


def test_a_bug_of_ours_is_logged_and_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # The context has no agencies: an AttributeError in a resolver.
    result = cast("ExecutionResult", run("{ secret: agencies { id } }"))
    assert result.errors is not None

    with caplog.at_level(logging.ERROR):
        told = shown(result.errors[0])

    assert told["message"] == "Unexpected error."
    assert told["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}
    assert told["path"] == ["secret"]
    assert "AttributeError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("error", "extensions"),
    [
        pytest.param(
            RequestError("no", "LIMIT_EXCEEDED", limit="depth"),
            {"code": "LIMIT_EXCEEDED", "limit": "depth"},
            id="with a code",
        ),
        pytest.param(
            GraphQLError("no"), {"code": "GRAPHQL_VALIDATION_FAILED"}, id="validation"
        ),
        pytest.param(
            GraphQLError("no", path=["a"]), {"code": "BAD_USER_INPUT"}, id="execution"
        ),
    ],
)
def test_every_error_has_a_code(
    error: GraphQLError, extensions: dict[str, Any]
) -> None:
    assert shown(error)["extensions"] == extensions


def test_the_schema_has_no_extension_that_would_not_run() -> None:
    """An extension that refuses must be asked in ``answering.execute``, too."""
    names = [type(extension).__name__ for extension in schema.get_extensions()]

    assert set(names) == {
        "MaskErrors",  # shown
        "CheckPermissions",  # execute
    }
