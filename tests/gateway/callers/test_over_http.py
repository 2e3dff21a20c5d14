"""Every way to be known, over HTTP; what refusals say, what nobody writes down."""

import hashlib
import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from sandbox.keys import load_keyring
from signing import base64url
from signing.sign import SigningKey
from tests.gateway.callers.known import (
    AUDIENCE,
    CATALOGUE,
    CERTIFICATE,
    EXPIRED,
    READER,
    fresh_token,
)
from tests.gateway.callers.minting import b64, compact, signature, standard_base64
from tests.running import Agencies, Gateway

NOTICE = "{ policy { notice } }"
PERSON = '{ holder(idNumber: "110101199003074514") { __typename } }'
GRAPHQL = "application/graphql-response+json"


def ask(
    gateway: Gateway,
    query: str = NOTICE,
    token: str | None = None,
    **headers: str,
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Post a question; return status, body and headers in lower case."""
    given = {"Content-Type": "application/json", **headers}
    if token is not None:
        given["Authorization"] = f"Bearer {token}"
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(f"{gateway.url}/graphql", body, given)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            answer, status, back = (
                json.load(response),
                response.status,
                response.headers,
            )
    except urllib.error.HTTPError as error:
        with error:
            status, back = error.code, error.headers
            answer = json.load(error)
    return status, answer, {name.lower(): value for name, value in back.items()}


def certificate(text: bytes = CERTIFICATE) -> dict[str, str]:
    return {"Client-Cert": f":{standard_base64(text)}:"}


def assertion(key: SigningKey, **changes: object) -> str:
    """Sign in as the transport registry does."""
    now = int(time.time())
    claims = {
        "iss": "transport",
        "sub": "transport",
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "jti": "over-http",
        **changes,
    }
    header = {"alg": "EdDSA", "kid": key.kid, "typ": "client-authentication+jwt"}
    private: Any = key.private_key
    return compact(header, claims, lambda signed: signature("EdDSA", private, signed))


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        pytest.param(READER, {}, id="a token of the configuration"),
        pytest.param(None, certificate(), id="a client certificate"),
    ],
)
def test_a_known_caller_may_ask(
    knowing: Gateway, token: str | None, headers: dict[str, str]
) -> None:
    assert ask(knowing, token=token, **headers)[0] == 200


def test_an_access_token_of_the_issuer_may_ask_with_its_scopes(
    knowing: Gateway,
) -> None:
    token = fresh_token(scope="certificates:read schema:read")

    assert ask(knowing, token=token)[0] == 200


def test_an_agency_may_ask_with_its_own_key(
    knowing: Gateway, running_agencies: Agencies
) -> None:
    key = load_keyring(running_agencies.folder, "transport").own  # type: ignore[arg-type]  # an AgencyId is its text
    token = assertion(key)

    status, body, _ = ask(knowing, PERSON, token)
    again = ask(knowing, PERSON, token)

    assert (status, body["errors"][0]["extensions"]["code"]) == (
        200,
        "PURPOSE_REQUIRED",
    )
    assert again[0] == 401
    assert "used before" in again[1]["errors"][0]["message"]


@pytest.mark.parametrize(
    ("token", "headers", "said"),
    [
        pytest.param(
            None, {}, "send an Authorization header with a bearer token", id="nothing"
        ),
        pytest.param(
            "wrong",
            {},
            "the bearer token is not known; check it, or ask the operator for one",
            id="an unknown token",
        ),
        pytest.param(
            EXPIRED, {}, "the token has expired; get a new one", id="an expired one"
        ),
        pytest.param(
            "x" * 20_000,
            {},
            "the bearer token is longer than any that is accepted",
            id="a long one",
        ),
        pytest.param(
            None,
            {"Authorization": "Basic cmVhZGVyOnNlY3JldA=="},
            "the Authorization header is of another scheme than Bearer",
            id="another scheme",
        ),
        pytest.param(
            None,
            certificate(b"a stranger's"),
            "the client certificate is nobody's; send a token",
            id="a stranger's certificate",
        ),
    ],
)
def test_nobody_else_may_ask_and_is_told_why(
    knowing: Gateway, token: str | None, headers: dict[str, str], said: str
) -> None:
    status, body, back = ask(knowing, token=token, **headers)

    assert status == 401
    assert body == {
        "errors": [{"message": said, "extensions": {"code": "UNAUTHENTICATED"}}]
    }
    assert back["www-authenticate"].startswith("Bearer")


def test_the_challenge_names_the_error_unless_nothing_was_sent(
    knowing: Gateway,
) -> None:
    nothing = ask(knowing)[2]["www-authenticate"]
    wrong = ask(knowing, token="wrong")[2]["www-authenticate"]

    assert nothing == "Bearer"
    assert wrong == (
        'Bearer error="invalid_token", error_description="the bearer token is not '
        'known; check it, or ask the operator for one"'
    )


def test_a_question_by_get_needs_a_caller_too(knowing: Gateway) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{knowing.url}/graphql?query=%7B__typename%7D")

    with refused.value:
        assert refused.value.code == 401


def test_a_lack_of_scope_names_what_would_do(knowing: Gateway) -> None:
    status, body, back = ask(knowing, PERSON, CATALOGUE, Accept=GRAPHQL)

    [error] = body["errors"]
    assert (status, error["extensions"]["code"]) == (403, "FORBIDDEN")
    assert error["extensions"]["requiredScopes"] == [["certificates:read"]]
    assert error["path"] == ["holder"]
    assert "data" not in body
    assert back["www-authenticate"] == (
        'Bearer error="insufficient_scope", scope="certificates:read"'
    )


def test_an_old_reader_is_told_in_the_body(knowing: Gateway) -> None:
    status, body, back = ask(knowing, PERSON, CATALOGUE)

    assert status == 200
    assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "www-authenticate" not in back


def test_a_bound_token_is_good_behind_the_proxy_alone(knowing: Gateway) -> None:
    mine = b64(hashlib.sha256(CERTIFICATE).digest())
    token = fresh_token(scope="schema:read", cnf={"x5t#S256": mine})

    assert ask(knowing, token=token, **certificate())[0] == 200
    assert ask(knowing, token=token)[0] == 401
    assert ask(knowing, token=token, **certificate(b"a thief's"))[0] == 401


def counted(gateway: Gateway, reason: str) -> float:
    """Return how many refusals the metrics have for ``reason``."""
    line = f'gateway_authentication_refusals_total{{reason="{reason}"}} '
    found = [
        float(text.removeprefix(line))
        for text in gateway.get("/metrics")[1].splitlines()
        if text.startswith(line)
    ]
    return found[0] if found else 0.0


def test_refusals_are_counted_by_reason(knowing: Gateway) -> None:
    before = counted(knowing, "unknown_issuer")

    ask(knowing, token=fresh_token(iss="https://evil.example"))

    assert counted(knowing, "unknown_issuer") == before + 1


def test_no_token_and_no_claim_is_written_down(knowing: Gateway) -> None:
    good = fresh_token(
        sub="sub-110101199003074514", jti="jti-77", scope="schema:read made-up:scope"
    )
    bad = fresh_token(sub="sub-of-a-thief", client_id="cl ient", aud="secret-audience")
    forged = good[:-20] + "A" * 20
    for token in (good, bad, forged, READER, "wrong-token-of-a-stranger"):
        ask(knowing, token=token)

    written = knowing.log + knowing.get("/metrics")[1]
    secrets = [
        *(part for token in (good, bad, forged) for part in token.split(".")),
        *("110101199003074514", "jti-77", "made-up:scope", "sub-of-a-thief"),
        *("secret-audience", "cl ient", READER, "wrong-token-of-a-stranger"),
    ]
    assert '"caller":"bureau:hr-platform"' in written
    assert [secret for secret in secrets if secret in written] == []


def test_a_header_is_decoded_as_one_spelling_only(knowing: Gateway) -> None:
    """The last character's unused bits: a second text with the same bytes."""
    token = fresh_token(scope="schema:read")
    other = token[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[token[-1]]

    assert base64url.encode(b"x" * 64)[-1:] in b"AQgw"
    assert ask(knowing, token=token)[0] == 200
    assert ask(knowing, token=other)[0] == 401
