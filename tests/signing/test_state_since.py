"""A key's state may hold from a moment on: what was collected before stays proved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from signing.errors import Refusal, SigningError
from signing.trust import KeyState, TrustBundle, read_trust_bundle
from tests.signing.agency import ASKED_AT, BUNDLE, FRESHNESS, ask, record
from tests.vectors import mint

MOMENT = timedelta(microseconds=1)
ENDED = (KeyState.RETIRED, KeyState.SUSPENDED, KeyState.COMPROMISED)


def bundle_since(state: KeyState, since: timedelta | None) -> TrustBundle:
    """Return the bundle whose transport key is in ``state`` from then on."""
    at = None if since is None else ASKED_AT + since
    key = replace(BUNDLE.keys[mint.TRANSPORT], state=state, state_since=at)
    return TrustBundle.of([key])


@pytest.mark.parametrize("state", ENDED)
def test_what_was_collected_before_is_believed(state: KeyState) -> None:
    assert ask(record(), bundle_since(state, MOMENT)).key.kid == mint.TRANSPORT


@pytest.mark.parametrize(
    "since", [timedelta(0), -timedelta(days=9), None], ids=["then", "before", "always"]
)
@pytest.mark.parametrize("state", ENDED)
def test_what_was_collected_from_then_on_is_refused(
    state: KeyState, since: timedelta | None
) -> None:
    with pytest.raises(SigningError) as refused:
        ask(record(), bundle_since(state, since))

    assert refused.value.refusal is Refusal.KEY_NOT_IN_FORCE


def test_a_date_of_signing_before_that_moment_helps_nobody() -> None:
    """The signer writes it, and whoever has the key is a signer."""
    dated_back = record(signed_at=ASKED_AT - timedelta(minutes=30))

    with pytest.raises(SigningError) as refused:
        ask(dated_back, bundle_since(KeyState.COMPROMISED, -timedelta(minutes=1)))
    assert refused.value.refusal is Refusal.KEY_NOT_IN_FORCE


def test_a_kept_result_falls_at_that_moment() -> None:
    proof = ask(record())
    bundle = bundle_since(KeyState.COMPROMISED, MOMENT)

    proof.require_in_force(bundle, ASKED_AT, FRESHNESS)
    with pytest.raises(SigningError):
        proof.require_in_force(bundle, ASKED_AT + MOMENT, FRESHNESS)


def test_a_bundle_states_it() -> None:
    text = (mint.FOLDER / "trust.toml").read_text()
    changed = text.replace(
        'state = "active"', 'state = "retired"\nstate_since = 2026-03-01T08:00:00Z'
    )

    keys = read_trust_bundle(changed).keys.values()
    assert {key.state_since for key in keys if key.state is KeyState.RETIRED} >= {
        ASKED_AT
    }
