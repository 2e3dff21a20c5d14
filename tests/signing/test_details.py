"""Each refusal says what was found and what was allowed, and names a key it knows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from signing import checks, strict_json
from signing.algorithms import Algorithm
from signing.checks import (
    MAX_BODY_BYTES,
    MAX_DETACHED_SIGNATURE_BYTES,
    MAX_SIGNATURE_BYTES,
    Parts,
)
from signing.errors import Check, SigningError, TrustBundleError
from signing.sign import SigningKey
from signing.strict_json import MAX_DEPTH, MAX_INTEGER
from signing.trust import KeyState, TrustBundle, read_trust_bundle
from tests.signing.agency import ASKED_AT, BUNDLE, SAFETY, TRANSPORT, ask, record
from tests.signing.test_trust import TEXT

KEY = BUNDLE.keys[TRANSPORT.kid]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
SUSPENDED = replace(KEY, state=KeyState.SUSPENDED)


def state(key_state: KeyState, since: datetime | None) -> Callable[[], None]:
    key = replace(KEY, state=key_state, state_since=since)
    return lambda: checks.key_state(key, NOON)


def aged(age: timedelta) -> Callable[[], None]:
    return lambda: checks.freshness(NOON, NOON + age, HOUR, SECOND, KEY.kid)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (
            lambda: checks.size(b"x" * (MAX_SIGNATURE_BYTES + 1), None),
            "OVERSIZE: the JWS has 65537 bytes, at most 65536 allowed",
        ),
        (
            lambda: checks.size(b"x" * (MAX_DETACHED_SIGNATURE_BYTES + 1), b""),
            "OVERSIZE: the JWS has 4097 bytes, at most 4096 allowed",
        ),
        (
            lambda: checks.size(b"", b"x" * (MAX_BODY_BYTES + 1)),
            "OVERSIZE: the body has 4194305 bytes, at most 4194304 allowed",
        ),
        (lambda: checks.form(b"", None), "MALFORMED: 1 parts, 3 expected"),
        (lambda: checks.form(b"a.b", None), "MALFORMED: 2 parts, 3 expected"),
        (lambda: checks.form(b"a.b.c.d", b""), "TRAILING_BYTES: 4 parts, 3 expected"),
        (
            lambda: checks.form(b"YQ.YQ.YQ ", None),
            "TRAILING_BYTES: white space follows the signature",
        ),
        *(
            (
                lambda jws=jws: checks.form(jws, None),
                (
                    f"NON_CANONICAL_BASE64URL: the {part} part is not canonical "
                    "base64url without padding"
                ),
            )
            for jws, part in (
                (b"*.YQ.YQ", "header"),
                (b"YQ.*.YQ", "payload"),
                (b"YQ.YQ.*", "signature"),
            )
        ),
        (
            lambda: checks.form(b"YQ.YWI.YQ", b""),
            (
                "PAYLOAD_NOT_DETACHED: the middle part has 3 bytes beside a body, 0 "
                "allowed"
            ),
        ),
        (
            lambda: checks.key_source({"jwk": {}, "x5c": [], "jku": "", "kid": "a"}),
            (
                "KEY_IN_HEADER: the header has jku, jwk, x5c; keys come from the trust "
                "bundle by kid only"
            ),
        ),
        (
            lambda: checks.critical({"crit": ["b64", "x" * 70], "b64": False}, b""),
            f"UNKNOWN_CRIT: crit names '{'x' * 63}..., which is not understood here",
        ),
        (
            lambda: checks.payload_type({"typ": "字"}, {"b", "a"}),
            r"WRONG_TYPE: typ is '\u5b57', one of a, b allowed",
        ),
        (
            lambda: checks.signing_time({"iat": -1}),
            (
                "NO_SIGNING_TIME: iat is missing or no whole number of seconds in the "
                "calendar"
            ),
        ),
        (
            lambda: checks.known_key({"kid": "x"}, BUNDLE),
            "UNKNOWN_KEY: no key of the trust bundle has the kid 'x'",
        ),
    ],
)
def test_what_is_no_envelope_of_a_known_key_is_said_to_be_what_it_is(
    check: Callable[[], object], said: str
) -> None:
    with pytest.raises(SigningError) as refusal:
        check()

    error = refusal.value
    assert str(error) == f"{error.refusal}: {error.detail}" == said
    assert error.key_id is None


@pytest.mark.parametrize(
    ("check", "said"),
    [
        *(
            (
                lambda alg=alg: checks.algorithm({"alg": alg}, KEY),
                f"{refusal}: alg is {alg!r}, the key is for {KEY.algorithm}",
            )
            for alg, refusal in (
                ("none", "ALGORITHM_NONE"),
                ("NONE", "ALGORITHM_NONE"),
                ("HS256", "ALGORITHM_HMAC"),
                ("hs384", "ALGORITHM_HMAC"),
                ("HS512", "ALGORITHM_HMAC"),
                ("RS256", "WRONG_ALGORITHM"),
                (None, "WRONG_ALGORITHM"),
            )
        ),
        (
            lambda: checks.signature(Parts(b"", b"", b"ab", b""), KEY),
            (
                f"BAD_SIGNATURE: 2 bytes that are no {KEY.algorithm} signature of this "
                "header and payload by this key"
            ),
        ),
        (
            state(KeyState.SUSPENDED, None),
            "KEY_NOT_IN_FORCE: the key is suspended, only active keys are in force",
        ),
        (
            state(KeyState.RETIRED, NOON),
            (
                "KEY_NOT_IN_FORCE: the key is retired since 2026-03-01T12:00:00+00:00, "
                "only active keys are in force"
            ),
        ),
        (
            lambda: checks.key_window(KEY, KEY.not_before - SECOND, NOON),
            (
                "KEY_OUTSIDE_WINDOW: signed at 2025-12-31T23:59:59+00:00, the key is "
                "in force from 2026-01-01T00:00:00+00:00 to 2028-01-01T00:00:00+00:00"
            ),
        ),
        (
            lambda: checks.key_window(KEY, NOON, KEY.not_after + SECOND),
            (
                "KEY_OUTSIDE_WINDOW: asked at 2028-01-01T00:00:01+00:00, the key is in "
                "force from 2026-01-01T00:00:00+00:00 to 2028-01-01T00:00:00+00:00"
            ),
        ),
        (
            aged(HOUR + SECOND),
            "STALE: signed 1:00:01 before the question, at most 1:00:00 allowed",
        ),
        (
            aged(-2 * SECOND),
            (
                "SIGNED_IN_FUTURE: signed 0:00:02 after the question, at most 0:00:01 "
                "allowed; compare the clocks"
            ),
        ),
        (
            lambda: checks.scope(replace(KEY, scope=frozenset({"2", "1"})), "3"),
            "OUT_OF_SCOPE: item '3' is not among those the key may attest: 1, 2",
        ),
        (
            lambda: ask(record()).require_in_force(
                TrustBundle({KEY.kid: replace(KEY, scope=frozenset())}), ASKED_AT, None
            ),
            "KEY_CHANGED: the kid names another key now",
        ),
    ],
)
def test_what_a_known_key_did_not_sign_so_is_said_with_its_id(
    check: Callable[[], None], said: str
) -> None:
    with pytest.raises(SigningError) as refusal:
        check()

    assert str(refusal.value) == said
    assert refusal.value.key_id == KEY.kid


@pytest.mark.parametrize(
    "check",
    [
        lambda: checks.size(b"x" * MAX_SIGNATURE_BYTES, None),
        lambda: checks.size(b"x" * MAX_DETACHED_SIGNATURE_BYTES, b"x" * MAX_BODY_BYTES),
        lambda: checks.signing_time({"iat": 0}),
        lambda: checks.signing_time({"iat": 253402300799}),
        state(KeyState.RETIRED, NOON + SECOND),
        lambda: checks.key_window(KEY, KEY.not_before, KEY.not_after),
        aged(HOUR),
        aged(-SECOND),
        lambda: checks.scope(replace(KEY, scope=frozenset({"3"})), "3"),
    ],
)
def test_the_last_that_is_allowed_passes(check: Callable[[], object]) -> None:
    check()


def test_a_proof_alone_is_all_but_what_was_parsed() -> None:
    verified = ask(record())

    kept = verified.to_keep()

    for name in ("payload", "key", "signed_at", "type", "digest"):
        assert getattr(kept, name) == getattr(verified, name)
    assert not hasattr(kept, "content")


def test_a_key_signs_by_its_own_algorithm_alone() -> None:
    with pytest.raises(TrustBundleError):
        SigningKey("k", Algorithm.PS256, SAFETY.private_key)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"1" + b"]" * depth


@pytest.mark.parametrize(
    ("text", "is_proved"),
    [
        (b'{"a": ["b", {"c": "d"}], "e": {"f": [1, true, null]}}', True),
        (f'{{"a": [{MAX_INTEGER}, -{MAX_INTEGER}]}}'.encode(), True),
        (f"[{MAX_INTEGER + 1}]".encode(), False),
        (f"[-{MAX_INTEGER + 1}]".encode(), False),
        (b"[1.0]", False),
        (b'{"a": 1, "a": 1}', False),
        (rb'["\n"]', False),
        (nested(MAX_DEPTH), True),
        (nested(MAX_DEPTH + 1), False),
        (b"[", False),
    ],
)
def test_what_is_beyond_doubt_is_read_once(text: bytes, *, is_proved: bool) -> None:
    """A list of thousands of people is read by the quick reader alone."""
    proved = strict_json._prove(text)

    assert (proved is not None) is is_proved
    if is_proved:
        assert proved == strict_json.read(text, Check.PAYLOAD)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            TEXT.replace('institution = "', 'institution = "字', 1),
            "institution '字",
            id="an institution that is not printable",
        ),
        pytest.param(
            TEXT.replace('kid = "', 'kid = "字', 1), "kid '字", id="such a key id"
        ),
        pytest.param(
            f"a = {'[' * 100_000}",
            "not TOML of this shape: nested too deeply",
            id="nested too deeply",
        ),
    ],
)
def test_what_cannot_be_trusted_is_named(text: str, said: str) -> None:
    with pytest.raises(TrustBundleError) as refusal:
        read_trust_bundle(text)

    assert said in str(refusal.value)


@pytest.mark.parametrize("name", ["not_before", "not_after", "state_since"])
def test_a_moment_without_a_time_zone_is_named(name: str) -> None:
    naive = {name: NOON.replace(tzinfo=None)}

    with pytest.raises(TrustBundleError, match=f"^{name} of '{KEY.kid}' has no time"):
        replace(KEY, **naive)  # type: ignore[arg-type]  # by name


def test_a_bundle_with_a_byte_order_mark_is_read() -> None:
    assert read_trust_bundle(f"\ufeff{TEXT}") == BUNDLE
