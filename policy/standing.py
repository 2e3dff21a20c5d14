"""Say what a certificate is worth on one day: dates and states, no signatures.

Which state it was in on that day is ``states``' to say.

A state that the registry does not state, or states as "other", is ``UNKNOWN``
and never good. So is a missing date where one is needed: a licence without
level (special operations) runs out after six years and is reviewed every three,
so its three dates must be known; a graded qualification is for life unless the
registry states an end. The day of issue must be known for both.

Days that contradict each other (``policy.contradictions``) are no dates to decide by:
where a standing would rest on them, it is unknown too.

A day after today is not known: a review may be made until then, a suspension lifted,
a state sent. What the dates say of it is certain, and so is what was lost for good.

The order matters for a promise the tests hold: filling in an unknown fact never
turns a good standing into a bad one or the other way round. Whatever is bad for
certain comes first. An overdue review comes second, and so before any doubt: by the
stated day alone it is overdue, whatever else is unknown. It comes before 转出 too,
which an unknown state may turn out to be. What it weighs is a parameter; where that
is not UNMET, the clause weighs what is left without the review (``policy.clauses``).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from policy.certificate import CertificateRecord, CertificateState
from policy.contradictions import RecordWarning, validity_warnings
from policy.level import Level
from policy.states import state_on


class Standing(StrEnum):
    """The standing of a certificate on a day."""

    VALID = "VALID"
    NOT_YET_VALID = "NOT_YET_VALID"
    EXPIRED = "EXPIRED"
    REVIEW_OVERDUE = "REVIEW_OVERDUE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    CANCELLED = "CANCELLED"
    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"
    # Moved to another place's register, which alone knows what it is worth now.
    TRANSFERRED = "TRANSFERRED"
    UNKNOWN = "UNKNOWN"


_LOST: Mapping[CertificateState | None, Standing] = MappingProxyType(
    {
        CertificateState.SUSPENDED: Standing.SUSPENDED,
        CertificateState.REVOKED: Standing.REVOKED,
        CertificateState.CANCELLED: Standing.CANCELLED,
        CertificateState.LAPSED: Standing.LAPSED,
        CertificateState.WITHDRAWN: Standing.WITHDRAWN,
    }
)


def standing(  # noqa: PLR0911 - a standing each
    record: CertificateRecord, as_of: date, today: date
) -> Standing:
    """Return what ``record`` is worth on ``as_of``, as far as ``today`` can know."""
    state = state_on(record, as_of)
    is_known = as_of <= today
    # A suspension is lifted as a rule, the other states take away for good.
    if state in _LOST and (is_known or state is not CertificateState.SUSPENDED):
        return _LOST[state]
    doubts = validity_warnings(record)
    if RecordWarning.ENDS_BEFORE_START in doubts:
        return Standing.UNKNOWN
    # A day that is not stated is passed by none.
    if as_of < max(record.valid_from or date.min, record.issued_on or date.min):
        return Standing.NOT_YET_VALID
    if as_of > (record.valid_until or date.max):
        return Standing.EXPIRED
    # On a later day than today it may have been made; what is overdue today was not.
    if min(as_of, today) > (record.review_due_on or date.max):
        is_meant = RecordWarning.REVIEW_BEFORE_ISSUE not in doubts
        return Standing.REVIEW_OVERDUE if is_meant else Standing.UNKNOWN
    if is_known and state is CertificateState.TRANSFERRED:
        return Standing.TRANSFERRED
    if state is not CertificateState.VALID or _lacks_a_date(record):
        return Standing.UNKNOWN
    return Standing.UNKNOWN if doubts or not is_known else Standing.VALID


def _lacks_a_date(record: CertificateRecord) -> bool:
    if record.issued_on is None:
        return True
    if record.level is not None and record.level is not Level.UNGRADED:
        return False
    dates = (record.valid_from, record.valid_until, record.review_due_on)
    return None in dates


def standing_of_unsigned(record: CertificateRecord, as_of: date) -> Standing:
    """Return what a certificate is worth whose record nobody signed.

    Nothing that it states makes it good or bad; what its agency sent of its state is
    signed, and that it is lost is known from there.
    """
    if not record.changes:
        return Standing.UNKNOWN
    sent = replace(record, state=CertificateState.VALID, state_since=None)
    return _LOST.get(state_on(sent, as_of), Standing.UNKNOWN)
