"""A change of a certificate's state, as its agency sends it: signed, unasked.

Its payload is the certificate's record in the agency's own shape, with the new state,
the day it takes effect and a reason. So the manifest that reads records reads changes,
and says of which certificate one is. The type in the signature keeps the two apart: a
record never passes for a change, nor a change for a record.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from connectors.answer import RecordFault, RefusedRecord
from connectors.decoding.decode import Decoder, refused
from connectors.decoding.readers import RecordError
from policy.calendar import SHANGHAI
from policy.certificate import CertificateRecord, CertificateState
from signing.envelope import (
    Envelope,
    Freshness,
    PayloadType,
    VerifiedPayload,
    verify,
)
from signing.errors import SigningError
from signing.trust import TrustBundle


class ChangeFault(StrEnum):
    """A reason why verified bytes are no change of a certificate's state.

    Beside these, a refused change's code may be any ``signing.errors.Refusal``, and of
    ``RecordFault`` those of a single record.
    """

    NO_STATE = "NO_STATE"
    IN_FUTURE = "IN_FUTURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentChange:
    """A change that verified; of which certificate, ``record`` says."""

    record: CertificateRecord
    state: CertificateState
    effective_on: date
    reason: str
    proof: VerifiedPayload


def read_change(
    envelope: Envelope,
    *,
    bundle: TrustBundle,
    decoder: Decoder,
    at: datetime,
    skew: timedelta,
) -> SentChange | RefusedRecord:
    """Verify and decode one change that came ``at``.

    How old its signature is, is not checked: what comes late still has to come in, and
    that nothing comes twice is the sequence's to see.
    """
    try:
        proof = verify(
            envelope,
            bundle,
            types={PayloadType.STATE},
            at=at,
            freshness=Freshness(max_age=timedelta.max, skew=skew),
        )
        record, reason = decoder.decode_change(proof)
    except SigningError as error:
        return refused(error, envelope.digest)
    except RecordError as error:
        return _fault(RecordFault.MALFORMED_RECORD, str(error), None, envelope)
    if isinstance(record, RefusedRecord):
        return record
    kid = proof.key.kid
    if record.state is None:
        why = "states no state, or a word that record.values.state does not map"
        return _fault(ChangeFault.NO_STATE, why, kid, envelope)
    signed_on = proof.signed_at.astimezone(SHANGHAI).date()
    effective_on = record.state_since or signed_on
    today = at.astimezone(SHANGHAI).date()
    # An announcement would have to be looked at again on its day, and could be
    # withdrawn before: it is sent on that day instead.
    if effective_on > today:
        why = f"takes effect on {effective_on}, it is {today}; send it on that day"
        return _fault(ChangeFault.IN_FUTURE, why, kid, envelope)
    return SentChange(
        # Which certificate it is; the state is the change's.
        record=replace(record, state=None, state_since=None),
        state=record.state,
        effective_on=effective_on,
        reason=reason or "",
        proof=proof,
    )


def _fault(
    fault: ChangeFault | RecordFault,
    reason: str,
    key_id: str | None,
    envelope: Envelope,
) -> RefusedRecord:
    return RefusedRecord(fault, reason, key_id, envelope.digest)
