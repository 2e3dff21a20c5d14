"""Two gateways on one database, two agencies, and links between all of them.

The first gateway is asked through a link (``door``) and has its database behind one;
agencies are behind one for both gateways, that of fire-rescue with TLS. Any part can be
struck, and started again. The second gateway has no fault of its own: what it does is
how the rest goes on.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    ExitStack,
    closing,
    contextmanager,
)
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path
from subprocess import Popen
from typing import Any

from gateway.demo.demo import HOST, UNTIL_STDIN_CLOSES, read_people
from gateway.demo.processes import await_answer, ready_address
from policy.identity import Identity
from tests.attacks.certificates import authority_in
from tests.contracts.people import nobodies
from tests.faults.clocked import AUTHORITY, put_clock
from tests.faults.database import (
    Cluster,
    cluster_on_a_small_disk,
    new_cluster,
    rows_of,
    standby_of,
)
from tests.faults.parts import Part
from tests.federation.offices import PLATFORM, TABLES, sent
from tests.federation.queries import EMERGENCY, FIRE, TRANSPORT
from tests.gateway.collection.sending import (
    ONLY_SENDS,
    Sender,
    key_of,
    line,
    record,
    write_collecting,
)
from tests.nursery import run, started
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import Agencies, Gateway

CLOCKED = "tests.faults.clocked"
"""The module that is ``tests.heard`` with a clock to be put wrong; a HEARD gateway."""
FIRST, SECOND, DATABASE, DOOR = "first gateway", "second gateway", "database", "door"
STANDBY = "standby"
DEADLINE_SECONDS, REQUEST_SECONDS = 1.0, 4.0
SETTINGS = f"""deadline_seconds = {DEADLINE_SECONDS}
http.request_seconds = {REQUEST_SECONDS}
reload_seconds = 0
privacy.people_a_day = 1000000
"""
MANIFEST = (
    ("timeout_seconds = 1.8", "timeout_seconds = 0.6"),
    ("ttl_seconds = 10", "ttl_seconds = 0"),
)
HOLDERS = 30
KEYS = (
    "certificate-id.key",
    "pseudonym.key",
    "evidence.key",
    "transparency.key",
    "transparency-ml-dsa.key",
    "manifests",
    AUTHORITY,
)


class Kind(StrEnum):
    """Of what kind the database of a town is."""

    POSTGRESQL = "PostgreSQL"
    SQLITE = "SQLite"
    """A file that both gateways have open."""
    REPLICATED = "PostgreSQL, with a synchronous standby"
    SMALL = "PostgreSQL, on a small disk"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a certificate that was sent, and the words it was sent in."""

    identity: Identity
    said: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Town:
    """All of it, running."""

    agencies: Agencies
    parts: Mapping[str, Part]
    links: Mapping[str, Gateway]
    """Where the knobs of each link are set; asked like a gateway, and none."""
    gateways: tuple[Gateway, Gateway]
    rows: Callable[[str], list[Any]]
    """Reads the database, by a way of our own."""
    file: Path | None
    """The database, if it is a file."""
    standby: Cluster | None
    """Who takes over, if somebody can."""
    disk: Path | None
    """The database's disk, as its processes see it, if it has one of its own."""
    records: "count[int]" = field(default_factory=lambda: count(1))
    states: "count[int]" = field(default_factory=lambda: count(1))
    claims: "count[int]" = field(default_factory=lambda: count(1))

    def turn(self, link: str, **knobs: object) -> None:
        """Set a link's knobs; without any it is as good as wires are."""
        body, headers = json.dumps(knobs).encode(), {"Content-Type": "application/json"}
        status, answer = self.links[link].send("/sandbox/link", body, headers)
        assert status == 200, answer

    def certify(self, how_many: int) -> list[Holder]:
        """Certify so many people, by one transfer to the second gateway."""
        holders = [Holder(one, sent(one)) for one in nobodies(how_many)]
        key = key_of(self.agencies)
        told = Sender(self.gateways[1], ONLY_SENDS, key).send(
            [line(next(self.records), record(key, one.said)) for one in holders]
        )
        assert set(told.outcomes) == {"ACCEPTED"}, told
        return holders


@dataclass(frozen=True, slots=True)
class _Database:
    """A database, and the addresses at which the gateways have it."""

    first: str
    second: str
    rows: Callable[[str], list[Any]]
    file: Path | None = None
    standby: Cluster | None = None
    disk: Path | None = None


@contextmanager
def open_town(folder: Path, kind: Kind) -> Iterator[Town]:
    """Run it all, with a database of a kind."""
    ports = {name: free_port(HOST) for name in (EMERGENCY, FIRE, FIRST, SECOND)}
    registry = folder / "agencies"
    prepare = (sys.executable, "-m", "sandbox", "prepare", "--dir", str(registry))
    run(prepare, check=True)
    with ExitStack() as stack:
        parts: dict[str, Part] = {}

        def begin(name: str, part: Part) -> None:
            parts[name] = part
            part.begin()
            stack.callback(part.end)

        links, through = _open_links(folder, ports, stack)
        if kind is Kind.SQLITE:
            database = _file(folder / "shared.db")
        else:
            small = kind is Kind.SMALL
            cluster = stack.enter_context(
                cluster_on_a_small_disk() if small else new_cluster()
            )
            begin(DATABASE, Part(cluster.running))
            if kind is Kind.REPLICATED:
                standby = stack.enter_context(standby_of(cluster))
                begin(STANDBY, Part(standby.running))
                cluster.wait_for_standby()
                database = _of_two_servers(cluster, standby)
            else:
                place = f"{HOST}:{cluster.port}"
                links[DATABASE], port = _open_link(folder, DATABASE, place, stack)
                database = _of_server(cluster, port)
        for name in (EMERGENCY, FIRE):
            begin(name, Part(_agency(registry, name, ports[name])))
        urls = {
            EMERGENCY: f"http://{HOST}:{through[EMERGENCY]}",
            FIRE: f"https://{HOST}:{through[FIRE]}",
            TRANSPORT: f"http://{HOST}:1",
        }
        agencies = Agencies(urls, registry, read_people(registry))
        LISTENER.meet(agencies.people)
        first = _write_first(folder, agencies, database.first, ports[FIRST])
        changes = (
            (database.first, database.second),
            (f"port = {ports[FIRST]}", f"port = {ports[SECOND]}"),
        )
        second = _write_second(first, changes)
        begin(FIRST, Part(_gateway(first, ports[FIRST])))
        begin(SECOND, Part(_gateway(second, ports[SECOND])))
        door = Gateway(f"http://{HOST}:{through[DOOR]}", first.parent, PLATFORM)
        other = Gateway(f"http://{HOST}:{ports[SECOND]}", second.parent, PLATFORM)
        # Both end at once.
        for part in (FIRST, SECOND):
            stack.callback(parts[part].terminate)
        yield Town(
            *(agencies, parts, links, (door, other)),
            *(database.rows, database.file, database.standby, database.disk),
        )


def _file(path: Path) -> _Database:
    def rows(query: str) -> list[Any]:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(query).fetchall()

    return _Database(f"sqlite:///{path}", f"sqlite:///{path}", rows, path)


def _of_server(cluster: Cluster, port: int) -> _Database:
    name = asyncio.run(cluster.server.make_database())
    first = f"postgresql://postgres@{HOST}:{port}/{name}"
    return _Database(
        *(first, cluster.server.url(name)),
        lambda query: asyncio.run(rows_of(name, query, cluster)),
        disk=cluster.disk,
    )


def _of_two_servers(cluster: Cluster, standby: Cluster) -> _Database:
    name = asyncio.run(cluster.server.make_database())
    places = "&".join(f"host={HOST}:{one.port}" for one in (cluster, standby))
    url = f"postgresql://postgres@/{name}?{places}"
    return _Database(
        *(url, url),
        lambda query: asyncio.run(rows_of(name, query, cluster, standby)),
        standby=standby,
    )


def _open_links(
    folder: Path, ports: Mapping[str, int], stack: ExitStack
) -> tuple[dict[str, Gateway], dict[str, int]]:
    """Put links before the agencies and the first gateway."""
    links, through = {}, {}
    shown = ("--certificates", *map(str, _certificates(folder)))
    for name, target, more in (
        (EMERGENCY, EMERGENCY, ()),
        (FIRE, FIRE, shown),
        (DOOR, FIRST, ()),
    ):
        place = f"{HOST}:{ports[target]}"
        links[name], through[name] = _open_link(folder, name, place, stack, *more)
    return links, through


def _open_link(
    folder: Path, name: str, target: str, stack: ExitStack, *more: str
) -> tuple[Gateway, int]:
    log, port = folder / f"link-{name}.log", free_port(HOST)
    place = ("--to", target, f"--port={port}")
    link = stack.enter_context(
        started("sandbox", "link", *place, *more, UNTIL_STDIN_CLOSES, log=log)
    )
    return Gateway(ready_address(link, log), folder), port


def _certificates(folder: Path) -> list[Path]:
    """Make the certificates of the link with TLS: one that is believed, and another."""
    files = []
    for name in ("believed", "another"):
        authority = authority_in(folder / name)
        authority.server()
        files.append(authority.folder / "server.pem")
    return files


def _agency(
    folder: Path, name: str, port: int
) -> Callable[[], AbstractContextManager[Popen[Any]]]:
    @contextmanager
    def running() -> Iterator[Popen[Any]]:
        log = folder / f"{name}.log"
        place = ("--dir", str(folder), f"--port={port}", "--holders", str(HOLDERS))
        with started(
            "sandbox", "serve", name, *place, UNTIL_STDIN_CLOSES, log=log
        ) as process:
            ready_address(process, log)
            yield process

    return running


def _gateway(
    config: Path, port: int
) -> Callable[[], AbstractContextManager[Popen[Any]]]:
    @contextmanager
    def running() -> Iterator[Popen[Any]]:
        url, log = f"http://{HOST}:{port}", config.parent / "gateway.log"
        with started(CLOCKED, str(config), UNTIL_STDIN_CLOSES, log=log) as process:
            await_answer(f"{url}/health/live", process, log)
            LISTENER.folders[url] = config.parent
            yield process

    return running


def _write_first(folder: Path, agencies: Agencies, url: str, port: int) -> Path:
    config = write_collecting(folder / "first", agencies, url, port, TABLES)
    for path in (config.parent / "manifests").glob("*.toml"):
        # Of the transport agency's connectors the one that only sends is enough.
        if path.stem not in (ONLY_SENDS, EMERGENCY, FIRE):
            path.unlink()
            continue
        text = path.read_text("utf-8")
        for old, new in MANIFEST:
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    config.write_text(SETTINGS + config.read_text("utf-8"), "utf-8")
    put_clock(config.parent, 0)
    authority = folder / "believed" / "ca.pem"
    (config.parent / AUTHORITY).write_bytes(authority.read_bytes())
    return config


def _write_second(first: Path, changes: Iterable[tuple[str, str]]) -> Path:
    folder = first.parent.parent / "second"
    folder.mkdir()
    for name in KEYS:
        (folder / name).symlink_to(first.parent / name)
    text = first.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    put_clock(folder, 0)
    (folder / first.name).write_text(text, "utf-8")
    return folder / first.name
