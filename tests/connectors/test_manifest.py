"""A manifest is data: what it may say, and how a mistake in it is told."""

from pathlib import Path

import pytest

from connectors.errors import ManifestError
from connectors.manifest import read_manifest
from connectors.manifest_endpoint import Protocol
from connectors.manifest_signature import SignatureForm
from connectors.registry import load_manifests
from policy.evidence import AccountState
from policy.level import Level
from tests.connectors.agency import MANIFEST, manifest

SANDBOX = Path("sandbox/agencies")


def test_the_sandbox_agencies_differ_in_protocol_and_signature() -> None:
    manifests = load_manifests(SANDBOX)

    assert [(m.id, m.endpoint.protocol, m.signature.form) for m in manifests] == [
        ("emergency-management", Protocol.REST, SignatureForm.RECORD),
        ("fire-rescue", Protocol.REST, SignatureForm.RESPONSE),
        ("transport", Protocol.GRAPHQL, SignatureForm.RECORD),
    ]


def test_a_manifest_says_what_an_agencys_words_mean() -> None:
    read = manifest()

    assert read.record.values.level == {"4": Level.LEVEL_4}


def test_an_account_is_active_unless_the_manifest_says_otherwise() -> None:
    frozen = manifest(('id = "transport"', 'id = "transport"\naccount = "FROZEN"'))

    assert [manifest().account, frozen.account] == [
        AccountState.ACTIVE,
        AccountState.FROZEN,
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            "timeout_seconds",
            "timeout_second",
            "unknown key 'endpoint.timeout_second'; the nearest known one is "
            "'endpoint.timeout_seconds'",
            id="a misspelt key, with the nearest",
        ),
        pytest.param(
            "[signature]",
            "[signatures]",
            "unknown key 'signatures'; the nearest known one is 'signature'",
            id="a misspelt table, with the nearest",
        ),
        pytest.param(
            'id_number = "id"\n', "", "missing required field", id="a missing field"
        ),
        pytest.param(
            'url = "http://127.0.0.1:1/records"\n',
            "",
            "endpoint.url is missing",
            id="nobody to ask",
        ),
        pytest.param(
            'protocol = "rest"',
            'protocol = "collected"',
            "endpoint.url is set, but endpoint.protocol is 'collected'",
            id="an address where nobody is asked",
        ),
        pytest.param(
            'protocol = "rest"\nurl = "http://127.0.0.1:1/records"\n'
            "timeout_seconds = 0.5\n",
            'protocol = "collected"\n[collection]\nanswers_when_silent = true\n',
            "collection.answers_when_silent is set, but endpoint.protocol is",
            id="a fallback where nobody is asked",
        ),
        pytest.param(
            "timeout_seconds = 0.5",
            'second_url = "http://127.0.0.1:1/records"',
            "endpoint.second_url is endpoint.url; leave it out",
            id="the same address twice",
        ),
        pytest.param(
            "timeout_seconds = 0.5",
            'second_url = "http://agency.example/records"',
            "endpoint.second_url is http and leaves this machine",
            id="a second address that everybody can read",
        ),
        pytest.param(
            "timeout_seconds = 0.5",
            'second_url = "http://127.0.0.1:0/records"',
            "endpoint.second_url names no host, or the port 0",
            id="a second address that is none",
        ),
        pytest.param(
            'protocol = "rest"\nurl = "http://127.0.0.1:1/records"',
            'protocol = "collected"\nsecond_url = "http://127.0.0.1:1/records"',
            "endpoint.second_url is set, but endpoint.protocol is 'collected'",
            id="a second address where nobody is asked",
        ),
        pytest.param(
            'protocol = "rest"',
            'protocol = "pigeon"',
            "Invalid enum value 'pigeon'",
            id="a protocol nobody speaks",
        ),
        pytest.param(
            "http://127.0.0.1:1/records",
            "file:///etc/passwd",
            "endpoint.url",
            id="an address that is not HTTP",
        ),
        pytest.param(
            "http://127.0.0.1:1/records",
            "http://user@127.0.0.1/",
            "endpoint.url",
            id="an address with a user in it",
        ),
        pytest.param(
            '4 = "LEVEL_4"', '4 = "LEVEL_6"', "LEVEL_6", id="a level nobody has"
        ),
        pytest.param(
            "timeout_seconds = 0.5",
            "timeout_seconds = 0",
            "timeout_seconds",
            id="no time at all",
        ),
        pytest.param(
            'form = "record"',
            'form = "response"',
            "remove response.absence",
            id="an absence beside a signed body",
        ),
        pytest.param(
            'absence = "absence"',
            'nonce = "nonce"',
            "request.nonce and response.nonce go together",
            id="a nonce expected but not sent",
        ),
        pytest.param("[endpoint]", "[endpoint", "not TOML", id="no TOML"),
        pytest.param(
            'id = "transport"',
            "id = " + "[" * 3000,
            "inside one another",
            id="a deep array",
        ),
        pytest.param(
            'id = "transport"', "id = " + "9" * 5000, "not TOML", id="a long integer"
        ),
    ],
)
def test_a_manifest_is_refused_with_what_is_wrong(
    old: str, new: str, says: str
) -> None:
    with pytest.raises(ManifestError) as refused:
        read_manifest(MANIFEST.replace(old, new))

    assert says in str(refused.value)


def test_a_nonce_beside_records_signed_one_by_one_is_refused() -> None:
    text = MANIFEST.replace(
        "[response]", '[request]\nnonce = "n"\n[response]\nnonce = "n"'
    )

    with pytest.raises(ManifestError, match="a nonce outside the signed bytes"):
        read_manifest(text)


def test_a_nonce_for_an_entities_query_is_refused() -> None:
    text = MANIFEST.replace('protocol = "rest"', 'protocol = "graphql"').replace(
        "[response]", '[request]\nnonce = "n"\n[response]\nnonce = "n"'
    )

    with pytest.raises(ManifestError, match="an _entities query has no place for it"):
        read_manifest(text)


def test_two_manifests_with_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(MANIFEST)
    (tmp_path / "b.toml").write_text(MANIFEST)

    with pytest.raises(ManifestError, match=r"b\.toml: id 'transport' is taken"):
        load_manifests(tmp_path)


def test_a_folder_without_manifests_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="add one an agency"):
        load_manifests(tmp_path)
