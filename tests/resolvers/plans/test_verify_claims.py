"""Claims are answered by a plan, byte for byte as graphql-core answers them."""

import json

import pytest

from bureau.caller import Caller
from gateway.batch.query import QUERY
from tests.resolvers.plans.conftest import SAYS_NOTHING, SEES_MASKS, Known

CLAIMS = [
    {"idNumber": number, "item": item, "level": "UNGRADED"}
    for number in ("somebody", "not a number")
    for item in ("1.2", "no such item")
]


@pytest.mark.parametrize(
    "claims", [pytest.param(CLAIMS, id="a list"), pytest.param([], id="none")]
)
def test_a_plan_says_it_all(known: Known, claims: list[dict[str, str]]) -> None:
    numbers = known.numbers
    claims = [{**claim, "idNumber": numbers[-1]} for claim in claims[:2]] + claims[2:]

    answered = known.answered(known.asking(QUERY, {"claims": claims}), SEES_MASKS)

    assert answered.is_planned
    assert answered.planned == answered.by_core
    assert json.loads(answered.planned)["errors"] == []


@pytest.mark.parametrize("caller", [SAYS_NOTHING])
def test_a_refusal_is_graphql_cores_to_tell(known: Known, caller: Caller) -> None:
    claims = [{**CLAIMS[0], "idNumber": known.numbers[-1]}]

    answered = known.answered(known.asking(QUERY, {"claims": claims}), caller)

    assert not answered.is_planned
    assert answered.planned == answered.by_core
    (error,) = json.loads(answered.planned)["errors"]
    assert error["extensions"]["code"] == "PURPOSE_REQUIRED"
