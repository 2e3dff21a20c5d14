"""A token of the configuration names its caller, with its scopes and its purpose."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from bureau.caller import Caller, LookUp, Purpose, Scope
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.roles import read_roles
from gateway.callers.static_tokens import StaticTokens
from gateway.errors import StartError
from gateway.settings.callers import Token

DIGEST = hashlib.sha256(b"a").hexdigest()
NOW = 1_800_000_000.0
ROLES = read_roles({"reader": ["certificates:read", "schema:read"]})


def caller_of(token: str, **entry: object) -> Caller | None:
    """Ask a configuration with one token whose ``token`` is."""
    known = Token(caller="hr-platform", sha256=DIGEST, **entry)  # type: ignore[arg-type]  # each test states its own fields
    return StaticTokens.of([known], ROLES).caller_of(token, NOW)


@pytest.mark.parametrize(
    ("token", "caller"),
    [
        pytest.param("a", Caller("hr-platform", frozenset()), id="known"),
        pytest.param("b", None, id="unknown"),
        pytest.param("", None, id="empty"),
        pytest.param("\udcff", None, id="not UTF-8"),
        pytest.param(DIGEST, None, id="the digest itself"),
    ],
)
def test_a_token_names_its_caller(token: str, caller: Caller | None) -> None:
    assert caller_of(token) == caller


def test_a_caller_has_the_scopes_of_its_roles_and_its_own() -> None:
    caller = caller_of("a", roles=("reader",), scopes=("identity:read",))

    assert caller is not None
    assert caller.scopes == {
        Scope.READ_CERTIFICATES,
        Scope.INTROSPECT,
        Scope.READ_IDENTITY,
    }


def test_a_token_may_carry_the_purpose_of_its_look_ups() -> None:
    caller = caller_of("a", purpose=Purpose.COMPLAINT, case_number="2026-17")

    assert caller is not None
    assert caller.look_up == LookUp(Purpose.COMPLAINT, "2026-17")


def test_a_token_is_good_until_it_expires() -> None:
    end = datetime.fromtimestamp(NOW, UTC)

    assert caller_of("a", expires_at=end + timedelta(seconds=1)) is not None
    with pytest.raises(AuthenticationError) as refused:
        caller_of("a", expires_at=end)
    assert refused.value.reason is Reason.EXPIRED


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(
            {"roles": ("raeder",)},
            "token of hr-platform: unknown role 'raeder'; "
            "the nearest known one is 'reader'",
            id="unknown role",
        ),
        pytest.param(
            {"scopes": ("identity:raed",)},
            "token of hr-platform: unknown scope 'identity:raed'; "
            "the nearest known one is 'identity:read'",
            id="unknown scope",
        ),
        pytest.param(
            {"purpose": Purpose.COMPLAINT},
            "token of hr-platform: purpose and case_number go together; set both",
            id="a purpose without a case",
        ),
        pytest.param(
            {"case_number": "2026-17"},
            "token of hr-platform: purpose and case_number go together; set both",
            id="a case without a purpose",
        ),
    ],
)
def test_what_means_nothing_stops_the_start(
    entry: dict[str, object], message: str
) -> None:
    with pytest.raises(StartError) as refused:
        caller_of("a", **entry)

    assert str(refused.value) == message


def test_a_role_with_an_unknown_scope_stops_the_start() -> None:
    with pytest.raises(StartError) as refused:
        read_roles({"officer": ["certificate:read"]})

    assert str(refused.value) == (
        "roles.officer: unknown scope 'certificate:read'; "
        "the nearest known one is 'certificates:read'"
    )
