"""An agency of the operator's files gives its place to a registered connector.

A gateway has the transport agency in its files; the agency registers another connector,
and the gateway is started again with the file still there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.demo import HOST, write_configuration
from tests.connectors.conformance.kit import manifest_text
from tests.gateway.registration.joining import (
    JOINING,
    TABLES,
    WAY,
    Joining,
    Steps,
    seconds_until,
)
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import TOKEN, Agencies, gateway_by
from tests.store.registration.office import make_key

NEW = "transport-2"


class Place:
    """A configuration that has the transport agency's file, and its database."""

    def __init__(self, folder: Path, agencies: Agencies, database_url: str) -> None:
        self.agencies = agencies
        self.port = free_port(HOST)
        self.database_url = database_url
        folder.mkdir(parents=True)
        self.config = write_configuration(
            folder,
            trust_folder=agencies.folder,
            port=self.port,
            agencies=agencies.urls,
            token=TOKEN,
            id_number="",
        )
        text = self.config.read_text("utf-8")
        text = text.replace("sqlite:///gateway.db", database_url)
        self.config.write_text(f"{text}\n{TABLES}", "utf-8")
        self.file = folder / "manifests" / f"{JOINING}.toml"

    @contextmanager
    def started(self) -> Iterator[Steps]:
        """Run a gateway here."""
        LISTENER.meet(self.agencies.people)
        with gateway_by(self.config, self.port) as gateway:
            yield Steps(gateway)

    def submission(self, **changes: object) -> dict[str, object]:
        """Return what the agency submits, at its new address."""
        manifest = manifest_text(self.agencies, JOINING).replace(
            f'id = "{JOINING}"', f'id = "{NEW}"'
        )
        joining = Joining(self.agencies)
        return joining.submission(manifest=manifest, **changes)


@pytest.fixture(name="place")
def _place(agencies: Agencies, tmp_path: Path, database_url: str) -> Place:
    if database_url.startswith("sqlite"):
        database_url = f"sqlite:///{tmp_path}/shared.db"
    return Place(tmp_path / "one", agencies, database_url)


def way(steps: Steps, seen: dict[str, Any]) -> dict[str, Any]:
    """Go from a draft to active, or to the first refusal."""
    for name, token in WAY:
        seen = steps.step(name, token, seen)
        if seen["__typename"] != "Connector":
            return seen
    return seen


def answering(steps: Steps, number: str) -> tuple[str | None, str | None]:
    """Return how the old and the new one answer; ``None`` of what is not there."""
    return steps.outcome(number, JOINING), steps.outcome(number, NEW)


def test_the_refusal_names_a_remedy_that_works_and_outlives_a_restart(
    place: Place, agencies: Agencies
) -> None:
    number = agencies.person("all-three")["idNumber"]
    with place.started() as steps:
        assert answering(steps, number) == ("ANSWERED", None)
        joining = Joining(agencies)
        drafted = steps.draft(**place.submission())
        known = steps.challenge(NEW, joining.key)
        proved = steps.register_key(NEW, make_key("of-transport-2"))
        refused = way(steps, {**drafted, "version": proved["version"]})
        seen = steps.send(
            "query($i: ID!) { connector(id: $i) { id version } }", "operator-1", i=NEW
        )
        told = steps.send(
            "mutation($s: ConnectorStepInput!, $it: ConnectorSubmission!) "
            "{ redraftConnector(step: $s, submission: $it) { __typename "
            "... on Connector { id version state } } }",
            "the-agency",
            s={**seen, "reason": "as told"},
            it=place.submission(replaces=JOINING),
        )
        active = way(steps, told)
        seconds_until(lambda: answering(steps, number) == (None, "ANSWERED"))
    assert known["code"] == "KEY_ID_TAKEN", "its key is in the operator's files"
    assert (refused["code"], refused["detail"]) == ("OVERLAPPING_CLAIM", JOINING)
    assert "name it in replaces" in refused["message"]
    assert active["state"] == "ACTIVE", active

    assert place.file.exists()
    with place.started() as steps:
        assert answering(steps, number) == (None, "ANSWERED")


def test_another_gateway_with_the_same_file_lets_go_of_it_within_a_second(
    place: Place, agencies: Agencies, tmp_path: Path
) -> None:
    other = Place(tmp_path / "other", agencies, place.database_url)
    number = agencies.person("all-three")["idNumber"]
    with place.started() as steps, other.started() as beside:
        assert answering(beside, number) == ("ANSWERED", None)
        active = way(steps, steps.draft(**place.submission(replaces=JOINING)))
        assert active["__typename"] == "Connector", active
        late = seconds_until(lambda: answering(beside, number) == (None, "ANSWERED"))

    assert late <= 1
