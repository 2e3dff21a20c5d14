"""Names tried beside an identity number count like what is stated of certificates."""

from typing import Any

import pytest

from bureau.look_ups.statements import MAX_STATEMENTS
from gateway.batch.query import QUERY as VERIFY_CLAIMS
from tests.contracts.people import nobodies
from tests.gateway.privacy.callers import MASKED
from tests.gateway.privacy.questions import error_of, question
from tests.running import TOKEN, Gateway

HOLDER = "query($n: String!, $name: String) {"
HOLDER += " holder(idNumber: $n, name: $name) { __typename } }"
HOLDERS = "query($people: [PersonInput!]!) {"
HOLDERS += " holders(people: $people) { __typename } }"
REFUSED = "TOO_MANY_STATEMENTS"


def names(count: int, first: int = 0x4E00) -> list[str]:
    return [f"张{chr(first + number)}" for number in range(count)]


@pytest.fixture(name="number")
def _number() -> str:
    """A person of one test alone: the count lasts all day."""
    return nobodies(1)[0].number


def outcome(
    gateway: Gateway, number: str, name: str | None, token: str = TOKEN
) -> str | None:
    """Return how a question with a name ended: ``None``, or an error's code."""
    body = question(HOLDER, n=number, name=name)
    _, answer, _ = gateway.post(body, token=token)
    if "errors" not in answer:
        assert answer["data"]["holder"]["__typename"] == "Holder"
        return None
    assert answer["data"] == {"holder": None}
    return str(error_of(answer)["extensions"]["code"])


def test_names_tried_one_after_the_other_come_to_an_end(
    gateway: Gateway, number: str
) -> None:
    tried = [outcome(gateway, number, name) for name in names(2 * MAX_STATEMENTS)]

    assert tried == [None] * MAX_STATEMENTS + [REFUSED] * MAX_STATEMENTS


def test_names_tried_under_aliases_come_to_an_end(
    gateway: Gateway, number: str
) -> None:
    fields = [
        f'p{place}: holder(idNumber: "{number}", name: "{name}") {{ __typename }}'
        for place, name in enumerate(names(MAX_STATEMENTS + 2))
    ]
    answer: Any = {"errors": [], "data": {}}
    for start in range(0, len(fields), 8):
        asked = question(f"{{ {' '.join(fields[start : start + 8])} }}")
        _, part, _ = gateway.post(asked)
        answer["errors"] += part.get("errors", [])
        answer["data"] |= part["data"]

    assert [e["extensions"]["code"] for e in answer["errors"]] == [REFUSED] * 2
    assert list(answer["data"].values()).count(None) == 2


def test_names_tried_in_lists_come_to_an_end(gateway: Gateway, number: str) -> None:
    people = [{"idNumber": number, "name": name} for name in names(MAX_STATEMENTS + 1)]

    _, last, _ = gateway.post(question(HOLDERS, people=people[:MAX_STATEMENTS]))
    _, more, _ = gateway.post(question(HOLDERS, people=people))

    assert last["data"]["holders"]["__typename"] == "Holders"
    assert error_of(more)["extensions"] == {
        "code": REFUSED,
        "allowed": MAX_STATEMENTS,
    }


def test_names_and_claims_are_of_one_count(gateway: Gateway, number: str) -> None:
    claims = [
        {"idNumber": number, "item": "1.2", "name": name}
        for name in names(MAX_STATEMENTS - 1)
    ]
    gateway.post(question(VERIFY_CLAIMS, claims=claims))

    assert outcome(gateway, number, "李四") is None
    assert outcome(gateway, number, "王五") == REFUSED
    _, answer, _ = gateway.post(
        question(VERIFY_CLAIMS, claims=[claims[0], claims[0] | {"name": "王五"}])
    )
    first, second = answer["data"]["verifyClaims"]["nodes"]
    assert first["__typename"] == "ClaimCheck"
    assert second["problem"] == REFUSED


def test_whoever_tries_no_further_name_is_answered(
    gateway: Gateway, number: str
) -> None:
    for name in names(MAX_STATEMENTS):
        outcome(gateway, number, name)

    (somebody_else,) = nobodies(1)
    assert outcome(gateway, number, None) is None
    assert outcome(gateway, number, "  ") is None
    assert outcome(gateway, number, f" {names(1)[0]}\u3000") is None
    assert outcome(gateway, somebody_else.number, "李四") is None
    assert outcome(gateway, number, "李四", MASKED) is None
    assert outcome(gateway, number, "李四") == REFUSED
