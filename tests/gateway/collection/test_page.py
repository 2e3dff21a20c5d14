"""docs/collection.md shows a transfer, and its answers, as they go over the wire.

``…`` stands for what is left out, or is other each time.
"""

import json
import re

import pytest

from sandbox.agency import AgencyId
from tests.architecture.documents import blocks
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    Sender,
    Told,
    body_of,
    key_of,
    line,
    payload,
    record,
)
from tests.running import Agencies

PAGE = "docs/collection.md"
OTHER_EACH_TIME = re.compile(r'(created=|keyid="|nonce=")[\w-]+')


def shown(start: str) -> str:
    """Return the lines of the page that begin so."""
    (found,) = (
        one.text
        for one in blocks("text")
        if one.page == PAGE and one.text.startswith(start)
    )
    return found.strip()


def fits(shown: str, said: str) -> bool:
    """Say whether something was said as it is shown."""
    parts = (re.escape(part) for part in shown.split("…"))
    return re.fullmatch(".*".join(parts), said) is not None


def compact(said: object) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


@pytest.fixture(name="sent")
def _sent(sender: Sender, running_agencies: Agencies) -> Told:
    """What the page's transfer is told: two numbers left out, one foreign key."""
    foreign = key_of(running_agencies, AgencyId.EMERGENCY_MANAGEMENT)
    keys = {1: sender.key, 4: sender.key, 5: foreign}
    people = zip(keys.items(), nobodies(len(keys)), strict=True)
    return sender.send(
        [
            line(number, record(key, payload(person, f"P{number}")))
            for (number, key), person in people
        ]
    )


def test_a_transfer_is_answered_as_the_page_says(sender: Sender, sent: Told) -> None:
    lines = shown('{"line":1').splitlines()
    there = sender.question("digests=records&after=0").lines[0]
    digests = f'"digests":{compact(there.pop("digests"))}'

    for line_, said in zip(lines, sent.lines, strict=True):
        assert fits(line_, compact(said)), said
    of_page = shown('{"connector"').replace("transport", sender.connector)
    assert fits(of_page, compact(there)), there
    assert fits(re.sub("[0-9a-f]{4}…", "…", shown('"digests"')), digests), digests


def test_a_line_that_was_answered_otherwise_is_seen(sent: Told) -> None:
    first = shown('{"line":1').splitlines()[0]

    assert not fits(first.replace("ACCEPTED", "REFUSED"), compact(sent.lines[0]))


def test_a_transfer_is_signed_as_the_page_says(sender: Sender) -> None:
    (page,) = [one.text for one in blocks("http") if one.page == PAGE]
    head, _, body = page.partition("\n\n")
    request, *headers = head.splitlines()
    signed = sender.signed(body_of(["{}"]), encoding="zstd")

    assert request == "POST /collect/{connector}"
    of_page = dict(one.split(": ", 1) for one in headers)
    assert of_page.keys() == signed.keys() - {"Content-Length", "Content-Type"}
    for name, stated in of_page.items():
        assert fits(OTHER_EACH_TIME.sub(r"\1…", stated), signed[name]), name
    assert [set(json.loads(one)) for one in body.splitlines()] == [
        {"sequence", "record"},
        {"sequence", "record"},
    ]
