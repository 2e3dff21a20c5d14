"""Run a subscription: judged like any document at its start, and again an event.

Whoever follows may have been sent away meanwhile: the token expired, the agency's key
or account is not in force any more. So an event is sent to whom the caller is at that
moment. Who may not see it does not learn that there was one; who is authenticated no
more, or has lost what the document needs, is sent nothing more at all.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from inspect import isawaitable
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    Node,
    OperationType,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution import create_source_event_stream, execute_subscription_event

from bureau.caller import Caller
from bureau.events.events import Event, LedgerEvent
from bureau.ledger.book import Authorities
from connectors.errors import StoreUnavailableError
from connectors.giving_way import give_way
from resolvers.context import RequestContext
from resolvers.documents.documents import Prepared, Question
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError, store_unavailable
from resolvers.execution.execute import (
    executor_of,
    fitting_variables,
    require_allowed,
    shown,
)
from resolvers.subscriptions.encoded import Page
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
ALIKE_TO_ALL = (CertificateStateChanged, ConnectorStateChanged, SanctionChanged)
"""What looks the same to whoever may see it: no field of it asks who that is."""
TOGETHER = 25
"""How many events are judged, encoded and sent together."""
ENCODED_AT_ONCE = 4
"""How many events are encoded before others have their turn: about a millisecond."""
JUDGED_SECONDS = 0.25
"""For how long what was judged may be sent; then the rest is judged again. An event may
take as long to be read."""
Join = Callable[[Sequence[tuple[str, bytes]]], bytes]
"""Makes one piece of several events, of which each has a cursor and a payload."""
Renew = Callable[[], Awaitable[Caller]]
"""Returns the caller as of now; raises if it is authenticated no more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event as a subscription shows it."""

    cursor: str
    payload: bytes
    """The execution's result, in JSON."""
    is_followed: bool
    """Whether another one is at hand, that may be sent with it."""
    count: int = 1
    """How many events it is, where several are joined."""


NOTHING_MORE = Delivery("", b"", is_followed=False)
"""Follows one that was to be followed, when the caller may not see the others."""


async def open_stream(
    prepared: Prepared,
    question: Question,
    context: RequestContext,
    renew: Renew,
    join: Join | None = None,
) -> AsyncGenerator[Delivery, None]:
    """Begin to follow, and return what will be delivered.

    Events that are there together are one delivery where there is a way to ``join``
    them.

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
    delivering = _Delivering(prepared, question, context, renew)
    if join is not None:
        return _pieces(source, delivering, context, join)
    return _deliveries(source, delivering, context)


async def _pieces(
    source: AsyncGenerator[Sequence[Shown], None],
    delivering: "_Delivering",
    context: RequestContext,
    join: Join,
) -> AsyncGenerator[Delivery, None]:
    try:
        async with aclosing(source):
            async for events in source:
                async with context.services.encoded.turn:
                    piece = await delivering.piece(events, join)
                if piece is not None:
                    yield piece
    except StoreUnavailableError:
        raise RefusedDocumentError(store_unavailable()) from None


async def _deliveries(
    source: AsyncGenerator[Sequence[Shown], None],
    delivering: "_Delivering",
    context: RequestContext,
) -> AsyncGenerator[Delivery, None]:
    now = asyncio.get_running_loop().time
    try:
        async with aclosing(source):
            async for events in source:
                rest, is_followed = events, False
                while rest:
                    # No more than judging and encoding: who does not read waits
                    # without the turn.
                    async with context.services.encoded.turn:
                        judged_at = now()
                        payloads = await delivering.payloads(rest[:TOGETHER])
                    rest = rest[TOGETHER:]
                    if is_followed and not payloads:
                        yield NOTHING_MORE
                    for place, (event, payload) in enumerate(payloads):
                        if place and now() - judged_at > JUDGED_SECONDS:
                            rest = [*(each for each, _ in payloads[place:]), *rest]
                            break
                        is_followed = place + 1 < len(payloads)
                        yield Delivery(event.cursor, payload, is_followed)
    except StoreUnavailableError:
        raise RefusedDocumentError(store_unavailable()) from None


class _Delivering:
    """What one follower is sent of each event."""

    def __init__(
        self,
        prepared: Prepared,
        question: Question,
        context: RequestContext,
        renew: Renew,
    ) -> None:
        self._prepared = prepared
        self._question = question
        self._context = context
        self._renew = renew
        stated = question.variables
        values = [(name, repr(stated.get(name))) for name in shaping(prepared)]
        self._key = prepared.text, question.operation_name, tuple(values)

    async def payloads(self, events: Sequence[Shown]) -> list[tuple[Shown, bytes]]:
        """Return those of ``events`` that the caller may see now, as they are sent.

        Raises:
            RefusedDocumentError: the caller may not ask this any more.
        """
        caller, seen = await self._seen(events)
        return [(event, await self._payload(event, caller)) for event in seen]

    async def piece(self, events: Sequence[Shown], join: Join) -> Delivery | None:
        """Return the same joined, once for all who see the same; ``None`` for nothing.

        Raises:
            RefusedDocumentError: the caller may not ask this any more.
        """
        caller, seen = await self._seen(events)
        if await self._encode_in_slices(seen, join, caller):
            # Others had their turn meanwhile: who is the caller by now?
            caller, seen = await self._seen(events)
        if not seen:
            return None
        encoded = self._context.services.encoded
        key, is_alike = self._key_of(seen, join), _are_alike(seen)
        piece = encoded.get(key) if is_alike else None
        if piece is None:
            cursors = _cursors(seen)
            payloads = [await self._payload(event, caller) for event in seen]
            piece = join([*zip(cursors, payloads, strict=True)])
            # Where one could not be shown whole, it is not to be told so for ever.
            if is_alike and all(encoded.get((*self._key, one)) for one in cursors):
                encoded.put(key, piece)
        return Delivery(seen[-1].cursor, piece, is_followed=False, count=len(seen))

    async def _encode_in_slices(
        self, events: Sequence[Shown], join: Join, caller: Caller
    ) -> bool:
        """Encode what looks alike to all and is not at hand, unless it is joined.

        Return whether others had their turn in the midst of it.
        """
        encoded = self._context.services.encoded
        if not _are_alike(events) or encoded.get(self._key_of(events, join)):
            return False
        missing = [one for one in events if not encoded.get((*self._key, one.cursor))]
        for number, event in enumerate(missing):
            if number and number % ENCODED_AT_ONCE == 0:
                await give_way()
            await self._payload(event, caller)
        return len(missing) > ENCODED_AT_ONCE

    def _key_of(self, events: Sequence[Shown], join: Join) -> tuple[object, ...]:
        """Return under what is kept how events are sent together."""
        return (
            *self._key,
            join,
            events if isinstance(events, Page) else _cursors(events),
        )

    async def _seen(self, events: Sequence[Shown]) -> tuple[Caller, Sequence[Shown]]:
        """Return who the caller is now, and the events it may see.

        They are judged anew, with the agencies and keys that are in force by now.

        Raises:
            RefusedDocumentError: it may not ask this any more, and would see some.
        """
        caller = await self._renew()
        seen: Sequence[Shown]
        if isinstance(events, Page):
            seen = events.seen_by(caller, partial(_is_shown, caller=caller))
        else:
            seen = await self._shown_to(caller, events)
        if seen:
            require_allowed(self._prepared, self._question, caller)
        return caller, seen

    async def _shown_to(self, caller: Caller, events: Sequence[Shown]) -> list[Shown]:
        """Return those of ``events`` that the caller may see now."""
        authorities: Authorities = None
        if any(isinstance(one.kept, LedgerEvent) for one in events):
            current = replace(self._context, caller=caller)
            authorities = await current.jurisdiction.of_caller(caller)
        return [one for one in events if _is_shown(one, caller, authorities)]

    async def _payload(self, event: Shown, caller: Caller) -> bytes:
        encoded = self._context.services.encoded
        is_alike = isinstance(event, ALIKE_TO_ALL)
        key = *self._key, event.cursor
        known = encoded.get(key) if is_alike else None
        if known is not None:
            return known
        current = replace(self._context, caller=caller)
        payload, is_whole = await self._executed(event, current)
        if is_alike and is_whole:
            encoded.put(key, payload)
        return payload

    async def _executed(
        self, event: Shown, context: RequestContext
    ) -> tuple[bytes, bool]:
        """Return the result of running the document, and whether it has no errors."""
        executor = executor_of(
            self._prepared, self._question, context, root_value=event
        )
        result = execute_subscription_event(executor)
        if isawaitable(result):
            result = await result
        errors = [shown(error) for error in result.errors or ()]
        body = {"data": result.data, **({"errors": errors} if errors else {})}
        return orjson.dumps(body), not errors


def _are_alike(events: Sequence[Shown]) -> bool:
    """Say whether events look the same to whoever may see them."""
    return isinstance(events, Page) or all(
        isinstance(event, ALIKE_TO_ALL) for event in events
    )


def _cursors(events: Sequence[Shown]) -> tuple[str, ...]:
    return tuple([event.cursor for event in events])


def _is_shown(one: Shown, caller: Caller, authorities: Authorities = None) -> bool:
    """Say whether ``caller`` may see an event; authorities are for the ledger's."""
    event: Event = one.kept
    if isinstance(event, LedgerEvent):
        return event.is_shown_to(caller, authorities)
    return event.is_shown_to(caller)


def shaping(prepared: Prepared) -> list[str]:
    """Return the variables that decide how an event looks.

    What the root field is given decides which events come, and from where on: each
    follower has another cursor, and sees the same.
    """
    found: set[str] = set()

    class Variables(Visitor):
        def enter_variable(self, node: VariableNode, *_: object) -> None:
            found.add(node.name.value)

    for definition in prepared.document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            visit(definition, Variables())
    for selection in prepared.operation.selection_set.selections:
        parts: list[Node] = [selection]
        if isinstance(selection, FieldNode):
            parts = [*(selection.directives or ())]
            if selection.selection_set is not None:
                parts.append(selection.selection_set)
        for part in parts:
            visit(part, Variables())
    return sorted(found)
