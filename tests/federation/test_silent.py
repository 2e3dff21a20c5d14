"""A silent agency takes none of the turns that questions to the others need."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.contracts.people import nobodies
from tests.federation.queries import EMERGENCY, FIRE, TRANSPORT
from tests.running import TOKEN, Agencies, Gateway, running_gateway

AT_ONCE = 100
HEALTHY = {EMERGENCY, FIRE}
SETTINGS = """deadline_seconds = 20
http.request_seconds = 60
http.wait_seconds = 20
"""
"""So long that a busy machine is no matter; agencies have their own time limits."""
SLOW = {
    # All of them have time, on a busy machine, too.
    EMERGENCY: ("timeout_seconds = 1.8", "timeout_seconds = 15"),
    FIRE: ("timeout_seconds = 1.8", "timeout_seconds = 15"),
}
SOURCES = """query($idNumber: String!) { holder(idNumber: $idNumber) {
  sources { agency outcome } } }"""


@pytest.fixture(name="gateway")
def _gateway(agencies: Agencies, tmp_path: Path) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path, agencies, manifest=SLOW, settings=SETTINGS
    ) as gateway:
        yield gateway


async def asked_at_once(gateway: Gateway, start: int) -> list[tuple[int, Any]]:
    """Ask about so many people at once, by one caller; nobody else asked of them."""
    people = nobodies(start + AT_ONCE)[start:]
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "X-Purpose": "SUBSIDY_CLAIM",
        "X-Case-Number": "T-1",
    }
    connector = aiohttp.TCPConnector(limit=AT_ONCE)

    async def ask(number: str) -> tuple[int, Any]:
        body = {"query": SOURCES, "variables": {"idNumber": number}}
        async with client.post(f"{gateway.url}/graphql", json=body) as answer:
            return answer.status, await answer.json(content_type=None)

    async with aiohttp.ClientSession(connector=connector, headers=headers) as client:
        return await asyncio.gather(*(ask(person.number) for person in people))


def outcomes(answers: list[tuple[int, Any]]) -> Counter[tuple[str, str]]:
    """Return how often each agency ended how; no question may be refused."""
    assert Counter(status for status, _ in answers) == {200: AT_ONCE}, answers
    return Counter(
        (source["agency"], source["outcome"])
        for _, body in answers
        for source in body["data"]["holder"]["sources"]
    )


async def test_one_callers_questions_are_answered_by_those_that_are_well(
    gateway: Gateway, agencies: Agencies
) -> None:
    with agencies.fault(TRANSPORT, "silent"):
        before = outcomes(await asked_at_once(gateway, 0))
        after = outcomes(await asked_at_once(gateway, AT_ONCE))

    for found in (before, after):
        assert {agency: found[agency, "NONE"] for agency in HEALTHY} == dict.fromkeys(
            HEALTHY, AT_ONCE
        )
    assert before[TRANSPORT, "TIMED_OUT"] > 32
    assert after[TRANSPORT, "CIRCUIT_OPEN"] > 32
