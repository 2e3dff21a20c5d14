"""Find the faults of an answer whose bytes verified."""

from collections.abc import Collection
from datetime import datetime

from connectors.answer import AttestedCertificate, RecordFault, RefusedRecord
from connectors.decoding.decode import DecodedEnvelope
from policy.text import Text

_CONTRADICTION = "certificates and a signed absence came in one answer"
_UNSIGNED = "no certificate came, and nothing signed says that there is none"

_STATED = frozenset({RecordFault.MALFORMED_RECORD, RecordFault.CONTRADICTION})
"""What is refused with these was signed by the agency, about the person."""


def fault_of_the_list(
    absent: bool,
    held: Collection[tuple[datetime, int]],
    certificates: list[AttestedCertificate],
    refusals: list[RefusedRecord],
) -> RefusedRecord | None:
    """Return what is wrong with the answer as a whole; ``None`` if nothing is.

    ``held`` are the signer's counts, with when each was signed. Each certificate is
    counted once, in however many versions it came, believed or not. A record that
    cannot be read was signed, and may be a newer version of any of them.
    """
    came = len(certificates) + len(refusals)
    stated = len(certificates) + len([r for r in refusals if r.code in _STATED])
    if absent and certificates:
        return RefusedRecord(RecordFault.CONTRADICTION, _CONTRADICTION, None, None)
    if not came and not absent:
        return RefusedRecord(RecordFault.UNSIGNED_ABSENCE, _UNSIGNED, None, None)
    if held and stated > (last := max(held)[1]):
        reason = f"{stated} certificates came, the signer says that {last} are held"
        return RefusedRecord(RecordFault.CONTRADICTION, reason, None, None)
    if held and came < (most := max([count for _, count in held])):
        reason = f"{came} certificates came, the signer says that {most} are held"
        return RefusedRecord(RecordFault.INCOMPLETE, reason, None, None)
    return None


_FAULT_REASONS = {
    RecordFault.UNSIGNED_ABSENCE: "the signed answer leaves the person out",
    RecordFault.REPLAYED: "the signed nonce is not the one sent: an old answer",
    RecordFault.WRONG_HOLDER: "the record is about another person than asked",
    RecordFault.NOT_BOUND: "nothing signed says which question this answers",
    RecordFault.OTHER_QUESTION: "it was signed in answer to another question",
    RecordFault.OTHER_AUDIENCE: "it was signed for somebody else than this gateway",
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
