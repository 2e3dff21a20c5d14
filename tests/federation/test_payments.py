"""Payments over sockets, by two gateways on one database: once, whoever asks again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from tests.contracts.people import nobodies
from tests.federation.offices import BUREAU, DECIDE, Offices, offices_on
from tests.gateway.collection.sending import (
    ONLY_SENDS,
    Sender,
    key_of,
    line,
    payload,
    record,
)
from tests.gateway.states.sending import compact, today
from tests.running import Agencies

NUMBERS = count(1)
WRITERS = 50
DISTRICTS = ("310115", "310104")


@pytest.fixture(scope="module", name="offices", params=["sqlite", "postgresql"])
def _offices(
    request: pytest.FixtureRequest,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Offices]:
    folder = tmp_path_factory.mktemp("payments")
    with offices_on(request, folder, running_agencies) as found:
        yield found


def _certificate(offices: Offices, level: str = "4") -> str:
    """Send a certificate of a person of its own; return its id."""
    (holder,) = nobodies(1)
    key, number = key_of(offices.agencies), next(NUMBERS)
    issued = compact(today() - timedelta(days=60))
    said = payload(holder, f"2409000000500{number:03}", issued, skillLevel=level)
    sender = Sender(offices.gateways[0], ONLY_SENDS, key)
    assert sender.send([line(number, record(key, said))]).outcomes == ["ACCEPTED"]
    (found,) = offices.certificates(1, holder)
    id_: str = found["id"]
    return id_


def _paid(certificate: str, claim: str, district: str = DISTRICTS[0]) -> dict[str, Any]:
    stated = {"outcome": "PAID", "district": district, "category": "EMPLOYED"}
    own = {"claim": claim, "certificate": certificate, "amountYuan": 1600}
    return {**stated, **own}


def test_of_fifty_requests_of_two_districts_one_pays(offices: Offices) -> None:
    certificate = _certificate(offices)

    def pay(number: int) -> str:
        place = number % 2
        answer = offices.decide(
            *(place, f"race-{number}"),
            **_paid(certificate, f"race-{place}", district=DISTRICTS[place]),
        )
        kind: str = answer["__typename"]
        return kind

    with ThreadPoolExecutor(WRITERS) as writers:
        kinds = sorted(writers.map(pay, range(WRITERS)))

    assert kinds == ["AlreadyPaid"] * (WRITERS - 1) + ["DecisionRecorded"]


def test_a_key_is_answered_as_at_first_and_is_for_one_request(
    offices: Offices,
) -> None:
    stated = _paid(_certificate(offices), "again")
    first = offices.decide(0, "again-1", **stated)
    other = offices.decide(1, "again-1", **{**stated, "amountYuan": 1500})

    assert first["__typename"] == "DecisionRecorded"
    assert offices.decide(1, "again-1", **stated) == first
    assert other == {"__typename": "DecisionRefused", "code": "KEY_USED"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amountYuan": 0}, "BAD_AMOUNT"),
        ({"amountYuan": None}, "BAD_AMOUNT"),
        ({"district": "110101"}, "BAD_DISTRICT"),
        ({"claim": "310115199001011234"}, "BAD_CLAIM"),
    ],
)
def test_what_is_not_well_formed_is_not_recorded(
    offices: Offices, changes: dict[str, object], code: str
) -> None:
    answer = offices.decide(0, "malformed", **{**_paid("unknown", "c"), **changes})

    assert answer == {"__typename": "DecisionRefused", "code": code}


def test_nothing_is_paid_for_what_nobody_verified(offices: Offices) -> None:
    answer = offices.decide(0, "unknown-1", **_paid("unknown", "unknown"))

    assert answer == {"__typename": "CertificateNotVerified", "source": None}


def test_whoever_may_not_pay_records_nothing(offices: Offices) -> None:
    stated = {"key": "bureau-1", "decision": _paid("unknown", "bureau")}
    body = {"query": DECIDE, "variables": stated}
    _, answer, _ = offices.gateways[0].post(body, BUREAU)

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
