"""Show how the log stands, and who cosigned what, of the checkpoints that are kept."""

from datetime import datetime

from bureau.receipts.logged import Quorum
from bureau.transparency.log import KeptCheckpoint
from bureau.transparency.standing import (
    LogStanding,
    SeenCheckpoint,
    SeenLog,
    SeenWitness,
)
from gateway.transparency.metrics import TransparencyMetrics
from signing.transparency.checkpoints import Checkpoint, read_checkpoint
from signing.transparency.notes import NoteError
from signing.transparency.policies import Policy
from store.transparency.checkpoints import StoredCheckpoints

LATE_SECONDS = 10.0
"""After how long the log of hashes is behind: a row should be in it within one."""


def standing_of(reports: TransparencyMetrics) -> LogStanding:
    """Say whether rows are in the log, signed and cosigned, as soon as they should."""
    if reports.is_forked:
        return LogStanding.FORKED
    if reports.behind_seconds > LATE_SECONDS:
        return LogStanding.BEHIND
    if reports.unsigned_seconds > LATE_SECONDS:
        return LogStanding.UNSIGNED
    is_late = reports.unwitnessed_seconds > LATE_SECONDS
    return LogStanding.UNWITNESSED if is_late else LogStanding.IN_TIME


class KeptLog:
    """Implements ``bureau.transparency.standing.ShownLog``."""

    def __init__(
        self,
        checkpoints: StoredCheckpoints,
        policy: Policy | None,
        reports: TransparencyMetrics,
    ) -> None:
        self._checkpoints = checkpoints
        self._policy = policy
        self._reports = reports

    async def seen(self) -> SeenLog:
        """See ``ShownLog``."""
        newest = await self._checkpoints.latest()
        witnessed = await self._checkpoints.latest(witnessed=True)
        quorum = Quorum.NOT_CONFIGURED
        if self._policy is not None:
            is_met = newest is not None and newest.is_witnessed
            quorum = Quorum.MET if is_met else Quorum.NOT_MET
        return SeenLog(
            standing=standing_of(self._reports),
            quorum=quorum,
            origin=None if newest is None else _checkpoint(newest).origin,
            newest=None if newest is None else _seen(newest),
            # Where nobody has to cosign, each counts as if enough had.
            witnessed=_seen(witnessed) if witnessed and self._policy else None,
            witnesses=self._witnesses(witnessed, newest),
        )

    def _witnesses(self, *kept: KeptCheckpoint | None) -> list[SeenWitness]:
        """Return what each witness cosigned last of ``kept``, from old to new."""
        policy = self._policy
        if policy is None:
            return []
        last: dict[str, tuple[datetime, int]] = {}
        for one in kept:
            if one is not None:
                cosigners = _cosigners(policy, one)
                last |= {name: (at, one.size) for name, at in cosigners.items()}
        return [
            SeenWitness(name=name, cosigned_at=last[name][0], size=last[name][1])
            if name in last
            else SeenWitness(name=name)
            for name in policy.witnesses
        ]


def _cosigners(policy: Policy, kept: KeptCheckpoint) -> dict[str, datetime]:
    checkpoint, note = read_checkpoint(kept.note.encode())
    try:
        return policy.cosigners(checkpoint, note)
    except NoteError:
        # The one whose signature does not fit is told in the log; nobody is believed.
        return {}


def _checkpoint(kept: KeptCheckpoint) -> Checkpoint:
    checkpoint, _ = read_checkpoint(kept.note.encode())
    return checkpoint


def _seen(kept: KeptCheckpoint) -> SeenCheckpoint:
    return SeenCheckpoint(
        size=kept.size,
        root=_checkpoint(kept).root,
        signed_at=kept.at,
        is_witnessed=kept.is_witnessed,
    )
