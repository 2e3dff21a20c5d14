"""Decisions read back over sockets: in the graph and as a file, by who may know."""

import csv
import io
from typing import Any

import pytest

from tests.contracts.people import nobodies
from tests.federation.offices import (
    BUREAU,
    DISTRICT,
    PLATFORM,
    READER,
    UNSTATED,
    Offices,
)
from tests.gateway.status.sending import today

DECISION = """query($claim: String!) { decision(claim: $claim) { id claim outcome
  amountYuan district itemCode level decidedOn recordedBy authority { id }
  payment { state version history { step amountYuan } }
  judgement { verdict computedYuan } } }"""
DECISIONS = """query($filter: DecisionFilter, $first: Int = 50, $after: String) {
  decisions(filter: $filter, first: $first, after: $after) { totalCount
    nodes { id claim outcome payment { state } } edges { cursor node { claim } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
RECORDS = """query($n: String!) { auditRecords(filter: {idNumber: $n}) {
  nodes { event caller } } }"""
PERSON = "query($c: String!) { decision(claim: $c) { person } }"


def listed(offices: Offices, token: str = BUREAU, **filter_: object) -> Any:
    """Return the decisions of a filter."""
    return offices.ask(1, token, DECISIONS, filter=filter_)["decisions"]


def file(
    offices: Offices, query: str = "", token: str | None = BUREAU
) -> tuple[int, str]:
    """Return status and text of the CSV file of today, or of a query."""
    day = today().isoformat()
    asked = query or f"from={day}&to={day}"
    return offices.gateways[1].get(f"/decisions.csv?{asked}", token)


def rows_of(text: str) -> dict[str, dict[str, str]]:
    """Return the rows by their decision."""
    assert text[0] == "\ufeff"
    return {row["decision"]: row for row in csv.DictReader(io.StringIO(text[1:]))}


def test_a_decision_is_read_back_with_its_payment(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    told = offices.decide(0, certificate, "read-back", outcome="APPROVED")
    approved = offices.ask(1, PLATFORM, DECISION, claim="read-back")["decision"]
    offices.pay_step(0, claim="read-back", version=1, action="PAY")
    paid = offices.ask(1, BUREAU, DECISION, claim="read-back")["decision"]

    assert approved["id"] == told["id"]
    assert (approved["outcome"], approved["payment"]["state"]) == (
        *("APPROVED", "APPROVED"),
    )
    assert (paid["outcome"], paid["amountYuan"], paid["district"]) == (
        *("PAID", 1600, DISTRICT),
    )
    assert paid["payment"]["history"] == [
        {"step": "APPROVE", "amountYuan": 0},
        {"step": "PAY", "amountYuan": 1600},
    ]
    assert approved["judgement"] == {"verdict": "ELIGIBLE", "computedYuan": 1600}
    assert paid["authority"] == {"id": "transport"}


def test_there_is_no_decision_where_there_is_none(offices: Offices) -> None:
    for claim in ("nobody's", "no claim at all", ""):
        found = offices.ask(1, BUREAU, DECISION, claim=claim)
        assert found == {"decision": None}


def test_decisions_are_listed_by_what_they_have(offices: Offices) -> None:
    holder, _, certificate = offices.certified()
    offices.decide(0, certificate, "listed", district="310104")
    wanted = {
        "claim": "listed",
        "certificate": certificate,
        "idNumber": holder.number,
        "district": "310104",
        "decidedFrom": today().isoformat(),
        "decidedTo": today().isoformat(),
        "outcomes": ["PAID"],
        "states": ["PAID", "RETURNED"],
    }

    found = listed(offices, token=PLATFORM, **wanted)

    assert [one["claim"] for one in found["nodes"]] == ["listed"]
    assert found["totalCount"] == 1
    (stranger,) = nobodies(1)
    for name, other in (
        ("claim", "unlisted"),
        ("certificate", "none"),
        ("idNumber", stranger.number),
        ("district", "310101"),
        ("decidedTo", "2022-09-01"),
        ("outcomes", ["REFUSED"]),
        ("states", ["APPROVED"]),
    ):
        none = listed(offices, token=PLATFORM, **{**wanted, name: other})
        assert (name, none["nodes"], none["totalCount"]) == (name, [], 0)


def test_pages_follow_by_their_cursors(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    ids = [
        offices.decide(
            *(0, certificate, "paged"),
            key=f"paged-{number}",
            outcome="REFUSED",
            amountYuan=None,
        )["id"]
        for number in range(3)
    ]
    asked = {"filter": {"claim": "paged"}, "first": 2}

    first = offices.ask(1, BUREAU, DECISIONS, **asked)["decisions"]
    after = first["pageInfo"]["endCursor"]
    last = offices.ask(1, BUREAU, DECISIONS, **asked, after=after)["decisions"]

    assert [one["id"] for one in first["nodes"] + last["nodes"]] == ids[::-1]
    assert (first["pageInfo"]["hasNextPage"], last["pageInfo"]["hasNextPage"]) == (
        *(True, False),
    )
    assert [edge["cursor"] for edge in first["edges"]] == ids[:0:-1]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"first": 0}, "BAD_USER_INPUT"),
        ({"first": 1001}, "BAD_USER_INPUT"),
        ({"after": "x"}, "BAD_USER_INPUT"),
        ({"filter": {"idNumber": "31010119900101001"}}, "BAD_USER_INPUT"),
        ({"filter": {"claim": "\0"}}, "BAD_USER_INPUT"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    offices: Offices, variables: dict[str, object], code: str
) -> None:
    _, answer = offices.post(1, BUREAU, DECISIONS, **variables)

    assert answer["errors"][0]["extensions"]["code"] == code


def test_asking_for_a_person_needs_a_purpose_and_is_on_the_log(
    offices: Offices,
) -> None:
    (person,) = nobodies(1)
    asked = {"filter": {"idNumber": person.number}}

    _, refused = offices.post(1, UNSTATED, DECISIONS, **asked)
    offices.ask(1, PLATFORM, DECISIONS, **asked)
    records = offices.ask(1, BUREAU, RECORDS, n=person.number)["auditRecords"]["nodes"]

    assert refused["errors"][0]["extensions"]["code"] == "PURPOSE_REQUIRED"
    assert {"event": "LOOKED_UP", "caller": PLATFORM} in records
    assert not [one for one in records if one["caller"] == UNSTATED]


def test_who_it_is_about_is_told_to_auditors_alone_and_as_a_pseudonym(
    offices: Offices,
) -> None:
    holder, _, certificate = offices.certified()
    offices.decide(0, certificate, "whose")

    seen = offices.ask(1, BUREAU, PERSON, c="whose")["decision"]["person"]
    _, answer = offices.post(1, PLATFORM, PERSON, c="whose")

    assert len(seen) == 64
    assert holder.number not in seen
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_a_reader_sees_no_decisions(offices: Offices) -> None:
    _, answer = offices.post(1, READER, DECISIONS)

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_the_file_says_what_the_graph_says(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    id_ = offices.decide(0, certificate, "filed")["id"]
    offices.pay_step(0, claim="filed", version=1, action="RETURN")
    _, _, another = offices.certified()
    other = offices.decide(0, another, "filed-too", outcome="APPROVED")["id"]

    status, text = file(offices)
    rows = rows_of(text)

    assert status == 200
    shown = {
        name: rows[id_][name]
        for name in ("claim", "outcome", "amount_yuan", "payment_state", "paid_yuan")
    }
    assert list(shown.values()) == ["filed", "PAID", "1600", "RETURNED", "0"]
    assert rows[id_]["district_name"] == "浦东新区"
    assert rows[other]["payment_state"] == "APPROVED"
    graph = listed(offices)["nodes"][:2]
    assert [one["id"] for one in graph] == [other, id_]


def test_the_file_sums_to_the_totals(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "summed-up")
    day = today().isoformat()
    asked = "query($d: Date!) { totals(from: $d, to: $d, by: []) { paidYuan paid } }"

    (totals,) = offices.ask(0, BUREAU, asked, d=day)["totals"]
    rows = rows_of(file(offices)[1]).values()

    assert sum(int(row["paid_yuan"]) for row in rows) == totals["paidYuan"]
    assert totals["paid"] > 0


def test_the_file_selects(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "chosen", district="310106")
    day = today().isoformat()
    asked = f"from={day}&to={day}&district=310106&outcome=PAID&state=PAID"

    found = [row["claim"] for row in rows_of(file(offices, asked)[1]).values()]
    none = rows_of(file(offices, asked.replace("310106", "310151"))[1])
    earlier = rows_of(file(offices, "from=2022-09-01&to=2022-09-02")[1])

    assert "chosen" in found
    assert (none, earlier) == ({}, {})


@pytest.mark.parametrize(
    ("query", "token", "status"),
    [
        pytest.param("from=2026-11-01&to=2026-11-30", None, 401, id="nobody"),
        pytest.param("from=2026-11-01&to=2026-11-30", READER, 403, id="a reader"),
        pytest.param("from=2026-11-01", BUREAU, 400, id="no last day"),
        pytest.param("from=2026-11-02&to=2026-11-01", BUREAU, 400, id="turned round"),
        pytest.param("from=2026-11-01&to=2026-11-01&x=1", BUREAU, 400, id="unknown"),
        pytest.param(
            "from=2026-11-01&to=2026-11-01&district=1", BUREAU, 400, id="no district"
        ),
        pytest.param(
            "from=2026-11-01&to=2026-11-01&state=X", BUREAU, 400, id="no state"
        ),
    ],
)
def test_who_may_not_know_or_asks_wrongly_gets_no_file(
    offices: Offices, query: str, token: str | None, status: int
) -> None:
    found, text = file(offices, query, token)

    assert found == status
    assert "paid_yuan" not in text
