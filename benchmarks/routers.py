"""Federation routers over one subgraph an agency: what a graph of graphs costs.

Each subgraph asks its agency and verifies what comes (``peers/subgraph.mjs``), since
no router verifies a signature. A router cannot join the lists of three subgraphs into
one, so each agency has a field of its own, and all three are asked at once. That is
the cheapest form: no entity is looked up again. All four processes are counted.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import FOLDER, bun, environment_of, packaged, told
from benchmarks.people import AGENCIES
from benchmarks.processes import BenchmarkError, started
from benchmarks.questions import Dialect
from benchmarks.stage import HOST, Contender, Phase, Server, Stage, free_port

PHASES = frozenset({Phase.COLD, Phase.COLD_SHARED})


@dataclass(frozen=True, slots=True)
class Router:
    """A router and how it is started."""

    name: str
    command: Callable[[Stage, Path, int], list[str]]
    """Of a stage, the folder with settings and schemas, and a port."""

    @contextmanager
    def open(self, stage: Stage, _phase: Phase, folder: Path) -> Iterator[Server]:
        """Start subgraphs, then the router; see ``Contender.open``."""
        ports = {agency: free_port() for agency in AGENCIES}
        settings = _settings(stage, folder, ports)
        log = folder / "server.log"
        with ExitStack() as stack:
            subgraphs = []
            for agency, port in ports.items():
                environment = environment_of(settings, port)
                subgraph = started(
                    [bun(), "subgraph.mjs"],
                    core=stage.cores.server,
                    log=folder / f"{agency}.log",
                    folder=FOLDER,
                    environment={**environment, "BENCHMARK_AGENCY": agency},
                )
                subgraphs.append(stack.enter_context(subgraph).pid)
            port = free_port()
            environment = environment_of(settings, port)
            _compose(stage, environment)
            router = stack.enter_context(
                started(
                    self.command(stage, folder, port),
                    core=stage.cores.server,
                    log=log,
                    folder=FOLDER,
                    environment=environment,
                )
            )
            yield Server(
                self.name, port, Dialect.FEDERATION, [router.pid], subgraphs, log
            )


def _settings(stage: Stage, folder: Path, ports: dict[str, int]) -> Path:
    known = told(stage)
    agencies = known["agencies"]
    assert isinstance(agencies, list)  # noqa: S101 - it is made in ``told``
    with_subgraphs = [
        {**agency, "subgraph": f"http://{HOST}:{ports[agency['id']]}/graphql"}
        for agency in agencies
    ]
    settings = folder / "settings.json"
    settings.write_text(json.dumps({**known, "agencies": with_subgraphs}), "utf-8")
    return settings


def _compose(stage: Stage, environment: dict[str, str]) -> None:
    """Write the supergraph beside the settings."""
    done = subprocess.run(  # noqa: S603 - our own script
        [stage.node, "compose.mjs"],
        cwd=FOLDER,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BenchmarkError(f"composing the subgraphs: {done.stderr[-500:]}")


def _script(file: str) -> Callable[[Stage, Path, int], list[str]]:
    return lambda stage, _folder, _port: [stage.node, file]


def _grafbase(_stage: Stage, folder: Path, port: int) -> list[str]:
    """Run Grafbase's gateway as its command line brings it.

    It has no static bearer tokens; it is asked without looking at who asks.
    """
    program = packaged("@grafbase/cli-*-linux-*/grafbase")
    if program is None:
        raise BenchmarkError("npm has no Grafbase for this machine; leave out grafbase")
    agencies = json.loads((folder / "settings.json").read_text("utf-8"))["agencies"]
    config = folder / "grafbase.toml"
    config.write_text(
        "\n".join(
            f'[subgraphs."{agency["id"]}"]\nurl = "{agency["subgraph"]}"\n'
            f'schema_path = "{agency["id"]}.graphql"\n'
            for agency in agencies
        ),
        "utf-8",
    )
    home = ["--home", str(folder)]
    listen = ["--listen-address", f"{HOST}:{port}"]
    return [program, *home, "dev", "--config", str(config), *listen]


def _router(title: str, router: Router) -> Contender:
    return Contender(router.name, title, PHASES, router.open)


ROUTERS: tuple[Contender, ...] = (
    _router("Grafbase, federated", Router("grafbase", _grafbase)),
    _router(
        "Hive Router's runtime, federated",
        Router("hive-router", _script("hive-router.mjs")),
    ),
    _router(
        "Apollo Gateway, federated",
        Router("apollo-gateway", _script("apollo.mjs")),
    ),
)
