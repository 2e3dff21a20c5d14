"""Questions to one agency that wait to be asked together, in one lane a caller.

Callers are served in turn, a question each, so that who asks about thousands does not
keep another's one question waiting. A question that two callers wait for is in the
lanes of both, and goes when the first of them has its turn.
"""

import asyncio
from collections import deque
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from connectors.answer import Answer
from policy.identity import Identity

Answers: TypeAlias = dict[Identity, Answer]
Asking: TypeAlias = "asyncio.Task[Answers | None]"
"""A call; it brings nothing where each of its questions has to be asked by itself."""


class Waiter(Protocol):
    """Who waits for questions to be answered."""

    wanted: Container[Identity]
    """About whom it asks."""

    def take(self, question: "Question", asking: Asking) -> None:
        """Take what the call of ``question`` brought, now that it has ended."""

    def cancel(self) -> None:
        """Wait no more: nothing comes."""


@dataclass(slots=True, eq=False)
class Call:
    """One call under way, by which one or more questions are asked."""

    questions: "list[Question]"
    ends_at: float
    """By the event loop's clock, its time is over then."""
    attempts: int = 0
    """How often the agency was asked; in a call made again, those before included."""
    task: Asking = field(init=False)


@dataclass(slots=True, eq=False)
class Question:
    """People about whom a request asks in one call, and all who wait for that."""

    holders: list[Identity]
    waits: set[Waiter] = field(default_factory=set)
    call: Call | None = None
    """By which it is asked; ``None`` while it waits for one."""
    is_given_up: bool = False
    """Whether the last who waited for it gave up."""

    @property
    def attempts(self) -> int:
        """Return how often the agency was asked so far."""
        return 0 if self.call is None else self.call.attempts


class Lanes:
    """The questions that wait, by caller."""

    def __init__(self) -> None:
        self._lanes: dict[str, dict[Question, None]] = {}
        """None is empty; the caller whose turn it is comes first."""
        self._callers: dict[Question, set[str]] = {}
        self.people = 0
        """About so many people all that wait are."""

    def __len__(self) -> int:
        """Return how many questions wait."""
        return len(self._callers)

    def put(self, question: Question, caller: str) -> None:
        """Let ``question`` wait in the lane of ``caller``, too."""
        callers = self._callers.get(question)
        if callers is None:
            callers = self._callers[question] = set()
            self.people += len(question.holders)
        callers.add(caller)
        self._lanes.setdefault(caller, {})[question] = None

    def narrow(self, question: Question, holders: list[Identity]) -> None:
        """Let ``question`` be about ``holders`` alone; about nobody, it is no more.

        One that does not wait any longer stays as it is.
        """
        if question not in self._callers:
            return
        self.people -= len(question.holders) - len(holders)
        question.holders = holders
        if not holders:
            self._remove(question)

    def take(self, most: int) -> list[Question]:
        """Take questions about ``most`` people together, of callers in turn.

        The first is taken whatever its size. No number is taken under two id types: an
        agency that names people by number alone could not distinguish the two.
        """
        taken: list[Question] = []
        numbers: set[str] = set()
        callers = deque(self._lanes)
        while callers:
            caller = callers.popleft()
            lane = self._lanes.get(caller)
            if lane is None:
                continue
            question = next(iter(lane))
            asked = {holder.number for holder in question.holders}
            is_many = len(numbers) + len(asked) > most
            if taken and (is_many or not numbers.isdisjoint(asked)):
                # It is the first of its lane still, which is before those of others.
                continue
            self._remove(question)
            taken.append(question)
            numbers |= asked
            if caller in self._lanes:
                self._lanes[caller] = self._lanes.pop(caller)
                callers.append(caller)
        return taken

    def clear(self) -> list[Question]:
        """Take all there are."""
        questions = list(self._callers)
        for question in questions:
            self._remove(question)
        return questions

    def _remove(self, question: Question) -> None:
        self.people -= len(question.holders)
        for caller in self._callers.pop(question):
            lane = self._lanes[caller]
            del lane[question]
            if not lane:
                del self._lanes[caller]
