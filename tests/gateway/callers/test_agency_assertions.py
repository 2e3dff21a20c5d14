"""An agency signs in with the key it signs records with, for one request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bureau.caller import Caller, Scope
from connectors.manifest import read_manifest
from gateway.callers.agency_assertions import (
    LONGEST_SECONDS,
    AgencyAssertions,
    KnownAgency,
)
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.signed_token import read_signed_token
from policy.evidence import AccountState
from signing.algorithms import Algorithm
from signing.trust import KeyState, TrustBundle, TrustedKey
from tests.connectors.agency import COLLECTION_BODY, MANIFEST
from tests.gateway.callers.issuing import RememberedTokens
from tests.gateway.callers.minting import (
    AUDIENCE,
    ED25519,
    ES256,
    FOREIGN,
    NOW,
    compact,
    signature,
)

TODAY = datetime.fromtimestamp(NOW, UTC)
KEY = TrustedKey(
    kid="transport-1",
    institution=COLLECTION_BODY,
    algorithm=Algorithm.ED25519,
    public_key=ED25519.public_key(),
    not_before=TODAY - timedelta(days=1),
    not_after=TODAY + timedelta(days=1),
    state=KeyState.ACTIVE,
    scope=frozenset({"4-02-01-01"}),
)
OTHERS = replace(
    KEY,
    kid="safety-1",
    institution="shanghai-work-safety-institute",
    algorithm=Algorithm.ES256,
    public_key=ES256.public_key(),
)
BODY = read_manifest(MANIFEST).collection_body
SCOPES = frozenset({Scope.REGISTER})


def door(
    key: TrustedKey = KEY, account: AccountState = AccountState.ACTIVE
) -> AgencyAssertions:
    """Return what takes the agency's assertions."""
    return AgencyAssertions(
        agency_of={"transport": KnownAgency(BODY, account)}.get,
        key_of=TrustBundle.of([key, OTHERS]).keys.get,
        audience=AUDIENCE,
        scopes=SCOPES,
        used=RememberedTokens(),
    )


def assertion(header: dict[str, object] | None = None, /, **changes: object) -> str:
    """Return a good assertion but for ``header`` and ``changes``."""
    stated = {"alg": "EdDSA", "kid": "transport-1", "typ": "client-authentication+jwt"}
    claims = {
        "iss": "transport",
        "sub": "transport",
        "aud": AUDIENCE,
        "iat": NOW,
        "exp": NOW + LONGEST_SECONDS,
        "jti": "1",
        **changes,
    }
    return compact(
        {**stated, **(header or {})},
        {k: v for k, v in claims.items() if v is not None},
        lambda signed: signature("EdDSA", ED25519, signed),
    )


async def refusal(
    token: str, gate: AgencyAssertions | None = None, now: float = NOW
) -> Reason:
    with pytest.raises(AuthenticationError) as refused:
        await (gate or door()).caller_of(read_signed_token(token), now)
    return refused.value.reason


async def test_an_agency_is_a_caller_with_the_role_of_agencies() -> None:
    caller = await door().caller_of(read_signed_token(assertion()), NOW)

    assert caller == Caller("agency:transport", SCOPES)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"iss": None}, Reason.MISSING_CLAIM, id="no iss"),
        pytest.param({"iss": "nobody"}, Reason.UNKNOWN_AGENCY, id="no agency"),
        pytest.param({"sub": None}, Reason.MISSING_CLAIM, id="no sub"),
        pytest.param({"sub": "fire-rescue"}, Reason.UNKNOWN_AGENCY, id="for another"),
        pytest.param({"aud": None}, Reason.MISSING_CLAIM, id="no aud"),
        pytest.param({"aud": "https://x"}, Reason.WRONG_AUDIENCE, id="another's aud"),
        pytest.param({"exp": None}, Reason.MISSING_CLAIM, id="no exp"),
        pytest.param({"iat": None}, Reason.MISSING_CLAIM, id="no iat"),
        pytest.param({"jti": None}, Reason.MISSING_CLAIM, id="no jti"),
        pytest.param({"exp": NOW + 301}, Reason.TOO_LONG_LIVED, id="over five minutes"),
        pytest.param(
            {"iat": NOW - 400, "exp": NOW - 100}, Reason.EXPIRED, id="expired"
        ),
        pytest.param(
            {"iat": NOW + 60, "exp": NOW + 90}, Reason.NOT_YET_VALID, id="from tomorrow"
        ),
    ],
)
async def test_claims_that_do_not_fit_are_refused(
    changes: dict[str, object], reason: Reason
) -> None:
    assert await refusal(assertion(**changes)) is reason


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param({"kid": "nobodys"}, Reason.UNKNOWN_KEY, id="an unknown key"),
        pytest.param({"kid": "safety-1"}, Reason.UNKNOWN_KEY, id="another's key"),
        pytest.param({"alg": "ES256"}, Reason.WRONG_ALGORITHM, id="another algorithm"),
        pytest.param({"alg": "none"}, Reason.WRONG_ALGORITHM, id="none"),
    ],
)
async def test_keys_that_do_not_fit_are_refused(
    header: dict[str, object], reason: Reason
) -> None:
    assert await refusal(assertion(header)) is reason


async def test_a_signature_by_another_key_is_refused() -> None:
    public = ED25519.public_key()
    other = replace(KEY, algorithm=Algorithm.ES256, public_key=FOREIGN.public_key())
    signed_elsewhere = assertion().rpartition(".")[0] + "." + "A" * 86

    assert public != other.public_key
    assert await refusal(signed_elsewhere) is Reason.BAD_SIGNATURE
    assert (
        await refusal(assertion({"alg": "ES256"}), door(other)) is Reason.BAD_SIGNATURE
    )


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(replace(KEY, state=KeyState.COMPROMISED), id="revoked"),
        pytest.param(replace(KEY, state=KeyState.SUSPENDED), id="suspended"),
        pytest.param(replace(KEY, state=KeyState.RETIRED), id="retired"),
        pytest.param(
            replace(KEY, not_after=TODAY - timedelta(seconds=1)), id="expired"
        ),
        pytest.param(
            replace(KEY, not_before=TODAY + timedelta(seconds=1)), id="of tomorrow"
        ),
    ],
)
async def test_a_key_that_is_not_in_force_is_refused(key: TrustedKey) -> None:
    assert await refusal(assertion(), door(key)) is Reason.KEY_NOT_IN_FORCE


@pytest.mark.parametrize(
    "account", [AccountState.FROZEN, AccountState.COLLECTION_CANCELLED]
)
async def test_an_agency_whose_account_is_not_active_is_refused(
    account: AccountState,
) -> None:
    assert (
        await refusal(assertion(), door(account=account)) is Reason.ACCOUNT_NOT_ACTIVE
    )


async def test_an_assertion_is_good_for_one_request() -> None:
    gate = door()
    await gate.caller_of(read_signed_token(assertion()), NOW)

    assert await refusal(assertion(), gate) is Reason.REPLAYED
    assert (await gate.caller_of(read_signed_token(assertion(jti="2")), NOW)).id == (
        "agency:transport"
    )


async def test_a_used_assertion_is_remembered_until_it_has_expired() -> None:
    gate = door()
    await gate.caller_of(read_signed_token(assertion()), NOW)

    assert (
        await refusal(assertion(), gate, NOW + LONGEST_SECONDS + 29) is Reason.REPLAYED
    )
    assert (
        await refusal(assertion(), gate, NOW + LONGEST_SECONDS + 30) is Reason.EXPIRED
    )


async def test_what_is_refused_uses_nothing_up() -> None:
    gate = door()
    await refusal(assertion(aud="https://other.example"), gate)

    assert (
        await gate.caller_of(read_signed_token(assertion()), NOW)
    ).id == "agency:transport"
