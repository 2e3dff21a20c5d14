"""A status list is believed if it is the newest the agency signed, or not at all."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.status.status_list import (
    MAX_LIST_BYTES,
    Edition,
    ListRules,
    StatusList,
    StatusListError,
    read_status_list,
)
from signing.envelope import Envelope, Freshness, PayloadType
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
HOUR = timedelta(hours=1)
VALUES = [0, 1, 2, 3, 0]


RULES = ListRules(
    institution=COLLECTION_BODY,
    url=URL,
    freshness=Freshness(max_age=timedelta(hours=24), skew=timedelta(seconds=60)),
)


def read(
    envelope: Envelope,
    bundle: TrustBundle = BUNDLE,
    last: Edition | None = None,
    at: datetime = NOW,
    rules: ListRules = RULES,
) -> StatusList:
    return read_status_list(envelope, bundle, rules, at=at, last=last)


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
    stated = {"bits": 1, "lst": "eNrbuRgAAhcBXQ", "length": 16}

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
    later = Edition(ISSUED + timedelta(seconds=1), 0, b"")

    assert code(list_, last=later) == "ROLLED_BACK"
    assert read(list_, last=read(list_).edition).edition.issued_at == ISSUED


def numbered(values: list[int], sequence: object) -> Envelope:
    stated = {"length": len(values), "sequence": sequence}
    return status_list(values, ISSUED, stated=stated)


def test_of_two_lists_of_one_second_neither_is_known_to_be_the_newer() -> None:
    last = read(status_list([0, 0], ISSUED)).edition

    assert code(status_list([0, 1], ISSUED), last=last) == "TWO_AT_ONCE"
    # Signed anew, or under another end, it says the same.
    assert read(status_list([0, 0], ISSUED, ttl=900), last=last).value(1) == 0


def test_of_two_lists_of_one_second_the_higher_sequence_is_the_newer() -> None:
    first, second = numbered([0, 0], 7), numbered([0, 1], 8)

    assert read(second, last=read(first).edition).value(1) == 1
    assert code(first, last=read(second).edition) == "ROLLED_BACK"
    assert code(numbered([1, 1], 8), last=read(second).edition) == "TWO_AT_ONCE"


def test_a_later_second_counts_for_more_than_a_sequence() -> None:
    last = read(numbered([0, 0], 8)).edition
    later = ISSUED + timedelta(seconds=1)

    assert read(status_list([0, 1], later), last=last).value(1) == 1


@pytest.mark.parametrize("name", ["sequence", "length"])
@pytest.mark.parametrize("value", [-1, "8", 1.0, True, [1]])
def test_a_count_that_is_none_makes_a_list_malformed(name: str, value: object) -> None:
    stated = {"length": 2, "sequence": 1, name: value}

    assert code(status_list([0, 0], ISSUED, stated=stated)) in {
        "MALFORMED_LIST",
        "FLOAT",
    }


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_padding_is_nobodys_state(bits: int) -> None:
    silent = read(status_list([1] * 9 + [0], ISSUED, bits=bits, stated={}))
    said = read(status_list([1] * 9 + [0], ISSUED, bits=bits))

    assert [silent.value(place) for place in range(9)] == [1] * 9
    assert [said.value(place) for place in range(10)] == [1] * 9 + [0]
    for place in range(10, 24):
        assert said.value(place) is None
    # What is no padding for certain still counts, and what may be one does not.
    last_byte = range((len(silent.states) - 1) * 8 // bits, 24)
    assert {silent.value(place) for place in last_byte} <= {1, None}


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=40),
    st.integers(0, 60),
    st.one_of(st.none(), st.integers(1, 60)),
    st.booleans(),
)
def test_a_place_is_read_as_it_was_stated_or_not_at_all(
    values: list[int], place: int, by_manifest: int | None, says_length: bool
) -> None:
    list_ = status_list(values, ISSUED, stated=None if says_length else {})
    stated = replace(RULES, length=by_manifest)

    found = read(list_, rules=stated).value(place)

    end = len(values) if says_length or by_manifest is None else by_manifest
    if place >= min(end, by_manifest or end):
        assert found is None
    elif place < len(values):
        # Without any length a nothing in the last byte may be padding.
        is_said = says_length or by_manifest is not None or values[place] != 0
        in_last = place * 2 // 8 == (len(values) * 2 - 1) // 8
        assert found == values[place] if is_said or not in_last else found is None


def test_a_length_beyond_the_list_makes_it_malformed() -> None:
    assert code(status_list([0] * 4, ISSUED, stated={"length": 5})) == "MALFORMED_LIST"
    assert read(status_list([0] * 4, ISSUED, stated={"length": 4})).value(3) == 0


def test_a_byte_a_place_has_no_padding() -> None:
    assert read(status_list([0, 0], ISSUED, bits=8, stated={})).value(1) == 0


@pytest.mark.parametrize("end", [{"ttl": 10**9}, {"ttl": None, "exp": 4 * 10**9}])
def test_a_list_is_believed_no_longer_than_we_say(end: dict[str, Any]) -> None:
    short = replace(RULES, freshness=replace(RULES.freshness, max_age=HOUR))
    list_ = status_list(VALUES, ISSUED, **end)

    assert read(list_, rules=short).until == ISSUED + HOUR
    at = ISSUED + HOUR
    assert code(list_, rules=short, at=at) == "EXPIRED"
    assert code(list_, rules=short, at=at + timedelta(seconds=1)) == "STALE"
    # An end of its own that comes sooner stays.
    assert read(status_list(VALUES, ISSUED), rules=short).until == ISSUED + (
        timedelta(seconds=600)
    )


def test_a_list_by_another_institution_is_refused() -> None:
    fire = replace(trusted(), institution="shanghai-fire-training-detachment")

    assert code(status_list(VALUES, ISSUED), bundle=TrustBundle.of([fire])) == (
        "FOREIGN_KEY"
    )


def test_a_list_by_a_compromised_key_is_refused() -> None:
    bundle = TrustBundle.of([trusted(state=KeyState.COMPROMISED)])

    assert code(status_list(VALUES, ISSUED), bundle=bundle) == "KEY_NOT_IN_FORCE"
