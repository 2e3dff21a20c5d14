"""Find collected records by person, for the collected connector."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from connectors.collection.connector import CollectedRecord
from connectors.connector import Collected
from connectors.errors import StoreUnavailableError, UnreachableError
from gateway.collection.kept import KeptRecords, Records
from policy.identity import Identity
from signing.envelope import Envelope
from signing.marks import KeptMark, SignatureMarks
from store.collection.reading import CollectedReader
from store.collection.stated import CollectedRow


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
        known = self._known(connector, asked)
        if unknown := asked - known.keys():
            known |= await self._read(connector, unknown)
        return [
            [record for person in names for record in known[person]] for names in people
        ]

    def _known(self, connector: str, people: Iterable[str]) -> dict[str, Records]:
        kept = self.kept
        if kept is None:
            return {}
        found = ((person, kept.get(connector, person)) for person in people)
        return {person: records for person, records in found if records is not None}

    async def _read(
        self, connector: str, people: Collection[str]
    ) -> dict[str, Records]:
        kept = self.kept
        begun = 0 if kept is None else kept.begin()
        try:
            found = await self.reader.of(connector, people)
        except StoreUnavailableError as error:
            raise UnreachableError(str(error)) from error
        read: dict[str, Records] = {
            person: tuple(map(self._record, found.get(person, ()))) for person in people
        }
        if kept is not None:
            for person, records in read.items():
                kept.keep(connector, person, records, begun)
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
