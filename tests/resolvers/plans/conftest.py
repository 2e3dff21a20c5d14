"""A running gateway without its front door, and whom it may be asked about."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from bureau.caller import Caller, LookUp, Purpose, Scope
from gateway.clock import utc_now
from gateway.demo.demo import write_configuration
from gateway.metrics import Metrics
from gateway.settings.settings import Settings, load_settings
from gateway.wiring import open_services
from resolvers.context import RequestContext, Services
from resolvers.schema import schema
from store.background import Supervisor
from store.migrate import upgrade_database
from store.store import open_store
from tests.resolvers.plans.both_ways import Answered, BothWays
from tests.running import Agencies

LOOK_UP = LookUp(Purpose.SUBSIDY_CLAIM, "2026-1")
READS = frozenset({Scope.READ_CERTIFICATES, Scope.AUDIT, Scope.INTROSPECT})
SEES_MASKS = Caller("masks", READS, LOOK_UP)
SEES_PEOPLE = Caller("people", READS | {Scope.READ_IDENTITY}, LOOK_UP)
SAYS_NOTHING = Caller("says-no-purpose", READS)
NUMBERS = (
    "110101199003074514",  # nobody's
    "not a number",
)
MANY = 1_000
"""People whom any document here may look up; nobody counts them."""
FIRST = """query($n: String!) { holder(idNumber: $n) { ... on Holder {
  certificates { nodes { id } } } } }"""


class Clock:
    """Stands still, but for being moved on by days."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def move(self, days: int) -> None:
        self.now += timedelta(days=days)


@dataclass(slots=True)
class Known:
    """The gateway's services, and what it was found to know."""

    services: Services
    clock: Clock
    numbers: list[str]
    ids: list[str]
    runner: asyncio.Runner

    def asking(self, text: str, variables: dict[str, Any]) -> BothWays:
        """Return a question that can be asked again and again."""
        return BothWays(schema, text, variables)

    def meet(self, number: str) -> None:
        """Know a number, and the certificates of its holder."""
        answer = self.answered(self.asking(FIRST, {"n": number}), SEES_PEOPLE)
        found = json.loads(answer.by_core)["data"]["holder"].get("certificates")
        self.numbers.append(number)
        self.ids += [node["id"] for node in (found or {"nodes": []})["nodes"]]

    def answered(self, question: BothWays, caller: Caller) -> Answered:
        """Ask ``question`` both ways, after everything was fetched that it needs."""

        def context() -> RequestContext:
            return RequestContext(self.services, caller, caller.look_up, people=MANY)

        async def asked() -> Answered:
            await question.by_core(context())
            return await question.answered(context)

        return self.runner.run(asked())


@asynccontextmanager
async def _opened(settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    await upgrade_database(settings.database_url)
    async with (
        open_store(settings.database_url) as store,
        open_services(settings, Metrics(), store, Supervisor(), clock) as opened,
    ):
        yield opened.services


@pytest.fixture(scope="package", name="known")
def _known(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Known]:
    running_agencies.reset()
    config = write_configuration(
        tmp_path_factory.mktemp("planned"),
        trust_folder=running_agencies.folder,
        port=0,
        agencies=running_agencies.urls,
        token="unused",
        id_number="",
    )
    text = config.read_text("utf-8")
    # What is compared is what agencies answer, however busy the machine is.
    patient = f"deadline_seconds = 60\n{text}\n[privacy]\npeople_a_day = 1000000\n"
    config.write_text(patient, "utf-8")
    for manifest in (config.parent / "manifests").glob("*.toml"):
        text = manifest.read_text("utf-8")
        # Nor do agencies' clocks stand still while this one does.
        for hurried, slow in (
            ("timeout_seconds = 1.8", "timeout_seconds = 30.0"),
            ("skew_seconds = 60", "skew_seconds = 600"),
            # What is answered twice is the same, whatever comes between.
            ("ttl_seconds = 10", "ttl_seconds = 600"),
        ):
            assert hurried in text
            text = text.replace(hurried, slow)
        manifest.write_text(text, "utf-8")
    clock = Clock()
    with asyncio.Runner() as runner:
        opening = _opened(load_settings(config, {}), clock)
        services = runner.run(opening.__aenter__())
        try:
            known = Known(services, clock, [], [], runner)
            people = (one["idNumber"] for one in running_agencies.people)
            for number in (*NUMBERS, *dict.fromkeys(people)):
                known.meet(number)
            yield known
        finally:
            runner.run(opening.__aexit__(None, None, None))
