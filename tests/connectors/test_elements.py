"""An agency is told what its manifest has names for, of every question, and no more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import aiohttp
import msgspec
import pytest
from aiohttp import web

from connectors.agency import Agency
from connectors.elements import NOT_STATED, Element, Elements, Told, told_of
from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from connectors.null_observer import NullObserver
from connectors.registry import PROTOCOLS
from connectors.shadow import Shadow
from policy.catalogue import load_catalogue
from policy.identity import parse_identity
from tests.connectors.agency import BUNDLE, MANIFEST, NOW, ZHANG, manifest
from tests.connectors.guard.slow_agency import ONE, SlowAgency, answering, guard_of

FIVE = Elements(
    organisation="上海市浦东新区人社局",
    officer="0f" * 32,
    matter_code="000514009000",
    matter_name="职业技能提升补贴申领",
    business_number="2026(17)/1",
)
BODY_AND_HEADERS = """
[request.elements]
organisation = "orgName"
business_number = "bizNo"
[request.element_headers]
officer = "X-Clerk"
matter_name = "X-Item"
[response]"""
ENOUGH = 5.0
HOLDER = parse_identity(ZHANG)


def mapped(protocol: str = "rest", names: str = BODY_AND_HEADERS) -> Manifest:
    text = MANIFEST.replace('protocol = "rest"', f'protocol = "{protocol}"')
    return read_manifest(text.replace("[response]", names))


class Server:
    """An agency's server that answers nothing, and keeps what it was told."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.asked = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.headers.append(dict(request.headers))
        self.asked.set()
        return web.json_response({"results": [], "data": {}})


@asynccontextmanager
async def asking(rules: Manifest) -> AsyncIterator[tuple[Agency, Server]]:
    """Serve an agency with ``rules``, and ask it as the gateway does."""
    server = Server()
    app = web.Application()
    app.router.add_post("/records", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/records"
    endpoint = msgspec.structs.replace(rules.endpoint, url=url, timeout_seconds=ENOUGH)
    rules = msgspec.structs.replace(rules, endpoint=endpoint)
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        agency = Agency(
            rules,
            PROTOCOLS[rules.endpoint.protocol](rules, session, lambda: NOW),
            bundle=BUNDLE,
            catalogue=load_catalogue(),
            observer=NullObserver(),
            clock=lambda: NOW + timedelta(seconds=1),
        )
        yield agency, server
        await agency.close()
    await runner.cleanup()


async def test_a_rest_agency_is_told_in_the_body_and_in_headers() -> None:
    async with asking(mapped()) as (agency, server):
        await agency.ask([HOLDER], ENOUGH, FIVE)

    (body,), (headers,) = server.bodies, server.headers
    assert body["orgName"] == FIVE.organisation
    assert body["bizNo"] == FIVE.business_number
    assert [one["idNumber"] for one in body["holders"]] == [ZHANG]
    assert headers["X-Clerk"] == FIVE.officer
    assert unquote(headers["X-Item"]) == FIVE.matter_name
    assert str(FIVE.matter_code) not in str(body) + str(headers)


async def test_a_graphql_agency_is_told_in_extensions() -> None:
    names = '[request.elements]\nmatter_code = "itemCode"\n[response]\nresults = "data"'
    async with asking(mapped("graphql", names)) as (agency, server):
        await agency.ask([HOLDER], ENOUGH, FIVE)

    (body,) = server.bodies
    assert body["extensions"] == {"itemCode": FIVE.matter_code}


async def test_an_agency_without_names_is_told_nothing() -> None:
    async with asking(manifest()) as (agency, server):
        await agency.ask([HOLDER], ENOUGH, FIVE)

    assert set(server.bodies[0]) == {"holders"}
    assert not any(name.startswith("X-") for name in server.headers[0])


async def test_what_is_not_stated_is_not_told() -> None:
    async with asking(mapped()) as (agency, server):
        await agency.ask([HOLDER], ENOUGH, Elements(organisation="浦东"))

    assert server.bodies[0]["orgName"] == "浦东"
    assert "bizNo" not in server.bodies[0]
    assert "X-Clerk" not in server.headers[0]


async def test_a_shadow_is_told_by_its_own_names() -> None:
    async with asking(mapped()) as (shadow, server):
        beside = Shadow(shadow)
        live = answering()
        (answer,) = await live.ask([ONE])
        beside.offer([ONE], [answer], FIVE)
        async with asyncio.timeout(ENOUGH):
            await server.asked.wait()
        await beside.close()

    assert server.bodies[0]["orgName"] == FIVE.organisation


TOLD = Told({"orgName": "浦东"})


async def test_an_agency_that_is_told_is_told_of_every_question() -> None:
    agency = answering()
    guard = guard_of(agency)

    for _ in range(2):
        await guard.ask([ONE], ENOUGH, TOLD)

    assert agency.told == [TOLD, TOLD]


async def test_nobody_joins_a_call_that_tells_of_another_question() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)
    first = asyncio.ensure_future(guard.ask([ONE], ENOUGH, TOLD))
    second = asyncio.ensure_future(guard.ask([ONE], ENOUGH, Told({"orgName": "黄浦"})))
    await asyncio.sleep(0.05)
    agency.open.set()

    await first
    await second

    assert len(agency.told) == 2


async def test_an_agency_that_is_told_nothing_answers_from_the_cache() -> None:
    agency = answering()
    guard = guard_of(agency)

    for _ in range(2):
        await guard.ask([ONE], ENOUGH)

    assert agency.told == [None]


def test_no_value_ends_a_header() -> None:
    told = told_of(Elements(officer="a\r\nX: y"), {}, {Element.OFFICER: "X-Clerk"})

    assert told is not None
    assert told.headers == {"X-Clerk": "a%0D%0AX%3A%20y"}


def test_without_names_there_is_nothing_to_tell() -> None:
    assert told_of(FIVE, {}, {}) is None
    assert told_of(NOT_STATED, {Element.OFFICER: "clerk"}, {}) == Told()


@pytest.mark.parametrize(
    ("names", "says"),
    [
        pytest.param(
            '[request.elements]\nofficer = "holders"', "'holders'", id="of the holders"
        ),
        pytest.param(
            '[request.elements]\nofficer = "a"\norganisation = "a"', "'a'", id="of two"
        ),
        pytest.param(
            '[request.element_headers]\nofficer = "Authorization"',
            "'authorization'",
            id="of the credentials",
        ),
        pytest.param(
            '[request.element_headers]\nofficer = "X-A"\norganisation = "x-a"',
            "'x-a'",
            id="of two headers",
        ),
        pytest.param('[request.element_headers]\nofficer = "a b"', "a b", id="none"),
        pytest.param('[request.elements]\nclerk = "a"', "clerk", id="of no element"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(names: str, says: str) -> None:
    with pytest.raises(ManifestError) as refused:
        mapped(names=f"{names}\n[response]")

    assert says in str(refused.value) or "request" in str(refused.value)


def test_names_are_refused_where_nobody_is_asked() -> None:
    text = MANIFEST.replace('url = "http://127.0.0.1:1/records"\n', "")
    text = text.replace('protocol = "rest"', 'protocol = "collected"')

    with pytest.raises(ManifestError, match="nobody is told"):
        read_manifest(text + '\n[request.elements]\nofficer = "clerk"\n')
