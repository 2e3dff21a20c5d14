"""A caller acts for the districts that its entry, its roles or its token state."""

import hashlib

import pytest

from bureau.caller import Caller, Scope
from gateway.callers.refusal import Reason
from gateway.callers.roles import Roles, read_roles
from gateway.callers.static_tokens import StaticTokens
from gateway.errors import StartError
from gateway.settings.callers import Token
from tests.gateway.callers.issuing import door
from tests.gateway.callers.minting import Mint

PUDONG, XUHUI, HUANGPU = "310115", "310104", "310101"
SCOPES = ["payments:write"]
ROLES = read_roles(
    {"pudong": SCOPES, "xuhui": SCOPES, "nowhere": SCOPES, "clerk": SCOPES},
    {"pudong": [PUDONG], "xuhui": [XUHUI], "nowhere": []},
)
MINT = Mint()


def entered(**entry: object) -> Caller:
    """Return the caller of an entry of the configuration."""
    digest = hashlib.sha256(b"a").hexdigest()
    known = Token(caller="hr", sha256=digest, **entry)  # type: ignore[arg-type]  # each test states its own fields
    caller = StaticTokens.of([known], ROLES).caller_of("a", 0.0)
    assert caller is not None
    return caller


@pytest.mark.parametrize(
    ("entry", "districts"),
    [
        pytest.param({}, None, id="nothing stated: all, as ever"),
        pytest.param({"roles": ("clerk",)}, None, id="a role without districts"),
        pytest.param({"districts": ()}, set(), id="none"),
        pytest.param({"districts": (PUDONG,)}, {PUDONG}, id="one"),
        pytest.param({"roles": ("pudong",)}, {PUDONG}, id="its role's"),
        pytest.param({"roles": ("clerk", "pudong")}, {PUDONG}, id="a role's beside"),
        pytest.param({"roles": ("nowhere",)}, set(), id="a role's that has none"),
        pytest.param(
            {"roles": ("pudong", "xuhui")}, {PUDONG, XUHUI}, id="of two roles"
        ),
        pytest.param(
            {"roles": ("pudong",), "districts": (HUANGPU,)},
            {PUDONG, HUANGPU},
            id="its own and its role's",
        ),
    ],
)
def test_an_entry_and_its_roles_add_up(
    entry: dict[str, object], districts: set[str] | None
) -> None:
    assert entered(**entry).districts == districts


def test_a_district_that_is_none_stops_the_start() -> None:
    with pytest.raises(StartError, match="token of hr: unknown district '310199'"):
        entered(districts=("310199",))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"pudnog": [PUDONG]}, "role_districts: unknown role 'pudnog'"),
        ({"pudong": ["310102"]}, "role_districts.pudong: unknown district '310102'"),
    ],
)
def test_a_mapping_that_means_nothing_stops_the_start(
    table: dict[str, list[str]], says: str
) -> None:
    with pytest.raises(StartError, match=says):
        read_roles({"pudong": SCOPES}, table)


@pytest.mark.parametrize(
    ("claims", "districts"),
    [
        pytest.param({}, set(), id="not stated: none, where an issuer states them"),
        pytest.param({"district": []}, set(), id="none"),
        pytest.param({"district": [PUDONG]}, {PUDONG}, id="one"),
        pytest.param({"district": PUDONG}, {PUDONG}, id="one as a text"),
        pytest.param(
            {"district": [PUDONG, "330102"]}, {PUDONG}, id="and a foreign one"
        ),
        pytest.param({"district": ["330102"]}, set(), id="a foreign one alone"),
        pytest.param({"district": ["*"]}, None, id="all"),
        pytest.param({"district": "*"}, None, id="all, as a text"),
        pytest.param({"roles": ["xuhui"]}, {XUHUI}, id="by a role alone"),
        pytest.param(
            {"district": [PUDONG], "roles": ["xuhui", "else"]},
            {PUDONG, XUHUI},
            id="by both",
        ),
    ],
)
async def test_a_claim_states_the_districts_of_a_token(
    claims: dict[str, object], districts: set[str] | None
) -> None:
    gate = door(roles=ROLES, districts_claim="district")

    assert (await gate.caller_of(MINT.token(**claims))).districts == districts


@pytest.mark.parametrize("stated", [7, {"a": 1}, [PUDONG, 7], True])
async def test_a_claim_of_another_form_is_refused(stated: object) -> None:
    gate = door(roles=ROLES, districts_claim="district")

    assert await gate.refusal(MINT.token(district=stated)) is Reason.MISSING_CLAIM


@pytest.mark.parametrize(
    ("claims", "districts"),
    [
        pytest.param({}, None, id="not stated: all, as ever"),
        pytest.param({"district": [PUDONG]}, None, id="a claim nobody configured"),
        pytest.param({"roles": ["pudong"]}, {PUDONG}, id="by a role"),
    ],
)
async def test_without_a_claim_in_the_configuration_roles_alone_bind(
    claims: dict[str, object], districts: set[str] | None
) -> None:
    gate = door(roles=ROLES)

    assert (await gate.caller_of(MINT.token(**claims))).districts == districts


@pytest.mark.parametrize(
    ("claims", "districts"),
    [
        pytest.param({"district": ["*"]}, {PUDONG, XUHUI}, id="all"),
        pytest.param({"district": [PUDONG, HUANGPU]}, {PUDONG}, id="more"),
        pytest.param({}, set(), id="none"),
    ],
)
async def test_an_issuer_gives_no_more_than_it_may(
    claims: dict[str, object], districts: set[str] | None
) -> None:
    most = frozenset({PUDONG, XUHUI})
    gate = door(roles=ROLES, districts_claim="district", districts=most)

    assert (await gate.caller_of(MINT.token(**claims))).districts == districts


async def test_an_issuer_of_some_districts_binds_all_its_tokens() -> None:
    gate = door(roles=ROLES, districts=frozenset({PUDONG}))

    assert (await gate.caller_of(MINT.token())).districts == frozenset({PUDONG})


@pytest.mark.parametrize(
    ("scopes", "districts", "seen"),
    [
        ({Scope.WRITE_PAYMENTS}, None, None),
        ({Scope.WRITE_PAYMENTS}, {PUDONG}, {PUDONG}),
        ({Scope.RECOVER}, set(), set()),
        ({Scope.AUDIT}, {PUDONG}, None),
        ({Scope.APPROVE, Scope.WRITE_PAYMENTS}, {PUDONG}, {PUDONG}),
    ],
)
def test_an_auditor_sees_all_and_acts_for_its_own(
    scopes: set[Scope], districts: set[str] | None, seen: set[str] | None
) -> None:
    bound = None if districts is None else frozenset(districts)
    caller = Caller("hr", frozenset(scopes), districts=bound)

    assert caller.districts_seen == seen
    assert caller.acts_for(XUHUI) is (districts is None)


def test_roles_without_a_mapping_bind_nobody() -> None:
    assert Roles({"clerk": frozenset()}).districts_of(["clerk"]) is None
