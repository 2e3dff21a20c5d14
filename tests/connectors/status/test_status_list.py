"""A status list is believed if it is the newest the agency signed, or not at all."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.status.status_list import (
    MAX_LIST_BYTES,
    StatusList,
    StatusListError,
    read_status_list,
)
from signing.envelope import Envelope, PayloadType
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import (
    BUNDLE,
    COLLECTION_BODY,
    NOW,
    record,
    signing_key,
    trusted,
)
from tests.connectors.status.listing import URL, packed, status_list

ISSUED = NOW - timedelta(seconds=60)
VALUES = [0, 1, 2, 3, 0]


def read(
    envelope: Envelope,
    bundle: TrustBundle = BUNDLE,
    not_before: datetime | None = None,
    at: datetime = NOW,
) -> StatusList:
    return read_status_list(
        envelope,
        bundle=bundle,
        institution=COLLECTION_BODY,
        url=URL,
        at=at,
        skew=timedelta(seconds=60),
        not_before=not_before,
    )


def code(envelope: Envelope, **more: Any) -> str:
    with pytest.raises(StatusListError) as caught:
        read(envelope, **more)
    return caught.value.code


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_each_place_has_its_value(bits: int) -> None:
    found = read(status_list(VALUES, ISSUED, bits=bits))

    assert [found.value(index) for index in range(5)] == VALUES


def test_the_specifications_example_of_one_bit_is_read() -> None:
    # draft-ietf-oauth-status-list, 4.1: 16 states, in two bytes 0xb9 0xa3.
    values = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    stated = {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}

    found = read(status_list([], ISSUED, status_list=stated))

    assert [found.value(index) for index in range(16)] == values


@pytest.mark.parametrize("index", [8, 10**9, -1])
def test_a_place_beyond_the_list_has_no_value(index: int) -> None:
    assert read(status_list(VALUES, ISSUED)).value(index) is None


def test_a_list_says_until_when_it_is_good() -> None:
    ends = int((ISSUED + timedelta(seconds=300)).timestamp())

    assert read(status_list(VALUES, ISSUED)).until == ISSUED + timedelta(seconds=600)
    assert read(status_list(VALUES, ISSUED, exp=ends)).until == ISSUED + timedelta(
        seconds=300
    )


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        pytest.param(
            status_list(VALUES, ISSUED, ttl=60), "EXPIRED", id="its time is over"
        ),
        pytest.param(
            status_list(VALUES, ISSUED, exp=int(NOW.timestamp())), "EXPIRED", id="exp"
        ),
        pytest.param(
            status_list(VALUES, ISSUED, ttl=None), "MALFORMED_LIST", id="no end"
        ),
        pytest.param(
            status_list(VALUES, ISSUED, ttl=-1), "EXPIRED", id="ends before it begins"
        ),
        pytest.param(
            status_list(VALUES, ISSUED, url=f"{URL}2"), "OTHER_LIST", id="another list"
        ),
        pytest.param(
            status_list(VALUES, ISSUED, iat=1), "MALFORMED_LIST", id="two moments"
        ),
        pytest.param(
            status_list(VALUES, NOW + timedelta(hours=1)),
            "SIGNED_IN_FUTURE",
            id="from the future",
        ),
        pytest.param(
            status_list(VALUES, ISSUED, key=signing_key("x")),
            "UNKNOWN_KEY",
            id="a stranger's",
        ),
        pytest.param(
            status_list(VALUES, ISSUED, key=signing_key()),
            "BAD_SIGNATURE",
            id="another key's",
        ),
        pytest.param(
            status_list(VALUES, ISSUED, type_=PayloadType.RECORD),
            "WRONG_TYPE",
            id="signed as a record",
        ),
        pytest.param(record(), "WRONG_TYPE", id="a record"),
        pytest.param(
            status_list(VALUES, ISSUED, status_list={"bits": 3, "lst": packed([0])}),
            "MALFORMED_LIST",
            id="three bits",
        ),
        pytest.param(
            status_list(VALUES, ISSUED, status_list={"bits": 2, "lst": "eNrb"}),
            "MALFORMED_LIST",
            id="cut off",
        ),
        pytest.param(
            status_list(VALUES, ISSUED, status_list={"bits": 2, "lst": "é"}),
            "MALFORMED_LIST",
            id="no base64url",
        ),
        pytest.param(
            status_list([0] * 8 * (MAX_LIST_BYTES + 1), ISSUED, bits=1),
            "LIST_TOO_LARGE",
            id="inflates beyond the limit",
        ),
    ],
)
def test_a_list_that_is_not_to_be_believed_is_refused(
    envelope: Envelope, expected: str
) -> None:
    assert code(envelope) == expected


def test_a_list_older_than_the_last_is_refused() -> None:
    list_ = status_list(VALUES, ISSUED)

    assert code(list_, not_before=ISSUED + timedelta(seconds=1)) == "ROLLED_BACK"
    assert read(list_, not_before=ISSUED).issued_at == ISSUED


def test_a_list_by_another_institution_is_refused() -> None:
    fire = replace(trusted(), institution="shanghai-fire-training-detachment")

    assert code(status_list(VALUES, ISSUED), bundle=TrustBundle.of([fire])) == (
        "FOREIGN_KEY"
    )


def test_a_list_by_a_compromised_key_is_refused() -> None:
    bundle = TrustBundle.of([trusted(state=KeyState.COMPROMISED)])

    assert code(status_list(VALUES, ISSUED), bundle=bundle) == "KEY_NOT_IN_FORCE"
