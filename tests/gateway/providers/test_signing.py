"""Each provider signs so that the public key holds; what does not hold is not used."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.errors import StartError
from gateway.providers.pkcs11 import Module, Token
from sandbox.signature_server import SignatureOptions
from signing.algorithms import signature_check
from signing.held import HeldKey, ProviderError, Trouble
from signing.sm2.keys import SignatureForm
from tests.gateway.providers.conftest import MakeToken, serving
from tests.gateway.providers.held import (
    BEARER,
    MODULE,
    PIN,
    Heard,
    Key,
    by_folder,
    by_server,
    by_token,
    half_in_token,
    listed,
    opened,
    public_pem,
    turn,
)

DATA = b"header.payload"


async def require_signs(key: HeldKey) -> None:
    check = signature_check(key.algorithm, key.public_key)
    for data in (DATA, b"", b"x" * 9000):
        signature = await key.sign(data)
        assert len(signature) == 64
        assert check(signature, data)
        assert not check(signature, data + b".")


@pytest.mark.parametrize("name", ["ed", "p256", "sm2"])
async def test_a_file_signs(folder: Path, keys: dict[str, Key], name: str) -> None:
    one = listed("here", name, public_pem(keys[name].public_key()))
    async with opened(here=by_folder(folder)) as providers:
        await require_signs(providers.key_of(one))


@pytest.mark.parametrize("name", ["ed", "p256", "sm2"])
async def test_a_server_signs(server: str, keys: dict[str, Key], name: str) -> None:
    one = listed("far", name, public_pem(keys[name].public_key()))
    async with opened(far=by_server(server)) as providers:
        await require_signs(providers.key_of(one))


@pytest.mark.parametrize("form", SignatureForm)
async def test_a_server_signs_by_sm2_in_each_form(
    folder: Path, keys: dict[str, Key], form: SignatureForm
) -> None:
    one = listed("far", "sm2", public_pem(keys["sm2"].public_key()))
    options = SignatureOptions(keys=str(folder), token=BEARER, form=form)
    async with (
        serving(options) as server,
        opened(far=by_server(server, sm2_signature=form)) as right,
    ):
        await require_signs(right.key_of(one))
        for other in set(SignatureForm) - {form}:
            async with opened(far=by_server(server, sm2_signature=other)) as wrong:
                with pytest.raises(ProviderError, match="sm2_signature = ") as found:
                    await wrong.key_of(one).sign(DATA)
            assert found.value.trouble is Trouble.WRONG


@pytest.mark.parametrize("name", ["ed", "p256"])
async def test_a_token_signs(token: str, name: str) -> None:
    one = listed("hsm", name, half_in_token(name))
    heard = Heard()
    async with opened(heard, hsm=by_token(token=token)) as providers:
        await require_signs(providers.key_of(one))
    assert heard.results == ["signed"] * 3


@pytest.mark.parametrize(
    ("changes", "name", "trouble"),
    [
        pytest.param({"pin": "secret:wrong"}, "ed", Trouble.REFUSED, id="wrong PIN"),
        pytest.param({"token": "nobody"}, "ed", Trouble.AWAY, id="no such token"),
        pytest.param({"module": "/no.so"}, "ed", Trouble.AWAY, id="no such library"),
        pytest.param({}, "other", Trouble.REFUSED, id="no such key"),
        pytest.param({}, "p256", Trouble.REFUSED, id="a key of another kind"),
    ],
)
async def test_a_token_that_does_not_sign_is_said_and_nothing_of_a_pin(
    token: str, changes: dict[str, Any], name: str, trouble: Trouble
) -> None:
    one = listed("hsm", name, half_in_token("ed", token))
    heard = Heard()
    async with opened(heard, hsm=by_token(**changes)) as providers:
        with pytest.raises(ProviderError) as found:
            await providers.key_of(one).sign(DATA)

    assert (found.value.trouble, heard.results) == (trouble, [trouble])
    assert PIN not in str(found.value)
    assert "0000" not in str(found.value)


def test_a_pin_that_is_gone_is_a_signature_less_and_no_answer_less(token: str) -> None:
    def pin() -> str:
        raise StartError("secrets.pin: gone")

    one = Token(Module(MODULE), token, pin, 1)
    try:
        with pytest.raises(ProviderError, match="its PIN cannot be read"):
            one.public_half("ed")
    finally:
        one.close()


async def test_a_token_with_another_key_of_that_name_signs_nothing(token: str) -> None:
    """What it makes is checked by the key that was announced, and not by its own."""
    other = public_pem(Ed25519PrivateKey.generate().public_key())
    async with opened(hsm=by_token(token=token)) as providers:
        with pytest.raises(ProviderError) as found:
            await providers.key_of(listed("hsm", "ed", other)).sign(DATA)

    assert found.value.trouble is Trouble.WRONG


async def test_a_token_that_was_away_is_used_once_it_is_there(
    token: str, make_token: MakeToken
) -> None:
    late = Token(Module(MODULE), "late", lambda: PIN, 1)
    try:
        with pytest.raises(ProviderError) as away:
            late.public_half("ed")
        make_token("late")
        with pytest.raises(ProviderError) as empty:
            late.public_half("ed")
    finally:
        late.close()

    assert (away.value.trouble, empty.value.trouble) == (Trouble.AWAY, Trouble.REFUSED)
    assert half_in_token("ed", token)


@asynccontextmanager
async def at_server(
    url: str, keys: dict[str, Key], heard: Heard, name: str = "sm2", **changes: Any
) -> AsyncIterator[HeldKey]:
    one = listed("far", name, public_pem(keys["sm2"].public_key()))
    async with opened(heard, far=by_server(url, **changes)) as providers:
        yield providers.key_of(one)


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("wrong", Trouble.WRONG),
        ("away", Trouble.REFUSED),
        ("page", Trouble.WRONG),
    ],
)
async def test_what_a_server_says_wrongly_is_not_used(
    server: str, keys: dict[str, Key], trouble: str, expected: Trouble
) -> None:
    heard = Heard()
    await turn(server, trouble)
    async with at_server(server, keys, heard) as key:
        with pytest.raises(ProviderError) as found:
            await key.sign(DATA)

    assert (found.value.trouble, heard.results) == (expected, [expected])


async def test_a_server_with_another_signer_id_signs_nothing_and_that_it_may_be_the_id(
    server: str, keys: dict[str, Key]
) -> None:
    await turn(server, "other-id")
    async with at_server(server, keys, Heard()) as key:
        with pytest.raises(ProviderError, match="it may be the signer id") as found:
            await key.sign(DATA)

    assert found.value.trouble is Trouble.WRONG


async def test_nobody_waits_longer_than_the_bound_for_a_server(
    server: str, keys: dict[str, Key]
) -> None:
    heard = Heard()
    await turn(server, "slow", 600)
    async with at_server(server, keys, heard, timeout_seconds=0.05) as key:
        with pytest.raises(ProviderError, match=r"longer than 0.05 seconds"):
            await key.sign(DATA)
        asked = await turn(server)
        with pytest.raises(ProviderError, match="not asked"):
            await key.sign(DATA)
        assert await turn(server) == asked

    assert heard.results == [Trouble.SLOW, Trouble.RESTING]


async def test_nobody_is_there(keys: dict[str, Key]) -> None:
    heard = Heard()
    async with at_server("http://127.0.0.1:1", keys, heard) as key:
        with pytest.raises(ProviderError):
            await key.sign(DATA)

    assert heard.results == [Trouble.AWAY]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"bearer_token": "secret:wrong"}, "401", id="wrong token"),
        pytest.param({"bearer_token": None}, "401", id="no token"),
        pytest.param({"name": "other"}, "respValue is not 0", id="no such key"),
        pytest.param({"words": {"good": "200"}}, "is not 200", id="other words"),
        pytest.param({"sm2_signature": "raw"}, "64 expected", id="other spelling"),
    ],
)
async def test_a_server_that_refuses_is_said(
    server: str, keys: dict[str, Key], changes: dict[str, Any], said: str
) -> None:
    async with at_server(server, keys, Heard(), **changes) as key:
        with pytest.raises(ProviderError, match=said) as found:
            await key.sign(DATA)

    assert "0000" not in str(found.value)


async def test_a_file_with_another_key_refuses_the_start(folder: Path) -> None:
    other = public_pem(Ed25519PrivateKey.generate().public_key())
    async with opened(here=by_folder(folder)) as providers:
        with pytest.raises(StartError, match="another one than"):
            providers.key_of(listed("here", "ed", other))
        with pytest.raises(StartError, match=r"gone\.pem: No such file"):
            providers.key_of(listed("here", "gone", other))
