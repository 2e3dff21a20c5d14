"""Ids that say nothing, cannot be invented, and lead back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.certificate_ids import CertificateIds, UnknownIdError, fingerprint
from policy.certificate import CertificateState
from policy.identity import parse_identity
from tests.connectors.agency import ZHANG
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


def test_an_id_has_one_spelling() -> None:
    id_ = IDS.seal(certificate())

    with pytest.raises(UnknownIdError):
        IDS.open(id_ + "=")


def test_a_mark_is_of_one_text_under_one_key() -> None:
    other = CertificateIds(bytes(reversed(range(64))))

    marks = {IDS.mark("a"), IDS.mark("b"), other.mark("a")}

    assert (len(marks), IDS.mark("a") in marks) == (3, True)
    assert {len(mark) for mark in marks} == {64}
