"""What is said of each check: no more than is known, and unknown is not good."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bureau.checks.codes import CheckCode, CheckResult, ProvenanceCheck
from bureau.checks.made import CheckMade, Known, checks_of, checks_of_refusal
from bureau.checks.meanings import MEANINGS
from bureau.transparency.inclusion import Inclusion, NoLog
from connectors.answer import AttestedCertificate, RecordFault, RefusedRecord
from connectors.connector import Collected
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState, StateChange
from policy.text import same_words
from signing.errors import Refusal
from signing.trust import KeyState
from tests.connectors.agency import COLLECTION_BODY, NOW
from tests.resolvers.attested import certificate

CATALOGUE = load_catalogue()
BODIES = {same_words(body.name.zh): body for body in CATALOGUE.bodies.values()}
SIGNER = CATALOGUE.bodies[COLLECTION_BODY].name.zh
_FIRE = CATALOGUE.bodies["shanghai-fire-training-detachment"]
ANOTHER = _FIRE.name.zh
KNOWN = Known(CATALOGUE, BODIES, NoLog(), NOW.date())
C, R = ProvenanceCheck, CheckResult


def attested(**changes: object) -> AttestedCertificate:
    """Return a certificate of the agency's, with ``changes`` of its record."""
    found = certificate(**{"collection_body": SIGNER, **changes})
    signer = replace(found.attestation, institution=COLLECTION_BODY)
    return replace(found, attestation=signer)


def one(found: AttestedCertificate, check: ProvenanceCheck) -> CheckMade:
    """Return how ``check`` ended."""
    (made,) = [made for made in checks_of(found, KNOWN) if made.check is check]
    return made


def ended(found: AttestedCertificate, check: ProvenanceCheck) -> tuple[str, str]:
    made = one(found, check)
    return made.result, made.code


def test_each_check_is_there_once_in_the_order_of_the_list() -> None:
    assert [made.check for made in checks_of(attested(), KNOWN)] == list(C)


def test_what_an_agency_has_just_answered() -> None:
    assert [(made.result, made.code) for made in checks_of(attested(), KNOWN)] == [
        ("VALID", "SIGNATURE_FITS"),
        ("VALID", "KEY_IN_FORCE"),
        ("VALID", "ROW_IN_SCOPE"),
        ("VALID", "SIGNER_NAMED"),
        ("SKIPPED", "AGENCY_DOES_NOT_BIND"),
        ("VALID", "FRESH"),
        ("VALID", "STATE_KNOWN"),
        ("SKIPPED", "NOT_SIGNED"),
    ]


def test_revoked_is_a_state_and_no_error() -> None:
    made = one(attested(state=CertificateState.REVOKED), C.STATUS)

    assert (made.result, made.code) == (R.VALID, CheckCode.STATE_KNOWN)
    assert made.detail is not None
    assert (made.detail.zh, made.detail.en) == ("撤销", "revoked")


def test_an_unknown_state_never_becomes_good() -> None:
    assert ended(attested(state=None), C.STATUS) == ("UNKNOWN", "STATE_UNKNOWN")
    unread = attested(changes=None)
    assert ended(unread, C.STATUS) == ("UNKNOWN", "CHANGES_UNREADABLE")


def test_a_bad_state_is_known_whatever_else_cannot_be_read() -> None:
    revoked = attested(changes=None, state=CertificateState.REVOKED)

    assert ended(revoked, C.STATUS) == ("VALID", "STATE_KNOWN")


def test_a_change_that_was_sent_is_the_state() -> None:
    change = StateChange(
        state=CertificateState.SUSPENDED, effective_on=NOW.date(), received_at=NOW
    )

    made = one(attested(changes=(change,)), C.STATUS)

    assert made.detail is not None
    assert made.detail.en == "suspended"


def test_what_was_collected_is_bound_to_no_question_and_may_have_changed() -> None:
    at = NOW - timedelta(days=9)
    collected = replace(attested(), collected=Collected(at, 7))

    assert ended(collected, C.BINDING) == ("SKIPPED", "SENT_UNASKED")
    assert ended(collected, C.FRESHNESS) == ("UNKNOWN", "COLLECTED")


def test_a_key_that_is_out_of_force_since_proves_what_was_collected_before() -> None:
    found = attested()
    key = replace(found.proof.key, state=KeyState.RETIRED, state_since=NOW)
    since = replace(
        found,
        proof=replace(found.proof, key=key),
        collected=Collected(NOW - timedelta(days=9), 7),
    )

    assert ended(since, C.KEY) == ("VALID", "KEY_WAS_IN_FORCE")


def test_what_stands_in_for_a_silent_agency_may_have_changed() -> None:
    stale = replace(attested(), as_of=NOW - timedelta(minutes=5))

    assert ended(stale, C.FRESHNESS) == ("UNKNOWN", "STANDS_IN")


def test_a_row_that_is_not_in_the_annex_needs_no_scope() -> None:
    other = attested(item_code=None, item="厨师", title="厨师")

    assert ended(other, C.SCOPE) == ("SKIPPED", "NO_ANNEX_ROW")


@pytest.mark.parametrize(
    ("stated", "result", "code"),
    [
        (SIGNER, "VALID", "SIGNER_NAMED"),
        (f" {SIGNER} ", "VALID", "SIGNER_NAMED"),
        (ANOTHER, "INVALID", "ANOTHER_BODY_NAMED"),
        ("某某中心", "UNKNOWN", "UNKNOWN_BODY_NAMED"),
        (None, "SKIPPED", "NO_BODY_NAMED"),
    ],
)
def test_the_body_that_the_record_names_is_compared_with_the_signer(
    stated: str | None, result: str, code: str
) -> None:
    assert ended(attested(collection_body=stated), C.AUTHORITY) == (result, code)


class Log:
    """A log in which everything is as far as it says."""

    def __init__(self, inclusion: Inclusion) -> None:
        self.inclusion = inclusion
        self.asked: list[AttestedCertificate] = []

    def of(self, certificate: AttestedCertificate) -> Inclusion:
        self.asked.append(certificate)
        return self.inclusion


@pytest.mark.parametrize(
    ("inclusion", "result", "code"),
    [
        (Inclusion.INCLUDED, R.VALID, "INCLUDED"),
        (Inclusion.PENDING, R.UNKNOWN, "PENDING"),
        (Inclusion.NOT_LOGGED, R.SKIPPED, "NOT_LOGGED"),
        (Inclusion.NOT_SIGNED, R.SKIPPED, "NOT_SIGNED"),
        (Inclusion.AWAY, R.UNKNOWN, "LOG_AWAY"),
    ],
)
def test_the_log_is_asked_about_what_is_shown(
    inclusion: Inclusion, result: CheckResult, code: str
) -> None:
    log, found = Log(inclusion), attested()

    made = checks_of(found, replace(KNOWN, inclusions=log))[-1]

    assert (made.check, made.result) == (C.INCLUSION, result)
    assert made.code == code
    assert log.asked == [found]


def test_nothing_in_the_log_makes_a_record_invalid() -> None:
    for inclusion in Inclusion:
        log = Log(inclusion)
        made = checks_of(attested(), replace(KNOWN, inclusions=log))[-1]
        assert made.result is not R.INVALID


def refused(code: str, *, is_collected: bool = False) -> dict[str, tuple[str, str]]:
    """Return the checks of what was refused with ``code``."""
    refusal = RefusedRecord(code, "why", None, None)
    made = checks_of_refusal(refusal, is_collected=is_collected)
    assert [row.check for row in made] == list(C)
    return {row.check: (row.result, row.code) for row in made}


@pytest.mark.parametrize("code", [*Refusal, *RecordFault])
def test_every_refusal_fails_one_check_in_its_own_words(code: str) -> None:
    found = refused(code)

    failed = [check for check, (result, _) in found.items() if result == "INVALID"]
    assert failed == [MEANINGS[CheckCode(code)].check]
    assert found[failed[0]] == ("INVALID", code)
    assert "UNKNOWN" not in {result for result, _ in found.values()}


@pytest.mark.parametrize(
    ("code", "held"),
    [
        (Refusal.OVERSIZE, []),
        (Refusal.UNKNOWN_KEY, []),
        (Refusal.BAD_SIGNATURE, []),
        (Refusal.KEY_NOT_IN_FORCE, ["INTEGRITY"]),
        (Refusal.STALE, ["INTEGRITY", "KEY"]),
        (Refusal.OUT_OF_SCOPE, ["INTEGRITY", "KEY", "FRESHNESS"]),
        (RecordFault.FOREIGN_KEY, ["INTEGRITY", "KEY", "FRESHNESS"]),
        (RecordFault.REPLAYED, ["INTEGRITY", "KEY", "FRESHNESS"]),
        (RecordFault.UNSIGNED_ABSENCE, []),
    ],
)
def test_only_what_was_made_before_is_said_to_hold(code: str, held: list[str]) -> None:
    valid = [check for check, (result, _) in refused(code).items() if result == "VALID"]

    assert valid == held


def test_the_age_of_what_was_collected_is_not_asked() -> None:
    assert refused(RecordFault.FOREIGN_KEY, is_collected=True)["FRESHNESS"] == (
        "SKIPPED",
        "NOT_REACHED",
    )


def test_the_reason_of_a_refusal_stands_beside_its_check() -> None:
    made = checks_of_refusal(RefusedRecord(Refusal.STALE, "5 days", "k", b""))

    (detail,) = [row.detail for row in made if row.result is R.INVALID]
    assert detail is not None
    assert detail.en == "5 days"
    assert {row.detail for row in made if row.result is not R.INVALID} == {None}


def test_every_code_means_something() -> None:
    assert list(MEANINGS) == list(CheckCode)
    assert {one.check for one in MEANINGS.values()} == {*C, None}
