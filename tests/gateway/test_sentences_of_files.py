"""Whatever cannot be made of a file or a folder is said of it, with what helps."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateway.errors import StartError
from gateway.init.folder import Place, make
from gateway.newcomer.files import Newcomer, write_newcomer
from gateway.privacy.verifying import _read as read_kept_checkpoint
from gateway.providers.folder import read_file_key
from gateway.providers.key_list import (
    KeyList,
    ListedKey,
    Use,
    read_key_list,
    require_sound,
    write_key_list,
)
from gateway.providers.public_halves import read_sm2_jwk
from gateway.providers.rotation import Wish, _half_in, list_of, rotate
from gateway.receipts.keys import read_receipt_keys
from gateway.receipts.published import published
from gateway.registration.check import plan_of, read_manifest_file
from gateway.schema.in_use import documents_in_use
from gateway.schema.older import read_schema, schema_at
from gateway.settings.providers import Kind, ProviderOptions, require_whole
from gateway.settings.secrets import SecretSource, read_secrets
from gateway.settings.settings import Settings, load_settings
from gateway.transparency.export import export
from gateway.witness.keys import make_keys
from gateway.witness.settings import load_witness_settings
from policy.catalogue import load_catalogue
from signing.errors import TrustBundleError

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
ED25519 = Ed25519PrivateKey.generate()
ABSENT = "No such file or directory"
NO_FOLDER = "Not a directory"


def pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    made = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.decode("ascii")


def public_pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    made = key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return made.decode("ascii")


SLOW = ec.generate_private_key(ec.SECP384R1())


def listed(name: str = "a", public_key: str | None = None, **more: object) -> ListedKey:
    """Return a key as the list has it."""
    stated = {"use": Use.RECEIPTS, "announced_at": NOW, "signs_from": NOW, **more}
    key = public_pem(ED25519) if public_key is None else public_key
    return ListedKey(provider="p", name=name, public_key=key, **stated)  # type: ignore[arg-type]  # of a test's own


def settings(**more: object) -> Settings:
    needed = {
        "manifests": "m",
        "trust_bundle": "t",
        "certificate_id_key_file": "c",
        "pseudonym_key_file": "p",
        "tokens": [],
    }
    return Settings(**{**needed, **more})  # type: ignore[arg-type]  # of a test's own


@pytest.fixture(name="here")
def _here(newest_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in a folder of files that are what they should not be."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "text": "nothing of use\n",
        "slow.pem": pem(SLOW),
        "slow-public.pem": public_pem(SLOW),
        "public.pem": public_pem(ED25519),
        "key.pem": pem(ED25519),
        "twice.pem": pem(ED25519) * 2,
        "gb18030": "",
        "empty": "",
        "no-toml": "= 1\n",
        "twice.toml": "",
    }.items():
        Path(name).write_text(text, "utf-8")
    Path("gb18030").write_bytes("密".encode("gb18030"))
    Path("no-key.pem").write_text(
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    )
    shutil.copy(newest_file, "log.db")
    write_key_list(Path("twice.toml"), KeyList(key=(listed(), listed("b"))))


def write_in_text(name: str) -> None:
    newcomer = Newcomer(
        id="id", body=name, credit_code="code", contact="contact", port=1
    )
    write_newcomer(Path("text/in"), newcomer, load_catalogue())


def secret(**stated: Any) -> object:
    sources = {"a": SecretSource(**{"connectors": ("c",), **stated})}
    return read_secrets(sources, {})


def rotated(**more: object) -> object:
    wish = Wish(
        provider="hsm",
        name="a",
        public_key=None,
        signs_from=NOW,
        overlap=timedelta(days=1),
    )
    asked = settings(signing_keys_file="absent.toml", **more)
    return asyncio.run(rotate(asked, wish, NOW))


NOT_UTF_8 = (
    "'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte"
)
NO_KEY = "is no PRIVATE KEY without a password"
TOO_SLOW = "others sign too slowly for every answer"
MAKE = "make one with: openssl genpkey -algorithm ed25519 -out"
BODIES = ", ".join(
    sorted({one.collection_body.id for one in load_catalogue().items.values()})
)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (
            lambda: make(Path("text/in"), Place("127.0.0.1", 1, None), NOW),
            "text: File exists",
        ),
        (
            lambda: write_in_text("shanghai-work-safety-institute"),
            f"text/in: {NO_FOLDER}",
        ),
        (
            lambda: write_in_text("nobody"),
            f"'nobody' collects no row of the annex; --body is one of {BODIES}",
        ),
        (lambda: read_file_key(Path(), "absent"), f"absent.pem: {ABSENT}"),
        (lambda: read_file_key(Path(), "no-key"), f"no-key.pem {NO_KEY}"),
        (
            lambda: read_file_key(Path(), "slow"),
            "slow.pem is neither Ed25519 nor on P-256 nor of SM2",
        ),
        (lambda: read_key_list(Path("absent")), "absent is not there"),
        (lambda: read_key_list(Path("gb18030")), f"gb18030: {NOT_UTF_8}"),
        (
            lambda: read_key_list(Path("twice.toml")),
            "twice.toml: a key stands there twice",
        ),
        (
            lambda: require_sound(
                KeyList(key=(listed(signs_until=NOW - timedelta(1)),))
            ),
            "the key 'a' ends before it signs",
        ),
        (
            lambda: require_sound(KeyList(key=(listed(public_key=public_pem(SLOW)),))),
            (f"the key 'a' is no PUBLIC KEY of Ed25519, P-256 or SM2; {TOO_SLOW}"),
        ),
        (lambda: write_key_list(Path("text/in"), KeyList()), f"text/in: {NO_FOLDER}"),
        (
            lambda: list_of(settings()),
            'name a list first: signing_keys_file = "keys.toml"',
        ),
        (rotated, "'hsm' is no provider; set [providers.hsm]"),
        (lambda: _half_in(Path("gb18030")), f"gb18030: {NOT_UTF_8}"),
        (
            lambda: _half_in(Path("slow-public.pem")),
            "slow-public.pem is no PUBLIC KEY of Ed25519, P-256 or SM2",
        ),
        (
            lambda: read_receipt_keys(Path("absent.pem")),
            f"absent.pem: {ABSENT}; {MAKE} absent.pem",
        ),
        (
            lambda: read_receipt_keys(Path("twice.pem")),
            "twice.pem: a key stands there twice; remove one of them",
        ),
        (
            lambda: read_receipt_keys(Path("no-key.pem")),
            f"no-key.pem, key 1 {NO_KEY}, and no PUBLIC KEY",
        ),
        (
            lambda: read_receipt_keys(Path("slow.pem")),
            (f"slow.pem, key 1 is neither an Ed25519 key nor one on P-256: {TOO_SLOW}"),
        ),
        (
            lambda: read_receipt_keys(Path("public.pem")),
            (
                "public.pem: the first key signs, and is a PUBLIC KEY here; put the "
                "private key first"
            ),
        ),
        (
            lambda: published(
                read_receipt_keys(Path("key.pem")), KeyList(key=(listed(),))
            ),
            "a key of receipts is in receipt_key_file and on the list of keys",
        ),
        (
            lambda: read_sm2_jwk({"kty": "EC", "crv": "SM2", "alg": "ES256"}),
            "a JWK of SM2 is for signatures, by the algorithm SM2",
        ),
        (
            lambda: read_manifest_file(Path("gb18030")),
            f"gb18030: {NOT_UTF_8}",
        ),
        (
            lambda: plan_of(None, ["310199198602140067"], []),
            (
                "the plan: --holder is NUMBER:ITEM, or NUMBER:ITEM,ITEM for two; name "
                "people with --plan, or with --holder and --absent"
            ),
        ),
        (
            lambda: plan_of(Path("gb18030"), [], []),
            f"gb18030: {NOT_UTF_8}; name people",
        ),
        (
            lambda: read_schema("nothing", "old.graphql"),
            "old.graphql is no schema in SDL: Syntax Error: Unexpected Name 'nothing'",
        ),
        (
            lambda: read_schema("type Holder { id: ID }", "old.graphql"),
            "old.graphql is no schema in SDL: it has no type Query",
        ),
        (
            lambda: schema_at(
                "gb18030", token_file=None, tls=None, unsafe_plain_http=False
            ),
            f"gb18030: {NOT_UTF_8}",
        ),
        (
            lambda: documents_in_use(None, [Path("text")]),
            "text: ",
        ),
        (
            lambda: asyncio.run(
                export(settings(database_url="sqlite:///log.db"), Path("out"))
            ),
            (
                "the log has no checkpoint yet; see transparency.key_file in "
                "docs/operating.md"
            ),
        ),
        (
            lambda: make_keys(Path("text/in")),
            f"text/in/ed25519.pem: {NO_FOLDER}",
        ),
        (
            lambda: load_witness_settings(Path("gb18030")),
            f"gb18030: {NOT_UTF_8}",
        ),
        (lambda: secret(file="gb18030"), "secrets.a: gb18030: UnicodeDecodeError"),
        (
            lambda: secret(provider="hsm"),
            "secrets.a: no provider is opened here that could keep 'a': hsm",
        ),
        (
            lambda: secret(file="empty"),
            "secrets.a: empty has 0 bytes; 1 to ",
        ),
        (
            lambda: secret(variable="NO_SUCH_VARIABLE"),
            "secrets.a: the variable NO_SUCH_VARIABLE is not set",
        ),
        (secret, "secrets.a: set one of file, variable and provider"),
        (
            lambda: secret(file="text", object="b"),
            "secrets.a: object means nothing without provider",
        ),
        (
            lambda: secret(file="text", connectors=()),
            "secrets.a: name the connectors or providers that may use it",
        ),
        (
            lambda: require_whole({"p": ProviderOptions(kind=Kind.FILE)}),
            "providers.p: a provider of kind file needs folder",
        ),
        (
            lambda: require_whole(
                {"p": ProviderOptions(kind=Kind.FILE, folder="f", url="https://a")}
            ),
            "providers.p: url means nothing to a provider of kind file",
        ),
        (
            lambda: require_whole(
                {"p": ProviderOptions(kind=Kind.HTTP, url="http://a.example")}
            ),
            "providers.p: url begins with https://, or is on this machine",
        ),
        (lambda: load_settings(Path("gb18030"), {}), f"gb18030: {NOT_UTF_8}"),
        (
            lambda: read_kept_checkpoint(Path("absent"), ()),
            f"absent: {ABSENT}",
        ),
        (
            lambda: read_kept_checkpoint(Path("text"), ()),
            "text: a note ends in an empty line and lines of signatures",
        ),
    ],
)
def test_it_is_said_of_which_file_and_what_helps(
    work: Callable[[], object], sentence: str
) -> None:
    with pytest.raises((StartError, TrustBundleError)) as refused:
        work()

    said = str(refused.value)
    assert said.startswith(sentence)
    # Where a library goes on, it says something.
    assert said == sentence or len(said) > len(sentence)
