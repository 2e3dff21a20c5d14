"""Whatever comes together, each has its own people's answers, and asks of nobody else.

Schedules are made at random: several callers ask about people they have in common, go
away or run out of time, and the agency answers, fails or is slow, in any order.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.answer import Answer, SourceOutcome
from connectors.errors import RefusedError, UnreachableError, UnreadableError
from policy.identity import Identity, IdType
from tests.connectors.agency import manifest
from tests.connectors.guard.register import (
    Asked,
    Register,
    guard_before,
    is_about,
    turns,
)
from tests.connectors.guard.slow_agency import ENOUGH

PEOPLE = [Identity(IdType.PASSPORT, f"E{number:07}") for number in range(12)]
# The same number, which never goes in one call with the first of them.
PEOPLE.append(Identity(IdType.HOME_RETURN_PERMIT, PEOPLE[0].number))
ERRORS = (
    RefusedError,
    UnreadableError,
    UnreachableError,
    ZeroDivisionError,
)

ACTS = {
    "ask": 50,
    "ask in a hurry": 5,
    "leave": 14,
    "answer": 20,
    "fail": 6,
    "wait": 5,
}
"""How often each happens, in a hundred."""
STEPS = 80

Step: TypeAlias = tuple[str, int, list[Identity]]


def schedule(random: Random) -> list[Step]:
    """Return what happens, one after the other; numbers are of whatever there is."""
    return [
        (
            what,
            random.randrange(1000),
            random.sample(PEOPLE, random.choice((1, 1, 1, 2, 4))),
        )
        for what in random.choices([*ACTS], [*ACTS.values()], k=STEPS)
    ]


@dataclass
class Story:
    """One schedule, while it is acted out."""

    register: Register = field(default_factory=Register)
    asked: list[tuple[list[Identity], asyncio.Future[list[Answer]]]] = field(
        default_factory=list
    )
    living: list[Identity] = field(default_factory=list)
    """Whom somebody wanted to know about as the last step was taken."""
    uncalled_for: list[Identity] = field(default_factory=list)
    """Whom the agency was asked about though nobody wanted to know."""

    async def act(self, steps: Sequence[Step], limits: tuple[int, int]) -> None:
        batch_limit, concurrency = limits
        bounds = f"batch_limit = {batch_limit}\nconcurrency = {concurrency}"
        rules = manifest(
            ("timeout_seconds = 0.5", f"timeout_seconds = 5\n{bounds}"),
            ("[signature]", "[cache]\nttl_seconds = 0\n[signature]"),
        )
        self.register.look = self.look
        guard = guard_before(self.register, rules)
        for what, number, people in steps:
            self.living = [
                holder
                for holders, asked in self.asked
                if not asked.done()
                for holder in holders
            ]
            match what:
                case "ask" | "ask in a hurry":
                    budget = ENOUGH if what == "ask" else 0.001
                    asked = guard.ask(people, budget, None, f"caller-{number % 3}")
                    self.asked.append((people, asked))
                    self.living += people
                case "leave" if self.asked:
                    self.asked[number % len(self.asked)][1].cancel()
                case "wait":
                    await asyncio.sleep(0.002)
                case "answer" | "fail" if self.register.under_way:
                    under_way = self.register.under_way
                    call = under_way[number % len(under_way)]
                    if what == "answer":
                        call.answer()
                    else:
                        call.fail(ERRORS[number % len(ERRORS)]("why"))
                case _:
                    pass
            await turns()
        while self.register.under_way:
            for call in self.register.under_way:
                call.answer()
            await turns()
        await guard.settle()
        await turns()

    def look(self, call: Asked) -> None:
        self.uncalled_for += [one for one in call.holders if one not in self.living]


@settings(deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([(2, 1), (3, 4), (3, 99), (100, 99)]))
def test_each_has_the_answers_about_their_own_people(
    seed: int, limits: tuple[int, int]
) -> None:
    story, steps = Story(), schedule(Random(seed))  # noqa: S311 - no secret
    if limits[1] < len(PEOPLE):
        # A question that is asked again waits for a slot, and does not change there.
        steps = [step for step in steps if step[0] != "fail"]

    asyncio.run(story.act(steps, limits))

    for holders, asked in story.asked:
        assert asked.done()
        if asked.cancelled():
            continue
        if asked.exception() is not None:
            assert isinstance(asked.exception(), ZeroDivisionError)
            continue
        assert len(asked.result()) == len(holders)
        for answer, holder in zip(asked.result(), holders, strict=True):
            assert is_about(answer, holder)
    assert story.uncalled_for == []
    for call in story.register.calls:
        assert len({one.number for one in call.holders}) == len(call.holders)
        assert len(call.holders) <= limits[0]
    # Somebody is told no news only where a call of theirs failed, or their time ended.
    silent = {
        answer.outcome
        for _, asked in story.asked
        if not asked.cancelled() and asked.exception() is None
        for answer in asked.result()
    }
    if not any(what in {"fail", "ask in a hurry"} for what, _, _ in steps):
        assert silent <= {SourceOutcome.ANSWERED}
