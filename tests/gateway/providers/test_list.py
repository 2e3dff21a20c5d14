"""The list says which key signs when; what it cannot say refuses the start."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.errors import StartError
from gateway.providers.key_list import (
    ALGORITHMS,
    KeyList,
    Use,
    read_key_list,
    write_key_list,
)
from gateway.providers.wiring import read_listed
from gateway.settings.providers import ProviderOptions, require_whole
from signing.algorithms import Algorithm
from tests.architecture.documents import table
from tests.gateway.providers.held import (
    NOON,
    Key,
    by_folder,
    by_token,
    listed,
    opened,
    public_pem,
    settings_of,
)


@pytest.fixture(name="public")
def _public(keys: dict[str, Key]) -> str:
    return public_pem(keys["ed"].public_key())


def written(folder: Path, *keys: Any) -> Path:
    path = folder / "keys.toml"
    write_key_list(path, KeyList(key=keys))
    return path


def test_what_is_written_is_read(tmp_path: Path, keys: dict[str, Key]) -> None:
    found = [
        listed("here", n, public_pem(k.public_key()), signs_until=NOON)
        for n, k in keys.items()
    ]

    assert read_key_list(written(tmp_path, *found)).key == tuple(found)


def test_a_key_signs_from_one_moment_to_another(public: str) -> None:
    key = listed("here", "a", public, signs_until=NOON)
    second = timedelta(seconds=1)

    assert key.state(key.signs_from - second) == "announced"
    assert key.state(key.signs_from) == "signing"
    assert key.state(NOON - second) == "signing"
    assert key.state(NOON) == "retired"


def test_what_no_gateway_could_use_is_refused(tmp_path: Path, public: str) -> None:
    one = listed("here", "a", public)
    early = timedelta(days=3)
    many = [
        listed("here", "a", public_pem(Ed25519PrivateKey.generate().public_key()))
        for _ in range(21)
    ]
    rsa = generate_private_key(65537, 2048).public_key()
    pem = rsa.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for found, said in (
        ([one, one], "stands there twice"),
        ([listed("here", "a", public, signs_until=NOON - early)], "before it signs"),
        (many, "21 keys, at most 20"),
        ([listed("here", "a", pem)], "no PUBLIC KEY of Ed25519"),
        ([listed("here", "a", "abc")], "no PUBLIC KEY of Ed25519"),
    ):
        with pytest.raises(StartError, match=said):
            read_key_list(written(tmp_path, *found))
    with pytest.raises(StartError, match="is not there"):
        read_key_list(tmp_path / "none.toml")


def test_a_key_of_nobody_is_refused(tmp_path: Path, public: str) -> None:
    path = written(tmp_path, listed("gone", "a", public))
    settings = msgspec.structs.replace(settings_of({}), signing_keys_file=str(path))

    with pytest.raises(StartError, match=r"set \[providers\.gone\]"):
        read_listed(settings)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"kind": "file"}, "needs folder"),
        ({"kind": "pkcs11", "module": "m", "token": "t"}, "needs pin"),
        ({"kind": "http"}, "needs url"),
        ({"kind": "file", "folder": "f", "token": "t"}, "token means nothing"),
        (
            {"kind": "file", "folder": "f", "product_certificate": "GM0"},
            "product_certificate means nothing",
        ),
        ({"kind": "http", "url": "http://signs.example/"}, "begins with https"),
    ],
)
def test_a_provider_that_is_half_said_is_refused(
    stated: Mapping[str, Any], said: str
) -> None:
    options = msgspec.convert(stated, ProviderOptions)
    with pytest.raises(StartError, match=said):
        require_whole({"one": options})


@pytest.mark.parametrize(
    "stated",
    [
        {"kind": "pkcs11", "module": "m", "token": "t", "pin": "4711"},
        {"kind": "http", "url": "https://a.example", "bearer_token": "abc"},
    ],
)
def test_a_pin_or_token_is_never_said_itself(stated: Mapping[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match="secret:"):
        msgspec.convert(stated, ProviderOptions)


async def test_a_secret_is_for_those_that_it_names(folder: Path) -> None:
    with pytest.raises(StartError, match="names the secret 'other'"):
        async with opened(hsm=by_token(pin="secret:other")):
            pass
    async with opened(here=by_folder(folder)):
        pass


SPELT = {"Ed25519": Algorithm.ED25519, "P-256": Algorithm.ES256, "SM2": Algorithm.SM2}


@pytest.mark.parametrize("page", ["docs/operating.md", "docs/zh/operating.md"])
def test_the_page_has_every_use_and_its_algorithms(page: str) -> None:
    rows = {row[0].split("`")[1]: row[2] for row in table(page, "use")}

    assert {
        use: {SPELT[one] for one in re.findall("|".join(SPELT), said)}
        for use, said in rows.items()
    } == {use.value: {*ALGORITHMS[use]} for use in Use}
