"""Execute a prepared document: what Strawberry's own way does, and nothing twice.

``Schema.execute`` parses, validates and runs extensions for each request. Here the
document is parsed and validated already, permissions are asked once, variables are
checked before execution (a question with wrong variables was never executed, which
HTTP has to say), and errors are masked on their way out. No extension of the schema
runs, so ``tests/resolvers/execution/test_execute.py`` counts them.
"""

from collections.abc import Awaitable, Sequence
from typing import Any, TypeAlias

from graphql import ExecutionResult, GraphQLError, GraphQLSyntaxError
from graphql.execution.executor import Executor
from strawberry.execution import optimized_is_awaitable

from bureau.caller import Caller
from bureau.privacy.masks import without_identity_numbers, without_values
from resolvers.context import RequestContext
from resolvers.documents.documents import Prepared, Question
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError, is_ours_to_hide, log_bug
from resolvers.plans.variables import UnfitVariablesError, Variables
from resolvers.schema import schema

UNEXPECTED = "Unexpected error."
"""All that a client is shown of a bug of ours."""

Shown: TypeAlias = dict[str, Any]
"""An error as the client sees it."""


def execute(
    prepared: Prepared, question: Question, context: RequestContext
) -> ExecutionResult | Awaitable[ExecutionResult]:
    """Run ``prepared``; nothing is awaited here, and nothing runs if it is refused.

    Raises:
        RefusedDocumentError: the caller may not ask this, or the variables do not fit.
    """
    require_allowed(prepared, question, context.caller)
    variables = fitting_variables(prepared, question)

    def fall_back(
        middleware: Sequence[Any],
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        executor = executor_of(prepared, question, context, middleware=middleware)
        return executor.execute_operation()  # type: ignore[return-value]  # no @defer

    plan = prepared.plans.plan_of(prepared.operation, variables, schema)
    if plan is None:
        return fall_back([])
    return plan.run(variables, context, fall_back)


def require_allowed(prepared: Prepared, question: Question, caller: Caller) -> None:
    """Refuse what ``caller`` may not ask.

    Raises:
        RefusedDocumentError: something of it.
    """
    name = question.operation_name
    refused = schema.permissions.refusals(prepared.document, name, caller)
    if refused:
        raise RefusedDocumentError(*refused)


def fitting_variables(prepared: Prepared, question: Question) -> Variables:
    """Return the variables of a question.

    Raises:
        RefusedDocumentError: they do not fit.
    """
    try:
        return Variables(
            schema.core,
            prepared.operation,
            question.variables,
            hide_suggestions=not prepared.suggests,
        )
    except UnfitVariablesError as error:
        raise RefusedDocumentError(*map(_unfit, error.errors)) from None


def executor_of(
    prepared: Prepared,
    question: Question,
    context: RequestContext,
    *,
    root_value: object = None,
    middleware: Sequence[Any] = (),
) -> Executor[Any]:
    """Return what runs an operation as graphql-core does, once its variables fit."""
    executor = schema.execution_context_class.build(
        schema.core,
        prepared.document,
        root_value=root_value,
        context_value=context,
        raw_variable_values=dict(question.variables),
        operation_name=question.operation_name,
        middleware=list(middleware) or None,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # it is a guard
        hide_suggestions=not prepared.suggests,
        operation_extensions=question.extensions,
    )
    assert not isinstance(executor, list)  # noqa: S101 - variables fit, see above
    return executor


def shown(error: GraphQLError, operation: str | None = None) -> Shown:
    """Return what the client is shown of ``error``; log what it is not shown."""
    if not is_ours_to_hide(error):
        visible: Shown = dict(error.formatted)
        visible["message"] = _message(error)
        visible["extensions"] = {"code": _code(error), **(error.extensions or {})}
        return visible
    log_bug(error, operation)
    hidden: Shown = dict(
        GraphQLError(UNEXPECTED, error.nodes, path=error.path).formatted
    )
    hidden["extensions"] = {"code": "INTERNAL_SERVER_ERROR"}
    return hidden


def _message(error: GraphQLError) -> str:
    """Return what an error says, without what it quotes of people."""
    # Ours quote nothing but what may be shown, unless a client put a person there.
    if isinstance(error.original_error or error, RequestError):
        return without_identity_numbers(error.message)
    return without_values(error.message)


def _unfit(error: GraphQLError) -> GraphQLError:
    """Give an error about the variables, or the operation's name, its code."""
    return GraphQLError(
        error.message, error.nodes, extensions={"code": "BAD_USER_INPUT"}
    )


def _code(error: GraphQLError) -> str:
    """Return the code of an error that states none."""
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if error.path is None and not isinstance(error, RequestError):
        return "GRAPHQL_VALIDATION_FAILED"
    return "BAD_USER_INPUT"
