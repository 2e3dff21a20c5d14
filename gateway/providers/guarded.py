"""Wait for whoever keeps a key so long and no longer; let it rest when it fails.

Nothing that is asked of a gateway waits longer than ``timeout_seconds`` for it. After a
failure nothing is asked of it for ``rest_seconds``; then one signature is tried, while
others are refused at once, until one has come.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from signing.held import CheckedKey, HeldKey, ProviderError, Trouble

SIGNED = "signed"


class ProvidersObserver(Protocol):
    """An observer of signatures; metrics implement it."""

    def asked(self, provider: str, result: str, seconds: float) -> None:
        """A provider signed, or did not: ``signed``, or the trouble."""


class Unheard:
    """Hears how signatures of a command ended, and tells nobody."""

    def asked(self, provider: str, result: str, seconds: float) -> None:
        """See ``ProvidersObserver.asked``."""


class GuardedKey:
    """A key whose signatures are checked, and waited for with a bound."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        held: HeldKey,
        provider: str,
        *,
        timeout_seconds: float,
        rest_seconds: float,
        observer: ProvidersObserver,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._held = CheckedKey(held)
        self._provider = provider
        self._timeout_seconds = timeout_seconds
        self._rest_seconds = rest_seconds
        self._observer = observer
        self._monotonic = monotonic
        self._rests_until: float | None = None
        """Until when nothing is asked; ``None`` while it signs."""
        self.kid = held.kid
        self.algorithm = held.algorithm
        self.public_key = held.public_key

    @property
    def is_failing(self) -> bool:
        """Say whether the last signature that was asked for did not come."""
        return self._rests_until is not None

    async def sign(self, data: bytes) -> bytes:
        """See ``HeldKey.sign``; what is returned holds."""
        began = self._monotonic()
        if self._rests_until is not None:
            if began < self._rests_until:
                self._observer.asked(self._provider, Trouble.RESTING, 0.0)
                raise ProviderError(
                    Trouble.RESTING,
                    f"{self._provider} failed a moment ago and is not asked",
                )
            # This one tries; the others go on to be refused.
            self._rests_until = began + self._timeout_seconds + self._rest_seconds
        try:
            signature = await self._signed(data)
        except ProviderError as error:
            ended = self._monotonic()
            self._rests_until = ended + self._rest_seconds
            self._observer.asked(self._provider, error.trouble, ended - began)
            raise
        self._rests_until = None
        self._observer.asked(self._provider, SIGNED, self._monotonic() - began)
        return signature

    async def _signed(self, data: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._held.sign(data)
        except TimeoutError:
            raise ProviderError(
                Trouble.SLOW,
                f"{self._provider} took longer than {self._timeout_seconds:g} seconds",
            ) from None
