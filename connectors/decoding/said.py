"""Sort what an agency's envelopes say of one person: records, refusals, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.answer import RecordFault, RefusedRecord
from connectors.binding import Bound
from connectors.connector import Collected, Reply
from connectors.decoding.bound_answers import fault_of_binding
from connectors.decoding.decode import DecodedEnvelope, Holding
from connectors.decoding.faults import fault_of
from policy.certificate import CertificateRecord
from policy.identity import Identity
from signing.envelope import Envelope, PayloadType, SignatureProof

Found = Sequence[tuple[Envelope, DecodedEnvelope | RefusedRecord]]
"""Envelopes, each as it was read."""


@dataclass(slots=True)
class Said:
    """Everything that is said of one person."""

    records: list[tuple[CertificateRecord, Envelope, DecodedEnvelope]] = field(
        default_factory=list
    )
    refusals: list[RefusedRecord] = field(default_factory=list)
    proofs: list[SignatureProof] = field(default_factory=list)
    absent: bool = False
    is_whole: bool = False
    """Whether the list is signed, and so is its own count."""
    sequence: int | None = None
    """The greatest number of what the agency had last, as far as it signs them."""
    held: dict[bytes, tuple[datetime, int]] = field(default_factory=dict)
    """The counts by envelope, each with when it was signed."""


def said_of(holder: Identity, found: Found, reply: Reply) -> Said:
    """Return what ``found`` says of ``holder``."""
    said = Said()
    number, collected = holder.number, reply.collected
    for envelope, reading in found:
        if isinstance(reading, RefusedRecord):
            # What a newer version replaced is shown if it still verifies, or not.
            if not _is_history(envelope, collected):
                said.refusals.append(reading)
            continue
        holding = reading.holdings.get(number)
        if (fault := _fault_of_question(reply, reading)) is not None:
            said.refusals.append(fault_of(fault, reading))
            continue
        if holding is None or not holding.is_about(holder):
            said.refusals.append(_of_another(holding, reading))
            continue
        said.proofs.append(reading.proof)
        said.sequence = _greater(said.sequence, reading.bound)
        said.refusals += holding.refusals
        said.absent = said.absent or not (holding.records or holding.refusals)
        for record in holding.records:
            said.records.append((record, envelope, reading))
        # How many are held is the signer's word of the day of signing.
        if holding.held is None or collected is not None:
            continue
        if reading.proof.type is PayloadType.RECORD:
            said.held[envelope.digest] = reading.proof.signed_at, holding.held
        else:
            said.is_whole = True
    return said


def _fault_of_question(reply: Reply, reading: DecodedEnvelope) -> RecordFault | None:
    """Say whether an envelope answers another question than the one that went out."""
    if reading.nonce != reply.nonce:
        return RecordFault.REPLAYED
    bound_to = reply.bound_to
    return None if bound_to is None else fault_of_binding(bound_to, reading.bound)


def _greater(sequence: int | None, bound: Bound | None) -> int | None:
    """Return the greater of two numbers, as far as there are any."""
    if bound is None or bound.sequence is None:
        return sequence
    return bound.sequence if sequence is None else max(sequence, bound.sequence)


def _of_another(holding: Holding | None, reading: DecodedEnvelope) -> RefusedRecord:
    """Return the fault of an envelope that says nothing about whom it should."""
    if holding is None and reading.proof.type is PayloadType.RESPONSE:
        return fault_of(RecordFault.UNSIGNED_ABSENCE, reading)
    return fault_of(RecordFault.WRONG_HOLDER, reading)


def _is_history(envelope: Envelope, sent: Mapping[bytes, Collected] | None) -> bool:
    """Say whether the agency sent a newer version of a record since."""
    return sent is not None and sent[envelope.digest].is_history
