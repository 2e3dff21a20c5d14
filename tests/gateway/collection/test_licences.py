"""A certificate is found by its electronic licence id, among what agencies sent."""

from itertools import count
from typing import Any

import pytest

from policy.identifiers import mod_37_36
from policy.identity import Identity
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import ONLY_SENDS, Sender, key_of, payload
from tests.gateway.collection.test_answers import next_line
from tests.running import Agencies, Gateway

ASK = """query Licence($id: String!) { certificateByLicenceId(licenceId: $id) {
  __typename
  ... on Certificate { id licenceId number level state standing
    provenance { sequence digest } }
  ... on UnknownLicence { stated searched message(language: EN) }
  ... on InvalidLicenceId { problem found message(language: EN) }
  ... on AgencyUnavailable { source { agency outcome } } } }"""
AGAIN = "query($id: ID!) { certificate(id: $id) { ... on Certificate { licenceId } } }"
_SERIAL = count(1)


def new_licence() -> str:
    """Return a licence id that nobody has."""
    parts = ("A124", "25GABC12340", f"{next(_SERIAL):05}", "2")
    return ".".join(("1.2.156.3005.2", *parts, mod_37_36("".join(parts))))


def asked(gateway: Gateway, licence_id: str) -> dict[str, Any]:
    found: dict[str, Any] = gateway.ask(ASK, id=licence_id)["certificateByLicenceId"]
    return found


@pytest.fixture(name="sender")
def _sender(collecting: Gateway, running_agencies: Agencies) -> Sender:
    return Sender(collecting, ONLY_SENDS, key_of(running_agencies))


def sent(sender: Sender, licence_id: str) -> Identity:
    """Send a licence of somebody new."""
    (person,) = nobodies(1)
    next_line(sender, payload(person, "L1", licenceId=licence_id))
    return person


def test_what_was_sent_is_found_by_its_licence_as_by_its_id(
    collecting: Gateway, sender: Sender
) -> None:
    licence_id = new_licence()
    sent(sender, licence_id)

    found = asked(collecting, licence_id)

    assert found["__typename"] == "Certificate"
    assert (found["licenceId"], found["state"]) == (licence_id, "VALID")
    again = collecting.ask(AGAIN, id=found["id"])["certificate"]
    assert again == {"licenceId": licence_id}


def test_the_newest_version_is_shown_and_no_other_licence_of_its_holder(
    collecting: Gateway, sender: Sender
) -> None:
    licence_id, other = new_licence(), new_licence()
    person = sent(sender, licence_id)
    next_line(sender, payload(person, "L2", "20240401", licenceId=other))
    revoked = payload(person, "L1", licenceId=licence_id, status="撤销")
    next_line(sender, revoked)

    found = asked(collecting, licence_id)

    assert (found["number"], found["state"]) == ("L1", "REVOKED")
    assert asked(collecting, other)["number"] == "L2"


def test_a_licence_spelt_in_full_width_is_read_as_it_is_kept(
    collecting: Gateway, sender: Sender
) -> None:
    licence_id = new_licence()
    sent(sender, licence_id)

    assert (
        asked(collecting, f" {licence_id.replace('2', '２')} ")["licenceId"]
        == licence_id
    )


def test_what_nobody_sent_is_unknown_and_that_is_not_no(collecting: Gateway) -> None:
    licence_id = new_licence()

    found = asked(collecting, licence_id)

    assert found["__typename"] == "UnknownLicence"
    assert found["stated"] == licence_id
    assert ONLY_SENDS in found["searched"]
    assert "does not say that there is none" in found["message"]


def test_a_record_whose_number_is_the_licence_is_not_the_licence(
    collecting: Gateway, sender: Sender
) -> None:
    licence_id = new_licence()
    (person,) = nobodies(1)
    next_line(sender, payload(person, licence_id))

    # Nor is it said that there is none: what an agency sent proves no absence.
    assert asked(collecting, licence_id)["__typename"] == "AgencyUnavailable"


@pytest.mark.parametrize(
    ("altered", "problem"),
    [
        pytest.param("", "BAD_FORM", id="empty"),
        pytest.param("1.2.156.3005.2.1.2.3", "BAD_FORM", id="parts missing"),
        pytest.param("1.2.156.3005.2.1.2.*.4.5", "BAD_CHARACTERS", id="a sign"),
        pytest.param("1.2.156.3005.2.1.2.3.4.*", "BAD_CHECK_CHARACTER", id="check"),
        pytest.param("1" * 100_000, "BAD_FORM", id="long"),
    ],
)
def test_an_id_that_cannot_be_one_is_refused_by_type_with_what_was_found(
    collecting: Gateway, altered: str, problem: str
) -> None:
    found = asked(collecting, altered)

    assert (found["__typename"], found["problem"]) == ("InvalidLicenceId", problem)
    assert altered.startswith(found["found"])
    assert found["message"]


def test_an_identity_number_in_place_of_a_licence_is_not_repeated(
    collecting: Gateway,
) -> None:
    (person,) = nobodies(1)

    found = asked(collecting, person.number)

    assert found["problem"] == "BAD_FORM"
    assert person.number not in str(found)


def test_without_a_purpose_a_licence_is_neither_known_nor_unknown(
    collecting: Gateway, sender: Sender
) -> None:
    known = new_licence()
    sent(sender, known)

    answers = [
        collecting.post(
            {"query": ASK, "variables": {"id": licence_id}},
            headers={"X-Purpose": "CURIOSITY", "X-Case-Number": "1"},
        )[1]
        for licence_id in (known, new_licence())
    ]

    codes = [answer["errors"][0]["extensions"]["code"] for answer in answers]
    assert codes == ["PURPOSE_REQUIRED"] * 2
    assert [one["data"] for one in answers] == [{"certificateByLicenceId": None}] * 2
