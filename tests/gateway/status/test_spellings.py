"""A revocation takes effect however it is spelt, and whatever it leaves out."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.status.sending import (
    StateSender,
    certificates,
    said_of,
    sender_at,
)
from tests.policy.test_normal_form import spelt
from tests.running import Agencies, Gateway

STORY = "all-three"
Spelt = Callable[[str], object]
SPELLINGS: dict[str, dict[str, Spelt]] = {
    "a blank after the number": {"certificateNumber": lambda one: f"{one} "},
    "a wide space before it": {"certificateNumber": lambda one: f"\u3000{one}"},
    "something unseen in it": {"certificateNumber": "\u200b".join},
    "full width": {
        "certificateNumber": lambda one: "".join(chr(ord(c) + 0xFEE0) for c in one)
    },
    "a blank in the code": {"jobCode": lambda one: f" {one} "},
    "the code in full width": {"jobCode": lambda one: one.replace("-", "－")},
    "no code": {"jobCode": lambda _: None},
    "a blank code": {"jobCode": lambda _: " "},
    "no day of first issue": {"firstIssueDate": lambda _: None},
    "no day of issue": {"issueDate": lambda _: " "},
    "a padded day": {"issueDate": lambda one: f"{one}\u3000"},
    "no code and no day": {"jobCode": lambda _: None, "firstIssueDate": lambda _: None},
    "a padded state": {"status": lambda one: f"{one} "},
}


@pytest.fixture(name="number")
def _number(running_agencies: Agencies) -> str:
    number: str = running_agencies.person(STORY)["idNumber"]
    return number


@pytest.fixture(name="sender")
def _sender(two: tuple[Gateway, Gateway], running_agencies: Agencies) -> StateSender:
    return sender_at(two[0], running_agencies)


@pytest.fixture(name="lifted", autouse=True)
def _lifted(sender: StateSender, number: str) -> Iterator[None]:
    """Lift at the end what was sent, for the next."""
    yield
    (shown,) = certificates(sender.gateway, number)
    assert send(sender, said_of(shown, number, "有效")) == ["ACCEPTED"]


def send(sender: StateSender, said: dict[str, object]) -> list[str]:
    """Send a change whose bytes never came before."""
    following = sender.status()["states"]["lastSequence"] + 1
    return sender.send_one(following, said | {"statusReason": str(following)}).outcomes


@pytest.mark.parametrize("spelt", SPELLINGS.values(), ids=SPELLINGS)
def test_a_revocation_in_any_spelling_takes_effect(
    sender: StateSender, number: str, spelt: dict[str, Spelt]
) -> None:
    (before,) = certificates(sender.gateway, number)
    said = said_of(before, number, "撤销")
    said |= {field: spell(str(said[field])) for field, spell in spelt.items()}

    outcomes = send(sender, said)
    (after,) = certificates(sender.gateway, number)

    assert outcomes == ["ACCEPTED"]
    assert (before["state"], after["state"]) == ("VALID", "REVOKED")
    assert after["id"] == before["id"]


PLAIN = ("certificateNumber", "jobCode", "issueDate", "firstIssueDate", "status")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), fields=st.sets(st.sampled_from(PLAIN), min_size=1))
def test_whatever_fields_are_spelt_however_a_revocation_takes_effect(
    sender: StateSender, number: str, data: st.DataObject, fields: set[str]
) -> None:
    (before,) = certificates(sender.gateway, number)
    states = []
    for state in ("撤销", "有效"):
        said = said_of(before, number, state)
        said |= {field: data.draw(spelt(str(said[field]))) for field in sorted(fields)}
        assert send(sender, said) == ["ACCEPTED"]
        states += [one["state"] for one in certificates(sender.gateway, number)]

    assert states == ["REVOKED", "VALID"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"certificateNumber": "S9 "}, id="another number"),
        pytest.param({"firstIssueDate": None, "issueDate": "20010101"}, id="a day"),
        pytest.param({"jobCode": None, "skillLevel": "1"}, id="another level"),
    ],
)
def test_a_revocation_of_another_certificate_does_not(
    sender: StateSender, number: str, other: dict[str, object]
) -> None:
    (before,) = certificates(sender.gateway, number)
    said = said_of(before, number, "撤销") | other

    send(sender, said)

    (after,) = certificates(sender.gateway, number)
    assert after["state"] == "VALID"
