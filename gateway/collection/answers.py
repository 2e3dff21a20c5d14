"""Find collected records by person, for the collected connector.

What is read of a person is what every agency sent, so one reading is for all of them:
a question that only collected connectors are asked reads ahead, and then each of them
answers at once, by no task and no call of its own.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from connectors.collection.connector import CollectedRecord
from connectors.connector import Collected
from connectors.errors import StoreUnavailableError, UnreachableError
from gateway.collection.kept import KeptRecords, Sent
from policy.identity import Identity
from signing.envelope import Envelope
from signing.marks import KeptMark, SignatureMarks
from store.collection.reading import CollectedReader
from store.collection.stated import CollectedRow

NOTHING: Mapping[str, Sequence[CollectedRow]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CollectedAnswers:
    """Implements ``connectors.collection.connector.CollectedRecords``."""

    reader: CollectedReader
    people_of: Callable[[Identity], Sequence[str]]
    """Returns every pseudonym a person ever had."""
    marks: SignatureMarks
    """Know by which mark a signature was verified before."""
    kept: KeptRecords | None = None
    """What was read before; ``None`` reads each time."""

    def sequence(self, connector: str) -> int | None:
        """See ``CollectedRecords``."""
        return None if self.kept is None else self.kept.sequence(connector)

    async def of(
        self, connector: str, holders: Sequence[Identity]
    ) -> Sequence[Sequence[CollectedRecord]]:
        """See ``CollectedRecords``."""
        people = [self.people_of(holder) for holder in holders]
        asked = {person for names in people for person in names}
        known = self._known(asked)
        if unknown := asked - known.keys():
            known |= await self._read(unknown)
        return [
            [record for name in names for record in known[name].get(connector, ())]
            for names in people
        ]

    def at_hand(
        self, connector: str, holders: Sequence[Identity]
    ) -> Sequence[Sequence[CollectedRecord]] | None:
        """See ``CollectedRecords``."""
        if self.kept is None:
            return None
        found = []
        for holder in holders:
            records: list[CollectedRecord] = []
            for name in self.people_of(holder):
                sent = self.kept.get(name)
                if sent is None:
                    return None
                records += sent.get(connector, ())
            found.append(records)
        return found

    async def read_ahead(self, holder: Identity, deadline: float) -> None:
        """Have at hand what was sent of ``holder``, if that can be had in time.

        Until ``deadline``, by the event loop's clock. What cannot be read is read again
        by whoever is asked, who says why it cannot.
        """
        if self.kept is None or not self.kept.is_followed:
            # Nothing may be kept, so all would be read twice.
            return
        asked = set(self.people_of(holder))
        if unknown := asked - self._known(asked).keys():
            with contextlib.suppress(UnreachableError, TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await self._read(unknown)

    async def refresh(self) -> None:
        """See ``bureau.collection.CollectedByOthers``."""
        if self.kept is not None:
            await self.kept.refresh()

    def _known(self, people: Iterable[str]) -> dict[str, Sent]:
        kept = self.kept
        if kept is None:
            return {}
        found = ((person, kept.get(person)) for person in people)
        return {person: sent for person, sent in found if sent is not None}

    async def _read(self, people: Collection[str]) -> dict[str, Sent]:
        kept = self.kept
        begun = 0 if kept is None else kept.begin()
        try:
            found = await self.reader.of(people)
        except StoreUnavailableError as error:
            raise UnreachableError(str(error)) from error
        read: dict[str, Sent] = {
            person: {
                connector: tuple([self._record(row) for row in rows])
                for connector, rows in found.get(person, NOTHING).items()
            }
            for person in people
        }
        if kept is not None:
            for person, sent in read.items():
                kept.keep(person, sent, begun)
        return read

    def _record(self, row: CollectedRow) -> CollectedRecord:
        # Whatever somebody put there: what is no ASCII is no JWS, and no mark.
        came = row.envelope.encode("utf-8", "surrogatepass")
        kept = None
        if row.verified is not None:
            mark = row.verified.encode("utf-8", "surrogatepass")
            kept = KeptMark(self.marks, mark)
        collected = Collected(
            row.collected_at,
            row.sequence,
            is_history=not row.is_newest,
            kept=kept,
            row=row.id,
        )
        return CollectedRecord(Envelope(came), collected)
