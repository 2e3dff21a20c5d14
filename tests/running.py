"""Real agencies and real gateways for tests: processes, sockets, keys, SQLite."""

import atexit
import json
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from gateway.demo.demo import (
    AGENCIES,
    HOST,
    UNTIL_STDIN_CLOSES,
    read_people,
    write_configuration,
)
from gateway.demo.processes import await_answer, ready_address
from tests.nursery import run, started
from tests.personal_data import LISTENER
from tests.ports import free_port

TOKEN = "test-token"
HEARD = "tests.heard"
"""The module that is ``gateway serve`` with a listener."""


DATABASE = "gateway.db"
"""The file that ``write_configuration`` names."""
UPGRADE = """
import asyncio
from store.migrate import upgrade_database
asyncio.run(upgrade_database('sqlite:///{}'))
"""


@dataclass(frozen=True, slots=True)
class Agencies:
    """The three sandbox agencies, running."""

    urls: Mapping[str, str]
    folder: Path
    people: list[dict[str, Any]]

    def person(self, story: str) -> dict[str, Any]:
        """Return one story person."""
        return next(person for person in self.people if person["id"] == story)

    @contextmanager
    def fault(self, agency: str, name: str, **more: float) -> Iterator[None]:
        """Make an agency misbehave for a while."""
        self._post(agency, "fault", {"fault": name, **more})
        try:
            yield
        finally:
            self._post(agency, "fault", {"fault": None})

    def reset(self) -> None:
        """Forget faults and calls."""
        for agency in self.urls:
            self._post(agency, "reset", {})

    def calls(self, agency: str) -> Any:
        """Return what an agency was asked since the last reset."""
        return _json(urllib.request.Request(f"{self.urls[agency]}/sandbox/calls"))

    def _post(self, agency: str, what: str, body: object) -> None:
        url = f"{self.urls[agency]}/sandbox/{what}"
        urllib.request.urlopen(_post(url, body), timeout=5).close()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway, running."""

    url: str
    folder: Path
    token: str = TOKEN
    headers: Mapping[str, str] = field(default_factory=dict)

    def post(
        self,
        body: object,
        token: str | None = TOKEN,
        headers: Mapping[str, str] | None = None,
        seconds: float = 15,
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Post to ``/graphql``; return status, parsed body and headers."""
        known = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = _post(f"{self.url}/graphql", body, {**known, **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as response:
                status, text, said = response.status, response.read(), response.headers
        except urllib.error.HTTPError as error:
            with error:
                status, text, said = error.code, error.read(), error.headers
        return status, _maybe_json(text), dict(said)

    def ask(self, query: str, **variables: object) -> Any:
        """Return the ``data`` of an answer without errors."""
        status, body, _ = self.post({"query": query, "variables": variables})
        assert (status, body.get("errors")) == (200, None), body
        return body["data"]

    def send(
        self, path: str, body: bytes, headers: Mapping[str, str], seconds: float = 60
    ) -> tuple[int, bytes]:
        """Post bytes; return status and body."""
        request = urllib.request.Request(f"{self.url}{path}", body, dict(headers))
        try:
            with urllib.request.urlopen(request, timeout=seconds) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read()
        return status, text

    def get(self, path: str, token: str | None = None) -> tuple[int, str]:
        """Return status and body of a GET."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"{self.url}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=15) as response:
                status, text = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read().decode()
        return status, text

    def fetch(
        self, path: str, token: str | None = TOKEN
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Return status, bytes and headers of a GET."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"{self.url}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=15) as response:
                return response.status, response.read(), dict(response.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), dict(error.headers)

    @property
    def log(self) -> str:
        """Everything the gateway wrote to its log."""
        return (self.folder / "gateway.log").read_text("utf-8")

    @property
    def processes(self) -> list[Path]:
        """The folders in ``/proc`` of its processes, whose errors are its log."""
        log, found = self.folder / "gateway.log", []
        for process in Path("/proc").glob("[0-9]*"):
            # One may end while it is looked at.
            with suppress(OSError):
                if (process / "fd" / "2").readlink() == log:
                    found.append(process)
        return found


@cache
def newest_file() -> Path:
    """Return a SQLite database at the newest step, to be copied."""
    file = Path(mkdtemp(prefix="gateway-newest-")) / DATABASE
    atexit.register(shutil.rmtree, file.parent)
    run([sys.executable, "-c", UPGRADE.format(file)], check=True)
    return file


@contextmanager
def running_agencies(
    folder: Path, holders: int, *options: str, with_sm2: bool = False
) -> Iterator[Agencies]:
    """Run the three agencies, as ``gateway.demo.open_agencies`` does."""
    sandbox = (sys.executable, "-m", "sandbox")
    by = ("--sm2",) if with_sm2 else ()
    run([*sandbox, "prepare", "--dir", str(folder), *by], check=True)
    logs = {agency: folder / f"{agency}.log" for agency in AGENCIES}
    with ExitStack() as stack:
        processes = {
            agency: stack.enter_context(
                started(
                    *("sandbox", "serve", agency, "--dir", str(folder), "--port=0"),
                    *("--holders", str(holders), UNTIL_STDIN_CLOSES, *options),
                    log=log,
                )
            )
            for agency, log in logs.items()
        }
        urls = {a: ready_address(process, logs[a]) for a, process in processes.items()}
        yield Agencies(urls, folder, read_people(folder))


@contextmanager
def running_gateway(  # noqa: PLR0913 - what a gateway is started with
    folder: Path,
    agencies: Agencies,
    *,
    manifest: Mapping[str, tuple[str, str]] | None = None,
    settings: str = "",
    tables: str = "",
    mode: str = "demo",
    module: str = HEARD,
    database_url: str = f"sqlite:///{DATABASE}",
) -> Iterator[Gateway]:
    """Run a gateway before ``agencies``, on a database at the newest step.

    ``manifest`` replaces one text by another in an agency's manifest, ``"*"`` in
    all; ``settings`` are lines put before the configuration, ``tables`` after it.
    ``module`` is run with the configuration to read, and has to be heard.
    """
    port = free_port(HOST)
    config = write_configuration(
        folder,
        trust_folder=agencies.folder,
        port=port,
        agencies=agencies.urls,
        token=TOKEN,
        id_number="",
    )
    text = config.read_text("utf-8")
    text = text.replace(f"sqlite:///{DATABASE}", database_url)
    if mode == "production":
        text = text.replace('mode = "demo"\ngraphiql = true\n', "")
    config.write_text(f"{settings}{text}\n{tables}", "utf-8")
    for path in (folder / "manifests").glob("*.toml"):
        text = path.read_text("utf-8")
        for agency, (old, new) in (manifest or {}).items():
            if agency in ("*", path.stem):
                assert old in text, f"{path.name} has no {old!r}"
                text = text.replace(old, new)
        path.write_text(text, "utf-8")
    LISTENER.meet(agencies.people)
    with gateway_by(config, port, module) as gateway:
        yield gateway


@contextmanager
def gateway_by(config: Path, port: int, module: str = HEARD) -> Iterator[Gateway]:
    """Run a gateway by a configuration that is written; all it says is heard."""
    gateway = Gateway(f"http://{HOST}:{port}", config.parent)
    database = config.parent / DATABASE
    if not database.exists():
        # Taking every step takes as long as all else of a start.
        shutil.copy(newest_file(), database)
    log = config.parent / "gateway.log"
    with started(module, str(config), UNTIL_STDIN_CLOSES, log=log) as process:
        await_answer(f"{gateway.url}/health/live", process, log)
        LISTENER.folders[gateway.url] = config.parent
        yield gateway
        # The last ones, whether or not a test looked at them.
        with suppress(OSError):
            gateway.get("/metrics")


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until ``holds``: some things are written after the answer was sent."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.01)


def _post(
    url: str, body: object, headers: Mapping[str, str] | None = None
) -> urllib.request.Request:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return urllib.request.Request(
        url, data, {"Content-Type": "application/json", **(headers or {})}
    )


def _json(request: urllib.request.Request) -> Any:
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


def _maybe_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()
