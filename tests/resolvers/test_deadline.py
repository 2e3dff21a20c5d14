"""What a question waited to begin is taken from the time that agencies have."""

import asyncio
from dataclasses import replace

from tests.resolvers.test_store_away import context


async def test_the_deadline_counts_from_arrival() -> None:
    now, began = asyncio.get_running_loop().time(), context()
    waited = replace(began, waited_seconds=0.75)

    assert now + 1 <= began.deadline <= waited.deadline + 0.75
    assert waited.deadline < asyncio.get_running_loop().time() + 0.5
