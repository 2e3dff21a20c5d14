"""Have witnesses cosign what was signed, beside the appending, which waits for nobody.

The newest checkpoint is shown to all witnesses of the policy; what is older is not,
since the newest goes on from it. One that is away is asked again with the next, or a
moment later.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import aiohttp
import structlog

from bureau.transparency.log import KeptCheckpoint
from connectors.errors import StoreUnavailableError
from gateway.transparency.metrics import TransparencyMetrics
from gateway.transparency.witnesses import ask_witnesses
from signing.transparency.checkpoints import read_checkpoint
from signing.transparency.notes import Note, NoteError
from signing.transparency.policies import Policy
from store.background import wait_for_change
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.publishing import StoredTree

AGAIN_SECONDS = 2.0
"""After how long they are asked again, or about what another gateway signed."""
SECONDS = 2.0
"""How long one may take: the others' cosignatures wait for it."""


class Witnessing:
    """Asks the witnesses of a policy; one a gateway."""

    def __init__(  # noqa: PLR0913, PLR0917 - composed in one place only
        self,
        tree: StoredTree,
        checkpoints: StoredCheckpoints,
        policy: Policy,
        session: aiohttp.ClientSession,
        signed: asyncio.Event,
        reports: TransparencyMetrics,
        clock: Callable[[], datetime],
    ) -> None:
        """Take ``signed``, which is set when there is something new."""
        self._tree = tree
        self._checkpoints = checkpoints
        self._policy = policy
        self._session = session
        self._signed = signed
        self._reports = reports
        self._clock = clock
        self._seen: dict[str, int] = {}
        self._logger = structlog.get_logger("gateway.transparency")

    async def keep(self) -> None:
        """Ask, again and again."""
        while True:
            await wait_for_change(self._signed, AGAIN_SECONDS)
            try:
                await self.round()
            except StoreUnavailableError as error:
                self._logger.warning("no witness is asked", reason=str(error))

    async def round(self) -> None:
        """Ask about the newest checkpoint, unless it has what it needs.

        Raises:
            StoreUnavailableError: the database is away.
        """
        newest = await self._checkpoints.latest()
        if newest is None:
            return
        if newest.is_witnessed:
            self._reports.witnessed(newest.size)
            return
        checkpoint, note = read_checkpoint(newest.note.encode())
        outcomes = await ask_witnesses(
            note,
            checkpoint,
            self._tree.consistency,
            self._policy,
            self._session,
            now=self._clock,
            seen=self._seen,
            seconds=SECONDS,
        )
        lines = list(note.signatures)
        for outcome in outcomes:
            if outcome.seen is not None:
                self._seen[outcome.url] = outcome.seen
            if outcome.trouble is not None:
                self._reports.troubled(outcome.trouble)
                self._logger.warning(
                    "a witness did not cosign",
                    witness=outcome.url,
                    trouble=outcome.trouble,
                    detail=outcome.detail,
                )
            # It may have cosigned before: its newest word counts.
            fresh = {(line.name, line.id) for line in outcome.signatures}
            lines = [line for line in lines if (line.name, line.id) not in fresh]
            lines += outcome.signatures
        cosigned = Note(note.text, lines)
        try:
            enough = self._policy.is_met(self._policy.cosigners(checkpoint, cosigned))
        except NoteError as error:
            self._logger.error(  # noqa: TRY400 - the message says which
                "the newest checkpoint has a signature that does not fit",
                reason=str(error),
            )
            return
        await self._checkpoints.keep(
            KeptCheckpoint(
                size=newest.size,
                note=str(cosigned),
                at=newest.at,
                is_witnessed=enough,
            )
        )
        if enough:
            self._reports.witnessed(newest.size)
