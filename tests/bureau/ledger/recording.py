"""An office that records decisions, and what is known of its people."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

import pytest

from bureau.ledger.book import LedgerBook, Weighed
from bureau.ledger.entries import (
    Decision,
    DecisionError,
    DecisionOutcome,
    Ruling,
    SeenCertificate,
    StatedDecision,
)
from bureau.ledger.evidence import SealedEvidence, Vault
from bureau.ledger.judging import Judge, Judgement, Rules, Silent, Vouched
from bureau.ledger.jurisdiction import Jurisdiction
from bureau.ledger.recording import (
    NO_ANSWER,
    NotVerifiedError,
    Recording,
    Request,
    not_vouched,
)
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from connectors.registration.store import RegistrationStore
from connectors.registry import Registry
from policy.catalogue import load_catalogue
from policy.documents import Document
from policy.evidence import (
    AccountState,
    Acquisition,
    Attestation,
    Claim,
    Claimant,
    ClaimantCategory,
    Hukou,
)
from policy.identity import parse_identity
from policy.level import Level
from policy.parameters import load_parameters
from policy.payments import Payments
from signing.envelope import Envelope
from tests.resolvers.attested import certificate

DOCUMENT = Document(place="p", number="n")


CATALOGUE = load_catalogue()


PSEUDONYMS = Pseudonyms([bytes(32)])


VAULT = Vault([bytes(32)])


NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


ITEM = CATALOGUE.items["4-02-01-01"]


FACTS = Claim(
    claimed_on=date(2026, 11, 1),
    hukou=Hukou.SHANGHAI,
    is_civil_servant=False,
    acquisition=Acquisition.EXAMINATION,
)


STATED = StatedDecision(
    claim="c-1",
    outcome=DecisionOutcome.PAID,
    district="310115",
    amount_yuan=1600,
    category=ClaimantCategory.EMPLOYED,
    decided_on=None,
    ruling=None,
    certificate="sealed",
    facts=FACTS,
)


def eligible(**changes: object) -> AttestedCertificate:
    """Return a certificate that the notice pays for, but for ``changes``."""
    stated = {
        "issued_on": date(2026, 9, 1),
        "evaluation_body": ITEM.evaluation_body.name.zh,
        **changes,
    }
    return replace(
        certificate(**stated),
        attestation=Attestation(
            institution=ITEM.collection_body.id,
            scope=frozenset({ITEM.code}),
            key_in_force=True,
            account=AccountState.ACTIVE,
        ),
    )


def ruled(*clauses: str, reason: str = "经研究认定") -> tuple[Ruling, ...]:
    return (Ruling(clauses=clauses, reason=reason, officer="浦0017"),)


@dataclass
class Book:
    """A ledger in memory; what stands against a decision keeps it out."""

    kept: list[Decision] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    evidence: list[SealedEvidence] = field(default_factory=list)
    paid: Payments = ()

    async def first_answer(self, caller: str, key: str) -> Decision | None:
        kept = (d for d in self.kept if (d.recorded_by, d.request_key) == (caller, key))
        return next(kept, None)

    async def record(
        self,
        decision: Decision,
        people: Sequence[str],
        judge: Judge,
        evidence: Sequence[SealedEvidence],
    ) -> Decision:
        assert PSEUDONYMS.of(certificate().record.holder) in people
        judged = judge(self.paid)
        for objection in judged.objections:
            raise objection
        self.kept.append(decision)
        self.judgements.append(judged.judgement)
        self.evidence += evidence
        return decision

    async def weigh(
        self, decision: Decision, people: Sequence[str], judge: Judge
    ) -> Weighed:
        assert people
        judged = judge(self.paid)
        return Weighed(decision, judged.judgement, judged.objections)


@dataclass
class Office:
    """What recording takes, and one certificate that is vouched for."""

    found: AttestedCertificate | None = field(default_factory=eligible)
    book: Book = field(default_factory=Book)
    listed: Envelope | None = None
    vault: Vault | None = VAULT
    outcome: SourceOutcome | None = None
    silent: Silent | None = None
    asked: int = 0

    async def find(self, id_: str) -> Vouched:
        assert id_ == "sealed"
        self.asked += 1
        if self.found is None:
            raise NotVerifiedError(NO_ANSWER, self.outcome, self.silent)
        return Vouched(self.found, self.listed)

    async def record(
        self, stated: StatedDecision = STATED, claimant: Claimant | None = None
    ) -> Decision:
        asked = replace(request(stated), claimant=claimant)
        return await self.recording.record(asked, self.find)

    async def preview(self, stated: StatedDecision = STATED) -> Weighed:
        return await self.recording.preview(request(stated), self.find)

    @property
    def recording(self) -> Recording:
        nobody = cast("RegistrationStore", None)
        return Recording(
            ledger=cast("LedgerBook", self.book),
            rules=Rules(catalogue=CATALOGUE, parameters=load_parameters()),
            pseudonyms=PSEUDONYMS,
            jurisdiction=Jurisdiction(CATALOGUE, Registry(()), nobody),
            vault=self.vault,
            document_of=lambda _: DOCUMENT,
            mark=lambda text: f"mark of {text}",
        )


def request(stated: StatedDecision) -> Request:
    return Request(
        key="k-1", stated=stated, caller="hr", now=NOW, today=date(2026, 11, 25)
    )


async def refused(office: Office, stated: StatedDecision = STATED) -> DecisionError:
    """Return why ``stated`` is not recorded, once nothing was kept."""
    with pytest.raises(DecisionError) as error:
        await office.record(stated)
    assert office.book.kept == []
    return error.value


SEEN = SeenCertificate(item=ITEM.code, level=Level.LEVEL_4)


OF_THE_CERTIFICATE = (
    *("219-1a", "219-1b", "219-n2", "219-2a", "219-2b", "219-3b", "219-2c"),
    "17-window",
)


def silent_office() -> Office:
    """Return an office whose certificate's registry is away."""
    holder = certificate().record.holder
    return Office(
        None,
        outcome=SourceOutcome.UNREACHABLE,
        silent=Silent(holder, "transport"),
    )


def unsigned_office(*, may_be_ruled_on: bool) -> Office:
    """Return an office whose certificate's registry shows it, and nobody signs it."""
    figures = load_parameters().in_force(NOW.date())
    refused = not_vouched(
        Answer(agency="transport", outcome=SourceOutcome.UNSIGNED),
        certificate().record.holder,
        replace(figures, unsigned_may_be_ruled_on=may_be_ruled_on),
    )
    return Office(None, outcome=refused.outcome, silent=refused.silent)


HOLDER, NAME = eligible().record.holder, "王小明"


SOMEBODY = parse_identity("310199198602140067")
