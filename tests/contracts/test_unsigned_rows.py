"""An agency that signs nothing is asked by any protocol of JSON, and shown as that."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from connectors.agency import Agency
from connectors.answer import RecordFault, SourceOutcome
from connectors.manifest import read_manifest
from connectors.registry import open_agency
from connectors.secrets import Secret, Secrets
from gateway.clock import utc_now
from policy.catalogue import load_catalogue
from policy.identity import parse_identity
from signing.errors import Refusal
from signing.trust import TrustBundle
from tests.connectors.agency import (
    MANIFEST,
    OTHER,
    RECORD,
    ZHANG,
    record,
    signing_key,
    trusted,
)
from tests.connectors.guard.slow_agency import Notes
from tests.sandbox.process import address_of, started

UNSIGNED = MANIFEST.replace(
    'form = "record"', 'form = "none"\nunsigned = "shown"'
).replace('absence = "absence"', "")
UNSIGNED = UNSIGNED.replace("timeout_seconds = 0.5", "timeout_seconds = 5")
HERE = '"http://127.0.0.1:1/records"'
TOKEN, APPLICATION_KEY = "token-of-the-province", "application-key-of-32-characters"
EXCHANGE = """[national_exchange]
requester = "hr"
service = "certificates"
key_url = "{url}/keys"
application_key = "secret:key"
"""
IN_FORCE = replace(trusted(), not_after=utc_now() + timedelta(days=1))
THROUGH = {
    "rest": ("", {}),
    "tif": ('[tif]\ncaller = "hr"\ntoken = "secret:key"\n', {"key": TOKEN}),
    "national-exchange": (
        EXCHANGE,
        {"key": APPLICATION_KEY},
    ),
}


@contextmanager
def platform(protocol: str, to: str) -> Iterator[str]:
    """Put the protocol's platform before an agency; return where that is asked."""
    options = {
        "tif": ("tif", "--token", TOKEN),
        "national-exchange": ("exchange", "--key", APPLICATION_KEY),
    }
    if protocol == "rest":
        yield to
        return
    with started(*options[protocol], "--to", to, "--port", "0") as one:
        yield f"{address_of(one)}/service"


@pytest.fixture(name="shown")
def _shown() -> dict[str, list[object]]:
    """What the agency shows of each person, to be changed."""
    return {ZHANG: [dict(RECORD)], OTHER: []}


@pytest.fixture(name="agency")
async def _agency(
    request: pytest.FixtureRequest, shown: dict[str, list[object]]
) -> AsyncIterator[Agency]:
    async def answer(_request: web.Request) -> web.Response:
        results = [{"idNumber": n, "records": rows} for n, rows in shown.items()]
        return web.json_response({"results": results})

    app = web.Application()
    app.router.add_post("/records", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    to = f"http://127.0.0.1:{runner.addresses[0][1]}/records"
    table, kept = THROUGH[request.param]
    with platform(request.param, to) as url:
        text = UNSIGNED.replace(HERE, f'"{url}"').replace(
            'protocol = "rest"', f'protocol = "{request.param}"'
        )
        text += table.replace("{url}", url.removesuffix("/service"))
        secrets = {n: Secret(v, frozenset({"transport"})) for n, v in kept.items()}
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            agency = open_agency(
                Secrets(secrets).put_in(read_manifest(text)),
                session=session,
                bundle=TrustBundle.of([IN_FORCE]),
                catalogue=load_catalogue(),
                observer=Notes(),
                clock=utc_now,
            )
            yield agency
            await agency.close()
    await runner.cleanup()


@pytest.mark.parametrize("agency", THROUGH, indirect=True)
async def test_plain_rows_are_shown_and_believed_by_nobody(agency: Agency) -> None:
    people = [parse_identity(ZHANG), parse_identity(OTHER)]

    zhang, other = await agency.ask(people, 10.0)

    assert (zhang.outcome, zhang.certificates) == (SourceOutcome.UNSIGNED, ())
    (row,) = zhang.unsigned
    assert row.record.number == RECORD["number"]
    assert row.record.holder == people[0]
    assert (other.outcome, other.shown) == (SourceOutcome.UNSIGNED, ())
    assert not other.is_complete


@pytest.mark.parametrize("agency", ["rest"], indirect=True)
async def test_a_signature_among_rows_is_believed_if_it_is_one(
    agency: Agency, shown: dict[str, list[object]]
) -> None:
    shown[ZHANG] = [record(signed_at=utc_now()).signature.decode()]
    shown[OTHER] = [
        record(
            {**RECORD, "id": OTHER}, signing_key(), signed_at=utc_now()
        ).signature.decode()
    ]
    people = [parse_identity(ZHANG), parse_identity(OTHER)]

    signed, forged = await agency.ask(people, 10.0)

    assert signed.outcome is SourceOutcome.ANSWERED
    assert len(signed.certificates) == 1
    assert (forged.outcome, forged.shown) == (SourceOutcome.UNVERIFIED, ())
    assert [one.code for one in forged.refusals] == [Refusal.BAD_SIGNATURE]


@pytest.mark.parametrize("agency", ["rest"], indirect=True)
async def test_rows_of_another_person_are_refused_by_name(
    agency: Agency, shown: dict[str, list[object]]
) -> None:
    shown[ZHANG] = [dict(RECORD, id=OTHER)]

    (answer,) = await agency.ask([parse_identity(ZHANG)], 10.0)

    assert answer.shown == ()
    assert [one.code for one in answer.refusals] == [RecordFault.WRONG_HOLDER]
