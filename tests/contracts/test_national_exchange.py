"""A registry behind the national data exchange is asked by one file, and believed less.

Two platforms that differ in whatever may differ stand before the same agency: how they
call and count things, wrap secrets and hand on what the agency said. What goes wrong at
either is told by what it is.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from connectors.agency import Agency
from connectors.answer import SourceOutcome
from connectors.errors import RefusedError, UnreadableError
from connectors.manifest import Manifest, read_manifest
from connectors.protocols.national_exchange import NationalExchangeConnector
from connectors.registry import open_agency
from connectors.secrets import Secret, Secrets
from gateway.clock import utc_now
from policy.catalogue import load_catalogue
from policy.identity import Identity, parse_identity
from signing.trust import read_trust_bundle
from tests.connectors.conformance.kit import checked, sandbox_plan
from tests.connectors.guard.slow_agency import Notes
from tests.running import Agencies
from tests.sandbox.process import address_of, started

EMERGENCY = "emergency-management"
KEY = "application-key-of-32-characters"
BEHIND = Path("sandbox/agencies/emergency-management.toml").read_text("utf-8")
USUAL = """
requester = "hr"
service = "certificates"
"""
OTHER = """
requester = "sh-hr"
service = "S-01"
application_key_form = "hex"
wrapping = "aes-kw"
requester_header = "x-share-rid"
service_header = "x-share-sid"
time_header = "x-share-rtime"
signature_header = "x-share-sign"
secret = "result.secret"
secret_ends = "result.secretEndTime"
code = "status"
good_codes = ["0"]
stale_codes = ["10401", "10402"]
data = "result"
"""
PLATFORMS: Mapping[str, tuple[str, str, list[str]]] = {
    "as usual": (USUAL, KEY, []),
    "everything else": (
        OTHER,
        KEY[:16].encode().hex(),
        [
            *("--requester", "sh-hr", "--service", "S-01", "--headers", "x-share-"),
            *("--wrapping", "aes-kw", "--code", "status", "--good", "0"),
            *("--stale", "10401", "--data", "result", "--is-data-text", "no"),
            *("--secret-seconds", "70", "--ahead-seconds", "300"),
        ],
    ),
}


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform, running."""

    url: str
    table: str
    key: str

    def manifest(self, *changes: tuple[str, str]) -> Manifest:
        """Return the manifest of the agency behind it, as it is connected by."""
        text = BEHIND.replace('protocol = "rest"', 'protocol = "national-exchange"')
        before, _, after = text.partition('url = "')
        text = f'{before}url = "{self.url}/service"{after[after.index(chr(34)) + 1 :]}'
        text += f'\n[national_exchange]\nkey_url = "{self.url}/keys"\n{self.table}'
        text += 'application_key = "secret:exchange-key"\n'
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        kept = {"exchange-key": Secret(self.key, frozenset({EMERGENCY}))}
        return Secrets(kept).put_in(read_manifest(text))


@dataclass(frozen=True, slots=True)
class Asking:
    """Whoever asks through it."""

    platform: Platform
    session: aiohttp.ClientSession
    agencies: Agencies

    @property
    def knobs(self) -> str:
        return f"{self.platform.url}/sandbox/exchange"

    async def turn(self, **knobs: object) -> dict[str, Any]:
        async with self.session.post(self.knobs, json=knobs) as response:
            found: dict[str, Any] = json.loads(await response.read())
        return found

    def connector(self, *changes: tuple[str, str]) -> NationalExchangeConnector:
        manifest = self.platform.manifest(*changes)
        return NationalExchangeConnector(manifest, self.session, utc_now)

    def agency(self) -> Agency:
        trust = (self.agencies.folder / "trust.toml").read_text("utf-8")
        return open_agency(
            self.platform.manifest(),
            session=self.session,
            bundle=read_trust_bundle(trust),
            catalogue=load_catalogue(),
            observer=Notes(),
            clock=utc_now,
        )

    def person(self, story: str = "all-three") -> Identity:
        return parse_identity(self.agencies.person(story)["idNumber"])


@pytest.fixture(scope="module", params=PLATFORMS, name="platform")
def _platform(
    request: pytest.FixtureRequest, running_agencies: Agencies
) -> Iterator[Platform]:
    table, key, options = PLATFORMS[request.param]
    path = BEHIND.partition('url = "')[2].partition('"')[0].split("/", 3)[3]
    to = f"{running_agencies.urls[EMERGENCY]}/{path}"
    said = bytes.fromhex(key).decode() if "hex" in table else key
    arguments = ("exchange", "--to", to, "--key", said, "--port", "0", *options)
    with started(*arguments) as process:
        yield Platform(address_of(process), table, key)


@pytest.fixture(name="asking")
async def _asking(platform: Platform, agencies: Agencies) -> AsyncIterator[Asking]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        asking = Asking(platform, session, agencies)
        await asking.turn(trouble=None)
        yield asking


async def test_what_the_agency_signed_comes_through_and_is_believed(
    asking: Asking,
) -> None:
    agency = asking.agency()
    answers = await agency.ask([asking.person(), asking.person("none")], 5.0)
    await agency.close()

    assert [one.outcome for one in answers] == [
        SourceOutcome.ANSWERED,
        SourceOutcome.NONE,
    ]
    assert len(answers[0].certificates) == 1


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("tampered", SourceOutcome.UNVERIFIED),
        ("replayed", SourceOutcome.UNVERIFIED),
        ("wrong-holder", SourceOutcome.UNVERIFIED),
        ("unsigned-absence", SourceOutcome.UNVERIFIED),
    ],
)
async def test_what_was_changed_behind_it_is_not_believed(
    asking: Asking, fault: str, outcome: SourceOutcome
) -> None:
    agency = asking.agency()
    with asking.agencies.fault(EMERGENCY, fault):
        person = "none" if "absence" in fault else "all-three"
        (answer,) = await agency.ask([asking.person(person)], 5.0)
    await agency.close()

    assert (answer.outcome, answer.certificates) == (outcome, ())


async def test_a_secret_is_fetched_once_by_however_many(asking: Asking) -> None:
    before = (await asking.turn())["keys"]
    connector = asking.connector()

    await asyncio.gather(*(connector.fetch([asking.person()]) for _ in range(8)))

    # Once, or again by the platform's time, which its first answer told.
    assert (await asking.turn())["keys"] - before <= 2


async def test_a_secret_that_ended_meanwhile_is_fetched_and_asked_with_once(
    asking: Asking,
) -> None:
    connector = asking.connector()
    await connector.fetch([asking.person()])
    before = await asking.turn(rotate=True)

    reply = await connector.fetch([asking.person()])

    after = await asking.turn()
    assert len(reply.envelopes[0]) == 1
    assert after["questions"] - before["questions"] == 2
    assert after["keys"] - before["keys"] == 1
    assert after["refused"][len(before["refused"]) :] == ["BAD_SIGNATURE"]


async def test_a_secret_is_changed_before_its_end(asking: Asking) -> None:
    connector = asking.connector(
        ("[national_exchange]", "[national_exchange]\nrefresh_seconds = 3600")
    )
    await connector.fetch([asking.person()])
    before = await asking.turn()

    await connector.fetch([asking.person()])

    after = await asking.turn()
    assert after["keys"] > before["keys"]
    assert after["refused"] == before["refused"]


@pytest.mark.parametrize(
    ("trouble", "error", "said"),
    [
        ("error", RefusedError, r"code '500'"),
        ("login-page", UnreadableError, "answered text/html"),
        ("no-data", UnreadableError, "no list at"),
        ("gbk", UnreadableError, "is not JSON"),
    ],
)
async def test_what_goes_wrong_at_the_platform_is_told(
    asking: Asking, trouble: str, error: type[Exception], said: str
) -> None:
    connector = asking.connector()
    await connector.fetch([asking.person()])
    await asking.turn(trouble=trouble)

    with pytest.raises(error, match=said):
        await connector.fetch([asking.person()])


async def test_a_secret_under_another_key_is_named_with_what_to_compare(
    asking: Asking,
) -> None:
    await asking.turn(trouble="wrong-key")

    with pytest.raises(UnreadableError, match=r"national_exchange\.wrapping") as error:
        await asking.connector().fetch([asking.person()])

    assert asking.platform.key not in str(error.value)


@pytest.mark.parametrize("name", ["requester", "service"])
async def test_who_is_not_known_there_is_refused(asking: Asking, name: str) -> None:
    connector = asking.connector((f"\n{name} = ", f'\n{name} = "nobody" # '))

    with pytest.raises(RefusedError, match="no secret with its end"):
        await connector.fetch([asking.person()])


async def test_an_agency_that_is_down_behind_it_is_told(asking: Asking) -> None:
    with (
        asking.agencies.fault(EMERGENCY, "error-500"),
        pytest.raises(UnreadableError, match="no list at"),
    ):
        await asking.connector().fetch([asking.person()])


async def test_the_kit_finds_an_honest_agency_behind_it_in_order(
    asking: Asking,
) -> None:
    trust = (asking.agencies.folder / "trust.toml").read_text("utf-8")
    report = await checked(
        asking.platform.manifest(),
        read_trust_bundle(trust),
        sandbox_plan(asking.agencies, EMERGENCY),
    )

    assert report.is_conforming, [
        (f.code, f.place, f.detail) for r in report.results for f in r.findings
    ]
