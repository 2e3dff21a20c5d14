"""Witnesses that run: processes of their own, on real sockets, with real keys."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from subprocess import Popen

import aiohttp
from aiohttp import web

from gateway.transparency.witnesses import Outcome, ask_witnesses
from gateway.witness.keys import make_keys, read_signers
from signing.transparency.checkpoints import Checkpoint, NoteSigner
from signing.transparency.merkle import consistency, root
from signing.transparency.notes import Note, VerifierKey
from signing.transparency.policies import Policy, read_policy
from tests.nursery import started
from tests.ports import free_port
from tests.signing.transparency.trees import Tree

HOST = "127.0.0.1"
READY_SECONDS = 30.0
PAUSE_SECONDS = 0.02
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Place:
    """A witness's folder: its configuration, keys and memory, running or not."""

    folder: Path
    name: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def config(self) -> Path:
        return self.folder / "witness.toml"

    @property
    def signers(self) -> list[NoteSigner]:
        return read_signers(self.name, make_keys(self.folder))

    def lines(self, *names: str) -> str:
        """Return the lines of a policy that have its keys, by these names."""
        keys = zip(names, self.signers, strict=False)
        return "".join(f"witness {name} {one.key} {self.url}\n" for name, one in keys)

    @property
    def log(self) -> str:
        """What it wrote to its log."""
        return (self.folder / "log").read_text("utf-8")


def settle(folder: Path, name: str, logs: Sequence[VerifierKey]) -> Place:
    """Return the place of a witness of ``logs`` that was never started."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Place(folder, name, free_port(HOST))
    keys = [path.name for path in make_keys(folder)]
    place.config.write_text(
        f"name = {json.dumps(name)}\nport = {place.port}\n"
        f"logs = {json.dumps([str(key) for key in logs])}\n"
        f"key_files = {json.dumps(keys)}\n",
        "utf-8",
    )
    return place


@asynccontextmanager
async def serving(place: Place) -> AsyncIterator[Popen[str]]:
    """Run a witness as its operator does, as a process, until it answers."""
    command = ("gateway", "witness", "serve", "--config", str(place.config))
    with started(*command, "--until-stdin-closes", log=place.folder / "log") as process:
        async with asyncio.timeout(READY_SECONDS):
            while not await is_up(place):
                assert process.poll() is None, place.log
                await asyncio.sleep(PAUSE_SECONDS)
        yield process


async def is_up(place: Place) -> bool:
    """Say whether something listens there."""
    try:
        _, writer = await asyncio.open_connection(HOST, place.port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def acting(handle: Handler) -> AsyncIterator[str]:
    """Serve as a witness that does what it likes; give its address."""
    application = web.Application()
    application.router.add_post("/add-checkpoint", handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@dataclass(frozen=True, slots=True)
class Log:
    """A log that shows whatever history it is told to."""

    signer: NoteSigner

    def checkpoint(self, tree: Tree, size: int) -> Checkpoint:
        """Return what it says of the first ``size`` entries of a history."""
        return Checkpoint(self.signer.key.name, size, root(size, tree.hash_of))

    def signed(self, checkpoint: Checkpoint, at: datetime) -> Note:
        """Return it signed."""
        return Note(checkpoint.text, [self.signer.sign(checkpoint, at)])

    async def show(  # noqa: PLR0913 - what is shown, to whom, and when
        self,
        tree: Tree,
        size: int,
        policy: Policy,
        session: aiohttp.ClientSession,
        now: datetime,
        *,
        seen: dict[str, int] | None = None,
        seconds: float = 10.0,
    ) -> list[Outcome]:
        """Ask the policy's witnesses to cosign that size of a history."""
        checkpoint = self.checkpoint(tree, size)

        async def proved(old: int, new: int) -> list[bytes]:
            return consistency(old, new, tree.hash_of)

        return await ask_witnesses(
            self.signed(checkpoint, now),
            checkpoint,
            proved,
            policy,
            session,
            now=lambda: now,
            seen=seen,
            seconds=seconds,
        )


def policy_of(log: Log, *witnesses: str, quorum: str) -> Policy:
    """Return a policy of a log and lines of witnesses."""
    text = f"log {log.signer.key}\n{''.join(witnesses)}quorum {quorum}\n"
    return read_policy(text.encode())
