"""A manifest is shown key by key, without its secrets; a key is refused by its id."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.registration.entries import HIDDEN, entries_of
from connectors.registration.keys import StatedKey, trusted_key
from connectors.registration.refusals import RegistrationError
from signing.algorithms import Algorithm
from tests.connectors.agency import KEY, MANIFEST

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STATED = StatedKey(
    kid="transport-9",
    algorithm=Algorithm.ED25519,
    public_key=KEY.public_pem(),
    not_before=NOW,
    not_after=NOW + timedelta(days=365),
)


def test_each_key_is_shown_where_it_stands_with_what_it_finds() -> None:
    secret = MANIFEST.replace(
        "timeout_seconds = 0.5", 'timeout_seconds = 0.5\nbearer_token = "kept-to-us"'
    )

    shown = {one.key: one for one in entries_of(secret)}

    assert shown["id"].value == "transport"
    assert shown["endpoint.timeout_seconds"].value == "0.5"
    assert shown["endpoint.bearer_token"].value == HIDDEN
    assert shown["record.values.state.01"].value == "VALID"
    assert "request.nonce" not in shown
    meaning = shown["record.issued_on"].meaning
    assert meaning is not None
    assert "issued" in meaning.en
    assert shown["endpoint.url"].meaning is shown["record.date_format"].meaning is None
    assert not any("kept-to-us" in one.value for one in shown.values())


def test_a_key_is_trusted_as_it_is_stated() -> None:
    trusted = trusted_key(STATED, "body", ["1.2", "1.1"])

    assert (trusted.kid, trusted.institution) == ("transport-9", "body")
    assert trusted.scope == {"1.1", "1.2"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kid": "310199-19600115-7008"}, "the key's id has an identity number"),
        ({"kid": ""}, "kid '' is not printable ASCII"),
        ({"algorithm": Algorithm.PS256}, "the public key is none for PS256"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_with_the_reason(
    changes: dict[str, object], said: str
) -> None:
    with pytest.raises(RegistrationError) as refused:
        trusted_key(replace(STATED, **changes), "body", [])  # type: ignore[arg-type]  # by name

    assert refused.value.code == "KEY_UNUSABLE"
    assert said in refused.value.detail
