"""What a manifest may say of a licence store, and of rows that nobody signs."""

from pathlib import Path

import pytest

from connectors.errors import ManifestError, UnreadableError
from connectors.manifest import read_manifest
from connectors.manifest_signature import UnsignedUse
from connectors.protocols.envelopes import digest_of_row
from connectors.protocols.licence_store import is_harmless
from tests.connectors.agency import MANIFEST

STORE = Path("sandbox/stores/licence-store.toml").read_text("utf-8")


def test_the_example_is_one_and_shares_no_calls() -> None:
    manifest = read_manifest(STORE)

    assert manifest.is_unsigned
    assert manifest.signature.unsigned is UnsignedUse.SHOWN
    assert not manifest.shares_calls


def test_rows_are_withheld_unless_a_manifest_says_otherwise() -> None:
    manifest = read_manifest(STORE.replace('unsigned = "shown"\n', ""))

    assert manifest.signature.unsigned is UnsignedUse.WITHHELD


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('account = "hr"', "", "licence_store.account is missing"),
        ('password = "secret', '# "secret', "licence_store.password is missing"),
        ('"secret:licence-store"', '"in the open"', "password"),
        ('use = "', '# "', "licence_store.use is missing"),
        ('matter_code = "itemCode"', "", "no name for 'matter_code'"),
        ('"itemCode"', '"CertificateType"', "stands for something else"),
        ('"itemCode"', '"sessionId"', "stands for something else"),
        (
            'account = "hr"',
            'account = "hr"\nsession_member = ""',
            "session_header are both empty",
        ),
        (
            'account = "hr"',
            'account = "hr"\ncode_member = "CertificateType"',
            "two things in one member",
        ),
        (
            'account = "hr"',
            'account = "hr"\nname_member = ""\nname_required = true',
            "no name is sent",
        ),
        ('account = "hr"', 'account = "hr"\nstale_codes = ["200"]', "have '200' twice"),
        ('form = "none"\nunsigned = "shown"', 'form = "record"', "whose rows nobody"),
        ('form = "none"', 'form = "record"', "signature.unsigned is set"),
        ("[record]", '[binding]\naudience = "us"\n[record]', "binding.audience is set"),
        ("[record]", "[cache]\nstale_if_error_seconds = 5\n[record]", "stale_if_error"),
        ('protocol = "licence-store"', 'protocol = "rest"', "remove the table"),
        ('"licence-store"\nurl', '"soap"\nurl', "asks for SOAP, which is not spoken"),
        ('"licence-store"\nurl', '"SOAP-1.2"\nurl', "SOAP, which is not spoken"),
        (":9105", ":9105/store?wsdl", "is the address of a SOAP service"),
        (":9105", ":9105/Store.asmx", "is the address of a SOAP service"),
        ('"licence-store"\nurl', '"rst"\nurl', "Invalid enum value 'rst'"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(old: str, new: str, said: str) -> None:
    assert old in STORE

    with pytest.raises(ManifestError, match=said):
        read_manifest(STORE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('protocol = "rest"', 'protocol = "graphql"'),
        (
            'protocol = "rest"\nurl = "http://127.0.0.1:1/records"',
            'protocol = "collected"',
        ),
    ],
)
def test_where_there_is_no_place_for_rows_somebody_signs(old: str, new: str) -> None:
    unsigned = MANIFEST.replace('form = "record"', 'form = "none"')
    unsigned = unsigned.replace('absence = "absence"', "")
    assert read_manifest(unsigned).is_unsigned
    assert old in unsigned

    with pytest.raises(ManifestError, match="has no place for plain rows"):
        read_manifest(unsigned.replace(old, new))


@pytest.mark.parametrize(
    ("reference", "is_shown"),
    [
        ("/files/1.ofd", True),
        ("https://files.example/1?page=2", True),
        ("1.2.156.3005.2.1", True),
        ("https://hr:key@files.example/1", False),
        ("https://files.example/1?sessionId=the-session", False),
        ("/files/1?key=the-password", False),
        ("javascript:alert(1)", False),
        ("data:image/png;base64,AAAA", False),
        ("//[", False),
        ("", False),
        ("/files/1\n", False),
        ("/" * 5000, False),
    ],
)
def test_a_reference_with_credentials_in_it_is_not_shown(
    reference: str, is_shown: bool
) -> None:
    secrets = ("the-session", "the-password")

    assert is_harmless(reference, secrets) is is_shown


def test_a_row_has_one_digest_however_it_is_written_and_none_if_it_is_too_deep() -> (
    None
):
    deep: dict[str, object] = {}
    for _ in range(500):
        deep = {"in": deep}

    assert digest_of_row({"a": 1, "b": 2}) == digest_of_row({"b": 2, "a": 1})
    with pytest.raises(UnreadableError, match="too deep"):
        digest_of_row(deep)
