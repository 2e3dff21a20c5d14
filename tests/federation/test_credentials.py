"""A holder gets a credential; what revokes the certificate shows on its status list.

Issued by one gateway; what revokes it comes to the other. Both show it.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from typer.testing import CliRunner

from gateway.cli import app
from gateway.clock import utc_now
from gateway.privacy.evidence import erase
from gateway.settings.settings import load_settings
from tests.federation.credentials import (
    asked,
    disclosed,
    issued,
    part,
    refusal,
    status,
)
from tests.federation.offices import (
    BUREAU,
    ISSUER,
    PLATFORM,
    PUDONG,
    READER,
    Offices,
)
from tests.gateway.receipts.signing import private
from tests.running import eventually

VALID, INVALID, SUSPENDED = 0, 1, 2
PEOPLE = """query($n: String!) { auditRecords(filter: {idNumber: $n}) {
  nodes { event caller purpose caseNumber operation certificates } } }"""
PROVE = """mutation($c: ID!) { proveRecordFalse(certificate: $c, reason: "冒名",
  evidence: "沪公鉴 1 号") { __typename } }"""


def wallet_key() -> str:
    key = OKPKey.import_key(private(Ed25519PrivateKey.generate()))
    return json.dumps(key.as_dict(private=False))


def becomes(offices: Offices, shown: dict[str, Any], expected: int) -> None:
    """Wait until both gateways show a status."""
    eventually(lambda: {status(one, shown) for one in offices.gateways} == {expected})


def test_an_sd_jwt_shows_nothing_of_its_holder_but_what_is_disclosed(
    offices: Offices,
) -> None:
    holder, _, certificate = offices.certified()
    key = wallet_key()

    shown = issued(offices, certificate, "SD_JWT_VC", key)

    jws = shown["text"].split("~")[0]
    header, claims = part(jws, 0), part(jws, 1)
    assert (header["typ"], header["alg"]) == ("dc+sd-jwt", "EdDSA")
    assert set(claims) == {
        *("iss", "iat", "exp", "vct", "status", "cnf", "_sd", "_sd_alg"),
    }
    kept = {name: json.loads(key)[name] for name in ("kty", "crv", "x")}
    assert claims["cnf"] == {"jwk": kept}
    place = {"uri": shown["statusList"], "idx": shown["index"]}
    assert claims["status"] == {"status_list": place}
    assert claims["_sd"] == sorted(claims["_sd"])
    assert holder.number not in jws
    hidden = disclosed(shown["text"])
    assert hidden["id_number"] == holder.number
    assert hidden["item_code"] == "4-02-01-01"
    assert hidden["level"] == "LEVEL_4"
    assert claims["exp"] - claims["iat"] == 90 * 24 * 3600
    keys = json.loads(offices.gateways[1].get("/receipts/keys")[1])["keys"]
    assert header["kid"] in [one["kid"] for one in keys]
    becomes(offices, shown, VALID)


def test_an_open_badge_has_the_annex_s_item_and_no_number(offices: Offices) -> None:
    holder, _, certificate = offices.certified()

    shown = issued(offices, certificate, "OPEN_BADGE", wallet_key())

    header, badge = part(shown["text"], 0), part(shown["text"], 1)
    assert header["typ"] == "vc+jwt"
    assert badge["type"] == ["VerifiableCredential", "AchievementCredential"]
    assert badge["issuer"]["id"] == badge["iss"] == ISSUER
    assert badge["sub"] == badge["credentialSubject"]["id"]
    assert badge["sub"].startswith("did:jwk:")
    assert badge["jti"] == badge["id"]
    assert badge["credentialSubject"]["achievement"]["humanCode"] == "4-02-01-01"
    assert holder.number not in json.dumps(badge)
    assert status(offices.gateways[0], shown) == VALID


def test_two_credentials_of_one_certificate_have_nothing_in_common(
    offices: Offices,
) -> None:
    _, _, certificate = offices.certified()

    one, other = (issued(offices, certificate)["text"] for _ in range(2))

    of_one, of_other = (part(text.split("~")[0], 1) for text in (one, other))
    assert set(of_one["_sd"]).isdisjoint(of_other["_sd"])
    assert of_one["status"] != of_other["status"]


def test_a_suspension_shows_and_its_lifting_and_a_revocation(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    _, _, another = offices.certified()
    shown, beside = issued(offices, certificate), issued(offices, another)

    offices.change(said, "暂扣")
    becomes(offices, shown, SUSPENDED)
    assert refusal(offices, certificate) == "NOT_VALID"
    offices.change(said, "有效")
    becomes(offices, shown, VALID)
    offices.change(said, "撤销")
    becomes(offices, shown, INVALID)

    assert refusal(offices, certificate) == "NOT_VALID"
    assert status(offices.gateways[1], beside) == VALID


def test_a_certificate_that_is_put_right_revokes_what_showed_it_before(
    offices: Offices,
) -> None:
    _, said, certificate = offices.certified()
    shown = issued(offices, certificate)

    offices.send({**said, "holderName": "改正后"})

    becomes(offices, shown, INVALID)


def test_a_record_that_was_proved_false_is_no_credential(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    shown = issued(offices, certificate)

    offices.ask(0, BUREAU, PROVE, c=certificate)

    becomes(offices, shown, INVALID)
    assert refusal(offices, certificate) == "NOT_VALID"


def test_who_is_erased_has_no_credential_any_more(offices: Offices) -> None:
    holder, _, certificate = offices.certified()
    shown = issued(offices, certificate)
    config = offices.gateways[0].folder / "gateway.toml"

    erased = erase(
        load_settings(config, {}),
        id_number=holder.number,
        before=None,
        reason="申请删除",
        now=utc_now(),
    )
    asyncio.run(erased)

    becomes(offices, shown, INVALID)


def test_that_it_was_asked_for_is_on_the_audit_log(offices: Offices) -> None:
    holder, _, certificate = offices.certified()
    issued(offices, certificate)

    def noted() -> list[Any]:
        records = offices.ask(0, BUREAU, PEOPLE, n=holder.number)["auditRecords"]
        return [one for one in records["nodes"] if one["operation"] == "Issue"]

    eventually(lambda: bool(noted()))
    (record,) = noted()
    assert (record["event"], record["caller"]) == ("LOOKED_UP", PUDONG)
    assert (record["purpose"], record["caseNumber"]) == ("HOLDER_REQUEST", "wallet-1")
    assert record["certificates"] == 1


@pytest.mark.parametrize(
    ("token", "purpose", "code"),
    [
        pytest.param(PLATFORM, "SUBSIDY_CLAIM", "PURPOSE_REQUIRED", id="a claim"),
        pytest.param(READER, "HOLDER_REQUEST", "FORBIDDEN", id="no office"),
    ],
)
def test_nothing_is_issued_for_another_purpose_or_to_another_caller(
    offices: Offices, token: str, purpose: str, code: str
) -> None:
    _, _, certificate = offices.certified()

    body = asked(offices, certificate, token=token, purpose=purpose)

    assert [one["extensions"]["code"] for one in body["errors"]] == [code]


def test_a_key_that_is_no_public_key_binds_nothing(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    key = OKPKey.import_key(private(Ed25519PrivateKey.generate()))

    given_away = json.dumps(key.as_dict(private=True))

    assert refusal(offices, certificate, "SD_JWT_VC", given_away) == "HOLDER_KEY"


def test_the_command_gets_one_for_a_wallet(offices: Offices, tmp_path: Path) -> None:
    holder, _, certificate = offices.certified()
    key, out = tmp_path / "wallet.jwk", tmp_path / "credential"
    key.write_text(wallet_key(), "utf-8")
    by = [certificate, "--url", offices.gateways[0].url, "--case", "wallet-2"]
    more = ["--holder-key", str(key), "--out", str(out)]

    done, refused = (
        CliRunner().invoke(
            app, ["evidence", "credential", *by, *more], env={"CREDENTIAL_TOKEN": who}
        )
        for who in (PUDONG, READER)
    )

    assert done.exit_code == 0, done.output
    assert disclosed(out.read_text("utf-8").strip())["id_number"] == holder.number
    assert refused.exit_code != 0
    assert "no credential" in str(refused.exception)


def test_an_id_that_is_none_is_unknown(offices: Offices) -> None:
    assert refusal(offices, "no-such-id") == "UNKNOWN"


def test_a_list_is_kept_by_its_tag_and_asked_for_each_time(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    shown, gateway = issued(offices, certificate), offices.gateways[0]
    path = shown["statusList"].removeprefix(ISSUER)

    code, text, headers = gateway.fetch(path, None)

    assert (code, headers["content-type"]) == (200, "application/statuslist+jwt")
    assert headers["cache-control"] == "no-cache"
    claims = part(text.decode(), 1)
    assert (claims["ttl"], claims["exp"] - claims["iat"]) == (60, 300)
    assert part(text.decode(), 0)["typ"] == "statuslist+jwt"
    offices.change(said, "撤销")
    eventually(lambda: gateway.fetch(path, None)[2]["etag"] != headers["etag"])


@pytest.mark.parametrize("number", ["1", "99999999999999999999", "x"])
def test_there_is_no_list_that_was_not_begun(offices: Offices, number: str) -> None:
    assert offices.gateways[0].get(f"/status-lists/{number}")[0] == 404


def test_an_issuer_says_where_its_keys_are(offices: Offices) -> None:
    _, text = offices.gateways[0].get("/.well-known/jwt-vc-issuer")

    assert json.loads(text) == {
        "issuer": ISSUER,
        "jwks_uri": f"{ISSUER}/receipts/keys",
    }
