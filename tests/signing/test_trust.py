"""What a trust bundle says, and what stops it from being used at all.

The bundles that must not load are among the vectors; here is what they leave over.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from signing.algorithms import Algorithm
from signing.errors import TrustBundleError
from signing.trust import (
    KeyState,
    TrustBundle,
    read_public_key,
    read_trust_bundle,
)
from tests.signing.agency import BUNDLE
from tests.vectors import mint

TEXT = (mint.FOLDER / "trust.toml").read_text()
KEY = BUNDLE.keys["test-transport-1"]


def test_a_bundle_is_read_as_written() -> None:
    key = read_trust_bundle(TEXT).keys["test-safety-1"]

    assert (
        key.kid,
        key.institution,
        key.algorithm,
        key.not_before,
        key.not_after,
        key.state,
        key.scope,
    ) == (
        "test-safety-1",
        "shanghai-work-safety-institute",
        Algorithm.ES256,
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2028, 1, 1, tzinfo=UTC),
        KeyState.ACTIVE,
        frozenset({"1.1", "1.2"}),
    )


def test_a_bundle_lists_its_keys_by_kid() -> None:
    assert sorted(BUNDLE.keys) == [
        "test-compromised-1",
        "test-fire-1",
        "test-retired-1",
        "test-safety-1",
        *sorted(mint.OF_SM2),
        "test-suspended-1",
        "test-transport-1",
    ]


def test_a_moment_of_another_time_zone_is_the_same_moment() -> None:
    text = TEXT.replace("2026-01-01T00:00:00Z", "2026-01-01T08:00:00+08:00")

    assert read_trust_bundle(text) == read_trust_bundle(TEXT)


def test_a_bundle_that_believes_nobody_says_so() -> None:
    assert read_trust_bundle("key = []\n").keys == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("# nothing\n", "no [[key]] table", id="nothing at all"),
        pytest.param("key = [", "not TOML", id="not TOML"),
        pytest.param("x = " + "[" * 5000, "not TOML", id="nested too deep"),
        pytest.param("keys = []", "unknown entry 'keys'", id="unknown table"),
        pytest.param("key = 1", "no [[key]] table", id="key is a number"),
        pytest.param("key = [1]", "key 1 is no [[key]] table", id="key of numbers"),
        pytest.param(
            TEXT.replace('kid = "test-safety-1"', "kid = 1"),
            "key 1: kid is a int, not a str",
            id="kid is a number",
        ),
        pytest.param(
            TEXT.replace('state = "suspended"', 'state = "off"'),
            "key 4: state is 'off', one of active, retired, suspended, compromised",
            id="unknown state",
        ),
        pytest.param(
            TEXT.replace('["1.1", "1.2"]', "[1.1]"),
            "key 1: scope is no list of item codes",
            id="scope of numbers",
        ),
        pytest.param(
            TEXT.replace('["1.1", "1.2"]', '["1.1", 1]'),
            "key 1: scope is no list of item codes",
            id="scope of a code and a number",
        ),
        pytest.param(
            TEXT.replace('["1.1", "1.2"]', '["1.1", ""]'),
            "key 1: scope is no list of item codes",
            id="scope of a code and of nothing",
        ),
        pytest.param(
            TEXT.replace("2026-01-01T00:00:00Z", "2026-01-01"),
            "key 1: not_before is a date, not a datetime",
            id="window in days",
        ),
        pytest.param(
            TEXT.replace("2028-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"),
            "key 1: not_after is outside the calendar",
            id="window beyond the calendar",
        ),
        pytest.param(
            TEXT.replace("BEGIN PUBLIC KEY", "BEGIN NOTHING"),
            "key 1: public_key is no PEM text of a PUBLIC KEY",
            id="no PEM",
        ),
    ],
)
def test_a_bundle_that_is_not_one_says_where(text: str, said: str) -> None:
    with pytest.raises(TrustBundleError) as caught:
        read_trust_bundle(text)

    assert said in str(caught.value)


def test_a_private_key_in_a_bundle_is_not_repeated() -> None:
    text = (mint.FOLDER / "bundle-private-key.toml").read_text()

    with pytest.raises(TrustBundleError) as caught:
        read_trust_bundle(text)

    assert str(caught.value) == "key 1: public_key is no PEM text of a PUBLIC KEY"


@pytest.mark.parametrize(
    "kid",
    [
        pytest.param("", id="empty"),
        pytest.param("密钥", id="not ASCII"),
        pytest.param("a\nb", id="line feed"),
        pytest.param("a" * 129, id="too long"),
    ],
)
def test_a_kid_that_would_not_survive_a_log_line_is_refused(kid: str) -> None:
    with pytest.raises(TrustBundleError):
        replace(KEY, kid=kid)


def test_the_longest_kid_is_allowed() -> None:
    assert replace(KEY, kid="a" * 128).kid == "a" * 128


def test_a_key_without_a_time_zone_is_refused() -> None:
    with pytest.raises(TrustBundleError, match="not_after of 'test-transport-1' has"):
        replace(KEY, not_after=datetime(2028, 1, 1))  # noqa: DTZ001 - what is refused


def test_a_window_may_be_one_moment() -> None:
    moment = datetime(2027, 1, 1, tzinfo=UTC)

    assert replace(KEY, not_before=moment, not_after=moment).not_after == moment


def test_a_bundle_made_by_hand_refuses_a_kid_that_leads_elsewhere() -> None:
    with pytest.raises(TrustBundleError, match="'other' leads to the key"):
        TrustBundle({"other": KEY})


def test_a_bundle_of_keys_refuses_a_kid_twice() -> None:
    with pytest.raises(TrustBundleError, match="occurs twice"):
        TrustBundle.of([KEY, replace(KEY, scope=frozenset())])


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        pytest.param({"state": KeyState.SUSPENDED}, True, id="state"),
        pytest.param(
            {"not_after": datetime(2027, 1, 1, tzinfo=UTC)}, True, id="window"
        ),
        pytest.param({"institution": "another"}, False, id="institution"),
        pytest.param({"scope": frozenset({"1.1"})}, False, id="scope"),
        pytest.param(
            {"public_key": BUNDLE.keys["test-retired-1"].public_key}, False, id="key"
        ),
    ],
)
def test_a_key_stays_the_same_key_whatever_its_state_and_window(
    changes: dict[str, object], same: bool
) -> None:
    assert KEY.is_same_as(replace(KEY, **changes)) is same  # type: ignore[arg-type]


@pytest.mark.parametrize("character", ["\x80", "é", "钥", "\ud800"])
def test_a_key_in_another_script_is_refused(character: str) -> None:
    with pytest.raises(TrustBundleError):
        read_public_key(
            f"-----BEGIN PUBLIC KEY-----{character}\nAAAA\n-----END PUBLIC KEY-----\n"
        )
