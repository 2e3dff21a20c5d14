"""Trying numbers tells nothing that an answer does not say anyway.

A known and an unknown person cost the same calls, take the same shape and have the
same headers; how long agencies take is theirs. A certificate id that was not made by
this gateway is refused before anybody is asked, whatever is wrong with it, so that
there is nothing to measure.
"""

import base64
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.raw import Raw, request, send
from tests.contracts.people import nobodies
from tests.federation.queries import SOURCES
from tests.running import TOKEN, Agencies, Gateway

CERTIFICATE = "query($id: ID!) { certificate(id: $id) { __typename } }"
IDS = """query($idNumber: String!) { holder(idNumber: $idNumber) {
  certificates { nodes { id } } } }"""
ROUNDS = 30
NOT_TO_BE_NOTICED_SECONDS = 0.005


def asked(gateway: Gateway, query: str, **variables: str) -> Raw:
    body = json.dumps({"query": query, "variables": variables}).encode()
    json_type = "Content-Type: application/json"
    return send(gateway.url, request(json_type, body=body, token=TOKEN))


def shape(content: Any) -> Any:
    """Return what of an answer is left without its values and lists."""
    if isinstance(content, dict):
        return {
            name: shape(value) for name, value in content.items() if name != "nodes"
        }
    return [shape(value) for value in content] if isinstance(content, list) else None


def test_a_known_and_an_unknown_person_cost_the_same_and_look_the_same(
    production: Gateway, agencies: Agencies
) -> None:
    # Nobody else here asks about this one: an answer kept would ask no agency.
    known = agencies.person("shared-number")["idNumber"]
    unknown = nobodies(1)[0].number

    answers, calls = [], []
    for number in (known, unknown):
        agencies.reset()
        answers.append(asked(production, SOURCES, idNumber=number))
        calls.append([agencies.calls(agency) for agency in sorted(agencies.urls)])

    first, second = (json.loads(answer.body) for answer in answers)
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].header_names == answers[1].header_names
    assert calls[0] == calls[1]
    assert shape(first) == shape(second)
    assert [len(a["data"]["holder"]["sources"]) for a in (first, second)] == [3, 3]


def _flipped(id_: str) -> str:
    raw = bytearray(base64.urlsafe_b64decode(id_ + "=" * (-len(id_) % 4)))
    raw[-1] ^= 1
    return base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(_flipped, id="one bit of a real one"),
        pytest.param(lambda id_: id_[:-4], id="cut"),
        pytest.param(lambda id_: id_ + "AAAA", id="longer"),
        pytest.param(lambda id_: "A" * len(id_), id="invented"),
        pytest.param(lambda _: "0", id="short"),
    ],
)
def test_a_forged_certificate_id_asks_nobody_and_takes_no_time_to_measure(
    production: Gateway, agencies: Agencies, forge: Callable[[str], str]
) -> None:
    number = agencies.person("all-three")["idNumber"]
    found = json.loads(asked(production, IDS, idNumber=number).body)
    real = found["data"]["holder"]["certificates"]["nodes"][0]["id"]
    agencies.reset()

    forged: list[float] = []
    invented: list[float] = []
    for _ in range(ROUNDS):
        for id_, times in ((forge(real), forged), ("A" * len(real), invented)):
            started = time.perf_counter()
            answer = asked(production, CERTIFICATE, id=id_)
            times.append(time.perf_counter() - started)
            assert b'"UnknownCertificate"' in answer.text

    apart = abs(statistics.median(forged) - statistics.median(invented))
    assert apart < NOT_TO_BE_NOTICED_SECONDS
    assert all(agencies.calls(agency)["calls"] == 0 for agency in agencies.urls)
