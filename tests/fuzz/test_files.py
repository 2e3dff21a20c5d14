"""Whatever stands in a file is used or refused with the one error it has."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

import aiohttp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.agency import Agency
from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from connectors.registry import PROTOCOLS, open_agency
from gateway.errors import StartError
from gateway.settings.settings import load_settings
from policy.catalogue import load_catalogue
from policy.errors import PolicyError
from policy.identity import IdType, parse_identity
from signing.errors import TrustBundleError
from signing.trust import read_trust_bundle
from tests.connectors.agency import BUNDLE, MANIFEST, NOW, ZHANG, absence, record
from tests.connectors.guard.slow_agency import Notes
from tests.fuzz.sending import Sends
from tests.fuzz.toml import misshapen

BUNDLE_TEXT = Path("tests/vectors/trust.toml").read_text("utf-8")
MANIFESTS = [
    MANIFEST,
    *(path.read_text("utf-8") for path in sorted(Path("sandbox/agencies").iterdir())),
]
SETTINGS_TEXT = f"""
manifests = "manifests"
trust_bundle = "trust.toml"
certificate_id_key_file = "id.key"
pseudonym_key_file = "pseudonym.key"
port = 8000
deadline_seconds = 2.0
mode = "production"

[roles]
reader = ["certificates:read"]

[http]
request_seconds = 10.0
allowed_origins = ["https://a.example"]

[[tokens]]
caller = "pudong"
sha256 = "{"0" * 64}"
roles = ["reader"]
purpose = "SUBSIDY_CLAIM"
case_number = "17-2026-1"

[[issuers]]
name = "idp"
issuer = "https://idp.example"
audience = "gateway"
algorithms = ["EdDSA"]
jwks_url = "https://idp.example/jwks"
"""
HOLDER = parse_identity(ZHANG)
A_FEW = 8
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def manifest_of(text: str) -> Manifest | None:
    """Return the manifest, or ``None`` if refused. Any other exception rises."""
    try:
        return read_manifest(text)
    except ManifestError:
        return None


@SLOW
@given(st.sampled_from(MANIFESTS).flatmap(misshapen))
def test_a_manifest_is_used_or_refused(text: str) -> None:
    manifest = manifest_of(text)

    if manifest is not None:
        asyncio.run(_ask_by(manifest))


async def _ask_by(manifest: Manifest) -> None:
    """Ask by a manifest that was accepted: its agency's answer breaks nothing."""
    async with aiohttp.ClientSession() as session:
        try:
            PROTOCOLS[manifest.endpoint.protocol](manifest, session, lambda: NOW)
            open_agency(
                manifest,
                session=session,
                bundle=BUNDLE,
                catalogue=load_catalogue(),
                observer=Notes(),
                clock=lambda: NOW,
            )
        except ManifestError:
            return
    agency = Agency(
        manifest,
        Sends((record(), absence())),
        bundle=BUNDLE,
        catalogue=load_catalogue(),
        observer=Notes(),
        clock=lambda: NOW + timedelta(seconds=1),
    )
    (answer,) = await agency.ask([HOLDER], 5.0)
    assert answer.outcome


@SLOW
@given(st.text() | misshapen(BUNDLE_TEXT))
def test_a_trust_bundle_is_used_or_refused(text: str) -> None:
    said = ""
    try:
        read_trust_bundle(text)
    except TrustBundleError as error:
        said = str(error)

    assert "-----" not in said


near_numbers = st.builds(
    lambda start, piece, end: ZHANG[:start] + piece + ZHANG[end:],
    st.integers(0, 18),
    st.text(max_size=4),
    st.integers(0, 18),
)


@given(
    st.text() | near_numbers | st.text("0123456789XxＸｘHMTWE()-· ", max_size=20),
    st.none() | st.sampled_from(IdType),
)
def test_an_identity_number_is_read_or_refused_without_being_repeated(
    number: str, id_type: IdType | None
) -> None:
    said = ""
    try:
        identity = parse_identity(number, id_type)
        assert parse_identity(identity.number, identity.type) == identity
    except PolicyError as error:
        said = str(error)

    # A few characters say nothing of anybody, and may be part of any sentence.
    assert sum(map(str.isdigit, number)) < A_FEW or number.strip() not in said


variables = st.sampled_from(
    ["PORT", "HOST", "MODE", "DEADLINE_SECONDS", "LOG_FORMAT", "GRAPHIQL", "TOKENS"]
)


@SLOW
@given(
    st.just(SETTINGS_TEXT) | misshapen(SETTINGS_TEXT),
    st.dictionaries(variables.map("GATEWAY_".__add__), st.text(max_size=8), max_size=2),
)
def test_settings_are_used_or_refused(text: str, environment: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "gateway.toml"
        config.write_bytes(text.encode("utf-8", "surrogatepass"))
        said = ""
        try:
            load_settings(config, environment)
        except StartError as error:
            said = str(error)

    assert "0" * 64 not in said


def test_the_texts_are_right_before_they_are_changed(tmp_path: Path) -> None:
    """A fuzz of what is refused anyway would find nothing."""
    config = tmp_path / "gateway.toml"
    config.write_text(SETTINGS_TEXT, "utf-8")

    assert all(manifest_of(text) is not None for text in MANIFESTS)
    assert len(read_trust_bundle(BUNDLE_TEXT).keys) > 3
    assert load_settings(config, {"GATEWAY_PORT": "8001"}).port == 8001
