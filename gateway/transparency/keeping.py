"""Append what is queued to the log, and sign how long it is, beside the requests.

Whatever waits is appended within a second, in pieces, between which others write;
nobody waits for it. Whoever of several gateways appended signs; if that one is gone,
another does a moment later. Nothing is signed that does not go on from what was signed
before, whatever the database says: a log that was restored, or that somebody changed,
would be another history under the same name.

While the database is away nothing is lost and nobody is held up: rows are queued with
what writes them. Since when the log is behind is a metric, and shown by readiness. So
is since when a key does not sign: rows are appended meanwhile, and the next checkpoint
covers them all.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from bureau.transparency.log import Head, KeptCheckpoint
from bureau.transparency.sources import Kind
from connectors.errors import StoreUnavailableError
from gateway.transparency.keys import LogKeys
from gateway.transparency.metrics import QUEUE_BOUND, TransparencyMetrics
from signing.signer import SignerError
from signing.transparency.checkpoints import Checkpoint, read_checkpoint
from signing.transparency.notes import Note
from store.store import Store
from store.transparency.appending import ROUND, StoredLog
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.facts import StoredFacts
from store.transparency.publishing import StoredTree

ROUND_SECONDS = 0.25
IDLE_SECONDS = 0.75
"""How long nobody looks where nothing waited: a row is in the log within a second."""
PAUSE_SHARE = 1
"""How long nothing is appended after a full piece, in times of what that took."""
SIGN_SECONDS = 1.0
"""How often it is signed while there is more and more to append."""
COUNT_SECONDS = 1.0
"""How often what still waits is counted meanwhile: up to so many rows are looked at."""
TAKEOVER_SECONDS = 1.0
"""How long another gateway has to sign what it appended."""
FORGET_SECONDS = 3600.0


class LogKeeper:
    """Keeps the log going; one a gateway."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        store: Store,
        keys: LogKeys | None,
        reports: TransparencyMetrics,
        clock: Callable[[], datetime],
        *,
        is_witnessed: bool,
        policy: Mapping[str, Any],
    ) -> None:
        """Take ``policy``, what is noted of the rules that are in force.

        ``is_witnessed``: nobody has to cosign what is signed.
        """
        self._log = StoredLog(store)
        self._tree = StoredTree(store)
        self._checkpoints = StoredCheckpoints(store)
        self._facts = StoredFacts(store)
        self._keys = keys
        self._reports = reports
        self._clock = clock
        self._is_witnessed = is_witnessed
        self._policy: Mapping[str, Any] | None = policy
        self.signed = asyncio.Event()
        """Set whenever something was signed here, for one to clear."""
        self._last: Checkpoint | None = None
        """What was signed here last."""
        self._signed_at = 0.0
        self._unsigned_since: float | None = None
        self._counted_at = 0.0
        self._forgotten_at = 0.0
        self._is_failing = False
        self._is_unsigned = False
        self._logger = structlog.get_logger("gateway.transparency")

    @property
    def newest(self) -> Checkpoint | None:
        """Return the newest checkpoint that is known here."""
        return self._last

    async def keep(self) -> None:
        """Append and sign, again and again."""
        seconds = ROUND_SECONDS
        while True:
            await asyncio.sleep(seconds)
            try:
                seconds = ROUND_SECONDS if await self.round() else IDLE_SECONDS
            except StoreUnavailableError as error:
                if not self._is_failing:
                    self._logger.error(  # noqa: TRY400 - the kind is enough
                        "nothing is appended to the log", reason=str(error)
                    )
                self._is_failing = True
            else:
                if self._is_failing:
                    self._logger.info("the log is appended to again")
                self._is_failing = False

    async def round(self) -> bool:
        """Append all that waits, and sign; say whether anything waited.

        Raises:
            StoreUnavailableError: the database is away; what waits waits on.
        """
        if self._policy is not None:
            await self._facts.note(Kind.POLICY, self._policy, self._clock())
            self._policy = None
        mine = False
        while True:
            began = time.monotonic()
            appended = await self._log.append()
            mine = mine or (appended.is_mine and appended.rows > 0)
            self._reports.grown(appended.head.size)
            if appended.rows < ROUND:
                break
            if time.monotonic() >= self._counted_at + COUNT_SECONDS:
                self._counted_at = time.monotonic()
                self._reports.queued(await self._log.queued(QUEUE_BOUND + 1))
            if time.monotonic() >= self._signed_at + SIGN_SECONDS:
                await self._sign(appended.head, is_mine=True)
            await asyncio.sleep(PAUSE_SHARE * (time.monotonic() - began))
        if appended.is_mine:
            self._reports.queued(0)
        await self._sign(appended.head, is_mine=mine)
        await self._forget()
        return mine

    async def _sign(self, head: Head, *, is_mine: bool) -> None:
        keys = self._keys
        if keys is None or not head.size or self._is_signed(head):
            return
        kept = await self._checkpoints.latest()
        if kept is not None and kept.size == head.size:
            self._note_signed(read_checkpoint(kept.note.encode())[0])
            return
        if not is_mine and not self._is_left():
            return
        if not await self._goes_on(head, kept):
            self._reports.forked()
            return
        checkpoint = Checkpoint(keys.origin, head.size, head.root)
        at = self._clock()
        try:
            lines = await keys.sign(checkpoint, at)
        except SignerError as error:
            self._note_unsigned(str(error))
            return
        await self._checkpoints.keep(
            KeptCheckpoint(
                size=head.size,
                note=str(Note(checkpoint.text, lines)),
                at=at,
                is_witnessed=self._is_witnessed,
            )
        )
        self._note_signed(checkpoint)
        self.signed.set()

    def _is_signed(self, head: Head) -> bool:
        last = self._last
        return last is not None and (last.size, last.root) == (head.size, head.root)

    def _note_signed(self, checkpoint: Checkpoint) -> None:
        self._last = checkpoint
        self._signed_at = time.monotonic()
        self._unsigned_since = None
        if self._is_unsigned:
            self._logger.info("the log is signed again")
        self._is_unsigned = False
        self._reports.signed(checkpoint.size, is_witnessed=self._is_witnessed)

    def _note_unsigned(self, reason: str) -> None:
        self._reports.unsigned()
        if not self._is_unsigned:
            self._logger.error("the log is not signed", reason=reason)
        self._is_unsigned = True

    def _is_left(self) -> bool:
        """Say whether whoever appended has had the time to sign."""
        now = time.monotonic()
        if self._unsigned_since is None:
            self._unsigned_since = now
        return now >= self._unsigned_since + TAKEOVER_SECONDS

    async def _goes_on(self, head: Head, kept: KeptCheckpoint | None) -> bool:
        """Say whether the log goes on from all that is known to be signed."""
        known = [] if self._last is None else [self._last]
        if kept is not None:
            known.append(read_checkpoint(kept.note.encode())[0])
        for checkpoint in known:
            if checkpoint.size > head.size:
                # Another gateway may have gone on since.
                head = await self._log.head()
            if (
                checkpoint.size > head.size
                or await self._tree.root(checkpoint.size) != checkpoint.root
            ):
                self._logger.error(
                    "the log does not go on from what was signed; nothing is signed",
                    signed=checkpoint.size,
                    entries=head.size,
                )
                return False
        return True

    async def _forget(self) -> None:
        now = time.monotonic()
        if now >= self._forgotten_at + FORGET_SECONDS:
            self._forgotten_at = now
            await self._checkpoints.forget(self._clock())
