"""Follow the events of one kind from a cursor, whoever may see them."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Annotated, TypeVar, cast

import strawberry

from bureau.events.cursors import UnknownCursorError
from bureau.events.events import Event, Feed, Kind, UnknownPlaceError
from connectors.errors import StoreUnavailableError
from resolvers.bilingual import both
from resolvers.context import Info
from resolvers.errors import RequestError, store_unavailable

E = TypeVar("E", bound=Event)
T = TypeVar("T")

Numbers = tuple[int, int]
"""Of the first and the last event of a page."""

AfterArgument = Annotated[
    str | None,
    strawberry.argument(
        description=both(
            "从此游标之后续接；省略时自现在起",
            "Go on after this cursor; from now on if left out",
        )
    ),
]


async def newest_of(info: Info, kind: Kind, feed: Feed[Event]) -> str:
    """Return the cursor of the newest event of a kind.

    Raises:
        RequestError: the database is away.
    """
    try:
        number = await feed.newest()
    except StoreUnavailableError:
        raise store_unavailable() from None
    return info.context.services.cursors.of(kind, number)


async def follow_after(
    info: Info, kind: Kind, feed: Feed[E], after: str | None
) -> AsyncGenerator[Sequence[E], None]:
    """Return the events after a cursor, those that are there at once together.

    The transport's own cursor wins, being newer.

    Raises:
        RequestError: it is no place in the order.
    """
    context = info.context
    cursor = context.last_event_id or after
    try:
        number = None
        if cursor is not None:
            number = context.services.cursors.number(kind, cursor)
        return await feed.follow(number)
    except StoreUnavailableError:
        raise store_unavailable() from None
    except (UnknownCursorError, UnknownPlaceError):
        raise RequestError(
            "无此游标：不是本网关所发、属另一种事件或已不在库中，请重新取 eventCursors "
            "/ no such cursor: not of this gateway, of another kind of event, or of an "
            "event that is no more; begin anew from eventCursors",
            "UNKNOWN_CURSOR",
        ) from None


def shown_together(
    pages: AsyncGenerator[Sequence[E], None],
    show: Callable[[E], T],
    passes: Callable[[E], bool] | None = None,
    once: Callable[[Numbers, Callable[[], Sequence[T]]], Sequence[T]] | None = None,
) -> AsyncGenerator[T, None]:
    """Show the events of each page that pass, if there are any.

    Where all pass, a page is shown ``once`` for all who follow, if there is a way to.

    They stay together, though the graph's field is of one: whoever delivers them
    (``resolvers.execution.subscribe``) judges and sends at once what is there at once.
    """

    def all_shown(page: Sequence[E]) -> Sequence[T]:
        return [show(one) for one in page]

    async def shown() -> AsyncGenerator[Sequence[T], None]:
        async with aclosing(pages):
            async for page in pages:
                if passes is None and once is not None:
                    numbers = page[0].number, page[-1].number
                    yield once(numbers, partial(all_shown, page))
                elif found := all_shown(
                    [one for one in page if passes is None or passes(one)]
                ):
                    yield found

    return cast("AsyncGenerator[T, None]", shown())
