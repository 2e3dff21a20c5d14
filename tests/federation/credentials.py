"""Ask for credentials, and read them as somebody does who has no part of ours."""

import base64
import hashlib
import json
import zlib
from typing import Any

from tests.federation.offices import ISSUER, PUDONG, Offices
from tests.running import Gateway

OWN = {"X-Purpose": "HOLDER_REQUEST", "X-Case-Number": "wallet-1"}
ISSUE = """mutation Issue($id: ID!, $form: CredentialForm!, $key: String) {
  issueCredential(certificate: $id, form: $form, holderKey: $key) { __typename
    ... on Credential { text expiresAt statusList index }
    ... on CredentialRefused { code message } } }"""


def asked(  # noqa: PLR0913 - an argument each
    offices: Offices,
    certificate: str,
    form: str = "SD_JWT_VC",
    key: str | None = None,
    *,
    token: str = PUDONG,
    purpose: str = "HOLDER_REQUEST",
) -> Any:
    """Return the body of the answer of the second gateway."""
    variables = {"id": certificate, "form": form, "key": key}
    body = {"query": ISSUE, "variables": variables}
    headers = {**OWN, "X-Purpose": purpose}
    return offices.gateways[1].post(body, token, headers)[1]


def issued(offices: Offices, certificate: str, *more: Any) -> dict[str, Any]:
    """Return a credential that is given."""
    body = asked(offices, certificate, *more)
    assert body.get("errors") is None, body
    shown: dict[str, Any] = body["data"]["issueCredential"]
    assert shown["__typename"] == "Credential", shown
    return shown


def refusal(offices: Offices, certificate: str, *more: Any) -> str:
    """Return why none is given."""
    body = asked(offices, certificate, *more)
    assert body.get("errors") is None, body
    code: str = body["data"]["issueCredential"]["code"]
    return code


def part(jws: str, number: int) -> dict[str, Any]:
    """Return a part of a compact JWS, which nobody has checked."""
    found: dict[str, Any] = json.loads(_raw(jws.split(".")[number]))
    return found


def disclosed(sd_jwt: str) -> dict[str, Any]:
    """Return the claims that are shown, each of which the JWT has the digest of."""
    jws, *shown, key_binding = sd_jwt.split("~")
    assert key_binding == ""
    digests = part(jws, 1)["_sd"]
    claims = {}
    for one in shown:
        digest = hashlib.sha256(one.encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() in digests
        _, name, value = json.loads(_raw(one))
        claims[name] = value
    assert len(digests) == len(claims)
    return claims


def status(gateway: Gateway, shown: dict[str, Any]) -> int:
    """Return what a gateway's list has at a credential's place."""
    token = status_list(gateway, shown)
    claims = part(token, 1)
    assert claims["sub"] == shown["statusList"]
    found = claims["status_list"]
    states, bits = zlib.decompress(_raw(found["lst"])), found["bits"]
    place, within = divmod(shown["index"] * bits, 8)
    value: int = states[place] >> within & (1 << bits) - 1
    return value


def status_list(gateway: Gateway, shown: dict[str, Any]) -> str:
    """Return the list of a credential as a gateway shows it to anybody."""
    path = shown["statusList"].removeprefix(ISSUER)
    code, text = gateway.get(path)
    assert code == 200, text
    return text


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
