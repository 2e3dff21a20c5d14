"""The end of a key is told in time, but of one that is followed by another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog

from connectors.registration.keys import trusted_key
from gateway.registry.expiry import key_ends
from signing.trust import KeyState, TrustBundle, TrustedKey
from tests.gateway.registry.alone import BODY, FILE, KEY, Gateway, registered
from tests.store.registration.office import (
    ITEM,
    NOON,
    stated,
)


@pytest.mark.parametrize(
    ("days", "event"), [(5, "a key ends soon"), (-1, "a key has ended")]
)
async def test_a_key_that_ends_soon_is_told_when_it_is_read(
    gateway: Gateway, days: int, event: str
) -> None:
    connector = registered()
    (key,) = connector.keys
    soon = replace(key.stated, not_after=NOON + timedelta(days=days))

    with structlog.testing.capture_logs() as logs:
        await gateway.put(replace(connector, keys=(replace(key, stated=soon),)))

    (told,) = (one for one in logs if one["event"] == event)
    assert (told["key"], told["days_left"]) == (KEY.kid, days)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        pytest.param({"a": {}}, {"a": None}, id="in time"),
        pytest.param({"a": {"not_after": 30}}, {"a": 30}, id="in a month"),
        pytest.param({"a": {"not_after": 7}}, {"a": 7}, id="in a week"),
        pytest.param({"a": {"not_after": -1}}, {"a": 0}, id="over"),
        pytest.param(
            {"a": {"not_after": 5}, "b": {"not_after": 90}}, {"b": None}, id="followed"
        ),
        pytest.param(
            {"a": {"not_after": 5}, "b": {"not_after": 5}}, {"b": 7}, id="two as long"
        ),
        pytest.param(
            {"a": {"not_after": 5}, "b": {"not_after": 90, "not_before": 1}},
            {"a": 7},
            id="followed by what is not in force yet",
        ),
        pytest.param(
            {"a": {"not_after": -2}, "b": {"not_after": -1}},
            {"a": 0, "b": 0},
            id="followed by what is over",
        ),
        pytest.param(
            {"a": {"not_after": 5}, "b": {"not_after": 90, "scope": {"1.1"}}},
            {"a": 7},
            id="followed by a key of other rows",
        ),
        pytest.param({"a": {"state": KeyState.RETIRED}}, {}, id="retired"),
        pytest.param({"a": {"institution": "another"}}, {}, id="another's"),
    ],
)
async def test_the_ends_of_keys_are_told_but_of_those_that_are_followed(
    gateway: Gateway, keys: dict[str, dict[str, Any]], told: dict[str, int | None]
) -> None:
    def key(kid: str, change: dict[str, Any]) -> TrustedKey:
        days = {"not_before": -30, "not_after": 365, **change}
        moments: dict[str, Any] = {
            name: NOON + timedelta(days=days.pop(name))
            for name in ("not_before", "not_after")
        }
        one = trusted_key(replace(stated(KEY), kid=kid), BODY, {ITEM})
        return replace(one, **moments, **days)

    bundle = TrustBundle.of(key(*one) for one in keys.items())
    gateway.registry.put_files_in_force([FILE], bundle)

    found = [*key_ends(gateway.live.snapshot, NOON)]
    assert {end.kid: end.warning for end in found} == told
    assert {end.agency for end in found} <= {FILE.id}
    for end in found:
        days = keys[end.kid].get("not_after", 365)
        assert end.days_left == pytest.approx(days)
