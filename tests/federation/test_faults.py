"""One agency down, slow or lying: the others' certificates arrive, and it is said."""

import time

import pytest

from tests.federation.queries import ELIGIBILITY, EMERGENCY, FIRE, SOURCES, TRANSPORT
from tests.running import Agencies, Gateway

DRIVER = {"itemCode": "4-02-01-01", "level": "LEVEL_4"}


def outcomes(holder: dict) -> dict[str, str]:  # type: ignore[type-arg]  # parsed JSON
    return {row["agency"]: row["outcome"] for row in holder["sources"]}


def source(holder: dict, agency: str) -> dict:  # type: ignore[type-arg]  # parsed JSON
    return next(row for row in holder["sources"] if row["agency"] == agency)


@pytest.mark.parametrize("agency", [EMERGENCY, TRANSPORT, FIRE])
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("silent", "TIMED_OUT"),
        ("error-500", "UNREACHABLE"),
        ("cut-body", "UNREACHABLE"),
        ("refused-403", "REFUSED"),
        ("wrong-content-type", "UNVERIFIED"),
        ("tampered", "UNVERIFIED"),
        ("wrong-key", "UNVERIFIED"),
        ("other-agency-key", "UNVERIFIED"),
        ("replayed", "UNVERIFIED"),
        ("clock-off", "UNVERIFIED"),
    ],
)
def test_one_agencys_trouble_leaves_the_others_answers(
    gateway: Gateway, agencies: Agencies, agency: str, fault: str, outcome: str
) -> None:
    person = agencies.person("all-three")

    with agencies.fault(agency, fault):
        holder = gateway.ask(SOURCES, idNumber=person["idNumber"])["holder"]

    others = {EMERGENCY, TRANSPORT, FIRE} - {agency}
    expected = {agency: outcome} | dict.fromkeys(others, "ANSWERED")
    assert (outcomes(holder), holder["certificates"]["totalCount"]) == (expected, 2)
    assert source(holder, agency)["reason"]


def test_a_silent_agency_costs_no_more_than_the_deadline(
    gateway: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("all-three")

    with agencies.fault(TRANSPORT, "silent"):
        started = time.monotonic()
        gateway.ask(SOURCES, idNumber=person["idNumber"])
        took = time.monotonic() - started

    # The promise is the deadline of two seconds; the rest is a busy machine.
    assert took < 6.0


@pytest.mark.parametrize(
    "fault", ["silent", "error-500", "refused-403", "tampered", "unsigned-absence"]
)
def test_eligibility_that_depends_on_a_silent_agency_is_undetermined(
    gateway: Gateway, agencies: Agencies, fault: str
) -> None:
    person = agencies.person("none")

    with agencies.fault(TRANSPORT, fault):
        during = gateway.ask(ELIGIBILITY, idNumber=person["idNumber"], **DRIVER)
    after = gateway.ask(ELIGIBILITY, idNumber=person["idNumber"], **DRIVER)

    assert [d["holder"]["eligibility"]["outcome"] for d in (during, after)] == [
        "UNDETERMINED",
        "INELIGIBLE",
    ]


def test_eligibility_at_another_agency_does_not_depend_on_a_silent_one(
    gateway: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("permit-hong-kong")
    holds = person["certificates"][0]

    with agencies.fault(TRANSPORT, "error-500"):
        data = gateway.ask(
            ELIGIBILITY,
            idNumber=person["idNumber"],
            itemCode=holds["itemCode"],
            level=holds["level"],
        )

    assert data["holder"]["eligibility"]["outcome"] == "ELIGIBLE"


def test_what_was_not_believed_is_named_and_not_shown(
    gateway: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("tampered")

    holder = gateway.ask(SOURCES, idNumber=person["idNumber"])["holder"]

    (row,) = [row for row in holder["sources"] if row["outcome"] == "UNVERIFIED"]
    (refusal,) = row["refusals"]
    assert holder["certificates"]["totalCount"] == 0
    assert (refusal["code"], len(refusal["digest"])) == ("BAD_SIGNATURE", 64)
    assert person["idNumber"] not in str(row)


def test_a_record_by_another_agencys_key_is_out_of_scope(
    gateway: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("other-agency-key")

    holder = gateway.ask(SOURCES, idNumber=person["idNumber"])["holder"]

    assert [r["code"] for r in source(holder, EMERGENCY)["refusals"]] == [
        "OUT_OF_SCOPE"
    ]


def test_a_worse_certificate_decides_nothing_while_another_is_unproved(
    gateway: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("revoked")
    holds = person["certificates"][0]
    asked = {"itemCode": holds["itemCode"], "level": holds["level"]}

    data = gateway.ask(ELIGIBILITY, idNumber=person["idNumber"], **asked)

    assert data["holder"]["eligibility"]["outcome"] == "INELIGIBLE"


def test_the_claimants_name_is_compared_if_stated(
    gateway: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("permit-hong-kong")
    holds = person["certificates"][0]
    asked = {
        "idNumber": person["idNumber"],
        "itemCode": holds["itemCode"],
        "level": holds["level"],
    }

    right = gateway.ask(ELIGIBILITY, **asked, name=person["name"])
    wrong = gateway.ask(ELIGIBILITY, **asked, name="王小明")

    assert [d["holder"]["eligibility"]["outcome"] for d in (right, wrong)] == [
        "ELIGIBLE",
        "INELIGIBLE",
    ]
