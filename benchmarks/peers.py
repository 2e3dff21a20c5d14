"""Install and start what a user would pick instead of the gateway.

Everything is from npm, as ``peers/package-lock.json`` has it, and does the job of
``peers/job.mjs``. What the peers know of the annex is what our catalogue says.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import duties
from benchmarks.minting import IN_FORCE, MAX_AGE_SECONDS, signing_key
from benchmarks.people import AGENCIES, items_of
from benchmarks.processes import BenchmarkError, started, tool
from benchmarks.questions import TOKEN, Dialect
from benchmarks.stage import COLLECTED, Contender, Phase, Server, Stage, free_port
from policy.catalogue import Item, load_catalogue
from policy.level import LEVEL_NAMES
from policy.parameters import load_parameters

FOLDER = Path(__file__).parent / "peers"
MODULES = FOLDER / "node_modules"
SKEW_SECONDS = 60
FIRST = frozenset({Phase.COLD, Phase.COLD_SHARED, Phase.START_UP})
MANY = FIRST | {Phase.BATCH, Phase.WIDE, Phase.LATENCY}
BOTH = MANY | {Phase.CLAIMS}
ALL = BOTH | COLLECTED | {Phase.SEEN, Phase.BATCH_SEEN, Phase.CLAIMS_SEEN}
"""No peer remembers a record it verified, or is sent any: *seen* and *collected* are to
them what *cold* is, and asked of one of them so that both sides are measured in the
same minutes."""


@dataclass(frozen=True, slots=True)
class Script:
    """One of the servers in ``peers/`` and what runs it."""

    name: str
    file: str
    on_bun: bool = False
    caches: bool = False
    has_duties: bool = False

    @contextmanager
    def open(self, stage: Stage, _phase: Phase, folder: Path) -> Iterator[Server]:
        """Start it; see ``Contender.open``."""
        port = free_port()
        settings = folder / "settings.json"
        settings.write_text(json.dumps(told(stage)), "utf-8")
        environment = environment_of(settings, port)
        if self.caches:
            environment["BENCHMARK_CACHE"] = "yes"
        if self.has_duties:
            environment["BENCHMARK_DUTIES"] = "yes"
        log = folder / "server.log"
        with started(
            [bun() if self.on_bun else stage.node, self.file],
            core=stage.cores.server,
            log=log,
            folder=FOLDER,
            environment=environment,
        ) as process:
            server = Server(self.name, port, Dialect.PEER, [process.pid], log=log)
            if self.has_duties:
                server.credentials = duties.headers()
            yield server


def _peer(title: str, phases: frozenset[Phase], script: Script) -> Contender:
    return Contender(script.name, title, phases, script.open)


WARM = frozenset({Phase.WARM})
PEERS: tuple[Contender, ...] = (
    _peer("GraphQL Yoga on Bun", ALL, Script("yoga-bun", "yoga.mjs", on_bun=True)),
    _peer("Mercurius + JIT on Node", BOTH, Script("mercurius", "mercurius.mjs")),
    _peer("GraphQL Yoga on Node", FIRST, Script("yoga-node", "yoga.mjs")),
    _peer("Hive Gateway, REST sources", MANY, Script("hive-rest", "hive-rest.mjs")),
    _peer(
        "Yoga on Bun, response cache",
        WARM,
        Script("yoga-bun-cache", "yoga.mjs", on_bun=True, caches=True),
    ),
    _peer(
        "Yoga on Bun, with the same duties",
        frozenset({Phase.COLD_DUTIES}),
        Script("yoga-bun-duties", "yoga.mjs", on_bun=True, has_duties=True),
    ),
    _peer(
        "Yoga on Bun, response cache, with the same duties",
        frozenset({Phase.WARM_DUTIES}),
        Script(
            "yoga-bun-cache-duties",
            "yoga.mjs",
            on_bun=True,
            caches=True,
            has_duties=True,
        ),
    ),
    _peer(
        "Yoga on Node, response cache",
        WARM,
        Script("yoga-node-cache", "yoga.mjs", caches=True),
    ),
)


def environment_of(settings: Path, port: int) -> dict[str, str]:
    """Return what a script in ``peers/`` reads of its environment."""
    return {
        "BENCHMARK_SETTINGS": str(settings),
        "BENCHMARK_PORT": str(port),
        "BENCHMARK_FOLDER": str(settings.parent),
        "NODE_ENV": "production",
    }


def install() -> None:
    """Install the peers by their lock file, unless that was done.

    Raises:
        BenchmarkError: npm is missing, or failed.
    """
    lock, done = FOLDER / "package-lock.json", MODULES / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = tool("npm", "install Node.js 20 or newer, or use --peers none")
    installed = subprocess.run(  # noqa: S603 - our own package
        [npm, "ci"], cwd=FOLDER, check=False, capture_output=True, text=True
    )
    if installed.returncode:
        raise BenchmarkError(f"npm ci: {installed.stderr[-500:]}")
    os.utime(done)


def node() -> str:
    """Return the newest Node there is: npm's, or the one on the path."""
    return packaged("node-linux-*/bin/node") or tool("node", "install Node.js")


def bun() -> str:
    """Return Bun's program as npm installed it.

    Raises:
        BenchmarkError: there is none for this machine.
    """
    found = packaged("@oven/bun-linux-*/bin/bun")
    if found is None:
        raise BenchmarkError("npm has no Bun for this machine; leave out yoga-bun")
    return found


def packaged(pattern: str) -> str | None:
    """Return a program that a package from npm brings."""
    return next((str(p) for p in MODULES.glob(pattern) if shutil.which(p)), None)


def told(stage: Stage) -> Mapping[str, object]:
    """Return what the peers are told: agencies, keys, and the annex as data."""
    catalogue = load_catalogue()
    today = datetime.combine(stage.corpus.today, datetime.min.time(), UTC)
    figures = load_parameters().in_force(stage.corpus.today)
    return {
        "token": TOKEN,
        "duties": duties.told(),
        "maxAgeSeconds": MAX_AGE_SECONDS,
        "skewSeconds": SKEW_SECONDS,
        "firstEligibleDay": figures.first_eligible_day.isoformat(),
        "levelNames": {level: name.zh for level, name in LEVEL_NAMES.items()},
        "agencies": [
            {
                "id": agency,
                "url": address,
                "collectionBody": AGENCIES[agency],
                "authorityName": catalogue.bodies[agency].name.zh,
            }
            for agency, address in stage.addresses.items()
        ],
        "keys": [
            _key(agency, institution, today) for agency, institution in AGENCIES.items()
        ],
        "items": [_item(item) for item in catalogue.items.values()],
    }


def _key(agency: str, institution: str, today: datetime) -> Mapping[str, object]:
    key = signing_key(agency)
    return {
        "kid": key.kid,
        "institution": institution,
        "algorithm": key.algorithm,
        "notBefore": (today - IN_FORCE).timestamp(),
        "notAfter": (today + IN_FORCE).timestamp(),
        "scope": [item.code for item in items_of(agency)],
        "pem": key.public_pem(),
    }


def _item(item: Item) -> Mapping[str, object]:
    evaluation = item.evaluation_body
    return {
        "code": item.code,
        "name": item.name.zh,
        "names": [item.name.zh, *item.aliases],
        "titles": [item.title.zh, *item.title_aliases],
        "levels": item.levels,
        "anchoredOnFirstIssue": item.anchored_on_first_issue,
        "authorityName": item.authority.name.zh,
        "evaluationBodies": [evaluation.name.zh, *evaluation.aliases],
        "collectionBody": item.collection_body.id,
        "collectionBodyName": item.collection_body.name.zh,
    }
