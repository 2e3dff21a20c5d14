"""How much processor a coroutine takes: of its own turns of the event loop alone."""

from collections.abc import Coroutine, Generator
from time import thread_time
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Stepped(Generator[Any, Any, None], Generic[T]):
    """Awaits a coroutine, and times each of its steps.

    What it waits for is not counted, nor what tasks do that it started.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._steps = coroutine
        self.cpu_seconds = 0.0

    def __await__(self) -> Generator[Any, Any, T]:
        """Return the steps, which end with what the coroutine returns."""
        return self  # type: ignore[return-value]  # it ends as its coroutine does

    def send(self, value: object) -> object:
        """Take a step."""
        began = thread_time()
        try:
            return self._steps.send(value)
        finally:
            self.cpu_seconds += thread_time() - began

    def throw(self, *error: Any) -> object:  # noqa: ANN401 - as generators have it
        """Take a step with an error."""
        began = thread_time()
        try:
            return self._steps.throw(*error)
        finally:
            self.cpu_seconds += thread_time() - began
