"""Agencies to be looked at: the sandbox's, a small one, and what is wrong with them."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from aiohttp import web

from connectors.conformance.subject import Effort
from connectors.manifest import Manifest, read_manifest
from connectors.secrets import NO_SECRETS
from gateway.doctor.diagnose import Patient
from gateway.doctor.places import Places
from policy.catalogue import load_catalogue
from signing.trust import TrustBundle, TrustedKey, read_trust_bundle
from tests.connectors.agency import MANIFEST, signing_key
from tests.connectors.conformance.kit import manifest_text, now
from tests.running import Agencies

TRANSPORT = "transport"
QUICKLY = Effort(requests=1, request_timeout_seconds=0.8, total_seconds=20)
TOKEN = "timeout_seconds = 1.8"
"""A line of the manifest behind which a token may stand."""
NOBODY_THERE = "http://127.0.0.1:1"


def places_at(gateway: str, rules: Manifest | None = None) -> Places:
    """Return what commands are filled in with."""
    return Places(
        manifest="manifest.toml",
        trust="trust.toml",
        config="gateway.toml",
        gateway=gateway,
        rules=rules or read_manifest(MANIFEST),
    )


def patient(
    rules: Manifest,
    bundle: TrustBundle,
    *,
    tls: ssl.SSLContext | None = None,
    gateway: str = NOBODY_THERE,
) -> Patient:
    """Return an agency to be looked at as the command does."""
    return Patient(
        places=places_at(gateway, rules),
        secrets=NO_SECRETS,
        bundle=bundle,
        catalogue=load_catalogue(),
        clock=now,
        tls=tls,
        effort=QUICKLY,
    )


def manifest_with(agencies: Agencies, *changes: tuple[str, str]) -> Manifest:
    """Return the transport agency's manifest with texts replaced."""
    text = manifest_text(agencies, TRANSPORT)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_manifest(text)


def bundle_of(agencies: Agencies) -> TrustBundle:
    return read_trust_bundle((agencies.folder / "trust.toml").read_text("utf-8"))


def of_transport(bundle: TrustBundle) -> TrustedKey:
    rules = read_manifest(MANIFEST)
    keys = bundle.keys.values()
    return next(one for one in keys if one.institution == rules.collection_body)


def another_key(bundle: TrustBundle) -> TrustBundle:
    """Return ``bundle`` with somebody else's key under the agency's key id."""
    mine = of_transport(bundle)
    other = signing_key(mine.kid)
    assert other.algorithm is mine.algorithm
    return TrustBundle.of([replace(mine, public_key=other.private_key.public_key())])


def expired(bundle: TrustBundle) -> TrustBundle:
    ended = datetime.now(UTC) - timedelta(days=1)
    return TrustBundle.of([replace(of_transport(bundle), not_after=ended)])


def without_it(bundle: TrustBundle) -> TrustBundle:
    mine = of_transport(bundle)
    return TrustBundle.of(one for one in bundle.keys.values() if one is not mine)


@dataclass
class Page:
    """What is answered to whatever is asked."""

    status: int = 200
    text: str = "<html>登录</html>"
    media_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""

    async def answer(self, _: web.Request) -> web.Response:
        return web.Response(
            text=self.text,
            status=self.status,
            content_type=self.media_type,
            headers=self.headers,
        )


@asynccontextmanager
async def answering(page: Page) -> AsyncIterator[Page]:
    """Serve a page on a free port of this machine."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    page.url = f"http://{host}:{port}/records"
    try:
        yield page
    finally:
        await runner.cleanup()
