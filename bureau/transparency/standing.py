"""What may be seen of the log as a whole: how long it is, who cosigned, how it stands.

Nothing here says what is in it. Whoever wants proof takes the checkpoint and the tiles
themselves (c2sp.org/tlog-tiles); this is for people who look whether all is well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bureau.receipts.logged import Quorum


class LogStanding(StrEnum):
    """Whether rows are in the log, signed and cosigned, as soon as they should."""

    IN_TIME = "IN_TIME"
    BEHIND = "BEHIND"
    """Nothing was appended for longer than it should take."""
    UNSIGNED = "UNSIGNED"
    """A key of the log did not sign for longer than it should take."""
    UNWITNESSED = "UNWITNESSED"
    """What is signed waits for witnesses for longer than it should."""
    FORKED = "FORKED"
    """The log is not what was signed before: nothing is signed any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCheckpoint:
    """A checkpoint that is published."""

    size: int
    root: bytes
    signed_at: datetime
    is_witnessed: bool
    """Whether as many witnesses cosigned it as the policy asks for, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenWitness:
    """A witness of the policy, and what it cosigned last, as far as that is kept."""

    name: str
    cosigned_at: datetime | None = None
    """When, as it says; ``None`` where it did not."""
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLog:
    """The log as it is seen now."""

    standing: LogStanding
    quorum: Quorum
    """Of the newest checkpoint."""
    origin: str | None
    """The log's name; ``None`` where nobody signs it."""
    newest: SeenCheckpoint | None
    witnessed: SeenCheckpoint | None
    """The newest that enough witnesses cosigned."""
    witnesses: Sequence[SeenWitness]


class ShownLog(Protocol):
    """Shows the log as a whole."""

    async def seen(self) -> SeenLog:
        """Return how it is.

        Raises:
            StoreUnavailableError: the database is away.
        """


class NothingShown:
    """There is no log."""

    async def seen(self) -> SeenLog:
        """Return that nobody signs, and nobody has to cosign."""
        return SeenLog(
            standing=LogStanding.IN_TIME,
            quorum=Quorum.NOT_CONFIGURED,
            origin=None,
            newest=None,
            witnessed=None,
            witnesses=(),
        )
