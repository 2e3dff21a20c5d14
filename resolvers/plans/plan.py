"""Run an operation by its plan, and what went otherwise by graphql-core.

The root fields' resolvers are called as graphql-core calls them: in order, and those
that wait all at once. What they returned or raised is kept. If all went well, the plan
renders it; otherwise graphql-core does, with the root fields answered from what was
kept, so that nobody is asked, counted or put on record twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, TypeAlias, cast

from graphql import ExecutionResult, GraphQLResolveInfo

from resolvers.context import Info, RequestContext
from resolvers.plans.arguments import Arguments
from resolvers.plans.variables import Variables
from resolvers.plans.writer import Call, Rendering, Values

Result: TypeAlias = ExecutionResult | Awaitable[ExecutionResult]


@dataclass(frozen=True, slots=True)
class ContextInfo:
    """The info of a resolver in a plan: the request's context alone.

    ``tests/architecture/test_plans.py`` holds that none asks for more.
    """

    context: RequestContext


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that a root field's resolver raised."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Root:
    """One field of the operation's root."""

    key: str
    call: Call
    waits: bool
    """Whether its resolver returns something to wait for, or a list of such things."""
    rendering: Rendering


Outcomes: TypeAlias = dict[str, Any]
"""By key of the root: what the resolver returned, or a ``Failure``."""
FallBack: TypeAlias = Callable[[Sequence[Any]], Result]
"""Runs graphql-core with the given middleware."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation, ready to be run for any request with the same conditions."""

    roots: tuple[Root, ...]
    arguments: tuple[Arguments, ...]
    names: Mapping[str, str]
    """The keys of the root that ask for __typename, and the answer to them."""
    keys: tuple[str, ...]
    """All keys of the root, in the answer's order."""
    waiting: tuple[str, ...] = field(init=False)
    """The keys of the roots that wait."""

    def __post_init__(self) -> None:
        """Look which roots wait."""
        waiting = tuple([root.key for root in self.roots if root.waits])
        object.__setattr__(self, "waiting", waiting)

    def run(
        self, variables: Variables, context: RequestContext, fall_back: FallBack
    ) -> Result:
        """Answer the operation; ``fall_back`` does where this plan cannot."""
        try:
            # The info first, see ``Values``. Strawberry's own is made of a whole
            # execution, which there is none of.
            info = cast("Info", ContextInfo(context))
            values = (info, *[one.read(variables) for one in self.arguments])
        except Exception:  # noqa: BLE001 - graphql-core says what is wrong with them
            return fall_back([])
        outcomes = {root.key: _called(root.call, values) for root in self.roots}
        if self.waiting:
            return self._run_waiting(outcomes, values, fall_back)
        rendered = self._rendered(outcomes, values)
        return rendered or fall_back([_replaying(outcomes, [])])

    async def _run_waiting(
        self, outcomes: Outcomes, values: Values, fall_back: FallBack
    ) -> ExecutionResult:
        finished: list[str] = []

        async def finish(key: str) -> None:
            outcomes[key] = await _outcome(outcomes[key])
            finished.append(key)

        if len(self.waiting) == 1:
            # Without the task that a gathering would make.
            [key] = self.waiting
            outcomes[key] = await _outcome(outcomes[key])
            finished.append(key)
        else:
            await asyncio.gather(*map(finish, self.waiting))
        rendered = self._rendered(outcomes, values)
        if rendered is not None:
            return rendered
        result = fall_back([_replaying(outcomes, finished)])
        return result if isinstance(result, ExecutionResult) else await result

    def _rendered(self, outcomes: Outcomes, values: Values) -> ExecutionResult | None:
        """Return the answer; ``None`` if it is graphql-core's to give."""
        if Failure in map(type, outcomes.values()):
            return None
        try:
            rendered = {
                root.key: root.rendering(outcomes[root.key], values)
                for root in self.roots
            }
        except Exception:  # noqa: BLE001 - what it means, graphql-core says
            return None
        if not self.names and len(self.keys) == len(rendered):
            return ExecutionResult(rendered, None)
        rendered |= self.names
        return ExecutionResult({key: rendered[key] for key in self.keys}, None)


def _called(call: Call, values: Values) -> Any:  # noqa: ANN401 - whatever it returns
    given: dict[str, Any] = dict(call.constants)
    if call.position is not None:
        given |= values[call.position]
    if call.info is not None:
        given[call.info] = values[0]
    try:
        # There is no object above the root.
        return (
            call.resolver(None, **given) if call.takes_self else call.resolver(**given)
        )
    except Exception as error:  # noqa: BLE001 - reported by graphql-core, see ``_replaying``
        return Failure(error)


async def _outcome(work: Any) -> Any:  # noqa: ANN401 - whatever it comes to
    """Return what ``work`` comes to, or each of a list if that is what it comes to."""
    if not isawaitable(work):
        return work
    try:
        came = await work
    except Exception as error:  # noqa: BLE001 - as above
        return Failure(error)
    if type(came) is list and any(map(isawaitable, came)):
        return await asyncio.gather(*map(_outcome, came))
    return came


def _replaying(outcomes: Outcomes, finished: Sequence[str]) -> Callable[..., Any]:
    """Return middleware that answers the root's fields with ``outcomes``.

    Those that waited are waited for again, and come to an end in the same order, so
    that errors spread and are listed as they were.
    """

    async def waited(key: str) -> object:
        for _ in range(finished.index(key)):
            await asyncio.sleep(0)
        return _given(outcomes[key])

    def replay(
        resolve: Callable[..., Any],
        source: object,
        info: GraphQLResolveInfo[RequestContext],
        **arguments: object,
    ) -> object:
        key = info.path.key
        if info.path.prev is not None or key not in outcomes:
            return resolve(source, info, **arguments)
        return waited(key) if key in finished else _given(outcomes[key])

    return replay


def _given(outcome: object) -> object:
    if isinstance(outcome, Failure):
        raise outcome.error
    if isinstance(outcome, list):
        # An error in a list is raised in its place.
        return [one.error if isinstance(one, Failure) else one for one in outcome]
    return outcome
