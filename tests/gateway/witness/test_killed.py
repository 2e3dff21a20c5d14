"""Killed with SIGKILL at any step, a witness never cosigns two histories."""

import asyncio
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from gateway.clock import utc_now
from gateway.transparency.witnesses import Trouble
from gateway.witness.witness import Answer, Witness
from signing.transparency.merkle import consistency, leaf_hash
from signing.transparency.witnessing import Submission
from store.witness.seen import Seen
from tests import nursery
from tests.gateway.witness.killed import STEPS
from tests.gateway.witness.running import Log, Place, policy_of, serving, settle
from tests.signing.transparency.cosigning import LOG, NOON, ORIGIN
from tests.signing.transparency.trees import Tree, of_size

LONGEST = 60
TREE = of_size(LONGEST)
FORK = of_size(LONGEST)
FORK.leaves[2] = leaf_hash(b"another")
SHOWN = Log(LOG)
KILLS = 5


def submission(old: int, new: int, tree: Tree = TREE) -> str:
    note = str(SHOWN.signed(SHOWN.checkpoint(tree, new), NOON))
    return str(Submission(old, consistency(old, new, tree.hash_of), note))


def answered(place: Place, *submissions: str) -> list[Answer]:
    """Return what a witness answers that goes on from what is kept."""
    seen = Seen(place.folder / "witness.db")
    witness = Witness([LOG.key], place.signers, seen, utc_now)
    answers = [witness.add_checkpoint(one.encode()) for one in submissions]
    seen.close()
    return answers


def last_size(place: Place) -> int:
    seen = Seen(place.folder / "witness.db")
    with seen.turn(ORIGIN) as turn:
        size = turn.last().size
    seen.close()
    return size


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_it_has_cosigned_nothing_or_remembers_it(
    tmp_path: Path, step: str
) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])
    assert answered(place, submission(0, 5))[0].status == 200

    killed = nursery.run(
        [
            *(sys.executable, "-m", "tests.gateway.witness.killed"),
            *(str(place.config), step),
        ],
        input=submission(5, 12),
        timeout=60,
    )

    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, ""), killed.stderr
    size = last_size(place)
    # Only what ends a turn makes it remember; whoever waits for an answer has none.
    assert size == (12 if step == "ANSWER" else 5)
    told = answered(
        place,
        submission(size, 12, FORK),
        submission(size, 13, FORK),
        submission(size, 12),
        submission(12, 20),
        submission(20, 30, FORK),
    )
    refused = 409 if step == "ANSWER" else 422
    assert [answer.status for answer in told] == [refused, 422, 200, 200, 422]


def test_the_steps_are_those_of_an_answer(tmp_path: Path) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])
    seen = Seen(place.folder / "witness.db")
    statements: list[str] = []
    seen._connection.set_trace_callback(statements.append)
    witness = Witness([LOG.key], place.signers, seen, utc_now)
    witness.add_checkpoint(submission(0, 5).encode())
    seen.close()

    words = [statement.split()[0] for statement in statements]
    assert words == [step for step in STEPS if step not in ("SIGN", "ANSWER")]


async def test_killed_again_and_again_it_cosigns_one_history(tmp_path: Path) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])
    policy = policy_of(SHOWN, place.lines("E"), quorum="E")
    chance = random.Random(5)  # noqa: S311 - a mix
    cosigned: set[tuple[str, int]] = set()
    troubles: set[Trouble | None] = set()

    async def push(name: str, tree: Tree, session: aiohttp.ClientSession) -> None:
        size = 3
        while True:
            (outcome,) = await SHOWN.show(tree, size, policy, session, utc_now())
            troubles.add(outcome.trouble)
            if outcome.signatures:
                cosigned.add((name, size))
            size = min(LONGEST, size + chance.randint(1, 2))

    for _ in range(KILLS):
        async with serving(place) as process, aiohttp.ClientSession() as session:
            pushing = [
                asyncio.create_task(push(name, tree, session))
                for name, tree in (("one", TREE), ("other", FORK))
            ]
            enough = len(cosigned) + 3
            async with asyncio.timeout(60):
                while len(cosigned) < enough:  # noqa: ASYNC110 - by chance
                    await asyncio.sleep(chance.random() / 50)
                process.kill()
                process.wait()
                while Trouble.AWAY not in troubles:  # noqa: ASYNC110 - so, too
                    await asyncio.sleep(0)
            for task in pushing:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    assert len({name for name, _ in cosigned}) == 1
    assert len(cosigned) >= 3 * KILLS
    assert {None, Trouble.CONFLICT, Trouble.AWAY} <= troubles
    assert last_size(place) >= max(size for _, size in cosigned)
