"""A table of the national data exchange is whole, and names no key in the open."""

import pytest

from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from tests.connectors.agency import MANIFEST

TABLE = """
[national_exchange]
requester = "hr"
service = "certificates"
key_url = "https://exchange.example/key"
application_key = "secret:exchange-key"
"""
THROUGH = MANIFEST.replace('protocol = "rest"', 'protocol = "national-exchange"')


def manifest(*changes: tuple[str, str]) -> Manifest:
    text = THROUGH + TABLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_manifest(text)


def test_both_addresses_are_known() -> None:
    assert manifest().addresses == {
        "endpoint.url": "http://127.0.0.1:1/records",
        "national_exchange.key_url": "https://exchange.example/key",
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('requester = "hr"', "", "national_exchange.requester is missing"),
        ('service = "certificates"', "", "national_exchange.service is missing"),
        ("key_url", "# key_url", "national_exchange.key_url is missing"),
        ("application_key", "# ", "national_exchange.application_key is missing"),
        ("secret:exchange-key", "said-openly", "application_key"),
        ("https://exchange.example", "http://exchange.example", "key_url is http"),
        ("https://exchange.example/key", "https://:1", "key_url names no host"),
        ("[national_exchange]", '[national_exchange]\nwrapping = "AES"', "wrapping"),
        (
            "[national_exchange]",
            '[national_exchange]\ntime_header = "GJGXJHPT_RID"',
            "two things in one header",
        ),
        (
            "[national_exchange]",
            '[national_exchange]\nstale_codes = ["1", "200"]',
            "both have '200'",
        ),
        ('form = "record"', 'form = "response"', "sign each record"),
        ('protocol = "national-exchange"', 'protocol = "rest"', "remove the table"),
    ],
)
def test_what_is_missing_or_contradicts_is_named(old: str, new: str, said: str) -> None:
    changes = [(old, new)]
    if 'form = "response"' in new:
        changes.append(('absence = "absence"', ""))
    with pytest.raises(ManifestError, match=said):
        manifest(*changes)
