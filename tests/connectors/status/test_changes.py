"""A change of state is read by the manifest that reads records, and by its type."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.answer import RefusedRecord
from connectors.decoding.decode import Decoder
from connectors.status.changes import SentChange, read_change
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from signing.envelope import Envelope, PayloadType
from signing.sign import SigningKey, sign
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import (
    BUNDLE,
    KEY,
    NOW,
    OTHER,
    RECORD,
    SIGNED_AT,
    ZHANG,
    manifest,
    record,
    signing_key,
    trusted,
)

MANIFEST = manifest(
    (
        'state = "state"',
        'state = "state"\nstate_since = "since"\nstate_reason = "why"',
    ),
    ('01 = "VALID"', '01 = "VALID"\n02 = "SUSPENDED"\n99 = "OTHER"'),
)
CHANGE = {**RECORD, "state": "02", "since": "2026-02-20", "why": "违章作业"}
SKEW = timedelta(minutes=1)


def sent(
    content: object = CHANGE,
    key: SigningKey = KEY,
    signed_at: datetime = SIGNED_AT,
    type_: PayloadType = PayloadType.STATE,
) -> Envelope:
    payload = json.dumps(content, ensure_ascii=False).encode()
    return sign(payload, key, type=type_, signed_at=signed_at)


def read(
    envelope: Envelope, bundle: TrustBundle = BUNDLE, at: datetime = NOW
) -> SentChange | RefusedRecord:
    decoder = Decoder(MANIFEST, load_catalogue())
    return read_change(envelope, bundle=bundle, decoder=decoder, at=at, skew=SKEW)


def accepted(envelope: Envelope, at: datetime = NOW) -> SentChange:
    change = read(envelope, at=at)
    assert isinstance(change, SentChange)
    return change


def code(envelope: Envelope, bundle: TrustBundle = BUNDLE) -> str:
    found = read(envelope, bundle)
    assert isinstance(found, RefusedRecord)
    return found.code


def test_a_change_says_which_certificate_since_when_and_why() -> None:
    change = accepted(sent())

    assert (change.state, change.effective_on, change.reason) == (
        CertificateState.SUSPENDED,
        date(2026, 2, 20),
        "违章作业",
    )
    assert change.record.number == "0000123"
    assert change.record.holder.number == ZHANG


def test_a_change_without_a_day_counts_from_the_day_it_was_signed_in_shanghai() -> None:
    late = datetime(2026, 2, 20, 17, 0, tzinfo=UTC)

    change = accepted(sent({**CHANGE, "since": None}, signed_at=late))

    assert change.effective_on == date(2026, 2, 21)


def test_a_change_may_come_long_after_it_was_signed() -> None:
    change = accepted(sent(signed_at=NOW - timedelta(days=20)))

    assert change.state is CertificateState.SUSPENDED


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param({**CHANGE, "since": "2026-03-02"}, "IN_FUTURE", id="tomorrow"),
        pytest.param({**CHANGE, "state": "77"}, "NO_STATE", id="unmapped word"),
        pytest.param({**CHANGE, "state": None}, "NO_STATE", id="no state"),
        pytest.param({**CHANGE, "since": "soon"}, "MALFORMED_RECORD", id="no day"),
        pytest.param({**CHANGE, "why": 7}, "MALFORMED_RECORD", id="no words"),
        pytest.param({**CHANGE, "number": None}, "MALFORMED_RECORD", id="no number"),
        pytest.param({**CHANGE, "id": OTHER[:17]}, "MALFORMED_RECORD", id="nobody"),
        pytest.param([], "MALFORMED_RECORD", id="no object"),
    ],
)
def test_what_is_no_change_of_a_certificates_state_is_refused(
    content: object, expected: str
) -> None:
    assert code(sent(content)) == expected


def test_a_change_of_today_is_no_announcement() -> None:
    assert accepted(sent({**CHANGE, "since": "2026-03-01"})).effective_on == NOW.date()


def test_a_record_does_not_pass_for_a_change() -> None:
    assert code(record(CHANGE)) == "WRONG_TYPE"


def test_a_change_does_not_pass_for_a_record() -> None:
    assert PayloadType.STATE not in Decoder(MANIFEST, load_catalogue()).types


def test_a_change_of_another_agencys_certificate_is_refused() -> None:
    fire = trusted(institution="shanghai-fire-training-detachment")

    assert code(sent(), TrustBundle.of([fire])) == "FOREIGN_KEY"


def test_a_change_of_a_row_that_the_key_may_not_attest_is_refused() -> None:
    narrow = trusted(scope=frozenset({"1.1"}))

    assert code(sent(), TrustBundle.of([narrow])) == "OUT_OF_SCOPE"


def test_a_change_by_a_compromised_key_is_refused() -> None:
    compromised = trusted(state=KeyState.COMPROMISED)

    assert code(sent(), TrustBundle.of([compromised])) == "KEY_NOT_IN_FORCE"


def test_a_change_by_a_stranger_is_refused() -> None:
    assert code(sent(key=signing_key("stranger"))) == "UNKNOWN_KEY"


def test_a_change_signed_in_the_future_is_refused() -> None:
    ahead = NOW + timedelta(minutes=2)

    assert code(sent(signed_at=ahead)) == "SIGNED_IN_FUTURE"
