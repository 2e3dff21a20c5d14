"""Limit how many questions each caller has under way."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.graphql_http.refusals import Code, RefusedRequestError


class ConcurrencyLimit:
    """Counts the questions under way; keeps no caller who has none."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def hold(self, caller: str) -> Iterator[None]:
        """Hold one of ``caller``'s turns.

        Raises:
            RefusedRequestError: all are taken.
        """
        if self._taken[caller] >= self._most:
            raise RefusedRequestError(
                Code.TOO_MANY_REQUESTS,
                f"{self._most} questions are under way, the most a caller may have",
                {"Retry-After": "1"},
            )
        self._taken[caller] += 1
        try:
            yield
        finally:
            self._taken[caller] -= 1
            if not self._taken[caller]:
                del self._taken[caller]
