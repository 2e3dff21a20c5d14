"""An agency's copy of the log names look-ups it was not shown, and refuses a fork."""

import asyncio
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlalchemy import text
from typer.testing import CliRunner, Result

from gateway.callers.assertion import assertion
from gateway.cli import app
from gateway.clock import utc_now
from gateway.settings.settings import load_settings
from gateway.transparency.keys import read_keys
from gateway.transparency.mirror import Mirror, MirrorError
from sandbox.agency import AgencyId
from sandbox.keys import load_keyring
from signing.sign import SigningKey
from signing.transparency.policies import read_policy
from store.store import open_store
from store.transparency.look_ups import StoredLookUps
from tests.contracts.people import nobodies
from tests.federation.queries import EMERGENCY, SOURCES, TRANSPORT
from tests.ports import free_port
from tests.postgresql import PostgreSQL
from tests.running import (
    DATABASE,
    Agencies,
    Gateway,
    eventually,
    gateway_by,
    running_gateway,
)

AGENCIES = (TRANSPORT, EMERGENCY)


AUDIENCE = "https://gateway.example"
CALLERS = f"""
[agency_callers]
audience = "{AUDIENCE}"
scopes = ["connectors:register"]
"""


def key_of(gateway: Gateway, agency: str) -> SigningKey:
    return load_keyring(gateway.folder / "keys", AgencyId(agency)).own


def token(gateway: Gateway, agency: str) -> str:
    return assertion(key_of(gateway, agency), agency, AUDIENCE, utc_now())


@contextmanager
def database(request: pytest.FixtureRequest, kind: str) -> Iterator[str]:
    """Have a database of a kind; the address is that of the configuration."""
    if kind == "sqlite":
        yield f"sqlite:///{DATABASE}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = asyncio.run(server.make_newest())
    yield server.url(name)
    asyncio.run(server.give_back(name))


@pytest.fixture(scope="module", name="kind", params=["sqlite", "postgresql"])
def _kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of database."""
    return str(request.param)


@pytest.fixture(scope="module", name="logging")
def _logging(
    request: pytest.FixtureRequest,
    kind: str,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    """A gateway that two agencies have tokens of."""
    folder = tmp_path_factory.mktemp("mirrored")
    with (
        database(request, kind) as url,
        running_gateway(
            folder, running_agencies, tables=CALLERS, database_url=url
        ) as gateway,
    ):
        policy = read_keys(load_settings(folder / "gateway.toml", {}))
        assert policy is not None
        (folder / "policy").write_text(f"log {policy.own[0]}\nquorum none\n")
        (folder / "keys").symlink_to(running_agencies.folder)
        tell(gateway)
        yield gateway


@pytest.fixture(name="second_url")
def _second_url(request: pytest.FixtureRequest, kind: str) -> Iterator[str]:
    """A database of the same kind for another gateway."""
    with database(request, kind) as url:
        yield url


def url_of(gateway: Gateway) -> str:
    """Return the address of a gateway's database, from anywhere."""
    url = load_settings(gateway.folder / "gateway.toml", {}).database_url
    return url.replace(f"///{DATABASE}", f"///{gateway.folder / DATABASE}")


def tell(gateway: Gateway) -> None:
    """Tell agencies what gateways tell them once a minute, as another one would."""

    async def once() -> None:
        async with open_store(url_of(gateway)) as store:
            await StoredLookUps(store).tell(utc_now())

    asyncio.run(once())


@contextmanager
def another(gateway: Gateway, folder: Path, url: str) -> Iterator[Gateway]:
    """Run a gateway with the same keys, and a database of its own."""
    not_its_own = shutil.ignore_patterns("*.db*", "*.log")
    shutil.copytree(gateway.folder, folder, symlinks=True, ignore=not_its_own)
    port, mine = free_port("127.0.0.1"), gateway.url.rpartition(":")[2]
    config = folder / "gateway.toml"
    stated = load_settings(gateway.folder / "gateway.toml", {}).database_url
    written = config.read_text("utf-8").replace(f"port = {mine}", f"port = {port}")
    config.write_text(written.replace(f'"{stated}"', f'"{url}"'), "utf-8")
    with gateway_by(config, port) as other:
        tell(other)
        yield other


def looked_up(gateway: Gateway) -> int:
    """Look somebody up; return the record's number, once all agencies are told."""
    (person,) = nobodies(1)
    before = last_record(gateway)
    gateway.ask(SOURCES, idNumber=person.number)
    # How it ended follows the answer.
    eventually(lambda: last_record(gateway) > before)
    tell(gateway)
    return last_record(gateway)


def last_record(gateway: Gateway) -> int:
    (found,) = run_on(gateway, ["SELECT max(id) FROM audit_records"])
    return found or 0


def run_on(gateway: Gateway, statements: Sequence[str]) -> list[Any]:
    """Run statements on a gateway's database; return the first value of the last."""

    async def once() -> list[Any]:
        async with (
            open_store(url_of(gateway)) as store,
            store.engine.begin() as connection,
        ):
            *before, last = statements
            for statement in before:
                await connection.execute(text(statement))
            done = await connection.execute(text(last))
            return list(done.scalars().all()) if done.returns_rows else []

    return asyncio.run(once())


def command(
    gateway: Gateway, name: str, folder: Path, agency: str, *more: str
) -> Result:
    policy = str(gateway.folder / "policy")
    stated = ["--agency", agency, "--policy", policy, *more]
    return CliRunner().invoke(app, ["transparency", name, str(folder), *stated])


def mirrored(
    gateway: Gateway, folder: Path, agency: str, *more: str, by: str | None = None
) -> Result:
    key = key_of(gateway, by or agency)
    secret = folder.parent / f"{by or agency}.pem"
    secret.write_bytes(
        key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    signed = ("--key", str(secret), "--key-id", key.kid, "--audience", AUDIENCE)
    reached = ("--url", gateway.url, *signed, *more)
    return command(gateway, "mirror", folder, agency, *reached)


def until_logged(gateway: Gateway, folder: Path, agency: str, number: int) -> Result:
    """Go on with a copy until a look-up is in it."""
    done: list[Result] = []

    def is_in() -> bool:
        done.append(mirrored(gateway, folder, agency))
        policy = read_policy((gateway.folder / "policy").read_bytes())
        copy = Mirror(folder, agency, policy)
        return any(one.after < number <= one.to for one in copy.shown)

    eventually(is_in)
    return done[-1]


def test_each_agency_sees_look_ups_of_its_own_data_alone(
    logging: Gateway, tmp_path: Path
) -> None:
    number = looked_up(logging)
    folders = {agency: tmp_path / agency for agency in AGENCIES}

    for agency, folder in folders.items():
        done = until_logged(logging, folder, agency, number)
        assert (done.exit_code, "NOT SHOWN" in done.output) == (0, False), done.output
        said = command(logging, "shown", folder, agency, "--look-up", str(number))
        assert said.exit_code == 0
        assert f"look-up {number}: shown" in said.output
        text = (folder / "look-ups.json").read_text()
        others = set(AGENCIES) - {agency}
        assert not any(other in text for other in others)
    own = [
        json.loads((folder / "own.json").read_bytes()) for folder in folders.values()
    ]
    assert not set(own[0]) & set(own[1])


def test_nobody_is_given_what_another_agency_is_told(
    logging: Gateway, tmp_path: Path
) -> None:
    (tmp_path / "copies").mkdir()

    done = mirrored(logging, tmp_path / "copies" / "a", TRANSPORT, by=EMERGENCY)

    assert done.exit_code == 2
    assert "answers 401" in done.output
    path, own = f"/look-ups/{TRANSPORT}", token(logging, TRANSPORT)
    assert logging.fetch(path, None)[0] == 401
    assert logging.fetch(path, own)[0] == 200
    said = logging.fetch(f"{path}?after=x", token(logging, TRANSPORT))
    assert said[:2] == (400, b"after is a number\n")
    said = logging.fetch(path, token(logging, EMERGENCY))
    assert said[:2] == (403, b"these are another agency's\n")
    # Who may look people up is no agency.
    assert logging.fetch(path)[0] == 403


def test_a_look_up_that_is_hidden_is_named(
    logging: Gateway, second_url: str, tmp_path: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    with another(logging, tmp_path / "other", second_url) as hiding:
        number = looked_up(hiding)
        until_logged(hiding, before, TRANSPORT, number)
        remove_record(hiding, number)

        done = mirrored(hiding, after, TRANSPORT)
        told = mirrored(hiding, after, TRANSPORT, "--json")

    assert done.exit_code == told.exit_code == 1
    assert "1 look-ups, of the audit log's records" in done.output
    [words] = json.loads(told.stdout)["notShown"]
    assert words in done.output
    hidden = command(logging, "shown", after, TRANSPORT, "--look-up", str(number))
    assert (hidden.exit_code, "NOT SHOWN" in hidden.output) == (1, True)
    # Who has seen it before has it still.
    seen = command(logging, "shown", before, TRANSPORT, "--look-up", str(number))
    assert seen.exit_code == 0


def remove_record(gateway: Gateway, number: int) -> None:
    """Remove a record of the audit log, as the database's owner can."""
    removing = f"DELETE FROM audit_records WHERE id = {number:d}"  # noqa: S608
    if url_of(gateway).startswith("postgresql"):
        run_on(gateway, ["SET LOCAL session_replication_role = replica", removing])
        return
    run_on(gateway, [*(f"DROP TRIGGER {name}" for name in guards(gateway)), removing])


def guards(gateway: Gateway) -> list[str]:
    """Return the names of SQLite's triggers that keep the audit log's records."""
    of = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' "
        "AND tbl_name = 'audit_records' AND sql LIKE '%DELETE%'"
    )
    return [str(name) for name in run_on(gateway, [of])]


def test_an_entry_of_which_nothing_is_shown_is_named(
    logging: Gateway, tmp_path: Path
) -> None:
    number = looked_up(logging)
    folder = tmp_path / "copy"
    until_logged(logging, folder, TRANSPORT, number)
    (folder / "look-ups.json").unlink()
    policy = read_policy((logging.folder / "policy").read_bytes())
    copy = Mirror(folder, TRANSPORT, policy)

    copy.take_shown(lambda _path: b'{"lookUps": []}')

    assert copy.hidden == copy.own != []
    with pytest.raises(MirrorError, match="cannot be read"):
        copy.take_shown(lambda _path: b'{"lookUps": [{}]}')


def test_a_log_that_forked_is_refused(
    logging: Gateway, second_url: str, tmp_path: Path
) -> None:
    number = looked_up(logging)
    folder = tmp_path / "copy"
    until_logged(logging, folder, TRANSPORT, number)
    kept = (folder / "checkpoint").read_bytes()

    with another(logging, tmp_path / "other", second_url) as forked:
        eventually(lambda: forked.fetch("/transparency/checkpoint")[0] == 200)
        done = mirrored(forked, folder, TRANSPORT)

    assert done.exit_code == 1, done.output
    assert "FORKED" in done.output
    assert (folder / "checkpoint").read_bytes() == kept
    assert (folder / "conflict").read_bytes() != kept
    # The copy goes on with the log that it is of.
    assert mirrored(logging, folder, TRANSPORT).exit_code == 0
