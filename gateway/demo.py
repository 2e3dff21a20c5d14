"""Three sandbox agencies and a gateway on this machine, with people worth trying.

The agencies are real processes with their own keys and registries, so what the demo
shows is what production does. The sandbox is started by its command line and never
imported. Everything is kept in one folder, which may be deleted at any time.
"""

import hashlib
import json
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gateway.errors import StartError
from gateway.serve import free_port, require_free_port
from resolvers.certificate_ids import KEY_BYTES

HOST = "127.0.0.1"
AGENCIES = ("emergency-management", "transport", "fire-rescue")
READY_SECONDS = 30.0
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens; 0 takes a free port."""

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
    people: list[dict[str, Any]]


@contextmanager
def open_demo(folder: Path, holders: int, ports: Ports) -> Iterator[Demo]:
    """Start the agencies and the gateway; stop all of them at the end.

    Raises:
        StartError: a port is taken, or a process did not become ready.
    """
    folder = folder.resolve()
    port = ports.gateway or free_port(HOST)
    require_free_port(HOST, port, "--port (make demo OPTIONS='--port 8001')")
    for position in range(len(AGENCIES)):
        if agency_port := ports.of_agency(position):
            require_free_port(
                HOST,
                agency_port,
                "--agency-port (make demo OPTIONS='--agency-port 9201')",
            )
    folder.mkdir(parents=True, exist_ok=True)
    _run("sandbox", "prepare", "--dir", str(folder))
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                _started(
                    *("sandbox", "serve", agency, "--dir", str(folder)),
                    *("--port", str(ports.of_agency(position))),
                    *("--holders", str(holders)),
                )
            )
            for position, agency in enumerate(AGENCIES)
        ]
        agencies = {
            agency: _ready_address(agency, process)
            for agency, process in zip(AGENCIES, processes, strict=True)
        }
        people = json.loads((folder / "stories.json").read_text("utf-8"))["persons"]
        token = f"demo-{secrets.token_urlsafe(18)}"
        _write_configuration(folder, port, agencies, token, people[0]["idNumber"])
        config = str(folder / "gateway.toml")
        gateway = stack.enter_context(_started("gateway", "serve", "--config", config))
        url = f"http://{HOST}:{port}"
        _await_answer(url, gateway)
        yield Demo(url, agencies, token, people)


def _write_configuration(
    folder: Path,
    port: int,
    agencies: Mapping[str, str],
    token: str,
    id_number: str,
) -> None:
    """Write the gateway's settings and the agencies' manifests."""
    manifests = folder / "manifests"
    manifests.mkdir(exist_ok=True)
    for position, (agency, address) in enumerate(agencies.items()):
        text = (_sandbox_folder() / "agencies" / f"{agency}.toml").read_text("utf-8")
        default = f"http://{HOST}:{9101 + position}"
        (manifests / f"{agency}.toml").write_text(
            text.replace(default, address), "utf-8"
        )
    (folder / "certificate-id.key").write_text(secrets.token_hex(KEY_BYTES), "ascii")
    digest = hashlib.sha256(token.encode()).hexdigest()
    (folder / "gateway.toml").write_text(
        f'host = "{HOST}"\n'
        f"port = {port}\n"
        'manifests = "manifests"\n'
        'trust_bundle = "trust.toml"\n'
        'certificate_id_key_file = "certificate-id.key"\n'
        f'graphiql_token = "{token}"\n'
        f'graphiql_id_number = "{id_number}"\n'
        'log_format = "console"\n\n'
        f'[[tokens]]\ncaller = "demo"\nsha256 = "{digest}"\n',
        "utf-8",
    )


def _sandbox_folder() -> Path:
    spec = find_spec("sandbox")
    if spec is None or spec.origin is None:
        raise StartError("the sandbox package is not installed; run make demo")
    return Path(spec.origin).parent


def _run(*module_and_arguments: str) -> None:
    """Run one of our commands to its end.

    Raises:
        StartError: it failed; the message is what it wrote.
    """
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "-m", *module_and_arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise StartError(done.stderr.strip() or f"{module_and_arguments[0]} failed")


@contextmanager
def _started(*module_and_arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run one of our commands beside us; end it at the end."""
    process = subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, "-m", *module_and_arguments],
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C reaches us alone; we end the others, in order.
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _ready_address(agency: str, process: subprocess.Popen[str]) -> str:
    """Return the address an agency says it listens on.

    Raises:
        StartError: it ended instead.
    """
    assert process.stdout is not None  # noqa: S101 - opened as a pipe above
    word, _, address = process.stdout.readline().strip().partition(" ")
    if word != "ready":
        raise StartError(f"the sandbox agency {agency} did not start; see above")
    return address


def _await_answer(url: str, gateway: subprocess.Popen[str]) -> None:
    """Wait until the gateway answers.

    Raises:
        StartError: it ended, or took too long.
    """
    import urllib.error  # noqa: PLC0415 - only the demo asks by itself
    import urllib.request  # noqa: PLC0415

    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if gateway.poll() is not None:
            raise StartError("the gateway did not start; see above")
        try:
            urllib.request.urlopen(f"{url}/health/live", timeout=1).close()  # noqa: S310 - our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.03)
        else:
            return
    raise StartError(f"the gateway did not answer within {READY_SECONDS:.0f} s")


def run_demo(folder: Path, holders: int, ports: Ports) -> None:
    """Run the demo until Ctrl-C.

    Raises:
        StartError: it could not start.
    """
    from gateway.demo_screen import show_demo  # noqa: PLC0415 - rich is slow to load

    # A terminal closing, or `kill`, ends the demo as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with open_demo(folder, holders, ports) as demo:
            show_demo(demo)
            signal.pause()
    except KeyboardInterrupt:
        sys.stdout.write("\nstopped\n")
