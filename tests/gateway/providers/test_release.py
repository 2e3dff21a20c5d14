"""A release is checked by openssl as the page says, whoever keeps the key."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from gateway.cli import app
from gateway.errors import StartError
from gateway.providers.key_list import KeyList, ListedKey, Use, write_key_list
from gateway.settings.settings import Settings
from tests.architecture.documents import ROOT
from tests.gateway.providers.held import (
    ENVIRONMENT,
    NOON,
    Key,
    by_folder,
    by_server,
    by_token,
    half_in_token,
    listed,
    public_pem,
    settings_of,
)
from tests.node import unavailable
from tools.release import ReleaseError, main, make, put_committed, sign

WHEEL = "certificate_gateway-0.1.0-py3-none-any.whl"
PAGE = (ROOT / "docs" / "releases.md").read_text("utf-8")
(ED, P256, FILES) = re.findall(
    r"^```sh\n((?:openssl|sha256sum) .*)\n```$", PAGE, re.MULTILINE
)
DAY = timedelta(days=1)


@pytest.fixture(name="release")
def _release(tmp_path: Path) -> Path:
    """What somebody built."""
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / WHEEL).write_bytes(bytes(range(256)) * 40)
    (folder / "sbom.cdx.json").write_text("{}\n", "utf-8")
    return folder


def settings_with(key: ListedKey, place: Path, **provider: Any) -> Settings:
    file = place / "keys.toml"
    write_key_list(file, KeyList(key=(key,)))
    settings = settings_of({key.provider: provider})
    return msgspec.structs.replace(settings, signing_keys_file=str(file))


def is_good(release: Path, public: str, name: str) -> bool:
    """Check as the page says, in the release's folder."""
    # Beside the release and not in it, but where the commands look for it.
    (release / "release-key.pem").write_text(public, "utf-8")
    commands = {"ed": ED, "p256": P256}[name], FILES
    try:
        return not any(
            subprocess.run(
                command.split(), cwd=release, check=False, capture_output=True
            ).returncode
            for command in commands
        )
    finally:
        (release / "release-key.pem").unlink()


def files_in(release: Path) -> list[Path]:
    return sorted(release.iterdir())


def flip(path: Path) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


async def require_checked(release: Path, settings: Settings, name: str) -> None:
    """Sign and check; then change a byte of each file, and the key."""
    key = await sign(release, settings, ENVIRONMENT, NOON)

    public = key.half.pem()
    assert is_good(release, public, name)
    for path in files_in(release):
        flip(path)
        assert not is_good(release, public, name), path
        flip(path)
    assert is_good(release, public, name)
    other = (
        Ed25519PrivateKey.generate()
        if name == "ed"
        else generate_private_key(SECP256R1())
    )
    assert not is_good(release, public_pem(other.public_key()), name)


@pytest.mark.parametrize("name", ["ed", "p256"])
async def test_a_key_in_a_file_signs(
    release: Path, folder: Path, keys: dict[str, Key], tmp_path: Path, name: str
) -> None:
    key = listed("here", name, public_pem(keys[name].public_key()), use=Use.RELEASES)

    await require_checked(
        release, settings_with(key, tmp_path, **by_folder(folder)), name
    )


@pytest.mark.parametrize("name", ["ed", "p256"])
async def test_a_key_in_a_token_signs(
    release: Path, token: str, tmp_path: Path, name: str
) -> None:
    key = listed("hsm", name, half_in_token(name), use=Use.RELEASES)

    await require_checked(
        release, settings_with(key, tmp_path, **by_token(token=token)), name
    )


async def test_a_key_at_a_server_signs(
    release: Path, server: str, keys: dict[str, Key], tmp_path: Path
) -> None:
    key = listed("far", "p256", public_pem(keys["p256"].public_key()), use=Use.RELEASES)

    await require_checked(
        release, settings_with(key, tmp_path, **by_server(server)), "p256"
    )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"use": Use.RECEIPTS}, id="of another use"),
        pytest.param({"signs_from": NOON + DAY}, id="announced"),
        pytest.param({"signs_until": NOON}, id="retired"),
    ],
)
async def test_no_other_key_signs_a_release(
    release: Path, folder: Path, keys: dict[str, Key], tmp_path: Path, changes: Any
) -> None:
    stated = {"use": Use.RELEASES, **changes}
    key = listed("here", "ed", public_pem(keys["ed"].public_key()), **stated)
    settings = settings_with(key, tmp_path, **by_folder(folder))

    with pytest.raises(ReleaseError, match='no key of use "releases" signs now'):
        await sign(release, settings, ENVIRONMENT, NOON)

    assert not (release / "SHA256SUMS").exists()


async def test_a_key_of_sm2_is_none_for_releases(
    release: Path, folder: Path, keys: dict[str, Key], tmp_path: Path
) -> None:
    key = listed("here", "sm2", public_pem(keys["sm2"].public_key()), use=Use.RELEASES)
    settings = settings_with(key, tmp_path, **by_folder(folder))

    with pytest.raises(StartError, match="by which no releases are signed"):
        await sign(release, settings, ENVIRONMENT, NOON)


async def test_a_device_that_does_not_sign_leaves_no_sums(
    release: Path, token: str, tmp_path: Path
) -> None:
    key = listed("hsm", "ed", half_in_token("ed"), use=Use.RELEASES)
    settings = settings_with(key, tmp_path, **by_token(token=token, pin="secret:wrong"))

    with pytest.raises(ReleaseError, match="PinIncorrect"):
        await sign(release, settings, ENVIRONMENT, NOON)

    assert [path.name for path in files_in(release)] == [WHEEL, "sbom.cdx.json"]


def test_nothing_is_made_where_something_lies(release: Path) -> None:
    with pytest.raises(ReleaseError, match="is not empty"):
        make(release)


def test_what_is_not_committed_is_in_no_release(tmp_path: Path) -> None:
    repository, found = tmp_path / "repository", tmp_path / "found"
    repository.mkdir()

    def git(*words: str) -> None:
        who = ("-c", "user.name=n", "-c", "user.email=n@example.cn")
        subprocess.run(
            ["git", *who, *words], cwd=repository, check=True, capture_output=True
        )

    git("init")
    with pytest.raises(ReleaseError, match="git: "):
        put_committed(repository, found)
    (repository / "kept.py").write_text("a = 1\n", "utf-8")
    git("add", "kept.py")
    git("commit", "--message", "tests: begin")
    (repository / "kept.py").write_text("a = 2\n", "utf-8")
    (repository / "key.pem").write_text("secret", "utf-8")

    put_committed(repository, found)

    assert [path.name for path in files_in(found)] == ["kept.py"]
    assert (found / "kept.py").read_text("utf-8") == "a = 1\n"


@pytest.mark.long
def test_a_release_is_made_by_a_command_and_nothing_without_a_key(
    folder: Path, keys: dict[str, Key], tmp_path: Path
) -> None:
    if not (ROOT / ".git").exists():
        unavailable("this is no repository, and so has nothing that is committed")
    config, release = tmp_path / "release.toml", tmp_path / "made"
    config.write_text(
        'manifests = "m"\ntrust_bundle = "t"\ncertificate_id_key_file = "c"\n'
        'pseudonym_key_file = "p"\ntokens = []\nsigning_keys_file = "keys.toml"\n'
        f'[providers.here]\nkind = "file"\nfolder = "{folder}"\n',
        "utf-8",
    )
    words = [str(release), "--config", str(config)]
    (tmp_path / "keys.toml").write_text("", "utf-8")
    assert main(words) == 1
    assert not release.exists()
    rotate = ["keys", "rotate", "--config", str(config), "--provider", "here"]
    named = ["--name", "ed", "--use", "releases", "--announce-days", "0"]
    assert CliRunner().invoke(app, [*rotate, *named]).exit_code == 0

    made, again = main(words), main(words)

    assert (made, again) == (0, 1)
    assert is_good(release, public_pem(keys["ed"].public_key()), "ed")
    wheel, source, *others = [path.name for path in files_in(release)][2:]
    assert wheel.endswith(".whl")
    assert source.endswith(".tar.gz")
    assert others == ["sbom.cdx.json", "schema.graphql"]
    assert (release / "SHA256SUMS").read_text("utf-8").count("\n") == 4
