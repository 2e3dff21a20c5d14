"""Of an agency that sends, "not found" is as of a number, and the number is proved."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.demo.demo import HOST
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    ONLY_SENDS,
    Sender,
    key_of,
    line,
    payload,
    record,
    write_collecting,
)
from tests.gateway.receipts.conftest import STATED
from tests.gateway.receipts.signing import parts_of, private
from tests.ports import free_port
from tests.running import Agencies, Gateway, gateway_by

ASK = """query Ask($n: String!, $a: [ID!]) { holder(idNumber: $n, agencies: $a) {
  certificates { nodes { number } } sources { agency outcome } } }"""


@pytest.fixture(scope="module", name="sender")
def _sender(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sender]:
    folder = tmp_path_factory.mktemp("gateway-receipts-collected")
    port = free_port(HOST)
    database = "sqlite:///gateway.db"
    config = write_collecting(folder, running_agencies, database, port)
    config.write_text(STATED + config.read_text("utf-8"), "utf-8")
    (folder / "receipt-key.pem").write_bytes(private(Ed25519PrivateKey.generate()))
    with gateway_by(config, port) as gateway:
        yield Sender(gateway, ONLY_SENDS, key_of(running_agencies))


def sources(gateway: Gateway, number: str, *agencies: str) -> Any:
    """Return the sources of a question's receipt."""
    question = {"query": ASK, "variables": {"n": number, "a": agencies}}
    _, body, _ = gateway.post(question, headers={"Prefer": "receipt"})
    return parts_of(body["extensions"]["receipt"]["jws"])[1]["sources"]


def test_not_found_is_as_of_the_number_that_was_acknowledged_last(
    sender: Sender,
) -> None:
    known, unknown = nobodies(2)
    first = sources(sender.gateway, unknown.number, ONLY_SENDS)

    sent = record(sender.key, payload(known, "A1"))
    assert sender.send([line(7, sent)]).outcomes == ["ACCEPTED"]

    found, missing = (
        sources(sender.gateway, person.number, ONLY_SENDS)
        for person in (known, unknown)
    )
    nobody = {"agency": ONLY_SENDS, "outcomes": {"UNVERIFIED": 1}}
    assert first == [{**nobody, "sequence": 0}]
    assert missing == [{**nobody, "sequence": 7}]
    assert found == [{"agency": ONLY_SENDS, "outcomes": {"ANSWERED": 1}, "sequence": 7}]


def test_an_agency_that_is_asked_itself_has_no_number(sender: Sender) -> None:
    (person,) = nobodies(1)

    (row,) = sources(sender.gateway, person.number, "fire-rescue")

    assert (row["agency"], row["sequence"]) == ("fire-rescue", None)
