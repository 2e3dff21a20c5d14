"""The contract between the gateway and an agency, in three methods.

A connector fetches; it believes nothing. It is batch-first: a question about one
person is a batch of one. What it returns are exact bytes, which ``decode`` turns
into certificates after ``signing`` verified them. Time limits, retries, caches and
concurrency are the guard's, the same for every connector.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from connectors.binding import BoundTo
from connectors.elements import Told
from policy.identity import Identity, IdType
from signing.envelope import Envelope
from signing.marks import KeptMark


@dataclass(frozen=True, slots=True)
class Collected:
    """The time and number of a record that was sent unasked."""

    at: datetime
    sequence: int
    is_history: bool = False
    """Whether a newer version came since: shown beside that one, and judged never."""
    kept: KeptMark | None = field(default=None, repr=False, compare=False)
    """What was kept beside it of its signature; ``None`` if nothing was."""
    row: int | None = field(default=None, repr=False, compare=False)
    """The number of the row under which it is kept; ``None`` if that is not known."""


class FileKind(StrEnum):
    """A picture of a certificate, as licence stores have them."""

    LICENCE = "LICENCE"
    THUMBNAIL = "THUMBNAIL"


class LicenceFile(NamedTuple):
    """Where the registry has a picture of a certificate; nobody here fetches it."""

    kind: FileKind
    reference: str


@dataclass(frozen=True, slots=True)
class UnsignedRow:
    """A row that nobody signed, as it came; it is no envelope, and becomes none."""

    content: Mapping[str, object]
    digest: bytes
    """SHA-256 of the row in one way of writing; nobody signed that either."""
    files: tuple[LicenceFile, ...] = ()


@dataclass(frozen=True, slots=True)
class UnsignedRows:
    """What an agency that signs nothing shows of one holder."""

    rows: tuple[UnsignedRow, ...] = ()
    of_another: str | None = None
    """Why nothing of it is read: it is another person's."""
    refused: str | None = None
    """Why nothing of this holder came, where something of others did."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of an agency to one batch, exactly as it came."""

    envelopes: Sequence[tuple[Envelope, ...]]
    """One tuple a holder, in the order asked; empty where nothing signed came."""
    nonce: str | None = None
    """What the signed bytes must repeat, if the agency signs a nonce."""
    bound_to: BoundTo | None = None
    """The question that they must repeat, if the agency binds its answers."""
    collected: Mapping[bytes, Collected] | None = None
    """How each envelope came, by digest; ``None`` if the agency was asked itself."""
    unsigned: Sequence[UnsignedRows] | None = None
    """What nobody signed, one a holder; ``None`` from an agency that signs."""
    sequence: int | None = None
    """Up to which number of the agency's stream everything was looked at, if it answers
    from what was sent and that is known."""


class Connector(Protocol):
    """One way of asking an agency. Usable by many requests at once."""

    def can_ask(self, id_type: IdType) -> bool:
        """Say whether the agency knows this type of identity number."""

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        """Ask for all certificates of ``holders`` in one call.

        At least one holder and at most the manifest's batch limit. The agency is
        ``told`` of the question, unless that is ``None``. Nothing is verified here.
        Raises ``ConnectorError`` and nothing else.
        """

    async def probe(self) -> None:
        """Find out whether the agency's server speaks, without naming a person.

        Raises ``UnreachableError`` if it does not.
        """
