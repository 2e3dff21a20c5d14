"""Judge a record that an agency sends for good: believed now, or refused for a reason.

What is asked of a record on a question is asked here when it comes: who signed it,
with a key that is in force now whatever the record says, for a row that the connector
may attest. How long ago it was signed does not matter, since a registry sends what it
has; a day that has not come does.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from connectors.answer import RecordFault, RefusedRecord
from connectors.decoding.decode import Decoder, refused
from connectors.decoding.readers import RecordError
from connectors.manifest_signature import Signature
from policy.certificate import CertificateRecord
from signing.envelope import Envelope, Freshness, PayloadType, VerifiedPayload, verify
from signing.errors import Refusal, SigningError
from signing.trust import TrustBundle

ANY_AGE = timedelta(days=36_500)
RECORDS = frozenset({PayloadType.RECORD})
"""Whatever an agency signs on a question, what it sends is one JWS a record."""


@dataclass(frozen=True, slots=True)
class BelievedRecord:
    """A record that may be kept, and what it was read from."""

    record: CertificateRecord
    proof: VerifiedPayload
    row: str | None
    """The annex row it is about; ``None`` if it is about none."""


def judge_record(  # noqa: PLR0911, PLR0913 - a reason each; all that it takes
    envelope: Envelope,
    bundle: TrustBundle,
    *,
    decoder: Decoder,
    signature: Signature,
    at: datetime,
    today: date,
) -> BelievedRecord | RefusedRecord:
    """Say whether the record in ``envelope`` is to be kept, as of ``at``."""
    skew = timedelta(seconds=signature.skew_seconds)
    try:
        proof = verify(
            envelope,
            bundle,
            types=RECORDS,
            at=at,
            freshness=Freshness(max_age=ANY_AGE, skew=skew),
        )
        # Whose record it is comes before what it is about.
        if (foreign := decoder.foreign(proof)) is not None:
            return foreign
        reading = decoder.decode(proof)
    except SigningError as error:
        return refused(error, envelope.digest)
    except RecordError as error:
        return RefusedRecord(
            RecordFault.MALFORMED_RECORD, str(error), None, envelope.digest
        )
    (holding,) = reading.holdings.values()
    if holding.refusals:
        return holding.refusals[0]
    (record,) = holding.records
    row = decoder.annex_code(record)
    if row is not None and row not in decoder.rows:
        return RefusedRecord(
            Refusal.OUT_OF_SCOPE,
            f"item {row} is not among those the connector answers for",
            proof.key.kid,
            proof.digest,
        )
    for issued_on in (record.issued_on, record.first_issued_on):
        if issued_on is not None and issued_on > today:
            return RefusedRecord(
                RecordFault.ISSUED_IN_FUTURE,
                "it is issued on a day that has not come in Shanghai",
                proof.key.kid,
                proof.digest,
            )
    return BelievedRecord(record, proof, row)
