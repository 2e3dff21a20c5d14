"""Transfers as a whole: who may send, what is refused unread, and what a cut leaves."""

import socket
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from gateway.collection.sign import signed_headers
from sandbox.agency import AgencyId
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    FROZEN,
    Sender,
    body_of,
    key_of,
    line,
    payload,
    record,
    told,
)
from tests.running import Agencies, eventually


def lines_about(sender: Sender, how_many: int) -> list[str]:
    return [
        line(n, record(sender.key, payload(person, f"T{n}")))
        for n, person in enumerate(nobodies(how_many), start=1)
    ]


def test_a_request_is_good_once(sender: Sender) -> None:
    body = body_of(lines_about(sender, 1))
    headers = sender.signed(body)
    sender.post(body, headers=headers)

    again = sender.post(body, headers=headers)

    assert (again.status, again.problem) == (401, "REPLAYED")
    assert again.headers["accept-signature"].startswith('sig=("@method"')
    assert again.headers["content-type"] == "application/problem+json"


def test_a_request_that_nobody_signed_is_refused(sender: Sender) -> None:
    refused = sender.post(b"", headers={"Content-Digest": "sha-256=:AAAA:"})

    assert (refused.status, refused.problem) == (401, "NO_SIGNATURE")


def test_another_body_than_was_signed_is_not_read(sender: Sender) -> None:
    body, other = body_of(lines_about(sender, 1)), body_of(lines_about(sender, 1))
    assert len(body) == len(other)

    refused = sender.post(other, headers=sender.signed(body))

    assert (refused.status, refused.problem) == (400, "WRONG_DIGEST")
    assert sender.status()["records"]["lastSequence"] == 0


def test_a_key_of_another_institution_is_refused(
    sender: Sender, running_agencies: Agencies
) -> None:
    key = key_of(running_agencies, AgencyId.EMERGENCY_MANAGEMENT)

    refused = replace(sender, key=key).send([])

    assert (refused.status, refused.problem) == (403, "FOREIGN_KEY")


def test_a_key_that_nobody_registered_is_refused(sender: Sender) -> None:
    refused = replace(sender, key=replace(sender.key, kid="nobody")).send([])

    assert (refused.status, refused.problem) == (401, "UNKNOWN_KEY")


def test_a_connector_that_is_none_is_refused(sender: Sender) -> None:
    refused = replace(sender, connector="nobody").send([])

    assert (refused.status, refused.problem) == (404, "UNKNOWN_CONNECTOR")


def test_an_agency_whose_account_is_frozen_sends_nothing(sender: Sender) -> None:
    refused = replace(sender, connector=FROZEN).send([])

    assert (refused.status, refused.problem) == (403, "ACCOUNT_NOT_ACTIVE")


def test_an_old_request_is_refused(sender: Sender) -> None:
    old = sender.signed(b"", at=datetime.now(UTC) - timedelta(seconds=320))

    refused = sender.post(b"", headers=old)

    assert (refused.status, refused.problem) == (401, "OUTSIDE_WINDOW")


def test_a_request_for_another_connector_is_refused(sender: Sender) -> None:
    headers = sender.signed(b"")

    refused = replace(sender, connector="transport").post(b"", headers=headers)

    assert (refused.status, refused.problem) == (401, "BAD_SIGNATURE")


def test_an_encoding_that_is_not_read_is_refused(sender: Sender) -> None:
    refused = sender.post(b"", encoding="br")

    assert (refused.status, refused.problem) == (415, "UNKNOWN_ENCODING")


def test_a_body_beyond_the_limit_is_refused(sender: Sender) -> None:
    refused = sender.post(bytes(3_000_001))

    assert (refused.status, refused.problem) == (413, "TOO_LARGE")


def test_a_method_of_its_own_is_refused(sender: Sender) -> None:
    refused = told(urllib.request.Request(sender.url, method="DELETE"))

    assert (refused.status, refused.problem) == (405, "METHOD_NOT_ALLOWED")


def test_what_was_refused_is_counted(sender: Sender) -> None:
    replace(sender, connector="nobody").send([])

    metrics = sender.gateway.get("/metrics")[1]

    assert 'gateway_transfers_refused_total{problem="UNKNOWN_CONNECTOR"}' in metrics


def raw(sender: Sender, headers: Mapping[str, str]) -> socket.socket:
    """Open a connection and send a request's head."""
    address = urlsplit(sender.url)
    connection = socket.create_connection((address.hostname, address.port), 10)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    start = f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
    connection.sendall(f"{start}{head}\r\n".encode())
    return connection


def test_a_body_may_come_in_chunks_of_no_stated_length(sender: Sender) -> None:
    body = body_of(lines_about(sender, 2))
    # Content-Length is covered where it is stated, and here it is not.
    headers = dict(
        signed_headers(
            "POST",
            sender.url,
            sender.key,
            body=body,
            at=datetime.now(UTC),
            chunked=True,
        )
    )
    with raw(sender, {**headers, "Transfer-Encoding": "chunked"}) as connection:
        for piece in (body[:100], body[100:]):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        answer = connection.makefile("rb").readline()

    assert answer == b"HTTP/1.1 200 OK\r\n"
    eventually(lambda: sender.status()["records"]["lastSequence"] == 2)


def test_a_connection_that_is_cut_in_the_body_leaves_nothing(sender: Sender) -> None:
    body = body_of(lines_about(sender, 50))
    with raw(sender, sender.signed(body)) as connection:
        connection.sendall(body[: len(body) // 2])

    eventually(lambda: sender.send([]).status == 200)
    assert sender.status()["records"]["lastSequence"] == 0


def test_a_connection_that_is_cut_in_the_answer_goes_on_from_what_was_kept(
    sender: Sender,
) -> None:
    lines = lines_about(sender, 1500)
    body = body_of(lines)
    with raw(sender, sender.signed(body)) as connection:
        connection.sendall(body)
        connection.makefile("rb").readline()

    def last() -> int:
        found: int = sender.status()["records"]["lastSequence"]
        return found

    eventually(lambda: sender.send([]).status == 200)
    kept = last()
    rest = sender.send(lines[kept:])

    assert set(rest.outcomes) <= {"ACCEPTED"}
    assert last() == 1500
