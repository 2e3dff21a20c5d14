"""An agency whose calls end when and as they are told to, each person with their own.

Whom it is asked about is noted, and who is alive then; an answer says whose it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from connectors.answer import Answer, SourceOutcome
from connectors.elements import Told
from connectors.guard.circuit import Circuit
from connectors.guard.guard import Guard
from connectors.guard.health import Health
from connectors.guard.single_flight import AT_ONCE
from connectors.manifest import Manifest
from policy.identity import Identity, IdType
from policy.text import Text
from tests.connectors.agency import NOW, manifest
from tests.connectors.guard.slow_agency import ENOUGH, Notes

FEW, CALLS = 6, 40
SHARED = manifest(
    (
        "timeout_seconds = 0.5",
        f"timeout_seconds = 5\nbatch_limit = {FEW}\nconcurrency = {CALLS}",
    ),
    ("[signature]", "[cache]\nttl_seconds = 0\n[signature]"),
)
CROWD = [Identity(IdType.PASSPORT, f"E{number:07}") for number in range(40)]
FIRST, REST = CROWD[:AT_ONCE], CROWD[AT_ONCE:]
"""Those whose questions go at once, and those who wait while these are under way."""


@dataclass(eq=False)
class Asked:
    """One call."""

    holders: Sequence[Identity]
    told: Told | None
    reply: asyncio.Future[list[Answer]]
    is_cancelled: bool = False

    def answer(self) -> None:
        """Say of each person who they are."""
        if not self.reply.done():
            self.reply.set_result([about(holder) for holder in self.holders])

    def fail(self, error: Exception) -> None:
        """End as a connector does, or a bug."""
        if not self.reply.done():
            self.reply.set_exception(error)


@dataclass
class Register:
    """Notes each call; with a ``look``, what that finds as a call comes."""

    calls: list[Asked] = field(default_factory=list)
    look: Callable[[Asked], None] = lambda _: None
    comes: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> list[Answer]:
        reply: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        asked = Asked(holders, told, reply)
        self.calls.append(asked)
        self.comes.set()
        self.look(asked)
        try:
            return await reply
        except asyncio.CancelledError:
            asked.is_cancelled = True
            raise

    async def is_asked(self, calls: int) -> None:
        """Wait until so many calls have come."""
        while len(self.calls) < calls:
            self.comes.clear()
            await self.comes.wait()

    @property
    def under_way(self) -> list[Asked]:
        """Return the calls that have not ended."""
        return [call for call in self.calls if not call.reply.done()]

    @property
    def asked(self) -> list[Sequence[Identity]]:
        """Return whom each call is about."""
        return [call.holders for call in self.calls]


def about(holder: Identity) -> Answer:
    """Return an answer that says whose it is."""
    return Answer(
        agency="transport",
        outcome=SourceOutcome.ANSWERED,
        reason=Text(holder.number, holder.number),
    )


def is_about(answer: Answer, holder: Identity) -> bool:
    """Say whether what came about somebody is theirs; no news is nobody's."""
    if answer.outcome is SourceOutcome.ANSWERED:
        return answer == about(holder)
    return holder.number not in repr(answer) and not answer.certificates


def guard_before(
    register: Register,
    rules: Manifest = SHARED,
    circuit: Circuit | None = None,
    notes: Notes | None = None,
) -> Guard:
    return Guard(
        rules,
        register.ask,
        lambda _: True,
        notes or Notes(),
        Health(lambda: NOW),
        circuit=circuit or Circuit(lambda: NOW),
    )


async def turns() -> None:
    """Let the event loop do what is to be done now."""
    for _ in range(6):
        await asyncio.sleep(0)


async def busy(register: Register, guard: Guard) -> list[asyncio.Future[list[Answer]]]:
    """Have as many calls under way as make others wait."""
    asked = [guard.ask([one], ENOUGH, None, "busy") for one in FIRST]
    await turns()
    assert register.asked == [[one] for one in FIRST]
    return asked
