"""Ids that say nothing, cannot be invented, and lead back."""

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.certificate_ids import (
    CertificateIds,
    UnknownIdError,
    fingerprint,
    fingerprints,
)
from policy.catalogue import Item, load_catalogue
from policy.certificate import CertificateState
from policy.identity import parse_identity
from tests.connectors.agency import RECORD, ZHANG, manifest
from tests.connectors.decoding.test_spellings import read
from tests.resolvers.attested import certificate

IDS = CertificateIds(bytes(range(64)))


def test_an_id_leads_back_to_its_place() -> None:
    place = IDS.open(IDS.seal(certificate()))

    assert (place.agency, place.holder, place.fingerprint) == (
        "transport",
        parse_identity(ZHANG),
        fingerprint(certificate().record),
    )


def test_one_certificate_has_one_id() -> None:
    assert IDS.seal(certificate()) == IDS.seal(certificate())


def test_a_revocation_keeps_the_id() -> None:
    revoked = certificate(state=CertificateState.REVOKED)

    assert IDS.seal(certificate()) == IDS.seal(revoked)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"number": "7"}, id="number"),
        pytest.param({"item_code": "1.2"}, id="item"),
        pytest.param({"level": None}, id="level"),
        pytest.param({"first_issued_on": date(2020, 1, 1)}, id="first issue"),
        pytest.param({"issued_on": date(2029, 1, 1)}, id="a renewed card"),
    ],
)
def test_another_certificate_of_the_holder_has_another_id(
    change: dict[str, object],
) -> None:
    assert IDS.seal(certificate(**change)) != IDS.seal(certificate())


def test_an_id_of_another_gateways_key_is_unknown() -> None:
    other = CertificateIds(bytes(64)).seal(certificate())

    with pytest.raises(UnknownIdError):
        IDS.open(other)


@given(st.text(max_size=500))
def test_no_text_is_an_id_by_chance(text: str) -> None:
    with pytest.raises(UnknownIdError):
        IDS.open(text)


@pytest.mark.parametrize("stray", ["=", "==", "!", " ", "+", "字"])
def test_an_id_has_one_spelling(stray: str) -> None:
    id_ = IDS.seal(certificate())

    for other in (f"{id_}{stray}", f"{id_[:9]}{stray}{id_[9:]}"):
        with pytest.raises(UnknownIdError):
            IDS.open(other)


def test_a_mark_is_of_one_text_under_one_key() -> None:
    other = CertificateIds(bytes(reversed(range(64))))

    marks = {IDS.mark("a"), IDS.mark("b"), other.mark("a")}

    assert (len(marks), IDS.mark("a") in marks) == (3, True)
    assert {len(mark) for mark in marks} == {64}


@pytest.mark.parametrize(
    "spelt",
    [
        pytest.param({"number": "0000123 "}, id="a blank after the number"),
        pytest.param({"number": "００００１２３"}, id="a full-width number"),
        pytest.param({"code": "4－02－01－01"}, id="a full-width code"),
        pytest.param({"code": "\u200b4-02-01-01"}, id="something unseen"),
    ],
)
def test_a_certificate_in_another_spelling_has_the_same_id(
    spelt: dict[str, str],
) -> None:
    plain, other = read(RECORD), read({**RECORD, **spelt})

    assert fingerprint(other) == fingerprint(plain)
    assert fingerprints(plain) == (fingerprint(plain),)


def test_a_name_stands_for_the_code_in_any_spelling() -> None:
    full = read({**RECORD, "code": None})
    half = read({**RECORD, "code": " ", "item": f" {RECORD['item']}"})

    assert fingerprint(full) == fingerprint(half)


def before(number: str, item: str) -> str:
    """Return the fingerprint of RECORD as it was made when nothing had a form."""
    parts = (number, item, "LEVEL_4", "None", "2025-06-01")
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def test_what_is_in_its_form_keeps_the_mark_it_had() -> None:
    unnamed = read({**RECORD, "code": None})

    assert fingerprint(read(RECORD)) == before("0000123", "4-02-01-01")
    assert fingerprint(unnamed) == before("0000123", str(RECORD["item"]))


@pytest.mark.parametrize("item", load_catalogue().items.values(), ids=lambda i: i.code)
def test_the_annexs_own_spelling_keeps_the_mark_it_had(item: Item) -> None:
    for name in (item.name.zh, *item.aliases):
        unnamed = read({**RECORD, "code": None, "item": name})

        assert before("0000123", name) in fingerprints(unnamed)
        if name == item.name.zh:
            assert fingerprint(unnamed) == before("0000123", name)


@pytest.mark.parametrize(
    ("content", "number", "item"),
    [
        pytest.param({"number": "0000123 "}, "0000123 ", "4-02-01-01", id="number"),
        pytest.param({"code": "4-02-01-01 "}, "0000123", "4-02-01-01 ", id="code"),
        pytest.param({"code": " "}, "0000123", " ", id="a blank code"),
    ],
)
def test_what_was_not_is_found_by_the_mark_it_had(
    content: dict[str, str], number: str, item: str
) -> None:
    assert before(number, item) in fingerprints(read({**RECORD, **content}))


def test_a_mapped_code_changes_no_mark() -> None:
    codes = (
        "[record.values.level]",
        '[record.values.item_code]\n1102 = "4-02-01-01"\n\n[record.values.level]',
    )
    content = {**RECORD, "code": "1102"}

    mapped = read(content, manifest(codes))

    assert mapped.item_code == "4-02-01-01"
    assert fingerprints(mapped) == fingerprints(read(content))


PADDED = {**RECORD, "number": "0000123 ", "code": "4-02-01-01 "}
PLAIN_THEN = (
    "JuXPQ-htCOxlBqECK9dbV9iHbfbcNLBsck6Lu0gOa-J_3g-wyJ-hFOc4LFychpY_NaUL7PkotUlL5m8UTe"
    "h4bPJVzoM59L6nebnbqKlZ8loa"
)
PADDED_THEN = (
    "OyM6Y_Z9zh5O7RUO4XPwyRZvLZsqmnLHy3C29KSC-Z1rPI4Wgtp-E7yaif14zeoOy7_22JGyLZ_Zh_Qxw5"
    "__hr5UtikR6lWDmpUzNSClYOJe"
)
"""The ids of these records by the code from before there was a normal form."""


def test_ids_of_an_earlier_version_are_found_still() -> None:
    ids = CertificateIds(b"i" * 64)
    plain, padded = read(RECORD), read(PADDED)

    assert ids.seal_record("transport", plain) == PLAIN_THEN
    assert ids.seal_record("transport", padded) == PLAIN_THEN
    assert ids.places(plain) == (ids.place_of(PLAIN_THEN), None)
    assert ids.places(padded) == (ids.place_of(PLAIN_THEN), ids.place_of(PADDED_THEN))
    assert ids.open(PADDED_THEN).fingerprint in fingerprints(padded)
    assert ids.open(PADDED_THEN).fingerprint not in fingerprints(plain)
