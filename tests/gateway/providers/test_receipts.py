"""Receipts by keys that are kept elsewhere: in overlap, and when nobody signs."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from typer.testing import CliRunner

from gateway.cli import app
from gateway.errors import StartError
from gateway.providers.key_list import KeyList, ListedKey, Use, write_key_list
from gateway.providers.wiring import open_providers
from gateway.receipts.attesting import Attesting
from gateway.receipts.wiring import open_attesting, receipt_keys
from gateway.settings.receipts import Receipts as Wanted
from signing.transparency.checkpoints import read_checkpoint
from tests.federation.credentials import ISSUE, OWN
from tests.federation.offices import ISSUER, PAYS, PUDONG
from tests.gateway.privacy.callers import entry
from tests.gateway.providers.held import (
    BEARER,
    ENVIRONMENT,
    MODULE,
    NOON,
    PIN,
    Heard,
    Key,
    by_folder,
    by_server,
    half_in_token,
    listed,
    pem_of,
    public_pem,
    settings_of,
    turn,
)
from tests.gateway.receipts.signing import parts_of, private
from tests.gateway.receipts.test_attesting import Counted, answered
from tests.ports import free_port
from tests.resolvers.test_store_away import context as context_of
from tests.running import TOKEN, Agencies, Gateway, eventually, running_gateway
from tests.sandbox.process import address_of, started

pytestmark = pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
REGISTRY = JWSRegistry(algorithms=["EdDSA", "ES256"], strict_check_header=False)
DAY = timedelta(days=1)
OFFICE = PUDONG
IDS = """query($idNumber: String!) { holder(idNumber: $idNumber) {
  ... on Holder { certificates { nodes { id } } } } }"""


class Clock:
    """Says the moment that it was set to."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def made(
    folder: Path, clock: Clock, *keys: ListedKey, **options: Any
) -> AsyncIterator[tuple[Attesting, Counted]]:
    """Open receipts by a list, with providers that ``options`` may have."""
    path = folder / "keys.toml"
    write_key_list(path, KeyList(key=keys))
    settings = msgspec.structs.replace(
        settings_of(options.pop("providers")), signing_keys_file=str(path), **options
    )
    counted = Counted()
    async with open_providers(settings, ENVIRONMENT, Heard()) as providers:
        yield (
            open_attesting(settings, clock, counted, key_of=providers.key_of),
            counted,
        )


async def receipt_of(attesting: Attesting) -> dict[str, Any]:
    body, _ = await answered(attesting, context_of())
    found: dict[str, Any] = body.get("extensions", {}).get("receipt", {})
    return found


async def test_while_nobody_signs_answers_go_out_without_a_receipt(
    server: str, keys: dict[str, Key], tmp_path: Path
) -> None:
    key = listed("far", "p256", public_pem(keys["p256"].public_key()))
    far = by_server(server, rest_seconds=0.1)
    async with made(tmp_path, Clock(), key, providers={"far": far}) as (one, counted):
        for trouble in ("wrong", "away"):
            await turn(server, trouble)
            assert await receipt_of(one) == {}
        assert counted.found == ["failed", "failed"]

        await turn(server)
        while not (receipt := await receipt_of(one)):
            assert set(counted.found) == {"failed"}

        keys_ = KeySet.import_key_set(orjson.loads(one.keys.key_set()))
        assert jwt.decode(receipt["jws"], keys_, registry=REGISTRY).claims["iss"]
        assert counted.found[-1] == "signed"


async def test_one_key_goes_and_the_next_comes_without_a_restart(
    folder: Path, keys: dict[str, Key], tmp_path: Path
) -> None:
    clock = Clock()
    old = listed(
        "here", "ed", public_pem(keys["ed"].public_key()), signs_until=NOON + 2 * DAY
    )
    new = listed(
        *("here", "p256", public_pem(keys["p256"].public_key())),
        signs_from=NOON + DAY,
        signs_until=NOON + 3 * DAY,
    )
    providers = {"here": by_folder(folder)}
    async with made(tmp_path, clock, old, new, providers=providers) as (one, counted):
        signed_by = []
        for days in (0, 0.999, 1, 2.5):
            clock.now = NOON + days * DAY
            header, _ = parts_of((await receipt_of(one))["jws"])
            signed_by.append(header["kid"])
        assert signed_by == [old.half.kid] * 2 + [new.half.kid] * 2

        clock.now = NOON + 3 * DAY
        assert await receipt_of(one) == {}
        assert counted.found[-1] == "failed"

    # Whoever checks knows all of them at any time, and when each one signs.
    published = {jwk["kid"]: jwk for jwk in one.keys.published}
    assert published.keys() == {old.half.kid, new.half.kid}
    assert published[new.half.kid]["nbf"] == int(new.signs_from.timestamp())
    assert published[old.half.kid]["exp"] == int((NOON + 2 * DAY).timestamp())


async def test_before_the_first_key_of_the_list_the_file_signs(
    folder: Path, keys: dict[str, Key], tmp_path: Path
) -> None:
    file = tmp_path / "receipt-key.pem"
    file.write_bytes(private(Ed25519PrivateKey.generate()))
    new = listed(
        "here", "ed", public_pem(keys["ed"].public_key()), signs_from=NOON + DAY
    )
    clock = Clock()
    stated: dict[str, Any] = {
        "providers": {"here": by_folder(folder)},
        "receipt_key_file": str(file),
    }
    async with made(tmp_path, clock, new, **stated) as (one, _):
        before, _ = parts_of((await receipt_of(one))["jws"])
        clock.now = NOON + DAY
        after, _ = parts_of((await receipt_of(one))["jws"])

    assert [jwk["kid"] for jwk in one.keys.published] == [after["kid"], before["kid"]]

    file.write_bytes(pem_of(keys["ed"]))
    with pytest.raises(StartError, match="in receipt_key_file and on the list"):
        async with made(tmp_path, clock, new, **stated):
            pass


async def test_a_list_is_enough_to_sign_for_everybody(
    folder: Path, keys: dict[str, Key], tmp_path: Path
) -> None:
    key = listed("here", "ed", public_pem(keys["ed"].public_key()))
    stated: dict[str, Any] = {"providers": {"here": by_folder(folder)}}
    async with made(tmp_path, Clock(), key, **stated, receipts=Wanted.ALWAYS) as (
        one,
        _,
    ):
        assert one.keys.can_sign
    with pytest.raises(StartError, match="always"):
        async with made(tmp_path, Clock(), **stated, receipts=Wanted.ALWAYS):
            pass
    assert not receipt_keys(settings_of({})).can_sign


async def test_over_sockets_a_server_that_is_killed_half_way_loses_nothing(
    folder: Path,
    keys: dict[str, Key],
    running_agencies: Agencies,
    tmp_path: Path,
) -> None:
    """It signs receipts by SM2, credentials by P-256, checkpoints beside the file."""
    (tmp_path / "token").write_text(f"{BEARER}\n", "utf-8")
    uses = {"sm2": Use.RECEIPTS, "p256": Use.CREDENTIALS, "ed": Use.CHECKPOINTS}
    of = {
        name: listed("vault", name, public_pem(keys[name].public_key()), use=use)
        for name, use in uses.items()
    }
    write_key_list(tmp_path / "keys.toml", KeyList(key=tuple(of.values())))
    port = free_port("127.0.0.1")
    command = ("signature-server", "--keys", str(folder), "--token", BEARER)
    tables = (
        f'[providers.vault]\nkind = "http"\nurl = "http://127.0.0.1:{port}/sign"\n'
        'bearer_token = "secret:vault"\ntimeout_seconds = 10\nrest_seconds = 0.1\n'
        '[secrets.vault]\nfile = "token"\nproviders = ["vault"]\n'
        f'[credentials]\nissuer = "{ISSUER}"\n{entry(OFFICE, *PAYS)}'
    )
    stated = 'signing_keys_file = "keys.toml"\n'
    with ExitStack() as stack:
        server = stack.enter_context(started(*command, "--port", str(port)))
        assert address_of(server)
        gateway = stack.enter_context(
            running_gateway(tmp_path, running_agencies, settings=stated, tables=tables)
        )

        published = orjson.loads(gateway.get("/receipts/keys")[1])["keys"]
        assert {one["kid"] for one in published} == {
            of[name].half.kid for name in ("sm2", "p256")
        }
        (tmp_path / "published.json").write_text(gateway.get("/receipts/keys")[1])
        certificate, shown = await_credential(gateway, running_agencies)
        header, _ = parts_of(shown["text"].split("~")[0])
        assert (header["alg"], header["kid"]) == ("ES256", of["p256"].half.kid)
        assert is_receipted(gateway, tmp_path)
        log = StoredSize(gateway)
        eventually(lambda: log.signed > 0)

        server.kill()
        server.wait()
        assert not is_receipted(gateway, tmp_path)
        assert issue(gateway, certificate)["code"] == "NOT_SIGNED"
        eventually(lambda: log.entries > log.signed)
        assert state_of(gateway) == (
            "degraded",
            [{"name": "vault", "state": "failing"}],
        )
        kept = log.signed

        again = stack.enter_context(started(*command, "--port", str(port)))
        assert address_of(again)
        eventually(lambda: log.signed > kept)
        eventually(lambda: issue(gateway, certificate)["__typename"] == "Credential")
        eventually(lambda: is_receipted(gateway, tmp_path))
        shown_now = gateway.get("/transparency/checkpoint", TOKEN)[1]
        _, note = read_checkpoint(shown_now.encode())
        assert len(note.signatures) == 3  # both files, and the server
        eventually(lambda: state_of(gateway)[1][0]["state"] == "signing")
        said = gateway.get("/metrics")[1]
        assert 'gateway_signatures_total{provider="vault",result="away"}' in said
        assert BEARER not in gateway.log


class StoredSize:
    """How long a gateway's log is, and how far it is signed."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def _shown(self, name: str) -> int:
        (line,) = (
            line
            for line in self._gateway.get("/metrics")[1].splitlines()
            if line.startswith(f"gateway_transparency_{name} ")
        )
        return int(float(line.split()[1]))

    @property
    def entries(self) -> int:
        return self._shown("entries")

    @property
    def signed(self) -> int:
        return self._shown("signed_size")


def state_of(gateway: Gateway) -> tuple[str, list[dict[str, str]]]:
    ready = orjson.loads(gateway.get("/health/ready")[1])
    return ready["status"], ready["providers"]


def is_receipted(gateway: Gateway, folder: Path) -> bool:
    """Say whether an answer has a receipt, which ``gateway verify`` believes then."""
    _, body, _ = gateway.post(
        {"query": "{ __typename }"}, headers={"Prefer": "receipt"}
    )
    assert body["data"] is not None
    if "extensions" not in body:
        return False
    (folder / "answer.json").write_bytes(orjson.dumps(body["extensions"]["receipt"]))
    done = CliRunner().invoke(
        app,
        ["verify", str(folder / "answer.json"), "--trust", f"{folder}/published.json"],
    )
    assert done.exit_code == 0, done.stdout
    return True


def issue(gateway: Gateway, certificate: str) -> dict[str, Any]:
    variables = {"id": certificate, "form": "SD_JWT_VC", "key": None}
    body = {"query": ISSUE, "variables": variables}
    found: dict[str, Any] = gateway.post(body, OFFICE, OWN)[1]["data"][
        "issueCredential"
    ]
    return found


def await_credential(
    gateway: Gateway, agencies: Agencies
) -> tuple[str, dict[str, Any]]:
    """Return somebody's certificate that is in force, and a credential of it."""
    for person in agencies.people:
        found = gateway.ask(IDS, idNumber=str(person["idNumber"]))["holder"]
        for one in found["certificates"]["nodes"]:
            shown = issue(gateway, one["id"])
            if shown["__typename"] == "Credential":
                return one["id"], shown
    raise AssertionError("nobody has a certificate in force")


async def test_over_sockets_a_token_signs(
    token: str, running_agencies: Agencies, tmp_path: Path
) -> None:
    (tmp_path / "pin").write_text(f"{PIN}\n", "utf-8")
    key = listed("hsm", "ed", half_in_token("ed", token))
    write_key_list(tmp_path / "keys.toml", KeyList(key=(key,)))
    tables = (
        f'[providers.hsm]\nkind = "pkcs11"\nmodule = "{MODULE}"\ntoken = "{token}"\n'
        'pin = "secret:pin"\ntimeout_seconds = 10\n'
        '[secrets.pin]\nfile = "pin"\nproviders = ["hsm"]\n'
    )
    stated = 'signing_keys_file = "keys.toml"\n'
    with running_gateway(
        tmp_path, running_agencies, settings=stated, tables=tables
    ) as gateway:
        question = {"query": "{ __typename }"}

        _, body, _ = gateway.post(question, headers={"Prefer": "receipt"})

        published = KeySet.import_key_set(
            orjson.loads(gateway.get("/receipts/keys")[1])
        )
        jws = body["extensions"]["receipt"]["jws"]
        assert jwt.decode(jws, published, registry=REGISTRY).claims["iss"]
        assert published.keys[0].thumbprint() == key.half.kid
    assert PIN not in gateway.log
