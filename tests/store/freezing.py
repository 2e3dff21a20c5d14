"""A writer that is frozen in the middle of its transaction, as a program.

Run as ``python -m tests.store.freezing URL TIMES``: it stops itself, once it has
written, so many times, and says what became of that when somebody lets it go on.
"""

import asyncio
import os
import signal
import sys

from sqlalchemy import Connection

from connectors.errors import StoreUnavailableError
from store.store import open_store
from tests.store.test_writer import add

FROZEN = "frozen"


async def write(url: str, times: int) -> None:
    begun = 0

    def freeze(connection: Connection) -> None:
        nonlocal begun
        begun += 1
        add(connection, f"{FROZEN} {begun}")
        if begun <= times:
            os.kill(os.getpid(), signal.SIGSTOP)
            # Whoever waits for the lock has ended it by now.
            add(connection, f"{FROZEN} on {begun}")

    async with open_store(url) as store:
        try:
            await store.writer.write(freeze)
        except StoreUnavailableError as error:
            sys.stdout.write(f"not kept: {error}\n")
            # As any other gateway does whose connection was lost.
            await store.writer.write(lambda connection: add(connection, "afterwards"))
        else:
            sys.stdout.write("kept\n")


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2])))
