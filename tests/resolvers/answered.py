"""A gateway that was answered this, without agencies, and what it asked its store."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from types import SimpleNamespace
from typing import Any

from graphql import ExecutionResult, execute, parse

from bureau.caller import Caller
from bureau.certificate_ids import CertificateIds
from bureau.look_ups.audit import AuditEvent
from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.oversight import Oversight
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from connectors.agency import Agency
from connectors.answer import (
    Answer,
    AttestedCertificate,
    SourceOutcome,
    UnsignedCertificate,
)
from connectors.registry import Registry
from resolvers.context import RequestContext
from resolvers.schema import schema
from tests.bureau.look_ups.office import PSEUDONYMS, Log, Notes
from tests.connectors.agency import COLLECTION_BODY, NOW
from tests.connectors.collection.test_connector import ONLY_SENDS, Sent, opened
from tests.resolvers.attested import certificate
from tests.resolvers.test_store_away import EVERYTHING
from tests.resolvers.test_store_away import context as context_of

IDS = CertificateIds(bytes(64))
SIGNED = certificate()
UNSIGNED = UnsignedCertificate(
    agency="transport",
    institution=COLLECTION_BODY,
    record=SIGNED.record,
    digest=bytes(32),
    retrieved_at=NOW,
)


def answer(
    *certificates: AttestedCertificate,
    unsigned: Sequence[UnsignedCertificate] = (),
    is_complete: bool = True,
) -> Answer:
    return Answer(
        agency="transport",
        outcome=SourceOutcome.ANSWERED,
        certificates=certificates,
        unsigned=tuple(unsigned),
        is_complete=is_complete,
    )


@dataclass
class Asked:
    """A gateway that knows what is answered; what is asked of its store is noted."""

    answers: list[Answer]
    log: Log = field(default_factory=Log)
    of_store: list[str] = field(default_factory=list)
    people: int = 1
    """How many a question was counted to look up."""

    async def refresh(self) -> None:
        self.of_store.append("collected")

    async def read_ahead(self, *_: object) -> None:
        """There is nothing to read."""

    async def read(self, *_: object) -> None:
        self.of_store.append("versions")

    def hold(self, *_: object, **__: object) -> Any:
        return self.answers

    def context(
        self, *agencies: Agency, caller: Caller = EVERYTHING, **stores: object
    ) -> RequestContext:
        oversight = Oversight(
            PSEUDONYMS, PeopleBudget(10, {}), UnknownPeopleWatch(), self.log, Notes()
        )
        snapshot = SimpleNamespace(registry=Registry(agencies), bundle=None)
        given = {
            "live": SimpleNamespace(snapshot=snapshot),
            "certificate_ids": IDS,
            "oversight": oversight,
            "collected": self,
            "versions": self,
            "sent_changes": SimpleNamespace(may_concern=lambda _: False),
        }
        return replace(
            context_of(caller=caller, **(given | stores)), people=self.people
        )

    @property
    def shown(self) -> list[int | None]:
        """How many certificates each look-up showed, by the log."""
        assert {one.event for one in self.log.records} == {AuditEvent.LOOKED_UP}
        return [one.certificates for one in self.log.records]


def executed(asked: Asked, text: str, **stores: Any) -> ExecutionResult:
    """Ask the graph, where one agency is in force."""

    async def answered() -> ExecutionResult:
        async with opened(ONLY_SENDS, Sent()) as agency:
            context = asked.context(agency, **stores)
            found = execute(schema.core, parse(text), context_value=context)
            return await found if isawaitable(found) else found

    return asyncio.run(answered())
