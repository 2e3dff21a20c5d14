"""Say of a certificate, or of what was refused, how each check ended.

Nothing is checked anew and nothing is asked for: a certificate that is shown has
passed, and what is kept beside it says how. So this costs nothing unless somebody wants
to see it. Of what was refused, only what ran before the check that failed is said to
hold; ``docs/decisions/checks-as-data.md`` has the order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bureau.checks.codes import CheckCode, CheckResult, ProvenanceCheck
from bureau.checks.meanings import MEANINGS
from bureau.transparency.inclusion import Inclusion, Inclusions
from connectors.answer import AttestedCertificate, RefusedRecord
from policy.catalogue import Body, Catalogue
from policy.certificate import STATE_NAMES
from policy.row import row_of
from policy.states import state_on
from policy.text import Text, same_words
from signing.trust import KeyState

_C = ProvenanceCheck


@dataclass(frozen=True, slots=True)
class CheckMade:
    """One check, how it ended, and why."""

    check: ProvenanceCheck
    result: CheckResult
    code: CheckCode
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What certificates are looked at by: the annex, the log, and the day."""

    catalogue: Catalogue
    bodies_by_name: Mapping[str, Body]
    inclusions: Inclusions
    today: date


def checks_of(certificate: AttestedCertificate, known: Known) -> list[CheckMade]:
    """Return the checks of a certificate that is shown, each once, in their order."""
    return [look(certificate, known) for look in _LOOKS]


def checks_of_refusal(
    refusal: RefusedRecord, *, is_collected: bool = False
) -> list[CheckMade]:
    """Return the checks of what was refused: one is INVALID, what follows is SKIPPED.

    How old something is is not asked of what was collected.
    """
    code = CheckCode(refusal.code)
    failed = MEANINGS[code].check
    before = _BEFORE.get(code, _AFTER_THE_SIGNATURE)
    made = []
    for check in ProvenanceCheck:
        if check is failed:
            reason = Text(refusal.reason, refusal.reason)
            made.append(CheckMade(check, CheckResult.INVALID, code, reason))
        elif check in before and not (is_collected and check is _C.FRESHNESS):
            made.append(CheckMade(check, CheckResult.VALID, _PASSED[check]))
        else:
            made.append(CheckMade(check, CheckResult.SKIPPED, CheckCode.NOT_REACHED))
    return made


CHECKS_OF_UNSIGNED = (
    CheckMade(_C.INTEGRITY, CheckResult.UNKNOWN, CheckCode.NO_SIGNATURE),
    *(
        CheckMade(check, CheckResult.SKIPPED, CheckCode.NOT_REACHED)
        for check in _C
        if check is not _C.INTEGRITY
    ),
)
"""Of what nobody signed nothing can be checked."""


_PASSED = {
    _C.INTEGRITY: CheckCode.SIGNATURE_FITS,
    _C.KEY: CheckCode.KEY_IN_FORCE,
    _C.FRESHNESS: CheckCode.FRESH,
}
_AFTER_THE_SIGNATURE = frozenset(_PASSED)
"""What has passed where something was read of what is signed."""


def _before() -> dict[CheckCode, frozenset[ProvenanceCheck]]:
    """Return what has passed where that is less, in the order of ``signing.verify``."""
    found = {}
    for code, meaning in MEANINGS.items():
        if meaning.check is _C.INTEGRITY:
            found[code] = frozenset[ProvenanceCheck]()
        elif meaning.check is _C.KEY:
            found[code] = frozenset({_C.INTEGRITY})
    # Without a key no signature is looked at.
    for code in (CheckCode.NO_KEY_ID, CheckCode.UNKNOWN_KEY):
        found[code] = frozenset()
    return found


_BEFORE = _before()


def _made(code: CheckCode, detail: Text | None = None) -> CheckMade:
    check, result, _ = MEANINGS[code]
    assert check is not None  # noqa: S101 - whoever skips says which
    return CheckMade(check, result, code, detail)


def _integrity(_certificate: AttestedCertificate, _known: Known) -> CheckMade:
    return _made(CheckCode.SIGNATURE_FITS)


def _key(certificate: AttestedCertificate, _known: Known) -> CheckMade:
    is_active = certificate.proof.key.state is KeyState.ACTIVE
    # A key that was not in force when it was needed refuses the record.
    return _made(CheckCode.KEY_IN_FORCE if is_active else CheckCode.KEY_WAS_IN_FORCE)


def _scope(certificate: AttestedCertificate, known: Known) -> CheckMade:
    record, catalogue = certificate.record, known.catalogue
    has_row = (
        record.item_code in catalogue.items
        or row_of(record, catalogue).item is not None
    )
    return _made(CheckCode.ROW_IN_SCOPE if has_row else CheckCode.NO_ANNEX_ROW)


def _authority(certificate: AttestedCertificate, known: Known) -> CheckMade:
    stated = certificate.record.collection_body
    if stated is None:
        return _made(CheckCode.NO_BODY_NAMED)
    signer = known.catalogue.bodies.get(certificate.attestation.institution)
    named = known.bodies_by_name.get(same_words(stated))
    if named is None:
        return _made(CheckCode.UNKNOWN_BODY_NAMED)
    is_signer = named is signer
    return _made(CheckCode.SIGNER_NAMED if is_signer else CheckCode.ANOTHER_BODY_NAMED)


def _binding(certificate: AttestedCertificate, _known: Known) -> CheckMade:
    if certificate.collected is not None:
        return _made(CheckCode.SENT_UNASKED)
    bound = certificate.bound
    if bound is None:
        return _made(CheckCode.AGENCY_DOES_NOT_BIND)
    if not bound.is_whole:
        return _made(CheckCode.NONCE_BOUND)
    number = bound.sequence
    counted = Text(f"机构数据序号 {number}", f"the agency's sequence is {number}")
    return _made(CheckCode.QUESTION_BOUND, None if number is None else counted)


def _freshness(certificate: AttestedCertificate, _known: Known) -> CheckMade:
    if certificate.as_of is not None:
        return _made(CheckCode.STANDS_IN)
    is_kept = certificate.collected is not None
    return _made(CheckCode.COLLECTED if is_kept else CheckCode.FRESH)


def _status(certificate: AttestedCertificate, known: Known) -> CheckMade:
    state = state_on(certificate.record, known.today)
    if state is not None:
        return _made(CheckCode.STATE_KNOWN, STATE_NAMES[state])
    is_unreadable = certificate.record.changes is None
    unread, unknown = CheckCode.CHANGES_UNREADABLE, CheckCode.STATE_UNKNOWN
    return _made(unread if is_unreadable else unknown)


_INCLUSIONS = {
    Inclusion.INCLUDED: CheckCode.INCLUDED,
    Inclusion.PENDING: CheckCode.PENDING,
    Inclusion.NOT_LOGGED: CheckCode.NOT_LOGGED,
    Inclusion.NOT_SIGNED: CheckCode.NOT_SIGNED,
    Inclusion.AWAY: CheckCode.LOG_AWAY,
}


def _inclusion(certificate: AttestedCertificate, known: Known) -> CheckMade:
    return _made(_INCLUSIONS[known.inclusions.of(certificate)])


_LOOKS: tuple[Callable[[AttestedCertificate, Known], CheckMade], ...] = (
    _integrity,
    _key,
    _scope,
    _authority,
    _binding,
    _freshness,
    _status,
    _inclusion,
)
"""One a check, in their order."""
