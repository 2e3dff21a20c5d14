"""One question answered by a plan and by graphql-core, to be compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, OperationDefinitionNode, parse
from strawberry.schema import Schema

from resolvers.plans.plan import Plan
from resolvers.plans.plans import write_plan
from resolvers.plans.variables import Variables


@dataclass(frozen=True, slots=True)
class Answered:
    """Both answers as bytes, and whether the plan gave the first alone."""

    planned: bytes
    by_core: bytes
    is_planned: bool
    """Whether there was a plan, and graphql-core had nothing to say beside it."""


class BothWays:
    """A document of one operation, its variables, and the plan for both."""

    def __init__(self, schema: Schema, text: str, variables: dict[str, Any]) -> None:
        self._schema = schema
        self._document = parse(text)
        self._variables = variables
        self._given = Variables(
            schema._schema,
            _operation(self._document),
            variables,
            hide_suggestions=False,
        )
        self.plan: Plan | None = write_plan(
            self._document, _operation(self._document), self._given.full, schema
        )

    async def answered(self, context: Callable[[], Any]) -> Answered:
        """Answer twice, each time in a new ``context``."""
        fell_back = False
        here = context()

        def fall_back(middleware: Sequence[Any]) -> Any:
            nonlocal fell_back
            fell_back = True
            return self._started(here, middleware)

        by_core = await self.by_core(context())
        if self.plan is None:
            return Answered(planned=by_core, by_core=by_core, is_planned=False)
        planned = await _bytes(self.plan.run(self._given, here, fall_back))
        return Answered(planned=planned, by_core=by_core, is_planned=not fell_back)

    async def by_core(self, context: object) -> bytes:
        """Return graphql-core's answer."""
        return await _bytes(self._started(context, []))

    def _started(self, context: object, middleware: Sequence[Any]) -> Any:
        executor = self._schema.execution_context_class.build(
            self._schema._schema,
            self._document,
            context_value=context,
            raw_variable_values=self._variables,
            middleware=list(middleware) or None,
        )
        assert not isinstance(executor, list), executor
        return executor.execute_operation()


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    return next(
        one for one in document.definitions if isinstance(one, OperationDefinitionNode)
    )


async def _bytes(result: Any) -> bytes:
    answer: ExecutionResult = await result if isawaitable(result) else result
    errors = [error.formatted for error in answer.errors or ()]
    return orjson.dumps({"data": answer.data, "errors": errors})
