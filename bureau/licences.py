"""Find certificates by an electronic licence id, among what agencies sent.

Agencies are asked about people, by none of them about a licence. What they sent is
kept under a mark of the licence's id, so it is found without an index of its own; only
for rows of the annex, since the mark has the row in it. That nothing is found says
nothing of whether there is such a licence.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bureau.certificate_ids import CertificateIds
from bureau.documents import licence_marks
from connectors.agency import Agency


class CollectedLicences(Protocol):
    """Finds what was collected by the marks of documents; the store implements it."""

    async def certificates(self, documents: Collection[str]) -> Sequence[str]:
        """Return the ids of current records of ``documents``, the last one first.

        Raises:
            StoreUnavailableError: that cannot be known now.
        """


@dataclass(frozen=True, slots=True)
class LicenceFinder:
    """Finds the sealed ids of certificates that agencies sent."""

    ids: CertificateIds
    collected: CollectedLicences

    async def find(self, licence_id: str, agencies: Iterable[Agency]) -> Sequence[str]:
        """Return the ids of certificates under ``licence_id``, the last one first.

        Raises:
            StoreUnavailableError: that cannot be known now.
        """
        marks = {
            self.ids.mark(mark)
            for agency in agencies
            for mark in licence_marks(agency.id, licence_id, agency.rows)
        }
        return await self.collected.certificates(marks) if marks else ()


def stating_licences(agencies: Iterable[Agency]) -> Sequence[Agency]:
    """Return those of ``agencies`` whose records state a licence's id."""
    return [one for one in agencies if one.manifest.record.licence_id is not None]
