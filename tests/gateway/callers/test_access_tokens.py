"""An access token (RFC 9068) names its client, with what its issuer may give."""

import pytest

from bureau.caller import Caller, Scope
from gateway.callers.claims import SKEW_SECONDS
from gateway.callers.refusal import Reason
from tests.gateway.callers.issuing import OTHER_ISSUER, Door, door
from tests.gateway.callers.minting import (
    AUDIENCE,
    ED25519,
    FOREIGN,
    NOW,
    RSA,
    Mint,
    with_hmac,
)

MINT = Mint()
ED = Mint(kid="ed25519-1", algorithm="Ed25519", key=ED25519)


@pytest.fixture(name="gate")
def _gate() -> Door:
    return door()


async def test_a_token_names_its_client_and_its_issuer(gate: Door) -> None:
    assert await gate.caller_of(MINT.token()) == Caller(
        "bureau:hr-platform",
        frozenset({Scope.READ_CERTIFICATES}),
        subject="bureau:officer-7",
    )


async def test_a_subject_that_is_the_client_is_no_officer(gate: Door) -> None:
    caller = await gate.caller_of(MINT.token(sub="hr-platform"))

    assert caller.subject is None


async def test_a_subject_that_is_no_officer_by_its_issuer_is_none() -> None:
    gate = door(subjects_are_officers=False)

    assert (await gate.caller_of(MINT.token())).subject is None


async def test_people_of_a_client_may_be_callers_apart() -> None:
    gate = door(subjects_are_callers=True)

    one = await gate.caller_of(MINT.token())
    again = await gate.caller_of(MINT.token(act={"sub": "router"}))
    other = await gate.caller_of(MINT.token(sub="officer-8"))
    client = await gate.caller_of(MINT.token(sub="hr-platform"))

    assert (one.id, client.id) == (again.id, "bureau:hr-platform")
    assert one.id.startswith("bureau:hr-platform#")
    assert len({one.id, other.id, client.id}) == 3
    assert "officer" not in one.id


@pytest.mark.parametrize("client", ["hr#0123456789abcdef", "h" * 180])
async def test_a_client_s_name_is_not_that_of_a_caller_apart(client: str) -> None:
    gate = door(subjects_are_callers=True)

    refused = await gate.refusal(MINT.token(client_id=client))

    assert refused is Reason.MISSING_CLAIM


async def test_a_subject_without_end_is_refused(gate: Door) -> None:
    token = MINT.token(sub="7" * 257)

    assert await gate.refusal(token) is Reason.MISSING_CLAIM


@pytest.mark.parametrize(
    "mint",
    [
        pytest.param(MINT, id="ES256"),
        pytest.param(ED, id="Ed25519"),
        pytest.param(Mint(kid="rs256-1", algorithm="RS256", key=RSA), id="RS256"),
        pytest.param(Mint(kid="ps256-1", algorithm="PS256", key=RSA), id="PS256"),
    ],
)
async def test_every_allowed_algorithm_is_verified(gate: Door, mint: Mint) -> None:
    assert (await gate.caller_of(mint.token())).id == "bureau:hr-platform"


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "AT+JWT"])
async def test_the_type_of_an_access_token_is_a_media_type(
    gate: Door, typ: str
) -> None:
    assert (await gate.caller_of(MINT.token({"typ": typ}))).id == "bureau:hr-platform"


@pytest.mark.parametrize(
    ("stated", "scopes"),
    [
        pytest.param({"scope": None}, set(), id="none"),
        pytest.param({"scope": ""}, set(), id="an empty text"),
        pytest.param(
            {"scope": "openid certificates:read identity:read"},
            {Scope.READ_CERTIFICATES, Scope.READ_IDENTITY},
            id="and those of others",
        ),
        pytest.param(
            {"scope": "certificates:read payments:write audit:read"},
            {Scope.READ_CERTIFICATES},
            id="no more than the issuer may give",
        ),
        pytest.param(
            {"scope": None, "roles": ["officer", "nobody-here", 7]},
            {Scope.READ_CERTIFICATES},
            id="of a role",
        ),
        pytest.param(
            {"scope": None, "roles": ["auditor"]},
            {Scope.READ_IDENTITY},
            id="of a role, no more than the issuer may give",
        ),
        pytest.param({"scope": "certificates:readx"}, set(), id="none that is whole"),
    ],
)
async def test_scopes_are_those_stated_that_the_issuer_may_give(
    gate: Door, stated: dict[str, object], scopes: set[Scope]
) -> None:
    assert (await gate.caller_of(MINT.token(**stated))).scopes == scopes


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"iss": None}, Reason.MISSING_CLAIM, id="no iss"),
        pytest.param({"iss": 7}, Reason.MISSING_CLAIM, id="iss no text"),
        pytest.param({"iss": "https://evil.example"}, Reason.UNKNOWN_ISSUER, id="iss"),
        pytest.param({"aud": None}, Reason.MISSING_CLAIM, id="no aud"),
        pytest.param({"aud": "other"}, Reason.WRONG_AUDIENCE, id="another's aud"),
        pytest.param({"aud": ["a", "b"]}, Reason.WRONG_AUDIENCE, id="others' aud"),
        pytest.param({"aud": {AUDIENCE: 1}}, Reason.WRONG_AUDIENCE, id="aud an object"),
        pytest.param({"aud": AUDIENCE + "/"}, Reason.WRONG_AUDIENCE, id="nearly"),
        pytest.param({"exp": None}, Reason.MISSING_CLAIM, id="no exp"),
        pytest.param({"exp": "1900000000"}, Reason.MISSING_CLAIM, id="exp a text"),
        pytest.param({"exp": True}, Reason.MISSING_CLAIM, id="exp a boolean"),
        pytest.param({"iat": None}, Reason.MISSING_CLAIM, id="no iat"),
        pytest.param({"sub": None}, Reason.MISSING_CLAIM, id="no sub"),
        pytest.param({"client_id": None}, Reason.MISSING_CLAIM, id="no client"),
        pytest.param({"client_id": ""}, Reason.MISSING_CLAIM, id="an empty client"),
        pytest.param({"client_id": "a\nb"}, Reason.MISSING_CLAIM, id="a line break"),
        pytest.param({"client_id": "x" * 129}, Reason.MISSING_CLAIM, id="a long one"),
        pytest.param({"scope": ["a"]}, Reason.MISSING_CLAIM, id="scope a list"),
        pytest.param({"roles": "auditor"}, Reason.MISSING_CLAIM, id="roles a text"),
        pytest.param({"exp": 1.9e9}, Reason.MALFORMED, id="a fraction"),
        pytest.param({"exp": 10**400}, Reason.MALFORMED, id="a number too large"),
    ],
)
async def test_claims_that_are_missing_or_anothers_are_refused(
    gate: Door, changes: dict[str, object], reason: Reason
) -> None:
    token = ED.token(**{"exp": NOW + 300, **changes})

    assert await gate.refusal(token) is reason


async def test_an_audience_may_be_one_of_several(gate: Door) -> None:
    token = MINT.token(aud=["https://other.example", AUDIENCE])

    assert (await gate.caller_of(token)).id == "bureau:hr-platform"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"exp": NOW - SKEW_SECONDS}, Reason.EXPIRED, id="expired"),
        pytest.param(
            {"nbf": NOW + SKEW_SECONDS + 1}, Reason.NOT_YET_VALID, id="nbf ahead"
        ),
        pytest.param(
            {"iat": NOW + SKEW_SECONDS + 1}, Reason.NOT_YET_VALID, id="iat ahead"
        ),
        pytest.param({"nbf": "tomorrow"}, Reason.MISSING_CLAIM, id="nbf a text"),
    ],
)
async def test_a_token_outside_its_time_is_refused(
    gate: Door, changes: dict[str, object], reason: Reason
) -> None:
    assert await gate.refusal(MINT.token(**changes)) is reason


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"exp": NOW - SKEW_SECONDS + 1}, id="expired a moment ago"),
        pytest.param({"nbf": NOW + SKEW_SECONDS}, id="from a moment ahead"),
        pytest.param({"iat": NOW + SKEW_SECONDS}, id="issued a moment ahead"),
    ],
)
async def test_clocks_may_differ_a_little(
    gate: Door, changes: dict[str, object]
) -> None:
    assert (await gate.caller_of(MINT.token(**changes))).id == "bureau:hr-platform"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param({"typ": None}, Reason.WRONG_TYPE, id="no typ"),
        pytest.param({"typ": "JWT"}, Reason.WRONG_TYPE, id="an ID token's"),
        pytest.param(
            {"typ": "certificate-record+jws"}, Reason.WRONG_TYPE, id="a record's"
        ),
        pytest.param(
            {"typ": "client-authentication+jwt"},
            Reason.WRONG_TYPE,
            id="an assertion's, where none is taken",
        ),
        pytest.param({"kid": None}, Reason.UNKNOWN_KEY, id="no kid"),
        pytest.param({"kid": 7}, Reason.UNKNOWN_KEY, id="a number for kid"),
        pytest.param({"kid": "es256-2"}, Reason.UNKNOWN_KEY, id="an unknown kid"),
        pytest.param({"alg": None}, Reason.WRONG_ALGORITHM, id="no alg"),
        pytest.param({"alg": "ES384"}, Reason.WRONG_ALGORITHM, id="not on the list"),
        pytest.param({"alg": "Ed25519"}, Reason.WRONG_ALGORITHM, id="another key's"),
        pytest.param({"alg": "es256"}, Reason.WRONG_ALGORITHM, id="in lower case"),
    ],
)
async def test_headers_that_do_not_fit_are_refused(
    gate: Door, header: dict[str, object], reason: Reason
) -> None:
    assert await gate.refusal(MINT.token(header)) is reason


async def test_an_algorithm_the_issuer_is_not_allowed_is_refused(gate: Door) -> None:
    """The key would do for both names; the configuration has one."""
    token = Mint(kid="ed25519-1", algorithm="EdDSA", key=ED25519).token()

    assert await gate.refusal(token) is Reason.WRONG_ALGORITHM


async def test_members_of_the_header_that_mean_nothing_here_are_ignored(
    gate: Door,
) -> None:
    token = MINT.token({"x5t": "abc", "x5t#S256": "abc", "company": "bureau"})

    assert (await gate.caller_of(token)).id == "bureau:hr-platform"


async def test_an_issuer_does_not_speak_for_another(gate: Door) -> None:
    """Both have a key ``es256-1``; only the issuer's own counts."""
    of_other = Mint(key=FOREIGN)

    assert (await gate.caller_of(of_other.token(iss=OTHER_ISSUER))).id == (
        "other:hr-platform"
    )
    assert await gate.refusal(of_other.token()) is Reason.BAD_SIGNATURE
    assert await gate.refusal(MINT.token(iss=OTHER_ISSUER)) is Reason.BAD_SIGNATURE


async def test_one_claim_changed_is_one_signature_broken(gate: Door) -> None:
    good, other = MINT.token(), MINT.token(scope="identity:read")
    head, _, tail = good.split(".")

    mixed = ".".join([head, other.split(".")[1], tail])

    assert await gate.refusal(mixed) is Reason.BAD_SIGNATURE


async def test_a_token_may_be_used_again_unless_the_issuer_says_once(
    gate: Door,
) -> None:
    token = MINT.token()

    assert await gate.caller_of(token) == await gate.caller_of(token)


async def test_a_token_for_one_use_is_refused_the_second_time() -> None:
    gate = door(single_use=True)
    token = MINT.token(jti="one")
    await gate.caller_of(token)

    assert await gate.refusal(token) is Reason.REPLAYED
    assert (await gate.caller_of(MINT.token(jti="two"))).id == "bureau:hr-platform"
    assert await gate.refusal(MINT.token(jti=None)) is Reason.MISSING_CLAIM


async def test_hmac_by_a_public_key_is_no_signature(gate: Door) -> None:
    assert await gate.refusal(with_hmac(RSA)) is Reason.WRONG_ALGORITHM
