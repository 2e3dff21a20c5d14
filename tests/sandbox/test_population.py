"""Ten thousand invented holders an agency: valid, distinct, and always the same."""

import hashlib
from datetime import date

import pytest

from policy.identifiers import licence_id_warnings, qualification_number_warnings
from policy.identity import IdType, parse_identity
from sandbox.agency import AgencyId
from sandbox.population import MAX_HOLDERS, entries, person, window_of
from sandbox.story_drafts import FIRST_SERIAL
from sandbox.story_persons import persons

TODAY = date(2026, 11, 23)
HOLDERS = 10_000
SAMPLE = 2_000


def test_every_number_is_valid() -> None:
    made = [person(index).identity for index in range(HOLDERS)]

    assert [parse_identity(identity.number) for identity in made] == made


def test_no_two_people_share_a_number_with_each_other_or_a_story() -> None:
    made = {person(index).identity.number for index in range(2 * HOLDERS)}
    told = {story.holder.identity.number for story in persons(TODAY)}

    assert len(made) == 2 * HOLDERS
    assert made.isdisjoint(told)


def test_one_in_fifty_is_known_by_another_document_than_the_resident_card() -> None:
    types = [person(index).identity.type for index in range(HOLDERS)]

    assert types.count(IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT) == 100
    assert types.count(IdType.FOREIGN_PERMANENT_RESIDENT_CARD) == 100


def test_a_resident_is_of_a_district_that_does_not_exist() -> None:
    residents = [
        identity.number
        for identity in (person(index).identity for index in range(HOLDERS))
        if identity.type is IdType.RESIDENT_ID
    ]

    assert all(number.startswith("31019") for number in residents)


@pytest.mark.parametrize(
    ("agency", "digest"),
    [
        pytest.param(
            AgencyId.EMERGENCY_MANAGEMENT, "22cdc961256356cf", id="emergency-management"
        ),
        pytest.param(AgencyId.TRANSPORT, "3c918c8720865ace", id="transport"),
        pytest.param(AgencyId.FIRE_RESCUE, "10976ac323a779ee", id="fire-rescue"),
    ],
)
def test_the_same_records_are_made_on_every_machine(
    agency: AgencyId, digest: str
) -> None:
    made = "\n".join(
        f"{record.holder.number} {record.holder_name} {record.number} "
        f"{record.item_code} {record.first_issued_on} {record.state}"
        for record in (entry.record for entry in entries(agency, 100, TODAY))
    )

    assert hashlib.sha256(made.encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("agency", list(AgencyId))
def test_every_one_of_an_agencys_holders_holds_something(agency: AgencyId) -> None:
    holders = {e.record.holder.number for e in entries(agency, SAMPLE, TODAY)}

    assert len(holders) == SAMPLE


def test_some_people_are_known_to_all_three_agencies() -> None:
    known = [set(window_of(agency, HOLDERS)) for agency in AgencyId]

    assert len(set.intersection(*known)) == 5_000


@pytest.mark.parametrize("agency", [AgencyId.TRANSPORT, AgencyId.FIRE_RESCUE])
def test_a_qualification_number_agrees_with_level_and_year(agency: AgencyId) -> None:
    warnings = [
        qualification_number_warnings(
            entry.record.number,
            level=entry.record.level,
            issued_on=entry.record.issued_on,
        )
        for entry in entries(agency, SAMPLE, TODAY)
    ]

    assert not any(warnings)


@pytest.mark.parametrize("agency", [AgencyId.TRANSPORT, AgencyId.FIRE_RESCUE])
def test_no_two_qualifications_share_a_number(agency: AgencyId) -> None:
    numbers = [entry.record.number for entry in entries(agency, HOLDERS, TODAY)]

    assert len(set(numbers)) == len(numbers)


def test_an_electronic_licence_id_has_its_check_character() -> None:
    licences = [
        entry.record.licence_id or ""
        for entry in entries(AgencyId.EMERGENCY_MANAGEMENT, SAMPLE, TODAY)
    ]

    assert len(set(licences)) == len(licences)
    assert not any(map(licence_id_warnings, licences))


@pytest.mark.parametrize("agency", list(AgencyId))
def test_nothing_is_issued_in_the_future(agency: AgencyId) -> None:
    issued = [e.record.issued_on for e in entries(agency, SAMPLE, TODAY)]

    assert all(day is not None and day <= TODAY for day in issued)


def test_the_largest_population_has_a_number_for_everybody() -> None:
    last = window_of(AgencyId.TRANSPORT, MAX_HOLDERS)[-1]

    assert last == 74_999
    # Sixteen leaps of ten areas and 999 sequence numbers.
    assert last < 16 * 10 * 999


def test_serial_numbers_of_the_largest_population_stay_below_the_stories() -> None:
    assert (MAX_HOLDERS * 2) * 4 < FIRST_SERIAL
