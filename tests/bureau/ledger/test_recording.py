"""A decision is recorded by the rule of the bureau alone, without a graph."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

import pytest

from bureau.ledger.book import LedgerBook, OnceRule
from bureau.ledger.entries import (
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    StatedDecision,
)
from bureau.ledger.jurisdiction import Jurisdiction
from bureau.ledger.recording import (
    NO_CERTIFICATE,
    NotVerifiedError,
    Recording,
    Request,
)
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.answer import AttestedCertificate
from connectors.registration.store import RegistrationStore
from connectors.registry import Registry
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from policy.evidence import ClaimantCategory
from policy.finding import Finding
from policy.parameters import load_parameters
from tests.resolvers.attested import certificate

CATALOGUE = load_catalogue()
PSEUDONYMS = Pseudonyms([bytes(32)])
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
STATED = StatedDecision(
    claim="c-1",
    outcome=DecisionOutcome.PAID,
    district="310115",
    amount_yuan=2000,
    category=ClaimantCategory.EMPLOYED,
    decided_on=None,
    ruling=None,
    certificate="sealed",
)


@dataclass
class Book:
    """A ledger in memory; it asks the rule about earlier payments."""

    kept: list[Decision] = field(default_factory=list)
    findings: Sequence[Finding] = ()

    async def first_answer(self, caller: str, key: str) -> Decision | None:
        kept = (d for d in self.kept if (d.recorded_by, d.request_key) == (caller, key))
        return next(kept, None)

    async def record(
        self,
        decision: Decision,
        people: Sequence[str],
        once: OnceRule,
    ) -> Decision:
        assert PSEUDONYMS.of(certificate().record.holder) in people
        self.findings = once(())
        self.kept.append(decision)
        return decision


@dataclass
class Office:
    """What recording takes, and one certificate that is vouched for."""

    found: AttestedCertificate | None = field(default_factory=certificate)
    book: Book = field(default_factory=Book)
    asked: int = 0

    async def find(self, id_: str) -> AttestedCertificate:
        assert id_ == "sealed"
        self.asked += 1
        if self.found is None:
            raise NotVerifiedError(NO_CERTIFICATE)
        return self.found

    async def record(self, stated: StatedDecision = STATED) -> Decision:
        nobody = cast("RegistrationStore", None)
        recording = Recording(
            ledger=cast("LedgerBook", self.book),
            catalogue=CATALOGUE,
            parameters=load_parameters(),
            pseudonyms=PSEUDONYMS,
            jurisdiction=Jurisdiction(CATALOGUE, Registry(()), nobody),
        )
        request = Request(
            key="k-1", stated=stated, caller="hr", now=NOW, today=date(2026, 11, 25)
        )
        return await recording.record(request, self.find)


async def test_a_payment_for_a_certificate_in_force_is_recorded() -> None:
    office = Office()

    decision = await office.record()

    assert (decision.amount_yuan, decision.item) == (2000, "4-02-01-01")
    assert decision.authority == "transport"
    assert [finding.clause for finding in office.book.findings] == ["17-once"]


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 25), date(2026, 11, 25)),
        (None, date(2026, 11, 25)),
    ],
)
async def test_a_decision_is_of_the_day_that_is_stated_or_of_today(
    stated: date | None, kept: date
) -> None:
    decision = await Office().record(replace(STATED, decided_on=stated))

    assert decision.decided_on == kept


async def test_a_decision_of_tomorrow_is_refused() -> None:
    office = Office()

    with pytest.raises(DecisionError) as refused:
        await office.record(replace(STATED, decided_on=date(2026, 11, 26)))

    assert refused.value.refusal is DecisionRefusal.BAD_DAY
    assert office.book.kept == []


async def test_the_same_request_is_answered_again_and_nobody_is_asked() -> None:
    office = Office()
    first = await office.record()

    assert await office.record() == first
    assert office.asked == 1


async def test_another_request_under_the_same_key_is_refused() -> None:
    office = Office()
    await office.record()

    with pytest.raises(DecisionError) as refused:
        await office.record(replace(STATED, amount_yuan=1000))

    assert refused.value.refusal is DecisionRefusal.KEY_USED


async def test_what_nobody_vouches_for_is_not_recorded() -> None:
    office = Office(None)

    with pytest.raises(NotVerifiedError):
        await office.record()

    assert office.book.kept == []


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        pytest.param(
            CertificateState.REVOKED, DecisionRefusal.NOT_IN_FORCE, id="revoked"
        ),
        pytest.param(None, DecisionRefusal.UNDETERMINED, id="of a state not stated"),
    ],
)
async def test_a_payment_for_what_is_not_known_to_be_in_force_is_refused(
    state: CertificateState | None, refusal: DecisionRefusal
) -> None:
    office = Office(certificate(state=state))

    with pytest.raises(DecisionError) as refused:
        await office.record()

    assert refused.value.refusal is refusal
    assert refused.value.finding is not None
    assert refused.value.finding.clause == "219-3b"
    assert office.book.kept == []


async def test_what_is_undetermined_is_recorded_where_the_bureau_ruled_on_it() -> None:
    office = Office(certificate(state=None))

    decision = await office.record(replace(STATED, ruling="经电话核实有效"))

    assert decision.ruling == "经电话核实有效"


async def test_a_district_that_is_none_is_refused_before_anybody_is_asked() -> None:
    office = Office()

    with pytest.raises(DecisionError) as refused:
        await office.record(replace(STATED, district="999999"))

    assert refused.value.refusal is DecisionRefusal.BAD_DISTRICT
    assert office.asked == 0


async def test_what_is_paid_by_a_share_is_counted_against_it_too() -> None:
    office = Office()

    await office.record(
        replace(STATED, category=ClaimantCategory.VOCATIONAL_FINAL_YEAR)
    )

    clauses = [finding.clause for finding in office.book.findings]
    assert clauses == ["17-once", "17-share"]


@pytest.mark.parametrize(
    "other",
    [
        {"claim": "c-11"},
        {"amount_yuan": 200},
        {"district": "310116"},
        {"certificate": "sealed-2"},
        {"ruling": "核实"},
        {"decided_on": date(2026, 11, 25)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_decision_has_another_digest(other: dict[str, object]) -> None:
    assert replace(STATED, **other).digest != STATED.digest  # type: ignore[arg-type]


def test_what_is_moved_from_one_field_to_the_next_has_another_digest() -> None:
    moved = replace(STATED, district=STATED.district[:-1], amount_yuan=52000)

    assert moved.digest != STATED.digest
