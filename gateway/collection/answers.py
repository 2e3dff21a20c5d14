"""Find collected records by person, for the collected connector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.collection.connector import CollectedRecord
from connectors.connector import Collected
from connectors.errors import StoreUnavailableError, UnreachableError
from policy.identity import Identity
from signing.envelope import Envelope
from store.collection.reading import CollectedReader


@dataclass(frozen=True, slots=True)
class CollectedAnswers:
    """Implements ``connectors.collection.connector.CollectedRecords``."""

    reader: CollectedReader
    people_of: Callable[[Identity], Sequence[str]]
    """Returns every pseudonym a person ever had."""

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
            [
                CollectedRecord(
                    # Whatever somebody put there: what is no ASCII is no JWS.
                    Envelope(row.envelope.encode("utf-8", "surrogatepass")),
                    Collected(
                        row.collected_at, row.sequence, is_history=not row.is_newest
                    ),
                )
                for person in names
                for row in found.get(person, ())
            ]
            for names in people
        ]
