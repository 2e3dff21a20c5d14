"""A manifest's secret that a token keeps, read with the PIN that the operator names."""

import threading
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pkcs11 import Attribute, ObjectClass

from gateway.errors import StartError
from gateway.providers import pkcs11 as library
from gateway.providers.kept_secrets import secrets_of
from gateway.settings.secrets import SecretSource
from gateway.settings.settings import Settings
from signing.held import ProviderError
from tests.gateway.providers.held import (
    ENVIRONMENT,
    LABEL,
    MODULE,
    PIN,
    by_folder,
    by_server,
    by_token,
    half_in_token,
    listed,
    opened,
    settings_of,
)

VALUE = "令牌-4711"


@pytest.fixture(scope="module", name="kept")
def _kept(token: str) -> str:
    """A secret beside the keys of a token; its label."""
    assert token == LABEL
    with (
        pkcs11.lib(MODULE)
        .get_token(token_label=LABEL)
        .open(rw=True, user_pin=PIN) as session
    ):
        for label in ("transport-token", "twice", "twice"):
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.DATA,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: True,
                    Attribute.LABEL: label,
                    Attribute.VALUE: f"{VALUE}\n".encode(),
                }
            )
    return "transport-token"


def configured(provider: str = "module", **source: Any) -> Settings:
    """Return a configuration with one secret that a provider keeps."""
    settings = settings_of(
        {
            "module": by_token(),
            "shut": by_token(pin="secret:wrong"),
            "folder": by_folder(Path("/nowhere")),
            "server": by_server("https://signatures.example"),
        }
    )
    kept = SecretSource(provider=provider, connectors=("transport",), **source)
    settings.secrets["transport-token"] = kept
    return settings


@pytest.mark.parametrize("object_", [None, "transport-token"], ids=["name", "label"])
def test_a_secret_is_read_from_the_token_that_keeps_it(
    kept: str, object_: str | None
) -> None:
    source = {} if object_ is None else {"object": object_}

    found = secrets_of(configured(**source), ENVIRONMENT)

    assert found.kept[kept].value == VALUE
    assert found.kept[kept].connectors == {"transport"}


async def test_a_token_that_signs_goes_on_after_a_secret_was_read(kept: str) -> None:
    async with opened(module=by_token()) as providers:
        key = providers.key_of(listed("module", "ed", half_in_token("ed")))
        public = key.public_key
        assert isinstance(public, Ed25519PublicKey)
        for message in (b"before", b"between", b"after"):
            public.verify(await key.sign(message), message)
            assert secrets_of(configured(), ENVIRONMENT).kept[kept].value == VALUE


@pytest.mark.parametrize(
    ("provider", "source", "told"),
    [
        pytest.param("nobody", {}, "no provider 'nobody'", id="no provider"),
        pytest.param("folder", {}, "keeps no secrets", id="a folder"),
        pytest.param("server", {}, "keeps no secrets", id="a server"),
        pytest.param("module", {"object": "gone"}, "0 data objects", id="no object"),
        pytest.param("module", {"object": "twice"}, "2 data objects", id="two objects"),
        pytest.param("shut", {}, "PinIncorrect", id="another PIN"),
        pytest.param("module", {"file": "x"}, "set one of", id="two places"),
    ],
)
def test_what_cannot_be_read_stops_the_start_and_is_not_repeated(
    kept: str, provider: str, source: dict[str, str], told: str
) -> None:
    with pytest.raises(StartError, match=told) as refused:
        secrets_of(configured(provider, **source), ENVIRONMENT)

    assert f"secrets.{kept}" in str(refused.value)
    assert VALUE not in str(refused.value)
    assert PIN not in str(refused.value)


def test_a_token_that_says_nothing_is_not_waited_for(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "READ_SECONDS", 0.2)
    over = threading.Event()

    def silent() -> str:
        over.wait(60)
        return PIN

    silenced = library.Token(library.Module(MODULE), token, silent, 1)
    try:
        with pytest.raises(ProviderError, match=r"no answer within 0\.2 s"):
            silenced.data("transport-token")
    finally:
        silenced.close()
        over.set()
        silenced._threads.shutdown()

    assert silenced._opened == []
