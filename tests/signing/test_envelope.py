"""What ``verify`` promises of what it believes, and how a kept result is asked again.

What it refuses is in the vectors; here are the boundaries and the accepting side.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from signing import checks
from signing.envelope import Envelope, Freshness, PayloadType, verify
from signing.errors import Check, Refusal, SigningError
from signing.trust import KeyState, TrustBundle, TrustedKey
from tests.signing.agency import (
    ASKED_AT,
    BUNDLE,
    FIRE,
    FRESHNESS,
    PAYLOAD,
    SIGNED_AT,
    TRANSPORT,
    ask,
    record,
    response,
)

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LAST = datetime(2028, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def bundle_with(**changes: object) -> TrustBundle:
    """The transport key alone, changed."""
    key = replace(BUNDLE.keys[TRANSPORT.kid], **changes)  # type: ignore[arg-type]
    return TrustBundle({key.kid: key})


def refusal_of(
    envelope: Envelope,
    at: datetime = ASKED_AT,
    freshness: Freshness | None = FRESHNESS,
) -> Refusal | None:
    try:
        ask(envelope, at=at, freshness=freshness)
    except SigningError as error:
        return error.refusal
    return None


def test_a_verified_record_says_what_was_signed_by_whom_and_when() -> None:
    envelope = record()

    verified = ask(envelope)

    assert (
        verified.payload,
        verified.content,
        verified.key,
        verified.signed_at,
        verified.type,
        verified.digest,
    ) == (
        PAYLOAD,
        {"name": "测试人", "level": 5},
        BUNDLE.keys[TRANSPORT.kid],
        SIGNED_AT,
        PayloadType.RECORD,
        envelope.digest,
    )


def test_a_verified_body_is_the_bytes_that_came() -> None:
    body = b'\n{ "nonce" : "x" }\n'

    verified = ask(response(body))

    assert verified.payload == body


def test_a_refusal_names_the_trusted_key_it_is_about() -> None:
    with pytest.raises(SigningError) as caught:
        ask(record(), at=ASKED_AT + timedelta(days=1))

    assert (caught.value.check, caught.value.refusal, caught.value.key_id) == (
        Check.FRESHNESS,
        Refusal.STALE,
        "test-transport-1",
    )


def test_a_refusal_does_not_take_over_an_unknown_key_id() -> None:
    stranger = replace(TRANSPORT, kid="nobody-" * 20)

    with pytest.raises(SigningError) as caught:
        ask(record(key=stranger))

    assert (caught.value.refusal, caught.value.key_id) == (Refusal.UNKNOWN_KEY, None)


def test_an_untrusted_name_is_quoted_short_and_in_ascii() -> None:
    stranger = replace(TRANSPORT, kid="钥\n" * 500)

    with pytest.raises(SigningError) as caught:
        ask(record(key=stranger))

    assert caught.value.detail.isascii()
    assert len(caught.value.detail) < 130


@pytest.mark.parametrize(
    ("signed_at", "at", "expected"),
    [
        pytest.param(FIRST, FIRST, None, id="first moment"),
        pytest.param(
            FIRST - SECOND, FIRST, Refusal.KEY_OUTSIDE_WINDOW, id="signed too early"
        ),
        pytest.param(LAST, LAST, None, id="last moment"),
        pytest.param(
            LAST, LAST + SECOND, Refusal.KEY_OUTSIDE_WINDOW, id="asked too late"
        ),
    ],
)
def test_both_moments_lie_in_the_window_of_the_key(
    signed_at: datetime, at: datetime, expected: Refusal | None
) -> None:
    assert refusal_of(record(signed_at=signed_at), at=at) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        pytest.param(timedelta(hours=1), None, id="oldest allowed"),
        pytest.param(timedelta(hours=1, seconds=1), Refusal.STALE, id="too old"),
        pytest.param(timedelta(minutes=-1), None, id="clock as far ahead as allowed"),
        pytest.param(
            timedelta(minutes=-1, seconds=-1),
            Refusal.SIGNED_IN_FUTURE,
            id="clock too far ahead",
        ),
    ],
)
def test_a_signature_is_neither_stale_nor_from_the_future(
    age: timedelta, expected: Refusal | None
) -> None:
    assert refusal_of(record(signed_at=ASKED_AT - age)) == expected


@pytest.mark.parametrize(
    ("iat", "moment"),
    [
        pytest.param(0, datetime(1970, 1, 1, tzinfo=UTC), id="first second"),
        pytest.param(
            253402300799, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), id="last"
        ),
    ],
)
def test_a_signing_time_is_any_second_of_the_calendar(
    iat: int, moment: datetime
) -> None:
    assert checks.signing_time({"iat": iat}) == moment


def test_freshness_is_left_out_when_no_limit_is_given() -> None:
    year_old = record(signed_at=FIRST)

    assert refusal_of(year_old, at=LAST, freshness=None) is None


def test_the_question_may_be_asked_in_another_time_zone() -> None:
    shanghai = ASKED_AT.astimezone(timezone(timedelta(hours=8)))

    assert refusal_of(record(), at=shanghai) is None


def test_a_record_is_not_taken_for_a_response() -> None:
    with pytest.raises(SigningError) as caught:
        verify(
            record(),
            BUNDLE,
            types={PayloadType.RESPONSE},
            at=ASKED_AT,
            freshness=FRESHNESS,
        )

    assert caught.value.refusal is Refusal.WRONG_TYPE


def test_an_empty_body_is_a_body() -> None:
    """Signed over no bytes: the signature holds, and no bytes are no JSON."""
    assert refusal_of(response(b"")) is Refusal.INVALID_JSON


def test_a_compact_jws_does_not_cover_a_body_beside_it() -> None:
    assert (
        refusal_of(Envelope(record().signature, PAYLOAD))
        is Refusal.PAYLOAD_NOT_DETACHED
    )


def test_a_detached_jws_without_its_body_is_refused() -> None:
    assert refusal_of(Envelope(response().signature)) is Refusal.B64_IN_COMPACT


def test_digests_differ_where_bytes_move_between_signature_and_body() -> None:
    digests = {
        Envelope(b"ab", b"c").digest,
        Envelope(b"a", b"bc").digest,
        Envelope(b"abc", b"").digest,
        Envelope(b"abc").digest,
    }

    assert len(digests) == 4


def test_equal_envelopes_have_one_digest() -> None:
    assert Envelope(b"ab", b"c").digest == Envelope(b"ab", b"c").digest


def test_scope_lets_a_key_attest_its_own_item() -> None:
    ask(record()).require_scope("4-02-01-01")


@pytest.mark.parametrize("item_code", ["1.2", "", "4-02-01-0"])
def test_scope_keeps_a_key_from_any_other_item(item_code: str) -> None:
    verified = ask(record())

    with pytest.raises(SigningError) as caught:
        verified.require_scope(item_code)

    assert (caught.value.check, caught.value.refusal, caught.value.key_id) == (
        Check.SCOPE,
        Refusal.OUT_OF_SCOPE,
        "test-transport-1",
    )


def test_a_kept_result_holds_while_nothing_has_changed() -> None:
    ask(record()).require_in_force(BUNDLE, ASKED_AT, FRESHNESS)


def test_a_kept_result_holds_under_a_bundle_read_again() -> None:
    ask(record()).require_in_force(bundle_with(), ASKED_AT, FRESHNESS)


@pytest.mark.parametrize(
    ("bundle", "at", "expected"),
    [
        pytest.param(TrustBundle({}), ASKED_AT, Refusal.UNKNOWN_KEY, id="key gone"),
        pytest.param(
            bundle_with(public_key=BUNDLE.keys["test-suspended-1"].public_key),
            ASKED_AT,
            Refusal.KEY_CHANGED,
            id="kid names another key",
        ),
        pytest.param(
            bundle_with(institution="another"),
            ASKED_AT,
            Refusal.KEY_CHANGED,
            id="key of another institution",
        ),
        pytest.param(
            bundle_with(scope=frozenset()),
            ASKED_AT,
            Refusal.KEY_CHANGED,
            id="scope taken away",
        ),
        pytest.param(
            bundle_with(state=KeyState.SUSPENDED),
            ASKED_AT,
            Refusal.KEY_NOT_IN_FORCE,
            id="key suspended",
        ),
        pytest.param(
            bundle_with(not_after=ASKED_AT - SECOND),
            ASKED_AT,
            Refusal.KEY_OUTSIDE_WINDOW,
            id="window shortened",
        ),
        pytest.param(
            BUNDLE, ASKED_AT + timedelta(hours=1), Refusal.STALE, id="grown stale"
        ),
    ],
)
def test_a_kept_result_falls_with_what_it_rests_on(
    bundle: TrustBundle, at: datetime, expected: Refusal
) -> None:
    verified = ask(record())

    with pytest.raises(SigningError) as caught:
        verified.require_in_force(bundle, at, FRESHNESS)

    assert caught.value.refusal is expected


def test_a_kept_result_without_a_limit_does_not_grow_stale() -> None:
    ask(record()).require_in_force(BUNDLE, LAST, None)


def test_a_key_of_another_agency_verifies_as_that_agency_only() -> None:
    verified = ask(record(key=FIRE))

    assert verified.key.institution == "shanghai-fire-training-detachment"


def test_a_trusted_key_is_found_by_its_own_kid_only() -> None:
    key: TrustedKey = BUNDLE.keys[TRANSPORT.kid]

    assert refusal_of(record(key=replace(TRANSPORT, kid=key.kid.upper()))) is (
        Refusal.UNKNOWN_KEY
    )


def test_the_digest_tells_the_forms_apart_whatever_the_bytes_are() -> None:
    detached = Envelope(b"a", b"b")

    assert Envelope(b"detached.1.ab").digest != detached.digest
    assert Envelope(b"compact.a").digest != Envelope(b"a").digest
