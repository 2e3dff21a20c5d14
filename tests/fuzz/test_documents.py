"""Documents over our own schema, right ones and wrong ones, at a running gateway.

Documents are made from ``schema.graphql`` by hypothesis-graphql: every field, every
argument, aliases, fragments, odd values. The promise: never a 5xx, always an answer
in GraphQL's shape, nothing of our inside in it, and no document that costs much.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from graphql import build_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import Mode, from_schema, nodes

from tests.attacks.raw import PLACES, Raw, request, send
from tests.running import TOKEN, Gateway

SCHEMA = build_schema(Path("schema.graphql").read_text("utf-8"), assume_valid=True)
SCALARS = {
    "Date": st.dates().map(lambda day: nodes.String(day.isoformat())),
    "DateTime": st.datetimes().map(lambda at: nodes.String(f"{at.isoformat()}Z")),
    "_Any": st.just(nodes.Object([])),
}
PER_REQUEST = 0.05
"""Seconds of processor time a document may cost, on average over a run."""

NETWORK = settings(
    max_examples=settings().max_examples // 5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

documents = from_schema(SCHEMA, custom_scalars=SCALARS)
wrong_documents = from_schema(SCHEMA, custom_scalars=SCALARS, mode=Mode.NEGATIVE)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["110101199003074514", "RESIDENT_ID", "2026-02-30", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
    ),
    max_leaves=6,
)
VARIABLES = """query($idNumber: String!, $people: [PersonInput!]!, $first: Int,
  $asOf: Date, $level: Level!, $itemCode: String!) {
  holder(idNumber: $idNumber) { __typename ... on Holder {
    certificates(first: $first) { totalCount }
    eligibility(itemCode: $itemCode, level: $level, asOf: $asOf) { outcome } } }
  holders(people: $people) { __typename } }"""
NAMES = ("idNumber", "people", "first", "asOf", "level", "itemCode", "other")


def ask(gateway: Gateway, body: Any) -> Raw:
    """Post ``body``; lone surrogates and all."""
    raw = json.dumps(body).encode("utf-8", "surrogatepass")
    json_type = "Content-Type: application/json"
    return send(gateway.url, request(json_type, body=raw, token=TOKEN))


def require_well_formed(answer: Raw, asked: Any) -> None:
    """Hold an answer to what every answer is."""
    assert answer.status is not None
    assert answer.status < 500
    content = json.loads(answer.body)
    assert content.keys() <= {"data", "errors", "extensions"}
    for error in content.get("errors", []):
        assert error["message"]
        assert re.fullmatch(r"[A-Z_]+", error["extensions"]["code"])
        assert error["extensions"]["code"] != "INTERNAL_SERVER_ERROR"
        # A name of ours that the client said itself tells nothing.
        told = json.dumps([error.get("path"), asked])
        places = PLACES.finditer(json.dumps(error, ensure_ascii=False))
        assert [place[0] for place in places if place[0] not in told] == []
    assert "data" in content or content["errors"]


def processor_seconds(gateway: Gateway) -> float:
    """Return what the gateway's processes have used."""
    stats = [(process / "stat").read_text() for process in gateway.processes]
    assert stats
    words = [stat.rpartition(")")[2].split() for stat in stats]
    return sum(int(w[11]) + int(w[12]) for w in words) / os.sysconf("SC_CLK_TCK")


def cheaply(gateway: Gateway, bodies: list[Any]) -> None:
    """Ask everything at a bearable price."""
    before = processor_seconds(gateway)
    for body in bodies:
        require_well_formed(ask(gateway, body), body)
    assert processor_seconds(gateway) - before < PER_REQUEST * len(bodies) + 0.25


@NETWORK
@given(st.lists(documents, min_size=1, max_size=5))
def test_a_document_of_our_schema_is_answered(
    demo_gateway: Gateway, queries: list[str]
) -> None:
    cheaply(demo_gateway, [{"query": query} for query in queries])


@NETWORK
@given(st.lists(wrong_documents, min_size=1, max_size=5))
def test_a_document_of_another_schema_is_refused(
    demo_gateway: Gateway, queries: list[str]
) -> None:
    cheaply(demo_gateway, [{"query": query} for query in queries])


@st.composite
def _spoilt(draw: st.DrawFn) -> str:
    """Return a document with a piece replaced: near to right, and seldom right."""
    document = draw(documents)
    start = draw(st.integers(0, len(document)))
    end = min(len(document), start + draw(st.integers(0, 12)))
    piece = draw(
        st.text(max_size=6)
        | st.sampled_from(
            ["{", "}", "...", "@skip(if: true)", '"""', "$a", "\x00", "#"]
        )
        | st.sampled_from(["{a" * 200, "a:__typename " * 500, "@include" * 200])
    )
    return document[:start] + piece + document[end:]


@NETWORK
@given(st.lists(_spoilt() | st.text(), min_size=1, max_size=5))
def test_a_spoilt_document_is_refused_or_answered(
    demo_gateway: Gateway, queries: list[str]
) -> None:
    cheaply(demo_gateway, [{"query": query} for query in queries])


@NETWORK
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), json_values), min_size=1))
def test_variables_of_any_type_are_refused_or_answered(
    demo_gateway: Gateway, variables: list[dict[str, Any]]
) -> None:
    cheaply(demo_gateway, [{"query": VARIABLES, "variables": v} for v in variables])


def test_the_documents_are_right_before_they_are_spoilt(demo_gateway: Gateway) -> None:
    """A fuzz of what is refused anyway would find nothing."""
    person = {"idNumber": "110101199003074514"}
    stated = {**person, "people": [person], "level": "LEVEL_4", "itemCode": "1.1"}

    answer = ask(demo_gateway, {"query": VARIABLES, "variables": stated})

    assert json.loads(answer.body)["data"]["holder"]["__typename"] == "Holder"
