"""A registry behind a provincial gateway is asked by one file, sealed or not."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.answer import SourceOutcome
from connectors.errors import ManifestError, RefusedError, UnreadableError
from connectors.manifest import Manifest, read_manifest
from connectors.protocols.tif import TifConnector
from connectors.registry import open_agency
from connectors.secrets import Secret, Secrets
from gateway.clock import utc_now
from policy.catalogue import load_catalogue
from policy.identity import Identity, parse_identity
from signing.sm2.sign import Sm2PrivateKey
from signing.trust import read_trust_bundle
from tests.connectors.conformance.kit import checked, sandbox_plan
from tests.connectors.guard.slow_agency import Notes
from tests.contracts.test_national_exchange import BEHIND, EMERGENCY
from tests.running import Agencies
from tests.sandbox.process import address_of, started

TOKEN, SM4 = "token-of-the-province", "0123456789abcdeffedcba9876543210"
SIGNER = Sm2PrivateKey.generate()
OPEN = """
caller = "hr"
token = "secret:tif-token"
"""
SEALED = """
caller = "sh-hr"
service = "S-7"
token = "secret:tif-token"
caller_header = "x-up-paasid"
time_header = "x-up-timestamp"
nonce_header = "x-up-nonce"
signature_header = "x-up-signature"
service_header = "x-up-serviceId"
application = "A-1"
body_key = "secret:tif-body"
signing_key = "secret:tif-signer"
signed_members = ["appCode", "timestamp", "encData"]
signer_id = "上海人社"
signature_form = "der"
code = "status"
good_codes = ["0"]
data = "result"
"""
PROVINCES: Mapping[str, tuple[str, list[str]]] = {
    "open": (OPEN, []),
    "sealed, and called otherwise": (
        SEALED,
        [
            *("--caller", "sh-hr", "--service", "S-7", "--headers", "x-up-"),
            *("--sm4", SM4, "--signed", "appCode,timestamp,encData"),
            *("--code", "status", "--good", "0", "--data", "result"),
            *("--signer-id", "上海人社", "--form", "der"),
        ],
    ),
}
KEPT = {
    "tif-token": TOKEN,
    "tif-body": SM4,
    "tif-signer": SIGNER.pem().decode(),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Whoever asks through a province."""

    url: str
    table: str
    session: aiohttp.ClientSession
    agencies: Agencies

    async def turn(self, trouble: str | None = None) -> dict[str, Any]:
        knobs = f"{self.url}/sandbox/tif"
        async with self.session.post(knobs, json={"trouble": trouble}) as response:
            found: dict[str, Any] = json.loads(await response.read())
        return found

    def manifest(self, kept: Mapping[str, str] = KEPT) -> Manifest:
        text = BEHIND.replace('protocol = "rest"', 'protocol = "tif"')
        before, _, after = text.partition('url = "')
        text = f'{before}url = "{self.url}/service"{after[after.index(chr(34)) + 1 :]}'
        secrets = {n: Secret(v, frozenset({EMERGENCY})) for n, v in kept.items()}
        return Secrets(secrets).put_in(read_manifest(f"{text}\n[tif]\n{self.table}"))

    def connector(
        self, kept: Mapping[str, str] = KEPT, ahead: float = 0.0
    ) -> TifConnector:
        def clock() -> datetime:
            return utc_now() + timedelta(seconds=ahead)

        return TifConnector(self.manifest({**KEPT, **kept}), self.session, clock)

    def person(self, story: str = "all-three") -> Identity:
        return parse_identity(self.agencies.person(story)["idNumber"])


@pytest.fixture(scope="module", params=PROVINCES, name="province")
def _province(
    request: pytest.FixtureRequest,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, str]]:
    table, options = PROVINCES[request.param]
    path = BEHIND.partition('url = "')[2].partition('"')[0].split("/", 3)[3]
    to = f"{running_agencies.urls[EMERGENCY]}/{path}"
    if table is SEALED:
        file = tmp_path_factory.mktemp("tif") / "caller.pem"
        form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        file.write_bytes(SIGNER.public.public_bytes(*form))
        options = [*options, "--public-key", str(file)]
    with started("tif", "--to", to, "--token", TOKEN, "--port", "0", *options) as one:
        yield address_of(one), table


@pytest.fixture(name="asking")
async def _asking(
    province: tuple[str, str], agencies: Agencies
) -> AsyncIterator[Asking]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        asking = Asking(*province, session, agencies)
        await asking.turn()
        yield asking


@pytest.mark.parametrize(
    ("fault", "person", "outcome"),
    [
        (None, "all-three", SourceOutcome.ANSWERED),
        (None, "none", SourceOutcome.NONE),
        ("tampered", "all-three", SourceOutcome.UNVERIFIED),
        ("replayed", "all-three", SourceOutcome.UNVERIFIED),
        ("unsigned-absence", "none", SourceOutcome.UNVERIFIED),
    ],
)
async def test_what_the_agency_signed_is_believed_and_nothing_else(
    asking: Asking, fault: str | None, person: str, outcome: SourceOutcome
) -> None:
    trust = (asking.agencies.folder / "trust.toml").read_text("utf-8")
    agency = open_agency(
        asking.manifest(),
        session=asking.session,
        bundle=read_trust_bundle(trust),
        catalogue=load_catalogue(),
        observer=Notes(),
        clock=utc_now,
    )
    with asking.agencies.fault(EMERGENCY, fault) if fault else nullcontext():
        (answer,) = await agency.ask([asking.person(person)], 5.0)
    await agency.close()

    assert answer.outcome is outcome
    assert len(answer.certificates) == (outcome is SourceOutcome.ANSWERED)


async def test_no_nonce_is_used_twice(asking: Asking) -> None:
    connector = asking.connector()
    before = await asking.turn()

    await asyncio.gather(*(connector.fetch([asking.person()]) for _ in range(8)))

    after = await asking.turn()
    assert after["questions"] - before["questions"] == 8
    assert after["refused"] == before["refused"]


@pytest.mark.parametrize("ahead", [-90.0, 90.0])
async def test_at_another_time_it_is_refused(asking: Asking, ahead: float) -> None:
    with pytest.raises(RefusedError, match="code '403'"):
        await asking.connector(ahead=ahead).fetch([asking.person()])

    assert (await asking.turn())["refused"][-1] == "OUTSIDE_WINDOW"


async def test_under_another_token_it_is_refused(asking: Asking) -> None:
    connector = asking.connector({"tif-token": "another"})

    with pytest.raises(RefusedError, match="code '403'"):
        await connector.fetch([asking.person()])

    assert (await asking.turn())["refused"][-1] == "BAD_SIGNATURE"


async def test_a_seal_by_another_key_is_refused(asking: Asking) -> None:
    other = Sm2PrivateKey.generate().pem().decode()
    connector = asking.connector({"tif-signer": other})
    if asking.table is OPEN:
        assert (await connector.fetch([asking.person()])).envelopes
        return

    with pytest.raises(RefusedError, match="code '403'"):
        await connector.fetch([asking.person()])

    assert (await asking.turn())["refused"][-1] == "BAD_SEAL"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ('signer_id = ""', "tif.signer_id = ''"),
        ("", "tif.signer_id = '1234567812345678'"),
    ],
)
async def test_a_seal_under_another_signer_id_says_that_it_may_be_the_id(
    asking: Asking, changed: str, said: str
) -> None:
    if asking.table is OPEN:
        return
    table = asking.table.replace('signer_id = "上海人社"', changed)
    connector = replace(asking, table=table).connector()

    with pytest.raises(RefusedError, match="it may be the signer id") as refused:
        await connector.fetch([asking.person()])

    assert said in str(refused.value)
    assert (await asking.turn())["refused"][-1] == "BAD_SEAL"


async def test_a_question_that_is_sent_again_is_refused_by_its_nonce(
    asking: Asking,
) -> None:
    headers = await asking.connector().signed_headers()
    for _ in range(2):
        async with asking.session.post(
            f"{asking.url}/service", json={}, headers=headers
        ) as answer:
            await answer.read()

    assert (await asking.turn())["refused"][-1] == "NONCE_USED"


@pytest.mark.parametrize(
    ("trouble", "error", "said"),
    [
        ("error", RefusedError, "code '500'"),
        ("login-page", UnreadableError, "answered text/html"),
        ("gbk", UnreadableError, "it is in GBK, allowed is UTF-8"),
    ],
)
async def test_what_goes_wrong_at_the_gateway_is_told(
    asking: Asking, trouble: str, error: type[Exception], said: str
) -> None:
    await asking.turn(trouble)

    with pytest.raises(error, match=said):
        await asking.connector().fetch([asking.person()])


async def test_an_answer_in_another_seal_is_told(asking: Asking) -> None:
    await asking.turn("wrong-seal")
    asked = asking.connector().fetch([asking.person()])
    if asking.table is OPEN:
        assert (await asked).envelopes
        return

    with pytest.raises(UnreadableError, match=r"sealed by SM4|is not JSON"):
        await asked


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("tif-body", "short", r"tif\.body_key is no key of 16 bytes"),
        ("tif-signer", "no key", r"tif\.signing_key is no SM2 PRIVATE KEY"),
    ],
)
async def test_a_key_that_is_none_is_refused_and_not_repeated(
    asking: Asking, name: str, value: str, said: str
) -> None:
    if asking.table is OPEN:
        assert (
            await asking.connector({name: value}).fetch([asking.person()])
        ).envelopes
        return
    with pytest.raises(ManifestError, match=said) as refused:
        asking.connector({name: value})

    assert value not in str(refused.value)


async def test_the_kit_finds_an_honest_agency_behind_it_in_order(
    asking: Asking,
) -> None:
    trust = (asking.agencies.folder / "trust.toml").read_text("utf-8")
    report = await checked(
        asking.manifest(),
        read_trust_bundle(trust),
        sandbox_plan(asking.agencies, EMERGENCY),
    )

    assert report.is_conforming, report.findings
