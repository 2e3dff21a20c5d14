"""Run the sandbox's commands as real processes, and ask the agencies they become."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from policy.identity import Identity
from sandbox.agency import AgencyId
from sandbox.emergency_management import EmergencyManagement
from sandbox.fire_rescue import SIGNATURE_HEADER, FireRescue
from sandbox.transport import Transport
from signing.envelope import Envelope
from tests import nursery

NONCE = "bm9uY2Utb2YtdGhpcy10ZXN0"
QUERY = (
    "query Certificates($representations: [_Any!]!) "
    "{ _entities(representations: $representations) "
    "{ ... on Holder { idNumber records absence } } }"
)
PATHS = {
    AgencyId.EMERGENCY_MANAGEMENT: EmergencyManagement.path,
    AgencyId.TRANSPORT: Transport.path,
    AgencyId.FIRE_RESCUE: FireRescue.path,
}
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """What came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Parse the body."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class RunningAgency:
    """One agency's process, seen from the client's side."""

    id: AgencyId
    address: str
    session: aiohttp.ClientSession

    async def post(self, path: str, question: object) -> Reply:
        """Send ``question`` as JSON."""
        body = json.dumps(question).encode()
        async with self.session.post(self.address + path, data=body) as response:
            return Reply(response.status, response.headers, await response.read())

    async def get(self, path: str) -> Any:
        """Fetch JSON."""
        async with self.session.get(self.address + path) as response:
            return await response.json()

    async def ask(self, *holders: Identity) -> Reply:
        """Ask about people in the agency's own protocol."""
        return await self.post(PATHS[self.id], question(self.id, holders))

    async def fault(self, name: str | None, **more: float) -> None:
        """Switch a fault on, or off."""
        reply = await self.post("/sandbox/fault", {"fault": name, **more})
        assert reply.status == 200, reply.body


def question(agency: AgencyId, holders: tuple[Identity, ...]) -> dict[str, Any]:
    """Return what an agency is asked, in its own words."""
    asked = [{"idType": h.type, "idNumber": h.number} for h in holders]
    match agency:
        case AgencyId.EMERGENCY_MANAGEMENT:
            return {"holders": asked}
        case AgencyId.TRANSPORT:
            named = [{"__typename": "Holder", **holder} for holder in asked]
            return {"query": QUERY, "variables": {"representations": named}}
        case AgencyId.FIRE_RESCUE:
            return {"people": asked, "nonce": NONCE}


def results(agency: AgencyId, reply: Reply) -> list[Any]:
    """Return the part of an answer that has one entry a person."""
    answer = reply.json()
    match agency:
        case AgencyId.EMERGENCY_MANAGEMENT:
            return list(answer["results"])
        case AgencyId.TRANSPORT:
            return list(answer["data"]["_entities"])
        case AgencyId.FIRE_RESCUE:
            return list(answer["people"])


def envelopes(agency: AgencyId, reply: Reply) -> list[Envelope]:
    """Return everything signed in an answer, in order."""
    if agency is AgencyId.FIRE_RESCUE:
        return [Envelope(reply.headers[SIGNATURE_HEADER].encode(), reply.body)]
    tokens = [
        token
        for result in results(agency, reply)
        for token in [*result["records"], result["absence"]]
        if token is not None
    ]
    return [Envelope(token.encode()) for token in tokens]


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of the sandbox."""
    return [sys.executable, "-m", "sandbox", *map(str, arguments)]


def prepare(directory: Path, *more: str) -> None:
    nursery.run(command("prepare", "--dir", directory, *more), check=True)


@contextmanager
def started(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run a command for as long as the block lasts."""
    with nursery.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def address_of(process: subprocess.Popen[str]) -> str:
    """Wait until an agency is ready, and return where."""
    assert process.stdout is not None
    word, address = process.stdout.readline().split()
    assert word == "ready"
    return address
