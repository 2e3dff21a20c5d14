"""A step that was taken somewhere makes what it made there, for good.

A step that is new is noted by ``python -m tests.store.released``; of those that are
noted none changes.
"""

from tests.store.released import known, made


async def test_a_released_step_makes_what_it_always_made(
    empty_database_url: str,
) -> None:
    noted = known()[empty_database_url.partition(":")[0]]

    found = await made(empty_database_url)

    assert {step: found[step] for step in noted} == noted
