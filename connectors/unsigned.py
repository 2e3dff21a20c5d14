"""Read rows that nobody signed, and put them beside what somebody did.

What comes out is worth what it is: an ``UnsignedCertificate`` has no proof, so nothing
that decides takes it. A signed version of the same certificate, from the row itself or
sent before, counts alone: then the row is not shown at all.
``docs/decisions/unsigned-rows.md`` has the reasons.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.answer import (
    Answer,
    AttestedCertificate,
    RecordFault,
    RefusedRecord,
    SourceOutcome,
    UnsignedCertificate,
)
from connectors.connector import UnsignedRow, UnsignedRows
from connectors.decoding.decode import Decoder
from connectors.decoding.expression import ExpressionError
from connectors.decoding.faults import refused_reason
from connectors.decoding.readers import RecordError
from connectors.decoding.record_fields import RecordFields
from connectors.decoding.versions import names_of, newest_versions
from connectors.manifest import Manifest
from connectors.manifest_signature import UnsignedUse
from policy.catalogue import Catalogue
from policy.identity import Identity
from policy.text import Text
from signing.errors import Refusal

_WRONG_HOLDER = "the row is about another person than asked"
_TWO_ROWS = "two rows of one certificate differ, and nothing signed says which counts"
NOTHING_CAME = Text(
    "该机构的答复无人签名；未送证书，但不能证明没有",
    "nobody signs what the agency answers: no certificate came, which proves nothing",
)
SHOWN = Text(
    "所示内容无人签名（UNSIGNED），不作依据",
    "what is shown as UNSIGNED is signed by nobody and decides nothing",
)
WITHHELD = Text(
    "所送内容无人签名；清单未允许显示，未予显示",
    "what came is signed by nobody; the manifest does not have it shown, so it is not",
)


@dataclass(frozen=True, slots=True)
class ReadRows:
    """The rows of one holder, as far as they can be read."""

    certificates: tuple[UnsignedCertificate, ...] = ()
    refusals: tuple[RefusedRecord, ...] = ()


class UnsignedReader:
    """Reads rows by the manifest's ``[record]`` table, as signed records are read."""

    def __init__(
        self, manifest: Manifest, decoder: Decoder, catalogue: Catalogue
    ) -> None:
        self._agency = manifest.id
        self._institution = manifest.collection_body
        self._is_shown = manifest.signature.unsigned is UnsignedUse.SHOWN
        self._fields = RecordFields(manifest.record)
        self._decoder = decoder
        self._catalogue = catalogue

    def read(self, holder: Identity, came: UnsignedRows, now: datetime) -> ReadRows:
        """Return what ``came`` shows of ``holder``."""
        for fault, why in (
            (RecordFault.WRONG_HOLDER, came.of_another),
            (RecordFault.UNREADABLE_ANSWER, came.refused),
        ):
            if why is not None:
                return ReadRows(refusals=(RefusedRecord(fault, why, None, None),))
        read = [self._row(holder, row, now) for row in came.rows]
        refusals = [one for one in read if isinstance(one, RefusedRecord)]
        rows = [one for one in read if isinstance(one, UnsignedCertificate)]
        kept = []
        for row in rows:
            names = names_of(row.record, self._catalogue)
            others = [
                one
                for one in rows
                if not names.isdisjoint(names_of(one.record, self._catalogue))
            ]
            if any(one.record != row.record for one in others):
                fault = RecordFault.CONTRADICTION
                refusals.append(RefusedRecord(fault, _TWO_ROWS, None, row.digest))
            elif others[0] is row:
                kept.append(row)
        return ReadRows(tuple(kept), tuple(refusals))

    def _row(
        self, holder: Identity, row: UnsignedRow, now: datetime
    ) -> UnsignedCertificate | RefusedRecord:
        def refused(code: str, why: str) -> RefusedRecord:
            return RefusedRecord(code, why, None, row.digest)

        try:
            record = self._fields.record(row.content, asked={holder.number: holder})
        except (RecordError, ExpressionError) as error:
            return refused(RecordFault.MALFORMED_RECORD, str(error))
        if record.holder != holder:
            return refused(RecordFault.WRONG_HOLDER, _WRONG_HOLDER)
        code = self._decoder.annex_code(record)
        if code is not None and code not in self._decoder.rows:
            why = f"item {code} is not among those the connector answers for"
            return refused(Refusal.OUT_OF_SCOPE, why)
        return UnsignedCertificate(
            agency=self._agency,
            institution=self._institution,
            record=record,
            digest=row.digest,
            retrieved_at=now,
            files=row.files,
        )

    def beside(self, signed: Answer, sent: Answer | None, rows: ReadRows) -> Answer:
        """Return ``signed`` with the rows that nobody signed in any version.

        ``sent`` is made of what the agency sent before, of which each is signed.
        """
        certificates = list(signed.certificates)
        undecided = list(signed.undecided)
        refusals = [*signed.refusals, *rows.refusals]
        proofs = signed.proofs
        if sent is not None and sent.retrieved_at is not None:
            judged = newest_versions(
                [*certificates, *sent.certificates], self._catalogue
            )
            certificates = judged.certificates
            undecided += [*sent.undecided, *judged.undecided]
            refusals += [*sent.refusals, *judged.faults]
            proofs = (*proofs, *sent.proofs)
        left = without_signed(
            rows.certificates, [*certificates, *undecided], self._catalogue
        )
        if refusals:
            outcome, reason = SourceOutcome.UNVERIFIED, refused_reason(refusals)
        elif certificates and not left:
            outcome, reason = SourceOutcome.ANSWERED, None
        else:
            outcome, reason = SourceOutcome.UNSIGNED, self._reason(left)
        return replace(
            signed,
            outcome=outcome,
            certificates=tuple(certificates),
            unsigned=left if self._is_shown else (),
            undecided=tuple(undecided),
            refusals=tuple(refusals),
            reason=reason,
            proofs=proofs,
            is_complete=False,
        )

    def _reason(self, left: Sequence[UnsignedCertificate]) -> Text:
        if not left:
            return NOTHING_CAME
        return SHOWN if self._is_shown else WITHHELD


def without_signed(
    rows: Iterable[UnsignedCertificate],
    signed: Iterable[AttestedCertificate],
    catalogue: Catalogue,
) -> tuple[UnsignedCertificate, ...]:
    """Return ``rows`` without those of certificates that are ``signed``, too."""
    known = frozenset(
        name for one in signed for name in names_of(one.record, catalogue)
    )
    return tuple(
        row for row in rows if known.isdisjoint(names_of(row.record, catalogue))
    )
