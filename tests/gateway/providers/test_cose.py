"""A COSE receipt is signed by the log's key where that is kept, or not at all."""

import random
from pathlib import Path

import msgspec
import pytest

from bureau.evidence.proofs import decision_shown
from gateway.errors import StartError
from gateway.evidence.outside import receipt_of
from gateway.providers.key_list import KeyList, Use, write_key_list
from gateway.settings.settings import Settings
from gateway.settings.transparency import Transparency
from gateway.transparency.keys import own_key
from signing.transparency.cose_receipts import require_cose_receipt
from signing.transparency.merkle import leaf_hash
from tests.gateway.evidence.logs import ORIGIN, Log, bundle, log_key, recorded
from tests.gateway.providers.held import (
    BEARER,
    NOON,
    by_server,
    listed,
    pem_of,
    public_pem,
    settings_of,
    turn,
)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """The folder of the server for signatures, with the log's key in it alone."""
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "log.pem").write_bytes(pem_of(log_key()))
    return folder


@pytest.fixture(name="settings")
def _settings(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEARER", BEARER)
    path = tmp_path / "keys.toml"
    key = listed("far", "log", public_pem(log_key().public_key()), use=Use.CHECKPOINTS)
    write_key_list(path, KeyList(key=(key,)))
    return msgspec.structs.replace(
        settings_of({"far": by_server(server)}),
        signing_keys_file=str(path),
        transparency=Transparency(origin=ORIGIN),
    )


async def test_whoever_keeps_the_log_s_key_signs_a_receipt_or_there_is_none(
    server: str, settings: Settings
) -> None:
    log = Log(random.Random(5))  # noqa: S311 - an example, no secret
    made = recorded(log, 1)
    log.close()
    shown = bundle(log, log.shown(), made)
    own = own_key(settings, NOON)

    receipt = await receipt_of(shown, settings, own)

    leaf = leaf_hash(decision_shown(shown).entry)
    assert require_cose_receipt(receipt, leaf, own.key).subject == "decision 1"
    for trouble in ("wrong", "away"):
        await turn(server, trouble)
        with pytest.raises(StartError, match="the log's key does not sign"):
            await receipt_of(shown, settings, own)


def test_before_the_key_signs_there_is_none(settings: Settings) -> None:
    day = listed("far", "log", public_pem(log_key().public_key())).signs_from
    with pytest.raises(StartError, match="list a key of Ed25519 for checkpoints"):
        own_key(settings, day.replace(year=2020))
