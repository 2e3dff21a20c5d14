"""Job 3: follow what becomes of certificates, over cuts and restarts, and miss none.

    python examples/follow_changes.py cursor.txt

A line is printed for each change. The cursor of the last one that was dealt with is
kept in the file; without it, it begins now.
"""

import asyncio
import os
import sys
from pathlib import Path

from certificate_gateway_client import GatewayClient, GatewayError, RefusedError

AGAIN_SECONDS = 5.0
PASSING = {"UNAVAILABLE", "OVERLOADED", "TOO_MANY_REQUESTS", "STORE_UNAVAILABLE"}
"""Refusals that a gateway gives while it starts, ends or has too much to do."""


async def follow(place: Path) -> None:
    """Print changes for as long as the gateway lets it."""
    async with GatewayClient(
        os.environ["GATEWAY_URL"], os.environ["GATEWAY_TOKEN"]
    ) as gateway:
        if not place.exists():
            cursors = (await gateway.cursors()).event_cursors
            keep(place, cursors.certificate_states or "")
        print("following", flush=True)
        while True:
            try:
                await hand_on(gateway, place)
            except GatewayError as error:
                if isinstance(error, RefusedError) and error.code not in PASSING:
                    raise
                print(f"again in {AGAIN_SECONDS:g} s: {error}", file=sys.stderr)
                await asyncio.sleep(AGAIN_SECONDS)


async def hand_on(gateway: GatewayClient, place: Path) -> None:
    """Print each change, and only then keep its cursor: none is lost."""
    async for event in gateway.follow_changes(after=place.read_text()):
        change = event.certificate_state_changed
        print(
            f"{change.certificate_id} {change.state.value} {change.effective_on}",
            flush=True,
        )
        keep(place, change.cursor)


def keep(place: Path, cursor: str) -> None:
    """Write a cursor down as a whole, whenever this program is ended."""
    beside = place.with_suffix(".new")
    beside.write_text(cursor)
    beside.replace(place)


if __name__ == "__main__":
    asyncio.run(follow(Path(sys.argv[1])))
