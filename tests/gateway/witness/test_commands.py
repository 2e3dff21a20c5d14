"""``gateway witness`` at the command line, and the witness as its operator runs it."""

import json
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import msgspec
import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.witness.settings import WitnessSettings
from gateway.witness.witness import CONFLICTS, STATUSES
from signing.transparency.merkle import leaf_hash
from signing.transparency.notes import Kind, read_verifier_key
from signing.transparency.witnessing import SUBMISSION_LIMIT
from store.errors import UnusableDatabaseError
from tests import nursery
from tests.architecture.documents import names
from tests.gateway.witness.running import Log, policy_of, serving, settle
from tests.signing.transparency.cosigning import LOG
from tests.signing.transparency.trees import of_size

TREE = of_size(20)
FORK = of_size(20)
FORK.leaves[2] = leaf_hash(b"another")
SHOWN = Log(LOG)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["witness", *words])


def test_keys_are_made_once_and_told_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    told = [run("keys", "w.example/1", "--folder", str(folder)) for _ in range(2)]

    assert [one.exit_code for one in told] == [0, 0]
    assert told[0].stdout == told[1].stdout
    keys = [read_verifier_key(line) for line in told[0].stdout.splitlines()]
    assert [(key.name, key.kind) for key in keys] == [
        ("w.example/1", Kind.COSIGNATURE_ED25519),
        ("w.example/1", Kind.COSIGNATURE_ML_DSA_44),
    ]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"ed25519.pem": 0o600, "ml-dsa-44.pem": 0o600}


@pytest.mark.parametrize("name", ["", "w x", "w+x", "w" * 256])
def test_no_key_is_made_for_a_name_that_cannot_be_used(
    tmp_path: Path, name: str
) -> None:
    refused = run("keys", "--folder", str(tmp_path / "keys"), "--", name)

    assert isinstance(refused.exception, StartError)
    assert not (tmp_path / "keys").exists()


def test_a_key_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    refused = run("keys", "w.example", "--folder", str(tmp_path / "file"))

    assert isinstance(refused.exception, StartError)


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ('name = "w.example"', 'name = "w example"', "named without space"),
        ('name = "w.example"', "", "missing required field `name`"),
        ("port", "prot", "nearest known one is 'port'"),
        ("logs = [", 'logs = ["nothing", ', "logs: a verifier key is"),
        ("logs = [", "more = [", "unknown key 'more'"),
        ('"ed25519.pem"', '"none.pem"', "make both with: gateway witness keys"),
        ('"ed25519.pem"', '"witness.toml"', "holds no key of Ed25519 or ML-DSA-44"),
        (str(LOG.key), "", "logs: "),
    ],
)
def test_what_a_witness_cannot_start_with_is_said(
    tmp_path: Path, was: str, becomes: str, why: str
) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])
    text = place.config.read_text("utf-8").replace(was, becomes)
    place.config.write_text(text, "utf-8")

    refused = run("serve", "--config", str(place.config))

    assert isinstance(refused.exception, StartError)
    assert why in str(refused.exception)
    assert not (tmp_path / "witness.db").exists()


def test_a_memory_that_is_none_is_refused_not_made_anew(tmp_path: Path) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])
    (tmp_path / "witness.db").write_text("no database, and long enough to look like it")

    refused = run("serve", "--config", str(place.config))

    assert isinstance(refused.exception, UnusableDatabaseError)


def test_without_a_memory_nobody_is_told_that_all_is_well(tmp_path: Path) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])

    refused = run("conflicts", "--config", str(place.config))

    assert isinstance(refused.exception, StartError)
    assert "is not there" in str(refused.exception)


async def test_conflicts_are_told_with_both_checkpoints(tmp_path: Path) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])
    policy = policy_of(SHOWN, place.lines("E"), quorum="E")
    now = utc_now()
    async with serving(place), aiohttp.ClientSession() as session:
        await SHOWN.show(TREE, 7, policy, session, now)
        before = run("conflicts", "--config", str(place.config))
        await SHOWN.show(FORK, 7, policy, session, now)
        await SHOWN.show(FORK, 9, policy, session, now)
        after = run("conflicts", "--config", str(place.config))
        told = run("conflicts", "--config", str(place.config), "--json")

    assert (before.exit_code, before.stdout, before.stderr) == (0, "", "0 conflicts\n")
    notes = [
        str(SHOWN.signed(SHOWN.checkpoint(tree, size), now))
        for tree, size in ((TREE, 7), (FORK, 7), (TREE, 7), (FORK, 9))
    ]
    heads = [line for line in after.stdout.splitlines() if ", submitted 2" in line]
    assert [head.split(",")[0] for head in heads] == [
        f"FORK of {LOG.key.name}",
        f"UNPROVEN of {LOG.key.name}",
    ]
    assert after.stdout == "".join(
        f"{head}\n\ncosigned before:\n\n{kept}\nsubmitted then:\n\n{shown}\n"
        for head, kept, shown in zip(heads, notes[::2], notes[1::2], strict=True)
    )
    assert (after.exit_code, after.stderr) == (1, "2 conflicts\n")
    conflicts = json.loads(told.stdout)["conflicts"]
    assert (told.exit_code, len(conflicts)) == (1, 2)
    assert conflicts[0]["shown"] in after.stdout


async def test_only_checkpoints_are_taken_and_not_more_than_one_has(
    tmp_path: Path,
) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])
    async with serving(place) as process, aiohttp.ClientSession() as session:
        url = f"{place.url}/add-checkpoint"
        told = []
        for method, where, body in (
            ("GET", url, b""),
            ("POST", f"{place.url}/", b""),
            ("POST", url, b""),
            ("POST", url, b"x" * SUBMISSION_LIMIT),
            ("POST", url, b"x" * (SUBMISSION_LIMIT + 1)),
        ):
            async with session.request(method, where, data=body) as response:
                told.append(response.status)
        # Once the limit is passed nothing more is taken, however much there is.
        with suppress(aiohttp.ClientOSError):
            async with session.post(url, data=endless()) as response:
                assert response.status == 413
        process.terminate()
        assert process.wait(10) == 0

    assert told == [405, 404, 400, 400, 413]
    assert '"status":413' in place.log.replace(" ", "")


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 10_000


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    place = settle(tmp_path, "w.example", [LOG.key])
    text = place.config.read_text("utf-8").replace("port =", "port = 1 #")
    place.config.write_text(f'host = "192.0.2.1"\n{text}', "utf-8")

    done = nursery.run(
        [
            *(sys.executable, "-m", "gateway", "witness", "serve"),
            *("--config", str(place.config)),
        ],
        timeout=60,
    )

    assert done.returncode == 2
    assert "gateway: port 1 on 192.0.2.1 cannot be used" in done.stderr
    assert "port in the configuration" in done.stderr


def test_every_option_and_every_status_is_on_the_page() -> None:
    fields = [field.name for field in msgspec.structs.fields(WitnessSettings)]

    assert names("docs/transparency.md", "Option") == fields
    told = {int(status) for status in names("docs/transparency.md", "Status")}
    assert {*map(int, STATUSES.values())} <= told
    assert names("docs/transparency.md", "Kind") == [*CONFLICTS]
