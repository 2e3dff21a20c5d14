"""Each item is met by a configuration that meets it, and refuses one that does not."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.manifest import Manifest, read_manifest
from gateway.errors import StartError
from gateway.mlps3.items import load_items
from gateway.mlps3.judging import CHECKS, Verdict, judge, require_profile
from gateway.mlps3.uses import uses_of
from gateway.providers.key_list import KeyList, Use, read_key_list, write_key_list
from gateway.providers.public_halves import public_half_of
from gateway.reloading.options import read_again
from gateway.settings.callers import AgencyCallers, Token
from gateway.settings.credentials import Credentials
from gateway.settings.privacy import Privacy
from gateway.settings.receipts import Receipts
from gateway.settings.settings import Mode, Profile, Settings
from gateway.settings.tls import Tls
from gateway.settings.transparency import Transparency
from policy.catalogue import load_catalogue
from signing.sm2.sign import Sm2PrivateKey
from tests.architecture.documents import ROOT
from tests.gateway.providers.held import Key, listed, public_pem, settings_of
from tests.gateway.receipts.signing import private

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
AGENCY = (ROOT / "sandbox" / "agencies" / "transport.toml").read_text("utf-8")
HOST = "http://127.0.0.1"
OPEN = {"kept-secret", "product", "algorithm", "stand-by"}
"""What no configuration meets for all of its data, or by the gateway alone."""


def agency(to: str) -> Manifest:
    assert HOST in AGENCY
    text = AGENCY.replace(HOST, to)
    if to.startswith("http:") and to != HOST:
        text = text.replace("[endpoint]", "[endpoint]\nunsafe_plain_http = true")
    return read_manifest(text)


@pytest.fixture(name="whole")
def _whole(tmp_path: Path) -> Settings:
    """A configuration of which nothing is unmet."""
    half = public_half_of(Sm2PrivateKey.generate().public_key())
    assert half is not None
    keys = tmp_path / "keys.toml"
    write_key_list(keys, KeyList(key=(listed("server", "a", half.pem()),)))
    stated = {
        "server": {
            "kind": "http",
            "url": "https://signs.example/",
            "product_certificate": "GM001122334455",
        }
    }
    return msgspec.structs.replace(
        settings_of(stated),
        profile=Profile.MLPS3,
        tokens=[],
        agency_callers=AgencyCallers(audience="https://gateway.example"),
        tls=Tls(certificate_file="a", key_file="b"),
        evidence_key_file="evidence.key",
        transparency=Transparency(origin="a", key_file="log.key"),
        signing_keys_file=str(keys),
        receipts=Receipts.ALWAYS,
        mode=Mode.PRODUCTION,
        database_url="postgresql://a/b",
        privacy=Privacy(require_elements=True),
    )


def verdicts(
    settings: Settings, to: str = "https://agency.example"
) -> Mapping[str, Verdict]:
    return {one.item.id: one.verdict for one in judge(settings, [agency(to)], NOW)}


def test_every_item_of_the_table_is_judged_and_rests_on_known_data() -> None:
    items = load_items()
    known = {data.id for data in items.data}

    assert [item.id for item in items.item] == list(CHECKS)
    assert {name for item in items.item for name in item.rests_on} == known


def test_a_whole_configuration_starts(whole: Settings) -> None:
    found = verdicts(whole)

    assert {name for name, one in found.items() if one is Verdict.OPEN} == OPEN
    assert Verdict.UNMET not in found.values()
    require_profile(whole, [agency("https://agency.example")], NOW)


TOKEN = Token(caller="a", sha256="0" * 64)
UNMET: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a token": ({"tokens": [TOKEN]}, {"log-in", "changed-often"}),
    "a token that ends": (
        {"tokens": [msgspec.structs.replace(TOKEN, expires_at=NOW + timedelta(9))]},
        {"log-in"},
    ),
    "plain HTTP for all": ({"tls": None, "host": "0.0.0.0"}, {"sent-secret"}),  # noqa: S104 - refused
    "no sealed evidence": ({"evidence_key_file": None}, {"kept-secret"}),
    "no log": ({"transparency": Transparency()}, {"kept-whole", "audited"}),
    "no receipts": (
        {"receipts": Receipts.OFF},
        {"non-repudiation", "product", "algorithm"},
    ),
    "receipts for some": ({"receipts": Receipts.ASKED}, {"non-repudiation"}),
    "the demo's mode": ({"mode": Mode.DEMO}, {"roles-apart"}),
    "the page": ({"graphiql": True}, {"roles-apart"}),
    "a short log": (
        {"privacy": Privacy(require_elements=True, audit_retention_days=182)},
        {"audited"},
    ),
    "SQLite": ({"database_url": "sqlite:///a.db"}, {"stand-by"}),
    "no reason": ({"privacy": Privacy()}, {"personal-data"}),
}


@pytest.mark.parametrize("name", UNMET)
def test_what_is_unmet_refuses_the_start_and_nothing_else_does(
    whole: Settings, name: str
) -> None:
    changes, unmet = UNMET[name]
    settings = msgspec.structs.replace(whole, **changes)

    found = verdicts(settings)

    assert {one for one, verdict in found.items() if verdict is Verdict.UNMET} == unmet
    with pytest.raises(StartError) as refused:
        require_profile(settings, [agency("https://agency.example")], NOW)
    items = {item.id: item for item in load_items().item}
    lines = str(refused.value).splitlines()
    assert lines[0] == f'profile = "mlps3": {len(unmet)} unmet'
    assert lines[1:] == [
        f"  {one.standard} {one.clause} {one.en}: {one.remedy}"
        for one in items.values()
        if one.id in unmet
    ]
    # Without the profile nobody is refused.
    require_profile(msgspec.structs.replace(settings, profile=None), [], NOW)


def test_every_item_can_be_unmet() -> None:
    assert {name for _, unmet in UNMET.values() for name in unmet} == set(CHECKS)


@pytest.mark.parametrize(
    ("to", "verdict"),
    [
        ("https://agency.example", Verdict.MET),
        ("http://127.0.0.1", Verdict.OPEN),
        ("http://agency.example", Verdict.UNMET),
    ],
)
def test_an_agency_is_asked_by_https(
    whole: Settings, to: str, verdict: Verdict
) -> None:
    assert verdicts(whole, to)["sent-secret"] is verdict


def test_a_proxy_on_this_machine_is_somebody_elses_answer(whole: Settings) -> None:
    settings = msgspec.structs.replace(whole, tls=None, host="127.0.0.1")

    assert verdicts(settings)["sent-secret"] is Verdict.OPEN


def test_a_key_in_no_product_or_of_another_algorithm_is_unmet(
    whole: Settings, tmp_path: Path
) -> None:
    half = public_half_of(Ed25519PrivateKey.generate().public_key())
    assert half is not None
    key = listed("server", "b", half.pem())
    write_key_list(tmp_path / "keys.toml", KeyList(key=(key,)))
    options = msgspec.structs.replace(
        whole.providers["server"], product_certificate=None
    )
    settings = msgspec.structs.replace(whole, providers={"server": options})

    found = verdicts(settings)

    assert found["product"] is found["algorithm"] is Verdict.UNMET
    assert found["non-repudiation"] is Verdict.MET


def test_credentials_by_a_file_are_unmet_and_by_a_product_are_not(
    whole: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "receipt-key.pem"
    file.write_bytes(private(Ed25519PrivateKey.generate()))
    settings = msgspec.structs.replace(
        whole,
        receipt_key_file=str(file),
        credentials=Credentials(issuer="https://gateway.example"),
    )

    found = verdicts(settings)

    assert found["product"] is found["algorithm"] is Verdict.UNMET
    assert verdicts(msgspec.structs.replace(settings, credentials=Credentials())) == (
        verdicts(whole)
    )

    half = public_half_of(Sm2PrivateKey.generate().public_key())
    assert half is not None
    keys = (
        *read_key_list(tmp_path / "keys.toml").key,
        listed("server", "c", half.pem(), use=Use.CREDENTIALS),
    )
    write_key_list(tmp_path / "keys.toml", KeyList(key=keys))
    assert verdicts(settings) == verdicts(whole)


def test_keys_of_the_log_in_a_product_are_shown_with_it(
    whole: Settings, tmp_path: Path
) -> None:
    halves: list[Key] = [Sm2PrivateKey.generate(), Ed25519PrivateKey.generate()]
    keys = [*read_key_list(tmp_path / "keys.toml").key]
    for name, key in zip("ab", halves, strict=True):
        pem = public_pem(key.public_key())
        keys.append(listed("server", name, pem, use=Use.CHECKPOINTS))
    write_key_list(tmp_path / "keys.toml", KeyList(key=tuple(keys)))
    settings = msgspec.structs.replace(whole, transparency=Transparency(origin="a"))

    found = {
        (use.algorithm, use.product_certificate)
        for use in uses_of(settings, [], NOW)
        if use.data == "log"
    }

    assert found == {("SM2", "GM001122334455"), ("EdDSA", "GM001122334455")}
    assert verdicts(settings)["kept-whole"] is Verdict.MET


def test_a_reload_that_makes_one_unmet_is_refused(
    whole: Settings, tmp_path: Path
) -> None:
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    file = manifests / "transport.toml"
    file.write_text(AGENCY.replace(HOST, "https://agency.example"), "utf-8")
    bundle = tmp_path / "trust.toml"
    bundle.write_text("key = []\n", "utf-8")
    running = msgspec.structs.replace(
        whole, manifests=str(manifests), trust_bundle=str(bundle), secrets={}
    )
    stated = msgspec.structs.replace(running, tokens=[TOKEN])

    with pytest.raises(StartError, match=r'"mlps3": 2 unmet'):
        read_again(stated, running, load_catalogue())
    plain = AGENCY.replace(HOST, "http://agency.example")
    file.write_text(
        plain.replace("[endpoint]", "[endpoint]\nunsafe_plain_http = true"), "utf-8"
    )
    with pytest.raises(StartError, match=r'"mlps3": 1 unmet'):
        read_again(running, running, load_catalogue())
