"""Find what was collected by the marks of its documents."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from store.collection.tables import collected_records
from store.connections import Reader
from store.store import Store


class StoredLicences:
    """Implements ``bureau.licences.CollectedLicences``."""

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)

    async def certificates(self, documents: Collection[str]) -> Sequence[str]:
        """Return the ids of current records of ``documents``, the last one first.

        Raises:
            StoreUnavailableError: that cannot be known now.
        """
        column = collected_records.c
        found = select(column.id, column.certificate).where(
            column.document.in_(documents), column.is_current
        )
        async with self._reader.connect() as connection:
            rows = (await connection.execute(found)).all()
        # By number here: few are found, and by the index of documents alone.
        return [id_ for _, id_ in sorted(map(tuple, rows), reverse=True)]
