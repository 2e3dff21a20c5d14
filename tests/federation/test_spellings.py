"""Nothing is decided by how a question, a claim or a filter is spelt."""

from typing import Any

import pytest

from tests.federation.claims import story_claim, verify
from tests.running import Agencies, Gateway

STORY = "all-three"
OUTCOMES = """query($n: String!, $name: String, $code: String!, $codes: [String!]) {
  holder(idNumber: $n, name: $name) {
    certificates(filter: {itemCodes: $codes}) { nodes { itemCode } }
    ... on Holder { eligibility(itemCode: $code, level: UNGRADED) {
      findings { clause outcome } } } } }"""


@pytest.mark.parametrize(
    "spelt",
    [
        pytest.param({"item": "１．２"}, id="a code in full width"),
        pytest.param({"item": "\u200b1.2\xa0"}, id="a code with something unseen"),
        pytest.param({"item": "1。2"}, id="a full stop"),
        pytest.param({"item": "低压\u3000电工作业"}, id="a name with a space"),
        pytest.param({"number": "padded"}, id="a padded number"),
        pytest.param({"number": "lower"}, id="a number in lower case"),
        pytest.param({"number": "\u200b"}, id="a blank number"),
        pytest.param({"name": "padded"}, id="a padded name"),
        pytest.param({"name": "dotted"}, id="a name with dots"),
        pytest.param({"name": "\u3000"}, id="a blank name"),
        pytest.param({"idNumber": "padded"}, id="an identity number in an embedding"),
    ],
)
def test_a_claim_in_any_spelling_is_right(
    gateway: Gateway, agencies: Agencies, spelt: dict[str, str]
) -> None:
    claim = story_claim(gateway, agencies, STORY)
    assert claim["item"] == "1.2"

    (answer,) = verify(gateway, [claim | respelt(claim, spelt)])

    assert answer["outcome"] == "MATCH", answer


def respelt(claim: dict[str, Any], spelt: dict[str, str]) -> dict[str, str]:
    """Return fields of ``claim`` in another spelling, by its name."""
    ((field, how),) = spelt.items()
    plain = claim[field]
    ways = {
        "padded": f"\u202d{plain}\u202c\u3000",
        "lower": plain.lower(),
        "dotted": "●".join(plain),
    }
    return {field: ways.get(how, how)}


@pytest.mark.parametrize("code", ["1.2", "１．２", " 1.2\u200b"])
@pytest.mark.parametrize("name", ["", " ", "\u200b\u3000", None])
def test_a_question_in_any_spelling_is_the_same(
    gateway: Gateway, agencies: Agencies, code: str, name: str | None
) -> None:
    number = agencies.person(STORY)["idNumber"]

    plain = gateway.ask(OUTCOMES, n=number, code="1.2", codes=["1.2"])
    found = gateway.ask(
        OUTCOMES, n=f"\u202d{number}\u202c", name=name, code=code, codes=[code]
    )

    assert found == plain
    assert [one["itemCode"] for one in found["holder"]["certificates"]["nodes"]] == [
        "1.2"
    ]


def test_a_filter_of_another_code_finds_nothing(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person(STORY)["idNumber"]

    found = gateway.ask(OUTCOMES, n=number, code="1.2", codes=["１．３"])

    assert found["holder"]["certificates"]["nodes"] == []
