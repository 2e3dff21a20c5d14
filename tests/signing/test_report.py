"""``examine`` names everything that is wrong, and lets nothing of a payload out."""

from datetime import timedelta

import pytest

from signing.envelope import Envelope, Freshness
from signing.errors import Check, Refusal
from signing.report import CHECKS, CheckOutcome, CheckResult, examine
from signing.sign import SigningKey
from tests.signing.agency import (
    AGENCIES,
    ALL_TYPES,
    ASKED_AT,
    BUNDLE,
    FRESHNESS,
    SIGNED_AT,
    TRANSPORT,
    record,
    response,
)
from tests.vectors import mint


def rows_of(
    envelope: Envelope,
    freshness: Freshness | None = FRESHNESS,
    item_code: str | None = None,
) -> tuple[CheckResult, ...]:
    return examine(
        envelope,
        BUNDLE,
        types=ALL_TYPES,
        at=ASKED_AT,
        freshness=freshness,
        item_code=item_code,
    )


def failed(rows: tuple[CheckResult, ...]) -> list[Refusal | None]:
    return [row.refusal for row in rows if row.outcome is CheckOutcome.FAILED]


def not_run(rows: tuple[CheckResult, ...]) -> list[Check]:
    return [row.check for row in rows if row.outcome is CheckOutcome.NOT_RUN]


@pytest.mark.parametrize("key", AGENCIES, ids=lambda key: str(key.algorithm))
def test_every_check_of_a_good_record_passes(key: SigningKey) -> None:
    (item_code, *_) = BUNDLE.keys[key.kid].scope

    rows = rows_of(record(key=key), item_code=item_code)

    assert [(row.check, row.outcome) for row in rows] == [
        (check, CheckOutcome.PASSED) for check in CHECKS
    ]


def test_every_check_of_a_good_response_passes_but_scope_which_is_not_asked() -> None:
    rows = rows_of(response())

    assert (failed(rows), not_run(rows)) == ([], [Check.SCOPE])


def test_a_suspended_key_does_not_hide_that_the_record_is_stale_and_out_of_scope() -> (
    None
):
    kid = "test-suspended-1"
    key = SigningKey(kid, TRANSPORT.algorithm, mint.private_key(kid))
    old = record(key=key, signed_at=SIGNED_AT - timedelta(days=90))

    rows = rows_of(old, item_code="1.2")

    assert failed(rows) == [
        Refusal.KEY_NOT_IN_FORCE,
        Refusal.KEY_OUTSIDE_WINDOW,
        Refusal.STALE,
        Refusal.OUT_OF_SCOPE,
    ]


def test_a_wrong_algorithm_does_not_hide_that_the_signature_holds() -> None:
    envelope = Envelope(mint.compact(mint.header(alg="ES256", typ="JWT")).encode())

    rows = rows_of(envelope)

    assert failed(rows) == [Refusal.WRONG_TYPE, Refusal.WRONG_ALGORITHM]


def test_a_payload_is_not_read_before_its_signature_holds() -> None:
    good = record(b'{"level":5.0}').signature

    rows = rows_of(Envelope(good[:-4] + b"AAAA"))

    assert failed(rows) == [Refusal.BAD_SIGNATURE]
    assert Check.PAYLOAD in not_run(rows)


def test_a_signature_is_not_judged_under_an_extension_nobody_understands() -> None:
    rows = rows_of(Envelope(mint.compact(mint.header(crit=["x"], x=1)).encode()))

    assert failed(rows) == [Refusal.UNKNOWN_CRIT]
    assert not_run(rows) == [Check.SIGNATURE, Check.PAYLOAD, Check.SCOPE]


def test_an_unknown_key_leaves_the_checks_that_need_no_key() -> None:
    rows = rows_of(
        Envelope(mint.compact(mint.header(kid="x")).encode()), item_code="1.2"
    )

    assert failed(rows) == [Refusal.UNKNOWN_KEY]
    assert not_run(rows) == [
        Check.ALGORITHM,
        Check.SIGNATURE,
        Check.STATE,
        Check.WINDOW,
        Check.PAYLOAD,
        Check.SCOPE,
    ]


def test_nothing_is_run_on_what_is_too_large() -> None:
    rows = rows_of(Envelope(b"A" * 65537))

    assert (failed(rows), not_run(rows)) == ([Refusal.OVERSIZE], list(CHECKS[1:]))


def test_freshness_is_not_run_without_a_limit() -> None:
    rows = rows_of(record(signed_at=SIGNED_AT - timedelta(days=30)), freshness=None)

    assert (failed(rows), not_run(rows)) == ([], [Check.FRESHNESS, Check.SCOPE])


def test_a_report_of_a_refused_record_repeats_nothing_of_its_payload() -> None:
    payload = '{"idNumber":"000000000000000000","idNumber":1.5,"测试人":NaN}'

    rows = rows_of(record(payload.encode()))

    details = " ".join(row.detail for row in rows)
    assert [word for word in ("000000", "idNumber", "测试人") if word in details] == []


def test_a_check_that_was_not_run_says_so() -> None:
    rows = rows_of(Envelope(b""))

    assert {row.detail for row in rows if row.outcome is CheckOutcome.NOT_RUN} == {
        "what this check needs was not established, or not asked for"
    }
