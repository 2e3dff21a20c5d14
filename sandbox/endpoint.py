"""The server's interface to an agency: its path, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.binding import Binding
from sandbox.faults import Fault


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as it will be sent, and how many people it answers for."""

    body: bytes
    holders: int | None  # None: nobody was asked about
    headers: Mapping[str, str] = field(default_factory=dict)


class Endpoint(Protocol):
    """One agency's way of being asked, apart from HTTP itself."""

    path: str

    async def answer(
        self,
        question: Mapping[str, Any],
        fault: Fault | None,
        binding: Binding | None = None,
    ) -> Answer:
        """Answer ``question``; faults of delivery are left to the server.

        What is signed has the ``binding`` in it, if there is one.

        Raises:
            BadQuestionError: the agency refuses the question.
        """
