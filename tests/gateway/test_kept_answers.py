"""An answer that is kept says how old it is, and that nobody was asked for it."""

from tests.contracts.people import nobodies
from tests.federation.queries import SOURCES
from tests.running import Agencies, Gateway


def test_what_the_cache_answers_nobody_was_asked_for(
    gateway: Gateway, agencies: Agencies
) -> None:
    (person,) = nobodies(1)

    first, again = [
        gateway.ask(SOURCES, idNumber=person.number)["holder"]["sources"]
        for _ in range(2)
    ]

    assert agencies.calls("transport") == {"calls": 1, "holders": [1]}
    assert [(row["cacheAgeSeconds"] > 0, row["attempts"]) for row in first] == [
        (False, 1)
    ] * 3
    assert [(row["cacheAgeSeconds"] > 0, row["attempts"]) for row in again] == [
        (True, 0)
    ] * 3
    assert [row["retrievedAt"] for row in first] == [
        row["retrievedAt"] for row in again
    ]
