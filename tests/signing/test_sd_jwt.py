"""An SD-JWT has digests of what it hides, and a salt each; a list packs statuses."""

import base64
import hashlib
import json
import zlib
from typing import Any

import pytest

from signing.sd_jwt import NEVER_HIDDEN, SALT_BYTES, hidden
from signing.status_list import packed

NAMES = {"name": "某某", "level": "LEVEL_4", "item_code": "4-02-01-01"}


def raw(text: str | bytes) -> bytes:
    spelt = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64decode(spelt + b"=" * (-len(spelt) % 4))


def test_each_claim_is_a_disclosure_of_which_the_payload_has_the_digest() -> None:
    made = hidden({"iss": "x"}, NAMES)

    payload: dict[str, Any] = json.loads(made.payload)
    digests = [hashlib.sha256(one).digest() for one in made.disclosures]
    spelt = [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in digests]
    assert payload == {"iss": "x", "_sd_alg": "sha-256", "_sd": sorted(spelt)}
    shown = [json.loads(raw(one)) for one in made.disclosures]
    assert {name: value for _, name, value in shown} == NAMES
    salts = [raw(salt) for salt, _, _ in shown]
    assert {len(salt) for salt in salts} == {SALT_BYTES}
    assert len(set(salts)) == len(NAMES)
    assert made.issued(b"h.p.s").split("~") == [
        *("h.p.s", *(one.decode() for one in made.disclosures), ""),
    ]


def test_two_of_one_certificate_have_nothing_in_common() -> None:
    one, other = (set(hidden({}, NAMES).disclosures) for _ in range(2))

    assert one.isdisjoint(other)


@pytest.mark.parametrize("name", sorted(NEVER_HIDDEN))
def test_what_a_verifier_has_to_see_is_never_hidden(name: str) -> None:
    with pytest.raises(ValueError, match="never hidden"):
        hidden({}, {name: "x"})


def test_a_disclosure_is_as_in_the_example_of_the_rfc() -> None:
    """RFC 9901, 4.2.1 and 4.2.3; its example has spaces that ours has not."""
    salt = raw("_26bc4LT-ac6q2KI6cBW5es")[:SALT_BYTES]

    made = hidden({}, {"family_name": "Möbius"}, lambda _: salt)

    text = base64.urlsafe_b64encode(salt).rstrip(b"=").decode()
    told = raw(made.disclosures[0]).decode()
    assert told == f'["{text}","family_name","Möbius"]'


def test_statuses_are_packed_from_the_lowest_bit() -> None:
    """Token Status List, 4.1: two bits a status, the first in the lowest bits."""
    claim = packed({0: 1, 1: 2, 3: 3, 4: 2}, 8)

    assert claim["bits"] == 2
    assert zlib.decompress(raw(str(claim["lst"]))) == bytes([0b11_00_10_01, 0b10])
