"""Three sandbox agencies and a gateway on this machine, with people worth trying.

The agencies are real processes with their own keys and registries, so what the demo
shows is what production does. The sandbox is started by its command line and never
imported. Everything is kept in one folder, which may be deleted at any time.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bureau.certificate_ids import KEY_BYTES
from bureau.ledger.evidence import KEY_BYTES as EVIDENCE_KEY_BYTES
from bureau.privacy.pseudonyms import KEY_BYTES as PSEUDONYM_KEY_BYTES
from gateway.demo.processes import await_answer, ready_address, run, started
from gateway.demo.roles import callers, new_tokens
from gateway.errors import StartError
from gateway.ports import free_port, require_free_port
from gateway.transparency.keys import KEY_BYTES as LOG_KEY_BYTES

HOST = "127.0.0.1"
AGENCIES = ("emergency-management", "transport", "fire-rescue")
SECRET_MODE = 0o600
GENEROUS = """
[privacy]
people_a_day = 1000000

[http]
concurrent_requests = 1000

[console]
enabled = true
"""
MANIFEST_PORT = 9101
"""The port of the first agency in the sandbox's manifests; the others follow."""

UNTIL_STDIN_CLOSES = "--until-stdin-closes"
"""With it agencies and gateway end when we do, even if we are killed."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of the demo; 0 takes free ones."""

    gateway: int
    first_agency: int

    def of_agency(self, position: int) -> int:
        """Return the port of the agency at ``position``."""
        return self.first_agency + position if self.first_agency else 0


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    url: str
    agencies: Mapping[str, str]
    token: str
    tokens: Mapping[str, str]
    """Of the other roles, by their names."""
    people: list[dict[str, Any]]
    folder: Path


@contextmanager
def open_demo(
    folder: Path, holders: int, ports: Ports, *, with_sm2: bool = False
) -> Iterator[Demo]:
    """Start the agencies and the gateway; stop all of them at the end.

    With ``with_sm2`` Fire Rescue signs by SM2, and two more people show it.

    Raises:
        StartError: a port is taken, or a process did not become ready.
    """
    folder = folder.resolve()
    require_free_port(HOST, ports.gateway, "--port (make demo OPTIONS='--port 8001')")
    port = ports.gateway or free_port(HOST)
    with open_agencies(folder, holders, ports, with_sm2=with_sm2) as agencies:
        people = read_people(folder)
        token = f"demo-{secrets.token_urlsafe(18)}"
        config = write_configuration(
            folder,
            trust_folder=folder,
            port=port,
            agencies=agencies,
            token=token,
            id_number=people[0]["idNumber"],
        )
        # Whoever tries the demo may try everybody in it, and as fast as they like.
        tokens = new_tokens()
        write_secret(
            config,
            'graphiql_stories = "stories.json"\n'
            + config.read_text("utf-8")
            + GENEROUS
            + callers(tokens, ELEMENTS),
        )
        with open_gateway(config, port):
            url = f"http://{HOST}:{port}"
            yield Demo(url, agencies, token, tokens, people, folder)


@contextmanager
def open_agencies(
    folder: Path, holders: int, ports: Ports, *, with_sm2: bool = False
) -> Iterator[Mapping[str, str]]:
    """Start the three agencies; yield their addresses by id.

    Raises:
        StartError: a port is taken, or a process did not become ready.
    """
    for position in range(len(AGENCIES)):
        require_free_port(
            HOST,
            ports.of_agency(position),
            "--agency-port (make demo OPTIONS='--agency-port 9201')",
        )
    folder.mkdir(parents=True, exist_ok=True)
    by = ("--sm2",) if with_sm2 else ()
    run("sandbox", "prepare", "--dir", str(folder), *by)
    logs = {agency: folder / f"{agency}.log" for agency in AGENCIES}
    with ExitStack() as stack:
        processes = {
            agency: stack.enter_context(
                started(
                    "sandbox",
                    "serve",
                    agency,
                    f"--dir={folder}",
                    f"--port={ports.of_agency(position)}",
                    f"--holders={holders}",
                    UNTIL_STDIN_CLOSES,
                    log=logs[agency],
                )
            )
            for position, agency in enumerate(AGENCIES)
        }
        yield {
            agency: ready_address(process, logs[agency])
            for agency, process in processes.items()
        }


def read_people(folder: Path) -> list[dict[str, Any]]:
    """Return the story persons that the sandbox prepared in ``folder``."""
    people: list[dict[str, Any]] = json.loads(
        (folder / "stories.json").read_text("utf-8")
    )["persons"]
    return people


@contextmanager
def open_gateway(
    config: Path, port: int, command: tuple[str, ...] | None = None
) -> Iterator[None]:
    """Start the gateway by ``config``, or by ``command``; wait until it answers.

    Raises:
        StartError: it did not start.
    """
    log = config.parent / "gateway.log"
    command = command or ("gateway", "serve", f"--config={config}", UNTIL_STDIN_CLOSES)
    with started(*command, log=log) as process:
        await_answer(f"http://{HOST}:{port}/health/live", process, log)
        yield


ELEMENTS = (
    "[tokens.elements]\n"
    'organisation = "演示区人力资源和社会保障局"\nofficer = "demo"\n'
    'matter_code = "demo"\nmatter_name = "职业技能提升补贴申领"\n'
    'business_number = "demo"\n'
)
"""What the demo's questions state, as an office's do (五要素)."""


def write_configuration(  # noqa: PLR0913 - what a configuration is made of
    folder: Path,
    *,
    trust_folder: Path,
    port: int,
    agencies: Mapping[str, str],
    token: str,
    id_number: str,
) -> Path:
    """Write a gateway's settings and its agencies' manifests; return the file."""
    manifests = folder / "manifests"
    manifests.mkdir(parents=True, exist_ok=True)
    for position, agency in enumerate(AGENCIES):
        text = (_sandbox_folder() / "agencies" / f"{agency}.toml").read_text("utf-8")
        default = f"http://{HOST}:{MANIFEST_PORT + position}"
        manifest = text.replace(default, agencies[agency])
        (manifests / f"{agency}.toml").write_text(manifest, "utf-8")
    for name, size in (
        ("certificate-id.key", KEY_BYTES),
        ("pseudonym.key", PSEUDONYM_KEY_BYTES),
        ("evidence.key", EVIDENCE_KEY_BYTES),
        ("transparency.key", LOG_KEY_BYTES),
        ("transparency-ml-dsa.key", LOG_KEY_BYTES),
    ):
        write_secret(folder / name, secrets.token_hex(size))
    digest = hashlib.sha256(token.encode()).hexdigest()
    config = folder / "gateway.toml"
    write_secret(
        config,
        f'host = "{HOST}"\n'
        f"port = {port}\n"
        'mode = "demo"\n'
        "graphiql = true\n"
        'manifests = "manifests"\n'
        f'trust_bundle = "{trust_folder / "trust.toml"}"\n'
        'certificate_id_key_file = "certificate-id.key"\n'
        'pseudonym_key_file = "pseudonym.key"\n'
        'evidence_key_file = "evidence.key"\n'
        'database_url = "sqlite:///gateway.db"\n'
        'transparency.origin = "demo.example/transparency"\n'
        'transparency.key_file = "transparency.key"\n'
        'transparency.ml_dsa_key_file = "transparency-ml-dsa.key"\n'
        f'graphiql_token = "{token}"\n'
        f'graphiql_id_number = "{id_number}"\n\n'
        '[roles]\nreader = ["certificates:read", "identity:read", "schema:read"]\n\n'
        f'[[tokens]]\ncaller = "demo"\nsha256 = "{digest}"\nroles = ["reader"]\n'
        'purpose = "SUBSIDY_CLAIM"\ncase_number = "demo"\n'
        f"{ELEMENTS}",
    )
    return config


def write_secret(path: Path, text: str) -> None:
    """Write a file that nobody but its owner can read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, SECRET_MODE)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
        # The mode above is for a new file; there may have been an open one.
        os.fchmod(descriptor, SECRET_MODE)
        file.write(text)


def _sandbox_folder() -> Path:
    spec = find_spec("sandbox")
    if spec is None or spec.origin is None:
        raise StartError("the sandbox package is not installed; run make demo")
    return Path(spec.origin).parent
