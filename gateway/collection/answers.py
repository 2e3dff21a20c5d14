"""Find collected records by person, for the collected connector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.collection.connector import CollectedRecord
from connectors.connector import Collected
from connectors.errors import StoreUnavailableError, UnreachableError
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

    async def of(
        self, connector: str, holders: Sequence[Identity]
    ) -> Sequence[Sequence[CollectedRecord]]:
        """See ``CollectedRecords``."""
        people = [self.people_of(holder) for holder in holders]
        asked = {person for names in people for person in names}
        try:
            found = await self.reader.of(connector, asked)
        except StoreUnavailableError as error:
            raise UnreachableError(str(error)) from error
        return [
            [self._record(row) for person in names for row in found.get(person, ())]
            for names in people
        ]

    def _record(self, row: CollectedRow) -> CollectedRecord:
        # Whatever somebody put there: what is no ASCII is no JWS, and no mark.
        came = row.envelope.encode("utf-8", "surrogatepass")
        kept = None
        if row.verified is not None:
            mark = row.verified.encode("utf-8", "surrogatepass")
            kept = KeptMark(self.marks, mark)
        collected = Collected(
            row.collected_at, row.sequence, is_history=not row.is_newest, kept=kept
        )
        return CollectedRecord(Envelope(came), collected)
