"""``gateway keys``: the next key is announced, overlaps, and has signed beforehand."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.providers.key_list import Use, read_key_list
from gateway.providers.rotation import Wish, rotate
from gateway.settings.settings import Settings
from tests.gateway.providers.held import (
    BEARER,
    NOON,
    PIN,
    Key,
    by_folder,
    by_server,
    by_token,
    public_pem,
    settings_of,
    turn,
)

DAY = timedelta(days=1)


def wish_of(provider: str, name: str, public: Path | None = None) -> Wish:
    return Wish(
        provider=provider,
        name=name,
        public_key=public,
        signs_from=NOON + 7 * DAY,
        overlap=3 * DAY,
    )


def settings_in(folder: Path, **providers: object) -> Settings:
    return msgspec.structs.replace(
        settings_of(providers),  # type: ignore[arg-type]  # tables of options
        signing_keys_file=str(folder / "keys.toml"),
    )


async def test_the_next_key_begins_and_the_one_before_ends_later(
    folder: Path, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path, here=by_folder(folder))
    await rotate(settings, wish_of("here", "ed"), NOON)
    later = msgspec.structs.replace(
        read_key_list(tmp_path / "keys.toml").key[0], signs_until=NOON + 17 * DAY
    )
    second = Wish(
        provider="here",
        name="sm2",
        public_key=None,
        signs_from=NOON + 14 * DAY,
        overlap=3 * DAY,
    )

    listed = await rotate(settings, second, NOON + 8 * DAY)

    assert read_key_list(tmp_path / "keys.toml") == listed
    old, new = listed.key
    assert old == later
    assert (new.announced_at, new.signs_until) == (NOON + 8 * DAY, None)
    for days, states in (
        (13, ["signing", "announced"]),
        (14, ["signing", "signing"]),
        (17, ["retired", "signing"]),
    ):
        moment = NOON + days * DAY
        assert [key.state(moment) for key in listed.key] == states


async def test_a_token_is_asked_for_its_public_half(
    token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIN", PIN)
    settings = settings_in(tmp_path, hsm=by_token(token=token))

    [key] = (await rotate(settings, wish_of("hsm", "p256"), NOON)).key

    assert key.half.algorithm == "ES256"
    with pytest.raises(StartError, match="NoSuchKey"):
        await rotate(settings, wish_of("hsm", "none"), NOON)


async def test_a_key_that_does_not_sign_is_not_put_on_the_list(
    server: str, keys: dict[str, Key], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEARER", BEARER)
    settings = settings_in(tmp_path, far=by_server(server))
    public = tmp_path / "sm2.pem"
    public.write_text(public_pem(keys["sm2"].public_key()), "utf-8")
    path = tmp_path / "keys.toml"

    with pytest.raises(StartError, match="give --public-key"):
        await rotate(settings, wish_of("far", "sm2"), NOON)
    await turn(server, "wrong")
    with pytest.raises(StartError, match="does not sign, and is not put on the list"):
        await rotate(settings, wish_of("far", "sm2", public), NOON)
    await turn(server)
    with pytest.raises(StartError, match="does not sign, and is not put"):
        await rotate(settings, wish_of("far", "ed", public), NOON)
    assert not path.exists()

    await rotate(settings, wish_of("far", "sm2", public), NOON)
    before = path.read_bytes()
    with pytest.raises(StartError, match="stands there twice"):
        await rotate(settings, wish_of("far", "sm2", public), NOON)
    assert path.read_bytes() == before


async def test_what_is_not_configured_is_said(folder: Path, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, here=by_folder(folder))
    with pytest.raises(StartError, match=r"set \[providers\.gone\]"):
        await rotate(settings, wish_of("gone", "ed"), NOON)
    nowhere = msgspec.structs.replace(settings, signing_keys_file=None)
    with pytest.raises(StartError, match="name a list first"):
        await rotate(nowhere, wish_of("here", "ed"), NOON)
    bad = tmp_path / "bad.pem"
    bad.write_text("abc", "utf-8")
    with pytest.raises(StartError, match="no PUBLIC KEY"):
        await rotate(settings, wish_of("here", "ed", bad), NOON)


async def test_a_key_follows_that_of_its_use_and_sm2_signs_beside_the_log_s_own(
    folder: Path, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path, here=by_folder(folder))
    wish = wish_of("here", "ed")
    await rotate(settings, replace(wish, use=Use.CHECKPOINTS), NOON)
    await rotate(settings, replace(wish, name="p256", use=Use.CREDENTIALS), NOON)
    listed = await rotate(
        settings, replace(wish, name="sm2", use=Use.CHECKPOINTS), NOON
    )

    assert [key.signs_until for key in listed.key] == [None, None, None]
    elsewhere = settings_in(tmp_path / "other", here=by_folder(folder))
    with pytest.raises(StartError, match="by which no checkpoints are signed"):
        await rotate(elsewhere, replace(wish, name="p256", use=Use.CHECKPOINTS), NOON)


def test_by_command(folder: Path, tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(
        'manifests = "m"\ntrust_bundle = "t"\ncertificate_id_key_file = "c"\n'
        'pseudonym_key_file = "p"\ntokens = []\nsigning_keys_file = "keys.toml"\n'
        f'[providers.here]\nkind = "file"\nfolder = "{folder}"\n',
        "utf-8",
    )

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["keys", *words, "--config", str(config)])

    first = run("rotate", "--provider=here", "--name=ed", "--announce-days=0")
    second = run("rotate", "--provider=here", "--name=p256", "--overlap-days=2")
    shown, as_json = run("list"), run("list", "--json")

    assert (first.exit_code, second.exit_code, shown.exit_code) == (0, 0, 0)
    assert "Restart every gateway before" in first.stderr
    new, old = shown.stdout.splitlines()
    assert new.startswith("announced receipts    here p256 ")
    assert old.startswith("signing   receipts    here ed ")
    found = msgspec.json.decode(as_json.stdout)["keys"]
    assert [one["state"] for one in found] == ["announced", "signing"]
    assert found[0]["kid"] == new.split()[-1]
    ends = read_key_list(tmp_path / "keys.toml").key[0].signs_until
    assert ends is not None
    assert abs(ends - utc_now() - 9 * DAY) < DAY
