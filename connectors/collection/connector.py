"""Answer from what an agency sent before, as if it had been asked.

The bytes are those that were collected, and are verified again whenever they are read,
as of the moment they came: a key that was compromised later does not unsay what was
collected before. That nothing was collected about a person proves nothing, since nobody
signed it; so it is never an absence.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from connectors.connector import Collected, Reply
from connectors.elements import Told
from policy.identity import Identity, IdType
from policy.text import Text
from signing.envelope import Envelope


class CollectedRecord(NamedTuple):
    """A record as it was signed, and when it came."""

    envelope: Envelope
    collected: Collected


class CollectedRecords(Protocol):
    """The records agencies sent; the newest version of each document."""

    def sequence(self, connector: str) -> int | None:
        """Return up to which number whatever is read from now on has everything.

        ``None`` if that is not known.
        """

    async def of(
        self, connector: str, holders: Sequence[Identity]
    ) -> Sequence[Sequence[CollectedRecord]]:
        """Return the records of each of ``holders``, in order, all read at once.

        Raises:
            UnreachableError: they cannot be read now.
        """

    def at_hand(
        self, connector: str, holders: Sequence[Identity]
    ) -> Sequence[Sequence[CollectedRecord]] | None:
        """Return the same at once if all of it was read before; else ``None``."""


class CollectedConnector:
    """Asks the store in place of the agency."""

    def __init__(self, connector: str, records: CollectedRecords) -> None:
        self._connector = connector
        self._records = records

    def can_ask(self, id_type: IdType) -> bool:  # noqa: ARG002 - the contract
        """Say that any person may be asked about."""
        return True

    async def fetch(
        self,
        holders: Sequence[Identity],
        told: Told | None = None,  # noqa: ARG002 - nobody is asked
    ) -> Reply:
        """Read one batch; see ``Connector.fetch``."""
        # Before anything is read: what comes meanwhile may be in it, or not.
        sequence = self._records.sequence(self._connector)
        return _reply(await self._records.of(self._connector, holders), sequence)

    def at_hand(self, holders: Sequence[Identity]) -> Reply | None:
        """Return what ``fetch`` would, if nothing has to be read for it."""
        found = self._records.at_hand(self._connector, holders)
        if found is None:
            return None
        return _reply(found, self._records.sequence(self._connector))

    async def probe(self) -> None:
        """Find nothing out: there is no server to speak."""


def _reply(found: Sequence[Sequence[CollectedRecord]], sequence: int | None) -> Reply:
    return Reply(
        [tuple([one.envelope for one in records]) for records in found],
        collected={
            one.envelope.digest: one.collected for records in found for one in records
        },
        sequence=sequence,
    )


def instead_of(outcome: str) -> Text:
    """Say why a person is answered about from what was collected."""
    return Text(
        zh=f"机构未作答（{outcome}），以归集数据作答，时间见 collectedAt",
        en=f"the agency did not answer ({outcome}); answered from what it sent before, "
        "see collectedAt",
    )
