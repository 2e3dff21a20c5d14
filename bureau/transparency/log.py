"""What may be asked of the log of hashes: where a row is in it, and how to prove it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class AlteredRowError(Exception):
    """A row is not what the log committed to: somebody changed it since."""

    def __init__(self, source: str, id_: int) -> None:
        super().__init__(f"row {id_} of {source} is not what was logged")
        self.source = source
        self.id = id_


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRow:
    """A row that is in the log, with all that proves it."""

    kind: str
    row: bytes
    """The exact bytes that were committed to; those of ``rows.gone_bytes`` if it was
    gone by then."""
    salt: bytes
    commitments: Sequence[bytes]
    """Those of all rows of its entry, itself among them."""
    position: int
    """Its place among them."""
    index: int
    """Its entry's place in the log: the leaf's."""
    proof: Sequence[bytes]
    """That the leaf is among the first ``size`` (RFC 9162 2.1.3)."""
    size: int
    root: bytes


class LoggedRows(Protocol):
    """The rows that the log has."""

    async def find(
        self, source: str, id_: int, size: int | None = None
    ) -> LoggedRow | None:
        """Return where a row is in the tree of ``size`` leaves, with its proof.

        Without a size: in that of the latest checkpoint, or in the whole log where
        none was signed. ``None`` while it is PENDING: not among those leaves yet,
        or not there at all, or its row and salt are erased.

        Raises:
            ValueError: the log has fewer leaves than ``size``.
            AlteredRowError: the row was changed after it was logged.
            StoreUnavailableError: the database is away.
        """

    async def are_integrated(self, source: str, ids: Sequence[int]) -> bool:
        """Say whether all of these rows are among the leaves of the latest checkpoint.

        Raises:
            StoreUnavailableError: the database is away.
        """


@dataclass(frozen=True, slots=True)
class Head:
    """How long the log is, and its root."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheckpoint:
    """A checkpoint that was signed here."""

    size: int
    note: str
    """The signed note, with what witnesses cosigned of it so far."""
    at: datetime
    is_witnessed: bool
    """Whether as many witnesses cosigned it as the policy asks for, if there is one."""


class Checkpoints(Protocol):
    """The checkpoints that are kept."""

    async def latest(self, *, witnessed: bool = False) -> KeptCheckpoint | None:
        """Return the largest, or the largest that is witnessed.

        Raises:
            StoreUnavailableError: the database is away.
        """


class LoggedFacts(Protocol):
    """What is no row of another table, and is committed to all the same."""

    async def note(self, kind: str, body: Mapping[str, Any], at: datetime) -> int:
        """Keep a fact, once: the same body is kept as it was. Return its row's id.

        Raises:
            StoreUnavailableError: it is not kept, or nobody knows.
        """
