"""An observer for agencies whose answers are shown to nobody: none is counted."""

from collections.abc import Mapping

from connectors.answer import Answer
from connectors.guard.circuit import CircuitState, Operation
from connectors.guard.hedged import Hedge
from policy.identity import Identity


class NullObserver:
    """Observes nothing: checks and shadows are no calls of the gateway's metrics."""

    def called(self, agency: str, holders: int, seconds: float) -> None:
        """See ``guard.Observer``."""

    def received(self, agency: str, answers: Mapping[Identity, Answer]) -> None:
        """See ``guard.Observer``."""

    def answered(self, answer: Answer, *, cached: bool) -> None:
        """See ``guard.Observer``."""

    def circuit_changed(
        self, agency: str, operation: Operation, state: CircuitState
    ) -> None:
        """See ``guard.Observer``."""

    def hedged(self, agency: str, hedge: Hedge) -> None:
        """See ``guard.Observer``."""

    def shared(self, agency: str, *, has_failed: bool) -> None:
        """See ``guard.Observer``."""
