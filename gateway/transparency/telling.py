"""Make lists of look-ups for agencies, beside the requests.

Once a minute, and at once where there is more to tell than one list is of.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from connectors.errors import StoreUnavailableError
from store.transparency.look_ups import MOST, StoredLookUps

TELL_SECONDS = 60.0
PAUSE_SECONDS = 0.1
"""Between two lists that follow each other: others write in between."""


async def keep_telling(told: StoredLookUps, clock: Callable[[], datetime]) -> None:
    """Make lists, again and again."""
    logger = structlog.get_logger("gateway.transparency")
    while True:
        count = 0
        try:
            count = await told.tell(clock())
        except StoreUnavailableError as error:
            logger.warning("agencies are not told of look-ups", reason=str(error))
        await asyncio.sleep(PAUSE_SECONDS if count == MOST else TELL_SECONDS)
