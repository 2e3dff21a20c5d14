"""Run a subscription: judged like any document at its start, and again an event.

Whoever follows may have been sent away meanwhile: the token expired, the agency's key
or account is not in force any more. So an event is sent to whom the caller is at that
moment. Who may not see it does not learn that there was one; who is authenticated no
more, or has lost what the document needs, is sent nothing more at all.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, OperationType
from graphql.execution import create_source_event_stream, execute_subscription_event

from bureau.caller import Caller
from bureau.events.events import Event, LedgerEvent
from connectors.errors import StoreUnavailableError
from resolvers.context import RequestContext
from resolvers.documents.documents import Prepared, Question
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError, store_unavailable
from resolvers.execution.execute import executor_of, fitting_variables, require_allowed
from resolvers.subscriptions.ledger_shown import DecisionNoted, RecoveryChanged
from resolvers.subscriptions.shown import (
    CertificateStateChanged,
    ConnectorStateChanged,
    SanctionChanged,
)

Shown = (
    CertificateStateChanged
    | ConnectorStateChanged
    | SanctionChanged
    | DecisionNoted
    | RecoveryChanged
)
"""What a subscription's field yields."""
Renew = Callable[[], Awaitable[Caller]]
"""Returns the caller as of now; raises if it is authenticated no more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event as a subscription shows it."""

    cursor: str
    result: ExecutionResult


async def open_stream(
    prepared: Prepared, question: Question, context: RequestContext, renew: Renew
) -> AsyncGenerator[Delivery, None]:
    """Begin to follow, and return what will be delivered.

    Each step of it raises ``RefusedDocumentError`` as this does, and what ``renew``
    raises.

    Raises:
        RefusedDocumentError: the caller may not ask this, the variables do not fit, or
            there is nothing to follow from here.
    """
    if prepared.kind is not OperationType.SUBSCRIPTION:
        raise RefusedDocumentError(
            RequestError(
                f"send a {prepared.kind.value} by POST, and read JSON",
                "NOT_A_SUBSCRIPTION",
            )
        )
    require_allowed(prepared, question, context.caller)
    fitting_variables(prepared, question)
    source: Any = create_source_event_stream(executor_of(prepared, question, context))
    if isawaitable(source):
        source = await source
    if isinstance(source, ExecutionResult):
        raise RefusedDocumentError(*source.errors or ())
    return _deliveries(source, prepared, question, context, renew)


async def _deliveries(
    source: AsyncGenerator[Shown, None],
    prepared: Prepared,
    question: Question,
    context: RequestContext,
    renew: Renew,
) -> AsyncGenerator[Delivery, None]:
    try:
        async with aclosing(source):
            async for shown in source:
                caller = await renew()
                # Anew, with the agencies and keys that are in force by now.
                current = replace(context, caller=caller)
                if not await _is_shown(shown.kept, current):
                    continue
                require_allowed(prepared, question, caller)
                executor = executor_of(prepared, question, current, root_value=shown)
                result = execute_subscription_event(executor)
                if isawaitable(result):
                    result = await result
                yield Delivery(shown.cursor, result)
    except StoreUnavailableError:
        raise RefusedDocumentError(store_unavailable()) from None


async def _is_shown(event: Event, context: RequestContext) -> bool:
    """Say whether the caller may see ``event`` now."""
    caller = context.caller
    if isinstance(event, LedgerEvent):
        authorities = await context.jurisdiction.of_caller(caller)
        return event.is_shown_to(caller, authorities)
    return event.is_shown_to(caller)
