"""A log that shows two histories is caught by any witness that has seen the one.

A thousand logs, by seeds: each shows a history up to some size, and then another one,
which is the same up to some entry, as it would to somebody else; it is as long, longer
or shorter. A real witness, a process behind a real socket, is asked in one round.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.clock import utc_now
from gateway.transparency.witnesses import Outcome, Trouble
from signing.transparency.checkpoints import NoteSigner
from signing.transparency.merkle import leaf_hash
from signing.transparency.notes import Kind
from signing.transparency.witnessing import Verdict
from tests.gateway.witness.running import Log, policy_of, serving, settle
from tests.signing.transparency.cosigning import signer
from tests.signing.transparency.trees import of_size

FORKS = 1_000
LONGEST = 100
AT_ONCE = 16
TREE = of_size(LONGEST)


@dataclass(frozen=True, slots=True)
class Fork:
    """Two histories of one log."""

    log: Log
    forked: int
    """The first entry that is another."""
    first: int
    """How long the history is that was shown first."""
    second: int

    @classmethod
    def of(cls, seed: int) -> "Fork":
        """Return what comes of a seed."""
        chance = random.Random(seed)  # noqa: S311 - the same each time
        signed_by: NoteSigner = signer(f"log{seed}.example", Kind.ED25519)
        first = chance.randint(1, LONGEST)
        longer = chance.randint(first, LONGEST)
        return cls(
            Log(signed_by),
            chance.randrange(first),
            first,
            chance.choice((first, longer, longer, chance.randint(1, first))),
        )

    async def show(
        self, witness: str, session: aiohttp.ClientSession
    ) -> tuple[Outcome, Outcome]:
        """Return what came of showing one history, and of showing the other."""
        policy = policy_of(self.log, witness, quorum="E")
        fork = of_size(LONGEST)
        fork.leaves[self.forked] = leaf_hash(b"another")
        (first,) = await self.log.show(TREE, self.first, policy, session, utc_now())
        (second,) = await self.log.show(fork, self.second, policy, session, utc_now())
        return first, second


@pytest.mark.parametrize("count", [50, pytest.param(FORKS, marks=pytest.mark.long)])
async def test_forks_are_caught_in_one_round(tmp_path: Path, count: int) -> None:
    forks = [Fork.of(seed) for seed in range(count)]
    place = settle(tmp_path, "w.example", [fork.log.signer.key for fork in forks])
    line = place.lines("E")
    turns = asyncio.Semaphore(AT_ONCE)

    async def caught(fork: Fork) -> tuple[Outcome, Outcome]:
        async with turns:
            return await fork.show(line, session)

    async with serving(place), aiohttp.ClientSession() as session:
        told = await asyncio.gather(*map(caught, forks))

    assert {first.trouble for first, _ in told} == {None}
    assert {second.signatures for _, second in told} == {()}
    troubles = Counter(second.trouble for _, second in told)
    assert troubles.keys() == {Trouble.CONFLICT, Trouble.AHEAD}
    for fork, (_, second) in zip(forks, told, strict=True):
        is_shorter = fork.second < fork.first
        expected = Trouble.AHEAD if is_shorter else Trouble.CONFLICT
        assert second.trouble is expected, fork
    # Of each that is not shorter both checkpoints are kept, signed by the log.
    shown = CliRunner().invoke(
        app, ["witness", "conflicts", "--config", str(place.config)]
    )
    kinds = Counter(
        line.split()[0] for line in shown.stdout.splitlines() if "submitted 2" in line
    )
    assert kinds.keys() == {Verdict.FORK, Verdict.UNPROVEN}
    assert kinds.total() == troubles[Trouble.CONFLICT]
    assert shown.exit_code == 1
