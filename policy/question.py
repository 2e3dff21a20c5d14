"""What a verdict was asked with, so that more can be said of it than the verdict."""

from dataclasses import dataclass, field

from policy.case import ClaimCase
from policy.catalogue import Catalogue, Item
from policy.certificate import CertificateRecord
from policy.evidence import Claim, Evidence
from policy.level import Level
from policy.parameters import Figures
from policy.row import Row, row_of, row_of_item


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a verdict was asked with: evidence, or a row for which no record came."""

    row: Row
    level: Level | None
    """The level asked about, or the record's."""
    figures: Figures
    catalogue: Catalogue
    evidence: Evidence | None
    claim: ClaimCase | None = field(default=None)

    @classmethod
    def of(
        cls, evidence: Evidence, *, figures: Figures, catalogue: Catalogue
    ) -> "Question":
        """Return the question that ``evaluate`` answers."""
        record, claim = evidence.record, evidence.claim
        row = row_of(record, catalogue)
        return cls(
            row=row,
            level=record.level,
            figures=figures,
            catalogue=catalogue,
            evidence=evidence,
            claim=None
            if claim is None
            else ClaimCase.of(
                record, claim, row=row, figures=figures, catalogue=catalogue
            ),
        )

    @classmethod
    def without_certificate(
        cls,
        item: Item,
        level: Level | None,
        claim: Claim | None,
        *,
        figures: Figures,
        catalogue: Catalogue,
    ) -> "Question":
        """Return the question that ``without_certificate`` answers."""
        row = row_of_item(item)
        return cls(
            row=row,
            level=level,
            figures=figures,
            catalogue=catalogue,
            evidence=None,
            claim=None
            if claim is None
            else ClaimCase(
                claim=claim,
                row=row,
                level=level,
                first_issued_on=None,
                issued_on=None,
                figures=figures,
                catalogue=catalogue,
            ),
        )

    @property
    def record(self) -> CertificateRecord | None:
        """Return the record, if one came."""
        return None if self.evidence is None else self.evidence.record
