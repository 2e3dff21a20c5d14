"""A header that was kept is read as one that was not, whatever the question."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing import header
from signing.envelope import Envelope, PayloadType, verify
from signing.errors import Check, Refusal, SigningError
from signing.header import MAX_KEPT, MAX_KEPT_BYTES
from signing.trust import KeyState, TrustBundle
from tests.signing.agency import (
    ALL_TYPES,
    ASKED_AT,
    BUNDLE,
    FRESHNESS,
    PAYLOAD,
    SIGNED_AT,
    TRANSPORT,
    record,
)
from tests.signing.test_fuzz import json_values, members
from tests.vectors import mint


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    header._kept.clear()
    yield
    header._kept.clear()


ONLY_RECORDS = frozenset({PayloadType.RECORD})
ONLY_ABSENCES = frozenset({PayloadType.ABSENCE})
NO_BUNDLE = TrustBundle({})


def compact(changes: dict[str, Any], payload: bytes = PAYLOAD) -> Envelope:
    members = {k: v for k, v in (mint.header() | changes).items() if v is not ...}
    return Envelope(mint.compact(members, payload).encode())


Verdict = tuple[Check, Refusal, str, str | None] | bytes


def verdict(
    envelope: Envelope,
    bundle: TrustBundle = BUNDLE,
    types: frozenset[PayloadType] = ALL_TYPES,
    hours: int = 0,
) -> Verdict:
    try:
        return verify(
            envelope,
            bundle,
            types=types,
            at=ASKED_AT + timedelta(hours=hours),
            freshness=FRESHNESS,
        ).payload
    except SigningError as error:
        return error.check, error.refusal, error.detail, error.key_id


headers = st.dictionaries(members, json_values, max_size=3) | st.sampled_from(
    [
        {},
        {"iat": ...},
        {"iat": True},
        {"typ": ...},
        {"typ": "JWT", "iat": ...},
        {"kid": "x"},
        {"kid": ...},
        {"alg": "none"},
        {"alg": "ES256"},
        {"b64": False, "crit": ["b64"]},
        {"crit": []},
        {"jwk": {}},
        {"iat": int(SIGNED_AT.timestamp()) + 86400},
    ]
)
questions = st.tuples(
    st.sampled_from([BUNDLE, NO_BUNDLE]),
    st.sampled_from([ALL_TYPES, ONLY_RECORDS, ONLY_ABSENCES]),
    st.sampled_from([0, 2, -2, 24 * 365 * 20]),
)


@given(headers, st.lists(questions, min_size=2, max_size=4))
def test_verdicts_of_a_kept_header_are_those_of_one_never_seen(
    changes: dict[str, Any], asked: list[tuple[Any, Any, int]]
) -> None:
    envelope = compact(changes)
    fresh = []
    for question in asked:
        header._kept.clear()
        fresh.append(verdict(envelope, *question))
    header._kept.clear()

    assert [verdict(envelope, *question) for question in asked] == fresh


def test_a_kept_header_vouches_for_no_other_payload() -> None:
    signed, _, signature = record().signature.rpartition(b".")
    head, _, _ = signed.partition(b".")
    verdict(record())

    forged = Envelope(head + b"." + mint.b64url(b"{}").encode() + b"." + signature)

    assert verdict(forged)[1] is Refusal.BAD_SIGNATURE
    assert len(header._kept) == 1


def test_a_kept_header_of_the_compact_form_does_not_serve_the_detached_one() -> None:
    envelope = record()
    head, _, rest = envelope.signature.partition(b".")
    verdict(envelope)

    detached = Envelope(head + b".." + rest.partition(b".")[2], PAYLOAD)

    assert verdict(detached)[1] is Refusal.B64_NOT_FALSE


@pytest.mark.parametrize("state", [s for s in KeyState if s is not KeyState.ACTIVE])
def test_a_key_taken_out_of_force_is_out_of_force_for_kept_headers(
    state: KeyState,
) -> None:
    verdict(record())
    key = BUNDLE.keys[TRANSPORT.kid]
    other = TrustBundle.of(
        [
            type(key)(
                kid=key.kid,
                institution=key.institution,
                algorithm=key.algorithm,
                public_key=key.public_key,
                not_before=key.not_before,
                not_after=key.not_after,
                state=state,
                scope=key.scope,
            )
        ]
    )

    assert verdict(record(), other)[1] is Refusal.KEY_NOT_IN_FORCE


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"name": "测试人"}, id="a member of the agency's own"),
        pytest.param({"kid": "x" * MAX_KEPT_BYTES}, id="a long one"),
        pytest.param({"jwk": {}}, id="one that brings a key"),
        pytest.param({"crit": ["x"]}, id="one with an extension"),
    ],
)
def test_what_is_not_of_the_profile_or_long_is_not_kept(
    changes: dict[str, Any],
) -> None:
    verdict(compact(changes))

    assert header._kept == {}


def test_kept_headers_are_so_many_at_most_and_take_so_many_bytes() -> None:
    long_kid = "x" * (MAX_KEPT_BYTES - 110)
    for number in range(MAX_KEPT + 10):
        verdict(compact({"kid": f"{number:05}{long_kid}"}))

    kept = header._kept
    most = dict(header._kept)
    assert len(kept) == 10
    one = sum(
        sys.getsizeof(k) + sys.getsizeof(v) + sum(map(sys.getsizeof, v.values()))
        for k, v in most.items()
    ) / len(most)
    assert 1000 < one * MAX_KEPT < 2_000_000
