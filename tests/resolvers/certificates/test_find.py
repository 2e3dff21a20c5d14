"""A certificate is found by its id, and paid for only as its registry says now."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

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
from resolvers.certificates.find import (
    Unanswered,
    find_certificate,
    find_for_payment,
)
from resolvers.context import RequestContext
from tests.bureau.look_ups.office import PSEUDONYMS, Log, Notes
from tests.connectors.agency import NOW
from tests.connectors.collection.test_connector import ONLY_SENDS, Sent, opened
from tests.resolvers.attested import certificate
from tests.resolvers.test_store_away import context as context_of

IDS = CertificateIds(bytes(64))
SIGNED = certificate()
OLD = replace(SIGNED, as_of=NOW - timedelta(days=1))
OTHERS = certificate(number="9999999")
UNSIGNED = UnsignedCertificate(
    agency="transport",
    institution="shanghai-transport-qualification-centre",
    record=SIGNED.record,
    digest=bytes(32),
    retrieved_at=NOW,
)
Found = AttestedCertificate | UnsignedCertificate | Unanswered | None
Find = Callable[[RequestContext, str], Awaitable[Found]]
BOTH_WAYS = pytest.mark.parametrize("find", [find_certificate, find_for_payment])


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

    async def refresh(self) -> None:
        self.of_store.append("collected")

    async def read_ahead(self, *_: object) -> None:
        """There is nothing to read."""

    async def read(self, *_: object) -> None:
        self.of_store.append("versions")

    def hold(self, *_: object, **__: object) -> Any:
        return self.answers

    def context(self, *agencies: Agency) -> RequestContext:
        oversight = Oversight(
            PSEUDONYMS, PeopleBudget(10, {}), UnknownPeopleWatch(), self.log, Notes()
        )
        snapshot = SimpleNamespace(registry=Registry(agencies), bundle=None)
        made = context_of(
            live=SimpleNamespace(snapshot=snapshot),
            certificate_ids=IDS,
            oversight=oversight,
            collected=self,
            versions=self,
            sent_changes=SimpleNamespace(may_concern=lambda _: False),
        )
        return replace(made, people=1)

    async def find(self, find: Find, id_: str) -> Found:
        """Find what ``id_`` is of, by a registry with one agency."""
        async with opened(ONLY_SENDS, Sent()) as agency:
            return await find(self.context(agency), id_)

    @property
    def shown(self) -> list[int | None]:
        """How many certificates each look-up showed, by the log."""
        assert {one.event for one in self.log.records} == {AuditEvent.LOOKED_UP}
        return [one.certificates for one in self.log.records]


@BOTH_WAYS
async def test_what_its_agency_signs_is_found_and_nothing_beside_it(
    find: Find,
) -> None:
    asked = Asked([answer(OTHERS, SIGNED)])

    found = await asked.find(find, IDS.seal(SIGNED))

    assert found is SIGNED
    assert asked.shown == [1]


@BOTH_WAYS
async def test_what_its_agency_has_no_more_is_not_found(find: Find) -> None:
    asked = Asked([answer(OTHERS)])

    assert await asked.find(find, IDS.seal(SIGNED)) is None
    assert asked.shown == [0]


@BOTH_WAYS
async def test_who_cannot_tell_has_not_said_that_there_is_none(find: Find) -> None:
    told = answer(OTHERS, is_complete=False)

    found = await Asked([told]).find(find, IDS.seal(SIGNED))

    assert isinstance(found, Unanswered)
    assert (found.agency.id, found.answer) == ("transport", told)


@BOTH_WAYS
async def test_an_id_that_is_none_costs_what_a_person_costs(find: Find) -> None:
    asked = Asked([answer(SIGNED)])

    assert await asked.find(find, "no id") is None
    assert asked.shown == [0]


@BOTH_WAYS
async def test_so_does_that_of_an_agency_that_is_gone(find: Find) -> None:
    asked = Asked([answer(SIGNED)])

    assert await find(asked.context(), IDS.seal(SIGNED)) is None
    assert asked.shown == [0]


@pytest.mark.parametrize(
    ("find", "of_store"),
    [(find_certificate, []), (find_for_payment, ["collected", "versions"])],
)
async def test_before_a_payment_what_other_gateways_saw_is_read(
    find: Find, of_store: list[str]
) -> None:
    asked = Asked([answer(SIGNED)])

    await asked.find(find, IDS.seal(SIGNED))

    assert asked.of_store == of_store


@pytest.mark.parametrize(
    ("find", "shown"), [(find_certificate, OLD), (find_for_payment, None)]
)
async def test_what_was_true_once_is_shown_and_not_paid_for(
    find: Find, shown: Found
) -> None:
    assert await Asked([answer(OLD)]).find(find, IDS.seal(SIGNED)) is shown


@pytest.mark.parametrize(
    ("find", "shown"), [(find_certificate, UNSIGNED), (find_for_payment, None)]
)
async def test_what_nobody_signed_is_shown_and_not_paid_for(
    find: Find, shown: Found
) -> None:
    asked = Asked([answer(unsigned=[UNSIGNED])])

    assert await asked.find(find, IDS.seal(SIGNED)) is shown
    assert asked.shown == [0 if shown is None else 1]


@pytest.mark.parametrize("licence_id", [None, "1.2.156.3005.2.A124", "another"])
async def test_a_licence_id_that_is_stated_is_its_own(licence_id: str | None) -> None:
    ours = certificate(licence_id="1.2.156.3005.2.A124")
    asked = Asked([answer(ours)])

    async with opened(ONLY_SENDS, Sent()) as agency:
        found = await find_certificate(
            asked.context(agency), IDS.seal(ours), licence_id=licence_id
        )

    assert (found is ours) is (licence_id != "another")
    assert asked.shown == [int(licence_id != "another")]
