"""What takes long is done beside the event loop, one piece at a time, in turns."""

import asyncio
import threading

from resolvers.aside import Aside


async def test_the_loop_goes_on_meanwhile() -> None:
    told = threading.Event()
    work = asyncio.create_task(Aside().run(lambda: told.wait(30)))

    await asyncio.sleep(0)
    told.set()

    assert await work


async def test_requests_take_turns_and_one_piece_is_done_at_a_time() -> None:
    done: list[str] = []
    under_way = 0

    def piece(of: str) -> None:
        nonlocal under_way
        under_way += 1
        done.append(f"{of}{under_way}")
        under_way -= 1

    many, one = Aside(), Aside()
    await asyncio.gather(
        *(many.run(lambda: piece("many")) for _ in range(20)),
        one.run(lambda: piece("one")),
    )

    assert (len(done), set(done)) == (21, {"many1", "one1"})
    assert "one1" in done[:3]
