"""A token of SoftHSM and a server for signatures, both real, with keys of their own."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pkcs11
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pkcs11 import Attribute, KeyType
from pkcs11.util.ec import encode_named_curve_parameters

from sandbox.signature_server import SignatureOptions, make_signature_app
from signing.sm2.sign import Sm2PrivateKey
from tests.gateway.providers.held import BEARER, LABEL, MODULE, PIN, Key, pem_of

MakeToken = Callable[[str], None]


@pytest.fixture(scope="package", name="make_token")
def _make_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeToken]:
    """Where tokens of this package are, and nobody else's."""
    if shutil.which("softhsm2-util") is None:
        # A laptop may be without; where everything has to run, nothing is left out.
        unavailable = pytest.fail if os.environ.get("CI") else pytest.skip
        unavailable("softhsm2-util not found; Debian has it in softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    tokens, file = folder / "tokens", folder / "softhsm2.conf"
    tokens.mkdir()
    file.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n", "utf-8")
    tool = ("softhsm2-util", "--init-token", "--free", "--so-pin", PIN, "--pin", PIN)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(file))
        yield lambda label: _quietly(*tool, "--label", label)


def _quietly(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="package", name="token")
def _token(make_token: MakeToken) -> str:
    """A token with one key of each kind; its label."""
    make_token(LABEL)
    module = pkcs11.lib(MODULE)
    module.reinitialize()
    curves = {
        "ed": (KeyType.EC_EDWARDS, bytes.fromhex("130c656477617264733235353139")),
        "p256": (KeyType.EC, encode_named_curve_parameters("secp256r1")),
    }
    with module.get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
        for name, (kind, parameters) in curves.items():
            session.create_domain_parameters(
                kind, {Attribute.EC_PARAMS: parameters}, local=True
            ).generate_keypair(store=True, label=name)
    return LABEL


@pytest.fixture(scope="package", name="keys")
def _keys() -> dict[str, Key]:
    return {
        "ed": Ed25519PrivateKey.generate(),
        "p256": generate_private_key(SECP256R1()),
        "sm2": Sm2PrivateKey.generate(),
    }


@pytest.fixture(scope="package", name="folder")
def _folder(keys: dict[str, Key], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys in files, for those who keep them so."""
    folder = tmp_path_factory.mktemp("keys")
    for name, key in keys.items():
        (folder / f"{name}.pem").write_bytes(pem_of(key))
    return folder


@asynccontextmanager
async def serving(options: SignatureOptions) -> AsyncIterator[str]:
    """Run a server for signatures; its address."""
    runner = web.AppRunner(make_signature_app(options), shutdown_timeout=0.01)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture(name="server")
async def _server(folder: Path) -> AsyncIterator[str]:
    """A server for signatures; its address."""
    async with serving(SignatureOptions(keys=str(folder), token=BEARER)) as address:
        yield address
