"""Trying numbers tells nothing that an answer does not say anyway.

A known and an unknown person cost the same calls, take the same shape and have the
same headers; how long agencies take is theirs. A certificate id that was not made by
this gateway is refused before anybody is asked, whatever is wrong with it. That is
sooner than an answer about a real one, which has to be fetched; but what is sooner is
the refusal of what nobody can make, whoever it would be about. An id that can be made,
by us alone, takes one way whether its person is known or not.
"""

import base64
import json
import string
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bureau.certificate_ids import CertificateIds
from gateway.demo.demo import HOST
from gateway.settings.settings import read_certificate_id_key
from policy.identity import Identity
from tests.attacks.raw import Raw, request, send
from tests.contracts.people import nobodies
from tests.federation.queries import SOURCES
from tests.ports import free_port
from tests.resolvers.attested import certificate
from tests.running import TOKEN, Agencies, Gateway, gateway_by, running_gateway

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

    # Of the fastest: whatever else runs here makes some slower, and none faster.
    apart = abs(min(forged) - min(invented))
    assert apart < NOT_TO_BE_NOTICED_SECONDS
    assert all(agencies.calls(agency)["calls"] == 0 for agency in agencies.urls)


def _altered(id_: str, place: int) -> str:
    letters = string.ascii_letters + string.digits + "-_"
    other = letters[(letters.index(id_[place]) + 1) % len(letters)]
    return id_[:place] + other + id_[place + 1 :]


def test_no_altered_certificate_id_reaches_an_agency_wherever_it_was_altered(
    production: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("all-three")["idNumber"]
    found = json.loads(asked(production, IDS, idNumber=number).body)
    real = found["data"]["holder"]["certificates"]["nodes"][0]["id"]
    agencies.reset()

    answers = [
        asked(production, CERTIFICATE, id=_altered(real, place))
        for place in range(len(real))
    ]

    assert {b'"UnknownCertificate"' in answer.body for answer in answers} == {True}
    assert all(agencies.calls(agency)["calls"] == 0 for agency in agencies.urls)


def _id_of(gateway: Gateway, holder: Identity) -> str:
    """Return an id that only the gateway can make, about somebody nobody knows."""
    ids = CertificateIds(read_certificate_id_key(gateway.folder / "certificate-id.key"))
    return ids.seal(certificate(holder=holder))


def test_an_authentic_id_takes_one_way_whether_its_person_is_known_or_not(
    agencies: Agencies, tmp_path: Path
) -> None:
    number = agencies.person("issued-day-after")["idNumber"]
    with running_gateway(tmp_path, agencies) as gateway:
        holder = gateway.ask(IDS, idNumber=number)["holder"]
    known = holder["certificates"]["nodes"][0]["id"]
    port = free_port(HOST)
    config = tmp_path / "gateway.toml"
    text = config.read_text("utf-8")
    config.write_text(
        text.replace(f"port = {gateway.url.rpartition(':')[2]}", f"port = {port}"),
        "utf-8",
    )
    # A new process: nothing is kept of the answer that had the id.
    with gateway_by(config, port) as gateway:
        answers, calls = [], []
        for id_ in (known, _id_of(gateway, nobodies(1)[0])):
            agencies.reset()
            answers.append(gateway.ask(CERTIFICATE, id=id_)["certificate"])
            calls.append({a: agencies.calls(a) for a in agencies.urls})

    assert [answer["__typename"] for answer in answers] == [
        "Certificate",
        "UnknownCertificate",
    ]
    assert calls[0] == calls[1]
    assert {agency: told["calls"] for agency, told in calls[0].items()} == {
        "emergency-management": 0,
        "fire-rescue": 0,
        "transport": 1,
    }
