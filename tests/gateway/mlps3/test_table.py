"""The table says of all that is kept and sent by what it is protected, and by whom."""

from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.errors import StartError
from gateway.mlps3.items import load_items
from gateway.mlps3.judging import Verdict, judge, require_profile
from gateway.mlps3.screen import table_of
from gateway.mlps3.uses import Use, uses_of
from gateway.settings.callers import Token
from gateway.settings.credentials import Credentials
from gateway.settings.settings import Settings
from tests.gateway.mlps3.test_judging import NOW, _whole, agency
from tests.gateway.receipts.signing import private

__all__ = ["_whole"]
MANIFEST = agency("https://agency.example")
CLEAR, HERE = agency("http://agency.example"), agency("http://127.0.0.1")


def told(use: Use) -> tuple[str, str, str]:
    is_open = " (open)" if use.is_open else ""
    return use.data, use.algorithm, f"{use.module}{is_open}"


def test_every_use_names_its_algorithm_and_its_module(
    whole: Settings, tmp_path: Path
) -> None:
    key = tmp_path / "receipts.pem"
    key.write_bytes(private(Ed25519PrivateKey.generate()))
    other = msgspec.structs.replace(
        whole,
        host="10.0.0.1",
        tls=None,
        agency_callers=None,
        client_certificates=True,
        tokens=[Token(caller="c", sha256="0" * 64, scopes=())],
        evidence_key_file=None,
        signing_keys_file=None,
        receipt_key_file=str(key),
        credentials=Credentials(issuer="https://gateway.example"),
        transparency=msgspec.structs.replace(
            whole.transparency, key_file=None, ml_dsa_key_file="m"
        ),
    )

    kept = ("collected", "none", "the database's, or its disk's (open)")
    sealed = [
        ("certificate-ids", "AES-256-SIV", "OpenSSL (cryptography)"),
        ("pseudonyms", "HMAC-SHA-256", "OpenSSL (hashlib)"),
    ]
    assert [*map(told, uses_of(whole, [MANIFEST], NOW))] == [
        ("callers", "JWT by agencies' keys", "OpenSSL (cryptography)"),
        ("callers-traffic", "TLS", "rustls (granian)"),
        ("agencies-traffic", "TLS", "OpenSSL (Python)"),
        *sealed,
        kept,
        ("evidence", "AES-256-GCM", "OpenSSL (cryptography)"),
        ("log", "Ed25519", "OpenSSL (cryptography)"),
        ("receipts", "SM2", "http: server"),
    ]
    assert [*map(told, uses_of(other, [CLEAR, HERE], NOW))] == [
        ("callers", "a shared token", "none"),
        ("callers", "TLS client certificate", "a proxy"),
        ("callers-traffic", "none", "not the gateway's"),
        ("agencies-traffic", "none", "none"),
        ("agencies-traffic", "none", "on this machine (open)"),
        *sealed,
        kept,
        ("log", "ML-DSA-44", "OpenSSL (cryptography)"),
        ("receipts", "EdDSA", "libsodium (PyNaCl)"),
        ("credentials", "EdDSA", "libsodium (PyNaCl)"),
    ]
    behind = msgspec.structs.replace(other, host="127.0.0.1")
    assert ("callers-traffic", "a proxy's TLS", "not the gateway's (open)") in [
        *map(told, uses_of(behind, [], NOW))
    ]


def test_the_table_has_each_item_what_it_rests_on_and_what_to_do(
    whole: Settings,
) -> None:
    found = judge(msgspec.structs.replace(whole, tls=None), [MANIFEST, MANIFEST], NOW)
    lines = table_of(found).splitlines()
    words = {data.id: data for data in load_items().data}

    for one in found:
        at = lines.index(
            f"{one.verdict:<6} {one.item.standard} {one.item.clause} {one.item.zh}"
        )
        assert lines[at + 1] == f"       {one.item.en}"
        remedy = f"       > {one.item.remedy}"
        assert (remedy in lines) is (one.verdict is Verdict.UNMET)
    agencies, receipts = words["agencies-traffic"], words["receipts"]
    twice = f"       - {agencies.zh} {agencies.en}: TLS, OpenSSL (Python) (x2)"
    once = f"       - {receipts.zh} {receipts.en}: SM2, http: server, GM001122334455"
    assert {twice, once} <= set(lines)
    counts = [sum(one.verdict is verdict for one in found) for verdict in Verdict]
    assert lines[-1] == ", ".join(
        f"{count} {verdict}" for count, verdict in zip(counts, Verdict, strict=True)
    )


def test_a_start_that_is_refused_names_each_item_and_what_to_set(
    whole: Settings,
) -> None:
    unmet = [one for one in judge(whole, [CLEAR], NOW) if one.verdict is Verdict.UNMET]

    with pytest.raises(StartError) as refused:
        require_profile(whole, [CLEAR], NOW)

    head, *lines = str(refused.value).splitlines()
    assert unmet
    assert head == f'profile = "mlps3": {len(unmet)} unmet'
    assert lines == [
        f"  {one.item.standard} {one.item.clause} {one.item.en}: {one.item.remedy}"
        for one in unmet
    ]
