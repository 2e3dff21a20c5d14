"""Changes of state as an agency sends them, of certificates that it answers live."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gateway.demo.demo import HOST, write_configuration
from policy.calendar import SHANGHAI
from policy.identity import Identity, IdType
from signing.envelope import PayloadType
from tests.gateway.collection.sending import (
    Sender,
    Told,
    key_of,
    line,
    payload,
    record,
)
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import TOKEN, Agencies, Gateway, gateway_by

TRANSPORT = "transport"
LEVELS = {"LEVEL_5": "5", "LEVEL_4": "4", "LEVEL_3": "3", "LEVEL_2": "2"}
SHOWN = (
    "id number itemCode level state issuedOn firstIssuedOn standing "
    "past: standing(asOf: $day) eligibility { findings { clause outcome } } "
    "stateChanges { state effectiveOn receivedAt reason }"
)
HOLDER = (
    "query($n: String!, $day: Date) { holder(idNumber: $n) { certificates { nodes "
    f"{{ authority {{ id }} {SHOWN} }} }} }} }}"
)


def today() -> date:
    return datetime.now(SHANGHAI).date()


def compact(day: date) -> str:
    return day.isoformat().replace("-", "")


@dataclass(frozen=True, slots=True)
class StateSender(Sender):
    """An agency that sends changes of state."""

    @property
    def url(self) -> str:
        return f"{self.gateway.url}/collect/{self.connector}/states"

    def change(
        self,
        said: Mapping[str, object],
        *,
        type_: PayloadType = PayloadType.STATE,
        signed_at: datetime | None = None,
    ) -> str:
        """Sign a change."""
        return record(self.key, said, type=type_, signed_at=signed_at)

    def send_one(self, sequence: int, said: Mapping[str, object]) -> Told:
        """Send one change."""
        return self.send([line(sequence, self.change(said))])


def certificates(
    gateway: Gateway, number: str, day: date | None = None
) -> list[dict[str, Any]]:
    """Return the transport certificates of a person, as they are shown."""
    found = gateway.ask(HOLDER, n=number, day=None if day is None else str(day))
    nodes = found["holder"]["certificates"]["nodes"]
    return [one for one in nodes if one["itemCode"] == "4-02-01-01"]


def said_of(
    shown: Mapping[str, Any], number: str, status: str, **changes: object
) -> dict[str, object]:
    """Return a certificate that is shown, in its agency's words, with a new state."""
    holder = Identity(IdType.RESIDENT_ID, number)
    return {
        **payload(holder, shown["number"]),
        "skillLevel": LEVELS[shown["level"]],
        "issueDate": shown["issuedOn"].replace("-", ""),
        "firstIssueDate": shown["firstIssuedOn"].replace("-", ""),
        "status": status,
        **changes,
    }


@contextmanager
def gateways(
    folder: Path, agencies: Agencies, database_url: str, how_many: int = 1
) -> Iterator[tuple[Gateway, ...]]:
    """Run gateways with the same keys on one database; they keep answers for long."""
    first = folder / "0"
    with ExitStack() as stack:
        running: list[Gateway] = []
        for number in range(how_many):
            own = folder / str(number)
            own.mkdir(parents=True)
            port = free_port(HOST)
            if number:
                for name in (
                    "certificate-id.key",
                    "pseudonym.key",
                    "evidence.key",
                    "transparency.key",
                    "transparency-ml-dsa.key",
                    "manifests",
                ):
                    (own / name).symlink_to(first / name)
                config = own / "gateway.toml"
                text = (first / "gateway.toml").read_text("utf-8")
                begun = running[0].url.rpartition(":")[2]
                config.write_text(
                    text.replace(f"port = {begun}", f"port = {port}"), "utf-8"
                )
            else:
                config = write_configuration(
                    own,
                    trust_folder=agencies.folder,
                    port=port,
                    agencies=agencies.urls,
                    token=TOKEN,
                    id_number="",
                )
                text = config.read_text("utf-8")
                assert "sqlite:///gateway.db" in text
                config.write_text(
                    text.replace("sqlite:///gateway.db", database_url), "utf-8"
                )
                for path in (own / "manifests").glob("*.toml"):
                    text = path.read_text("utf-8")
                    assert "ttl_seconds = 10" in text
                    path.write_text(
                        text.replace("ttl_seconds = 10", "ttl_seconds = 3600"), "utf-8"
                    )
            LISTENER.meet(agencies.people)
            running.append(stack.enter_context(gateway_by(config, port)))
        yield tuple(running)


def sender_at(gateway: Gateway, agencies: Agencies) -> StateSender:
    return StateSender(gateway, TRANSPORT, key_of(agencies))
