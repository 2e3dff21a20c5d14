"""An agency that answers when it is let, and guards before it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.answer import Answer, SourceOutcome
from connectors.elements import Told
from connectors.errors import ConnectorError
from connectors.guard.circuit import Circuit, CircuitState, Operation
from connectors.guard.guard import Guard
from connectors.guard.health import Health
from connectors.guard.hedged import Hedge
from connectors.manifest import Manifest
from policy.identity import Identity, IdType
from tests.connectors.agency import NOW, manifest

PEOPLE = [Identity(IdType.PASSPORT, f"E{number:07}") for number in range(10)]
ONE, TWO, *_ = PEOPLE
ENOUGH = 5.0


@dataclass
class SlowAgency:
    """An agency that answers when it is let, and notes each batch it was asked."""

    outcome: SourceOutcome = SourceOutcome.NONE
    error: ConnectorError | None = None
    open: asyncio.Event = field(default_factory=asyncio.Event)
    told: list[Told | None] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def ask(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> list[Answer]:
        self.told.append(told)
        self.batches.append(len(holders))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
        finally:
            self.at_once -= 1
        if self.error is not None:
            raise self.error
        return [Answer(agency="transport", outcome=self.outcome) for _ in holders]


@dataclass
class Notes:
    """Notes what it is told."""

    calls: list[int] = field(default_factory=list)
    answers: list[tuple[SourceOutcome, bool]] = field(default_factory=list)
    circuits: list[tuple[str, Operation, CircuitState]] = field(default_factory=list)
    came: list[Mapping[Identity, Answer]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    hedges: list[tuple[str, Hedge]] = field(default_factory=list)
    failures: list[bool] = field(default_factory=list)
    """Of each call that several questions shared, whether it failed."""

    def called(self, agency: str, holders: int, seconds: float) -> None:  # noqa: ARG002
        self.calls.append(holders)
        self.seconds.append(seconds)

    def received(self, agency: str, answers: Mapping[Identity, Answer]) -> None:  # noqa: ARG002
        self.came.append(answers)

    def answered(self, answer: Answer, *, cached: bool) -> None:
        self.answers.append((answer.outcome, cached))

    def circuit_changed(
        self, agency: str, operation: Operation, state: CircuitState
    ) -> None:
        self.circuits.append((agency, operation, state))

    def hedged(self, agency: str, hedge: Hedge) -> None:
        self.hedges.append((agency, hedge))

    def shared(self, agency: str, *, has_failed: bool) -> None:  # noqa: ARG002
        self.failures.append(has_failed)


def guard_of(
    agency: SlowAgency,
    notes: Notes | None = None,
    rules: Manifest | None = None,
    *,
    still_holds: bool = True,
    circuit: Circuit | None = None,
) -> Guard:
    return Guard(
        rules or manifest(),
        agency.ask,
        lambda _: still_holds,
        notes or Notes(),
        Health(lambda: NOW),
        circuit=circuit or Circuit(lambda: NOW),
    )


def answering(outcome: SourceOutcome = SourceOutcome.NONE) -> SlowAgency:
    agency = SlowAgency(outcome)
    agency.open.set()
    return agency
