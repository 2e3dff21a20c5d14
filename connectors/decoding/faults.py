"""Find the faults of an answer whose bytes verified."""

from connectors.answer import AttestedCertificate, RecordFault, RefusedRecord
from connectors.decoding.decode import DecodedEnvelope
from policy.text import Text

_CONTRADICTION = "certificates and a signed absence came in one answer"
_UNSIGNED = "no certificate came, and nothing signed says that there is none"


def faults_of_the_list(
    absent: bool,
    held: int | None,
    certificates: list[AttestedCertificate],
    refusals: list[RefusedRecord],
) -> list[RefusedRecord]:
    """Return what is wrong with the answer as a whole."""
    came = len(certificates) + len(refusals)
    if absent and certificates:
        return [RefusedRecord(RecordFault.CONTRADICTION, _CONTRADICTION, None, None)]
    if not came and not absent:
        return [RefusedRecord(RecordFault.UNSIGNED_ABSENCE, _UNSIGNED, None, None)]
    if held is not None and came < held:
        reason = f"{came} records came, the signer says that {held} are held"
        return [RefusedRecord(RecordFault.INCOMPLETE, reason, None, None)]
    return []


_FAULT_REASONS = {
    RecordFault.UNSIGNED_ABSENCE: "the signed answer leaves the person out",
    RecordFault.REPLAYED: "the signed nonce is not the one sent: an old answer",
    RecordFault.WRONG_HOLDER: "the record is about another person than asked",
}


def fault_of(fault: RecordFault, reading: DecodedEnvelope) -> RefusedRecord:
    """Return that a verified body has ``fault``."""
    return RefusedRecord(
        fault, _FAULT_REASONS[fault], reading.proof.key.kid, reading.proof.digest
    )


def refused_reason(refusals: list[RefusedRecord]) -> Text:
    """Say how much of an answer was not believed, and why."""
    codes = ", ".join(dict.fromkeys(refusal.code for refusal in refusals))
    count = len(refusals)
    return Text(
        zh=f"{count} 项内容未通过核验，未采信：{codes}",
        en=f"{count} of what came did not verify and was not believed: {codes}",
    )
