"""Two gateways before an agency that has joined, whose registry a test changes.

The agency is the sandbox's, as it stands; what it answers is changed where an agency
would change it, in its registry.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from gateway.demo.demo import HOST
from policy.certificate import CertificateState
from policy.identity import Identity
from tests.federation.offices import TABLES as OFFICES
from tests.federation.offices import Offices
from tests.gateway.registration.joining import JOINING, TABLES, configuration
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import Agencies, gateway_by

LIKE = "all-three"
"""The story person whose certificate others' are copied from."""
SHARED = (
    "certificate-id.key",
    "pseudonym.key",
    "evidence.key",
    "transparency.key",
    "transparency-ml-dsa.key",
    "manifests",
    "trust",
)

_ROWS = count(1_000_000)
"""Each once: what the agency signed of a row, it goes on answering by its number."""


@dataclass(frozen=True, slots=True)
class LivingRegistry:
    """The transport agency's registry."""

    agencies: Agencies

    def issue(self, holder: Identity, number: str, day: date) -> None:
        """Issue a driver's certificate of the fourth level on ``day``."""
        known = self.agencies.person(LIKE)["idNumber"]
        said = {
            "id_number": holder.number,
            "number": number,
            "first_issued_on": day.isoformat(),
            "issued_on": day.isoformat(),
            "valid_from": day.isoformat(),
            "licence_id": None,
        }
        with closing(self._opened()) as file, file:
            row = file.execute(
                "SELECT * FROM certificate WHERE id_number = ? AND level = 'LEVEL_4'",
                (known,),
            ).fetchone()
            values = {**row, **said, "id": next(_ROWS)}
            names, marks = ", ".join(values), ", ".join("?" * len(values))
            file.execute(
                f"INSERT INTO certificate ({names}) VALUES ({marks})",  # noqa: S608 - its own columns
                [*values.values()],
            )

    def put(self, holder: Identity, state: CertificateState) -> None:
        """Put a state on what somebody holds; nobody is sent anything."""
        with closing(self._opened()) as file, file:
            file.execute(
                "UPDATE certificate SET state = ?, id = ? WHERE id_number = ?",
                (state, next(_ROWS), holder.number),
            )

    def forget(self, holder: Identity) -> None:
        """Have nothing of somebody any more."""
        with closing(self._opened()) as file, file:
            file.execute(
                "DELETE FROM certificate WHERE id_number = ?", (holder.number,)
            )

    def _opened(self) -> sqlite3.Connection:
        path = self.agencies.folder / f"{JOINING}.sqlite"
        connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True)
        connection.row_factory = _named
        return connection


def _named(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> dict[str, object]:
    names = [column[0] for column in cursor.description]
    return dict(zip(names, row, strict=True))


@contextmanager
def open_desks(
    folder: Path, agencies: Agencies, database_url: str
) -> Iterator[Offices]:
    """Run two gateways on one database, which know the agency once it has joined."""
    first, second = folder / "0", folder / "1"
    ports = free_port(HOST), free_port(HOST)
    tables = f"{OFFICES}\n{TABLES}"
    config = configuration(first, agencies, ports[0], database_url, tables=tables)
    second.mkdir()
    for name in SHARED:
        (second / name).symlink_to(first / name)
    text = config.read_text("utf-8")
    other = second / config.name
    other.write_text(text.replace(f"port = {ports[0]}", f"port = {ports[1]}"), "utf-8")
    LISTENER.meet(agencies.people)
    with ExitStack() as stack:
        one = stack.enter_context(gateway_by(config, ports[0]))
        two = stack.enter_context(gateway_by(other, ports[1]))
        yield Offices((one, two), agencies)
