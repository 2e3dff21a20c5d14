"""However a request asks, each agency is asked once."""

from tests.contracts.people import nobodies
from tests.federation.queries import EMERGENCY, FIRE, TRANSPORT
from tests.running import Agencies, Gateway

HOLDERS = """query($people: [PersonInput!]!) { holders(people: $people) {
  ... on Holders { nodes { __typename sources { agency outcome attempts } } }
  ... on InvalidList { found allowed message(language: EN) } } }"""


def calls(agencies: Agencies) -> list[object]:
    return [agencies.calls(agency) for agency in (EMERGENCY, TRANSPORT, FIRE)]


def test_twenty_aliases_are_one_call_an_agency(
    gateway: Gateway, agencies: Agencies
) -> None:
    fields = "".join(
        f'a{position}: holder(idNumber: "{person.number}") {{ sources {{ outcome }} }} '
        for position, person in enumerate(nobodies(20))
    )

    gateway.ask(f"{{ {fields} }}")

    assert calls(agencies) == [{"calls": 1, "holders": [20]}] * 3


def test_a_list_of_people_is_one_call_an_agency(
    gateway: Gateway, agencies: Agencies
) -> None:
    people = [{"idNumber": person.number} for person in nobodies(100)]

    data = gateway.ask(HOLDERS, people=people)

    nodes = data["holders"]["nodes"]
    assert len(nodes) == 100
    assert {row["attempts"] for node in nodes for row in node["sources"]} == {1}
    assert calls(agencies) == [{"calls": 1, "holders": [100]}] * 3


def test_people_in_a_list_and_beside_it_are_one_call_an_agency(
    gateway: Gateway, agencies: Agencies
) -> None:
    one, *others = nobodies(4)
    beside = f'holder(idNumber: "{one.number}") {{ sources {{ outcome }} }}'
    listed = ", ".join(f'{{ idNumber: "{other.number}" }}' for other in others)

    gateway.ask(
        f"{{ before: {beside} holders(people: [{listed}]) {{ __typename }} "
        f"after: {beside} }}"
    )

    assert calls(agencies) == [{"calls": 1, "holders": [4]}] * 3


def test_a_malformed_number_in_a_list_is_its_own_answer(
    gateway: Gateway, agencies: Agencies
) -> None:
    (person,) = nobodies(1)

    data = gateway.ask(
        HOLDERS, people=[{"idNumber": "310"}, {"idNumber": person.number}]
    )

    assert [node["__typename"] for node in data["holders"]["nodes"]] == [
        "InvalidIdentity",
        "Holder",
    ]
    assert calls(agencies) == [{"calls": 1, "holders": [1]}] * 3


def test_an_empty_list_is_a_typed_answer_without_a_call(
    gateway: Gateway, agencies: Agencies
) -> None:
    data = gateway.ask(HOLDERS, people=[])

    assert data["holders"]["found"] == 0
    assert calls(agencies) == [{"calls": 0, "holders": []}] * 3


def test_a_list_too_long_is_a_typed_answer_without_a_call(
    gateway: Gateway, agencies: Agencies
) -> None:
    people = [{"idNumber": person.number} for person in nobodies(101)]

    data = gateway.ask(HOLDERS, people=people)

    assert data["holders"] == {
        "found": 101,
        "allowed": 100,
        "message": "101 people given, 1 to 100 allowed; ask in several batches",
    }
    assert calls(agencies) == [{"calls": 0, "holders": []}] * 3


def test_only_the_chosen_agencies_are_asked(
    gateway: Gateway, agencies: Agencies
) -> None:
    (person,) = nobodies(1)

    data = gateway.ask(
        "query($n: String!) { holder(idNumber: $n, agencies: [transport]) "
        "{ sources { agency outcome } } }".replace("[transport]", '["transport"]'),
        n=person.number,
    )

    assert {row["agency"]: row["outcome"] for row in data["holder"]["sources"]} == {
        EMERGENCY: "SKIPPED",
        TRANSPORT: "NONE",
        FIRE: "SKIPPED",
    }
    assert [found["calls"] for found in calls(agencies)] == [0, 1, 0]  # type: ignore[index]  # parsed JSON
