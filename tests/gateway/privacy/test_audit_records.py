"""Every answer about a person is on the audit log before it is given."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.raw import request, send
from tests.gateway.privacy.callers import AUDITOR, MASKED, PURPOSE, TABLES, UNSTATED
from tests.gateway.privacy.questions import (
    CERTIFICATE,
    HOLDER,
    RECORDS,
    certificate_id,
    error_of,
    number_of,
    question,
    records,
    ways,
)
from tests.running import TOKEN, Agencies, Gateway, eventually, running_gateway


def test_a_look_up_is_on_the_log_with_all_that_was_said(
    gateway: Gateway, agencies: Agencies
) -> None:
    body = question(HOLDER, n=number_of(agencies))

    gateway.post(body, token=UNSTATED, headers={**PURPOSE, "X-Request-Id": "look-up-1"})

    (record,) = records(
        gateway, requestId="look-up-1", caseNumber="\u300012345-7\u200b"
    )
    assert {
        name: record[name]
        for name in ("event", "caller", "purpose", "caseNumber", "operation")
    } == {
        "event": "LOOKED_UP",
        "caller": "unstated",
        "purpose": "COMPLAINT",
        "caseNumber": "12345-7",
        "operation": "About",
    }
    assert record["certificates"] == len(agencies.person("all-three")["certificates"])
    assert {row["agency"]: row["outcome"] for row in record["sources"]} == (
        agencies.person("all-three")["sources"]
    )


@pytest.mark.parametrize(
    "way", ["holder", "holders", "certificate", "licence", "entities", "claims"]
)
def test_every_way_of_asking_is_on_the_log(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    body = ways(gateway, agencies)[way]

    gateway.post(body, token=MASKED, headers={"X-Request-Id": f"way-{way}"})

    (record,) = records(gateway, requestId=f"way-{way}")
    assert (record["event"], record["caller"]) == ("LOOKED_UP", "masked")


def test_a_certificate_counts_as_one(gateway: Gateway, agencies: Agencies) -> None:
    body = ways(gateway, agencies)["certificate"]

    gateway.post(body, headers={"X-Request-Id": "one-certificate"})

    (record,) = records(gateway, requestId="one-certificate")
    assert record["certificates"] == 1


def test_a_refused_look_up_is_no_look_up(gateway: Gateway, agencies: Agencies) -> None:
    body = question(HOLDER, n=number_of(agencies))

    gateway.post(body, token=UNSTATED, headers={"X-Request-Id": "refused-1"})

    assert records(gateway, requestId="refused-1") == []


def test_a_person_is_found_by_number_and_by_nobody_else_s(
    gateway: Gateway, agencies: Agencies
) -> None:
    number, other = number_of(agencies), number_of(agencies, "none")
    for n in (number, other):
        gateway.post(question(HOLDER, n=n), headers={"X-Request-Id": "by-number"})

    (one,) = records(gateway, requestId="by-number", idNumber=number)
    (two,) = records(gateway, requestId="by-number", idNumber=other)
    assert one["person"] != two["person"]
    assert records(gateway, requestId="by-number", person=one["person"]) == [one]


def test_a_malformed_number_in_the_filter_is_refused(gateway: Gateway) -> None:
    body = question(RECORDS, filter={"idNumber": "310110199003074515"})

    _, answer, _ = gateway.post(body, token=AUDITOR)

    assert error_of(answer)["extensions"]["code"] == "BAD_USER_INPUT"
    assert "310110199003074515" not in json.dumps(answer)


def test_pages_follow_each_other(gateway: Gateway, agencies: Agencies) -> None:
    for _ in range(3):
        body = question(HOLDER, n=number_of(agencies))
        gateway.post(body, headers={"X-Request-Id": "paged"})
    found: list[str] = []
    after, more = None, True

    while more:
        body = question(RECORDS, filter={"requestId": "paged"}, first=2, after=after)
        _, answer, _ = gateway.post(body, token=AUDITOR)
        page = answer["data"]["auditRecords"]
        found += [node["id"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    assert len(found) == 3
    assert found == sorted(found, key=int, reverse=True)


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"first": 0}, id="no record"),
        pytest.param({"first": 1001}, id="too many"),
        pytest.param({"after": "abc"}, id="no cursor"),
        pytest.param({"after": "-1"}, id="a negative cursor"),
        pytest.param({"after": "9" * 19}, id="a cursor of no record ever"),
    ],
)
def test_a_page_that_cannot_be_is_refused(
    gateway: Gateway, variables: dict[str, object]
) -> None:
    _, answer, _ = gateway.post(question(RECORDS, **variables), token=AUDITOR)

    assert error_of(answer)["extensions"]["code"] in (
        "BAD_USER_INPUT",
        "LIMIT_EXCEEDED",
    )


def test_reading_the_log_is_on_the_log(gateway: Gateway, agencies: Agencies) -> None:
    body = question(RECORDS, filter={"idNumber": number_of(agencies)})

    gateway.post(body, token=AUDITOR, headers={"X-Request-Id": "read-1"})

    (record,) = records(gateway, requestId="read-1")
    assert (record["event"], record["caller"]) == ("READ", "auditor")
    assert record["person"] is not None


@pytest.mark.parametrize("token", [MASKED, UNSTATED, TOKEN])
def test_only_auditors_read_the_log(gateway: Gateway, token: str) -> None:
    _, answer, _ = gateway.post(question(RECORDS), token=token)

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_an_auditor_looks_nobody_up(gateway: Gateway, agencies: Agencies) -> None:
    body = question(HOLDER, n=number_of(agencies))

    _, answer, _ = gateway.post(body, token=AUDITOR, headers=PURPOSE)

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_the_log_names_nobody(gateway: Gateway, agencies: Agencies) -> None:
    for person in agencies.people:
        gateway.post(question(HOLDER, n=person["idNumber"]))
    certificate_id(gateway, agencies)

    kept = b"".join(
        path.read_bytes() for path in gateway.folder.glob("gateway.db*")
    ).decode("utf-8", "replace")

    assert len(kept) > 1000
    assert [
        person["id"]
        for person in agencies.people
        if person["idNumber"] in kept or person["name"] in kept
    ] == []


@pytest.fixture(name="slow")
def _slow(agencies: Agencies, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway one of whose agencies never answers."""
    with (
        running_gateway(tmp_path, agencies, tables=TABLES) as gateway,
        agencies.fault("transport", "silent"),
    ):
        yield gateway


def test_an_agency_that_did_not_answer_is_on_the_log(
    slow: Gateway, agencies: Agencies
) -> None:
    body = question(HOLDER, n=number_of(agencies))
    slow.post(body, headers={"X-Request-Id": "slow"})

    (record,) = records(slow, requestId="slow")

    assert {"agency": "transport", "outcome": "TIMED_OUT"} in record["sources"]


def test_a_look_up_whose_client_left_is_on_the_log(
    slow: Gateway, agencies: Agencies
) -> None:
    body = json.dumps(question(HOLDER, n=number_of(agencies))).encode()
    headers = ("Content-Type: application/json", "X-Request-Id: left")

    send(slow.url, request(*headers, body=body, token=TOKEN), seconds=0.3)

    eventually(lambda: len(records(slow, requestId="left")) == 1)
    (record,) = records(slow, requestId="left")
    assert (record["event"], record["certificates"]) == ("ABANDONED", None)
    assert record["person"] is not None


def test_an_id_that_is_none_is_on_the_log_as_a_person_nobody_knows(
    gateway: Gateway,
) -> None:
    body = question(CERTIFICATE, id="none")

    gateway.post(body, headers={"X-Request-Id": "wrong-id"})

    (record,) = records(gateway, requestId="wrong-id")
    assert (record["event"], record["sources"], record["certificates"]) == (
        "LOOKED_UP",
        [],
        0,
    )
    assert record["person"] is not None
