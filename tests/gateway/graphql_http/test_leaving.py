"""A client that leaves, or waits too long, takes its agencies' work with it."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.gateway.graphql_http.silent_agency import (
    asking,
    gateway_before,
    silent_agency,
)
from tests.gateway.graphql_http.wire import await_log, head
from tests.running import Agencies

SOON = 3.0
"""Far less than the thirty seconds for which the gateway waits for the agency."""
A_WHILE = 0.3
PURPOSE = ("X-Purpose: SUBSIDY_CLAIM", "X-Case-Number: T-1")


def question(agencies: Agencies, story: str = "all-three") -> bytes:
    number = agencies.person(story)["idNumber"]
    query = f'{{ holder(idNumber: "{number}") {{ sources {{ outcome }} }} }}'
    body = json.dumps({"query": query}).encode()
    return head(f"Content-Length: {len(body)}", *PURPOSE) + body


async def test_a_client_that_leaves_ends_the_call_made_for_it(
    agencies: Agencies, tmp_path: Path
) -> None:
    async with silent_agency() as agency:
        with gateway_before(agency, agencies, tmp_path) as gateway:
            async with asyncio.timeout(SOON), asking(gateway, question(agencies)):
                await agency.asked.acquire()

            async with asyncio.timeout(SOON):
                await agency.left.acquire()


async def test_a_call_goes_on_while_another_client_waits_for_it(
    agencies: Agencies, tmp_path: Path
) -> None:
    async with silent_agency() as agency:
        with gateway_before(agency, agencies, tmp_path) as gateway:
            async with asking(gateway, question(agencies)):
                async with asking(gateway, question(agencies)):
                    await asyncio.wait_for(agency.asked.acquire(), SOON)
                    # Until the other one has joined, too.
                    await asyncio.sleep(A_WHILE)

                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(agency.left.acquire(), A_WHILE)

            await asyncio.wait_for(agency.left.acquire(), SOON)
            assert agency.asked.locked()


async def test_a_client_that_leaves_is_logged_and_not_as_a_failure_of_ours(
    agencies: Agencies, tmp_path: Path
) -> None:
    async with silent_agency() as agency:
        with gateway_before(agency, agencies, tmp_path) as gateway:
            async with asking(gateway, question(agencies)):
                await asyncio.wait_for(agency.asked.acquire(), SOON)

            await asyncio.to_thread(await_log, gateway, '"status":499')
            assert '"level":"error"' not in gateway.log


async def test_a_question_that_takes_too_long_is_stopped(
    agencies: Agencies, tmp_path: Path
) -> None:
    settings = "http.request_seconds = 0.5\n"
    async with silent_agency() as agency:
        with gateway_before(agency, agencies, tmp_path, settings) as gateway:
            async with asking(gateway, question(agencies)) as reader:
                answer = await asyncio.wait_for(reader.readuntil(b"}]}"), SOON)

                assert answer.startswith(b"HTTP/1.1 504 ")
                assert b'"code":"TIMED_OUT"' in answer
                # Not because the client left: it is still there.
                await asyncio.wait_for(agency.left.acquire(), SOON)


TWO_TURNS = "http.concurrent_requests = 2\nhttp.wait_seconds = 0.1\n"


async def test_a_caller_has_so_many_questions_in_work_and_no_more(
    agencies: Agencies, tmp_path: Path
) -> None:
    settings = f"{TWO_TURNS}http.body_seconds = 60\n"
    half = question(agencies)[:-1]
    async with silent_agency() as agency:
        with gateway_before(agency, agencies, tmp_path, settings) as gateway:
            async with asking(gateway, half), asking(gateway, half):
                await asyncio.sleep(A_WHILE)
                refused = await asyncio.to_thread(gateway.post, {"query": "{ a }"})
            await asyncio.sleep(A_WHILE)
            let_in = await asyncio.to_thread(gateway.post, {"query": "{ a }"})

    status, body, headers = refused
    assert (status, body["errors"][0]["extensions"]["code"]) == (
        429,
        "TOO_MANY_REQUESTS",
    )
    assert {name.lower(): value for name, value in headers.items()}["retry-after"]
    assert let_in[0] == 200


async def test_those_that_wait_for_an_agency_keep_nobody_waiting(
    agencies: Agencies, tmp_path: Path
) -> None:
    async with silent_agency() as agency:
        with gateway_before(agency, agencies, tmp_path, TWO_TURNS) as gateway:
            async with (
                asking(gateway, question(agencies)),
                asking(gateway, question(agencies)),
            ):
                await asyncio.wait_for(agency.asked.acquire(), SOON)
                await asyncio.sleep(A_WHILE)
                let_in = await asyncio.to_thread(gateway.post, {"query": "{ a }"})

    assert let_in[0] == 200
