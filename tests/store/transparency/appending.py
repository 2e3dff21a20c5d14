"""Write rows and append them until killed, or until it kills itself at a point.

``python -m tests.store.transparency.appending URL [POINT]`` says after each round how
many rows were written. A point is a number: of the statements and commits of the
database's writer the one before which the process dies.
"""

import asyncio
import os
import signal
import sys
from itertools import count

from sqlalchemy import Engine, event

from store.store import Store, open_store
from store.transparency.appending import StoredLog
from tests.store.transparency.written import add_audit, add_moves


def engines_of(store: Store) -> list[Engine]:
    """Return the engines that write."""
    if store.engine.dialect.name == "sqlite":
        return [store.writer._engine]  # type: ignore[attr-defined]  # its own
    return [store.engine.sync_engine]


def die_at(store: Store, point: int) -> None:
    """Kill this process before the writer's statement or commit of that number."""
    numbers = count(1)

    def pass_on(*_: object) -> None:
        if next(numbers) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for engine in engines_of(store):
        event.listen(engine, "before_cursor_execute", pass_on)
        event.listen(engine, "commit", pass_on)


async def append(url: str, point: int | None) -> None:
    """Append until killed."""
    async with open_store(url) as store:
        log = StoredLog(store)
        for number in count(1):
            await add_moves(store, 130, number * 1000)
            await add_audit(store, 7, number * 1000)
            if point is not None:
                die_at(store, point)
            while (await log.append()).rows:
                pass
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(append(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else None))
