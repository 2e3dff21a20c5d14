"""A decision is recorded by the rule of the bureau alone, without a graph."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

import pytest

from bureau.ledger.book import LedgerBook, Weighed
from bureau.ledger.entries import (
    AlreadyPaidError,
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
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
from policy.certificate import CertificateState
from policy.documents import Document
from policy.eligibility import EligibilityOutcome
from policy.evidence import (
    AccountState,
    Acquisition,
    Attestation,
    Claim,
    Claimant,
    ClaimantCategory,
    Hukou,
    Payment,
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


async def test_a_payment_for_a_certificate_in_force_is_recorded() -> None:
    office = Office()

    decision = await office.record()

    assert (decision.amount_yuan, decision.item) == (1600, "4-02-01-01")
    assert decision.authority == "transport"


async def test_a_decision_without_a_day_is_of_today() -> None:
    assert (await Office().record()).decided_on == date(2026, 11, 25)


async def test_the_same_request_is_answered_again_and_nobody_is_asked() -> None:
    office = Office()
    first = await office.record()

    assert await office.record() == first
    assert office.asked == 1


async def test_another_request_under_the_same_key_is_refused() -> None:
    office = Office()
    await office.record()

    with pytest.raises(DecisionError) as error:
        await office.record(replace(STATED, amount_yuan=1000))

    assert error.value.refusal is DecisionRefusal.KEY_USED


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
    error = await refused(Office(eligible(state=state)))

    assert error.refusal is refusal
    assert [finding.clause for finding in error.findings] == ["219-3b"]


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        pytest.param({"item": "压力焊", "item_code": None}, "219-1a", id="压力焊"),
        pytest.param({"issued_on": date(2019, 6, 1)}, "219-1b", id="of 2019"),
        pytest.param({"evaluation_body": "某培训学校"}, "219-2a", id="another body"),
    ],
)
@pytest.mark.parametrize("outcome", ["APPROVED", "PAID"])
async def test_what_the_notice_does_not_pay_for_is_refused_whatever_is_ruled(
    changes: dict[str, object], clause: str, outcome: str
) -> None:
    stated = replace(
        STATED,
        outcome=DecisionOutcome(outcome),
        ruling="特批",
        rulings=ruled(clause, "17-amount"),
    )
    error = await refused(Office(eligible(**changes)), stated)

    assert error.refusal is DecisionRefusal.INELIGIBLE
    assert clause in [finding.clause for finding in error.findings]


@pytest.mark.parametrize(
    ("facts", "clause"),
    [
        ({"is_civil_servant": True}, "17-excluded"),
        ({"claimed_on": date(2026, 8, 31)}, "17-window"),
        (
            {"category": ClaimantCategory.UNEMPLOYED, "hukou": Hukou.ELSEWHERE},
            "17-hukou",
        ),
    ],
)
async def test_what_the_claim_states_is_judged(
    facts: dict[str, object], clause: str
) -> None:
    changed = replace(FACTS, **facts)  # type: ignore[arg-type]  # by name
    stated = replace(STATED, category=changed.category or STATED.category)
    error = await refused(Office(), replace(stated, facts=changed))

    assert error.refusal is DecisionRefusal.INELIGIBLE
    assert [finding.clause for finding in error.findings] == [clause]


@pytest.mark.parametrize("yuan", [1, 1599, 2000, 100_000])
async def test_the_amount_is_the_computed_one_or_is_ruled(yuan: int) -> None:
    office, stated = Office(), replace(STATED, amount_yuan=yuan)

    error = await refused(office, stated)
    assert error.refusal is DecisionRefusal.AMOUNT_DIFFERS
    assert "1600" in error.findings[0].reason.en
    # A reason for whatever is undetermined is none for another sum.
    general = await refused(office, replace(stated, ruling="情况属实"))
    assert general.refusal is DecisionRefusal.AMOUNT_DIFFERS
    decision = await office.record(replace(stated, rulings=ruled("17-amount")))
    assert decision.amount_yuan == yuan


async def test_an_approval_needs_no_sum_where_the_rules_say_which() -> None:
    approved = replace(STATED, outcome=DecisionOutcome.APPROVED, amount_yuan=None)
    unknown = replace(approved, category=None, rulings=ruled("17-share", "17-hukou"))

    assert (await Office().record(approved)).amount_yuan is None
    error = await refused(Office(), unknown)
    assert error.refusal is DecisionRefusal.BAD_AMOUNT
    assert (await Office().record(replace(unknown, amount_yuan=7))).amount_yuan == 7


async def test_what_is_not_known_is_recorded_where_each_clause_was_ruled_on() -> None:
    office = Office(eligible(state=None))
    stated = replace(STATED, facts=replace(FACTS, acquisition=None))
    both = ruled("219-3b", "17-excluded")

    error = await refused(office, replace(stated, rulings=ruled("219-3b")))
    assert error.refusal is DecisionRefusal.UNDETERMINED
    assert [one.clause for one in error.findings] == ["17-excluded"]
    assert (await office.record(replace(stated, rulings=both))).amount_yuan == 1600


async def test_a_reason_without_clauses_stands_for_all_for_a_version_yet() -> None:
    office = Office(eligible(state=None))

    decision = await office.record(replace(STATED, ruling="经电话核实有效"))

    assert decision.ruling == "经电话核实有效"


@pytest.mark.parametrize(
    "rulings",
    [
        pytest.param(ruled("219-9z"), id="of no clause there is"),
        pytest.param(ruled(), id="of no clause"),
        pytest.param(ruled("219-3b") + ruled("219-3b"), id="of one clause twice"),
        pytest.param(ruled("219-3b", reason=" "), id="for no reason"),
        pytest.param(ruled("219-3b", reason="110101199003074514"), id="that names"),
        pytest.param(
            (Ruling(clauses=("219-3b",), reason="r", officer=""),), id="by nobody"
        ),
    ],
)
async def test_a_ruling_that_does_not_say_who_why_and_on_what_is_refused(
    rulings: tuple[Ruling, ...],
) -> None:
    office = Office(eligible(state=None))

    error = await refused(office, replace(STATED, rulings=rulings))

    assert error.refusal is DecisionRefusal.BAD_RULING
    assert office.asked == 0


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (date(2026, 8, 31), DecisionRefusal.BEFORE_ISSUE),
        (date(2023, 9, 1), DecisionRefusal.BEFORE_ISSUE),
        (date(2026, 11, 26), DecisionRefusal.BAD_DAY),
    ],
)
@pytest.mark.parametrize("outcome", DecisionOutcome)
async def test_a_decision_is_of_a_day_between_issue_and_today(
    day: date, refusal: DecisionRefusal, outcome: DecisionOutcome
) -> None:
    facts = replace(FACTS, claimed_on=None)
    stated = replace(STATED, decided_on=day, outcome=outcome, facts=facts)
    if outcome is DecisionOutcome.REFUSED:
        stated = replace(stated, amount_yuan=None)

    error = await refused(Office(), replace(stated, rulings=ruled("17-window")))

    assert error.refusal is refusal


@pytest.mark.parametrize("day", [date(2026, 9, 1), date(2026, 11, 25)])
async def test_the_first_and_the_last_day_are_between(day: date) -> None:
    facts = replace(FACTS, claimed_on=date(2026, 9, 1))

    decision = await Office().record(replace(STATED, decided_on=day, facts=facts))

    assert decision.decided_on == day


async def test_a_claim_is_not_decided_before_it_was_made() -> None:
    error = await refused(Office(), replace(STATED, decided_on=date(2026, 10, 31)))

    assert error.refusal is DecisionRefusal.BAD_DAY


async def test_a_refusal_needs_no_eligibility() -> None:
    office = Office(eligible(issued_on=date(2019, 6, 1)))
    stated = replace(STATED, outcome=DecisionOutcome.REFUSED, amount_yuan=None)

    assert (await office.record(stated)).outcome is DecisionOutcome.REFUSED


async def test_what_was_paid_before_is_told_as_that() -> None:
    office = Office()
    office.book.paid = (
        Payment(item_code=ITEM.code, level=Level.LEVEL_3, category=None),
    )

    with pytest.raises(AlreadyPaidError):
        await office.record(replace(STATED, rulings=ruled("17-once")))


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


async def test_what_a_silent_registry_has_is_recorded_where_all_of_it_is_ruled_on() -> (
    None
):
    office = silent_office()
    ruled_on = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE))

    decision = await office.record(ruled_on)

    assert (decision.item, decision.level) == (ITEM.code, Level.LEVEL_4)
    assert (decision.amount_yuan, decision.evidence) == (1600, "")
    assert decision.person == PSEUDONYMS.of(certificate().record.holder)
    assert office.book.judgements[0].verdict is EligibilityOutcome.UNDETERMINED
    assert office.book.evidence == []


@pytest.mark.parametrize("left_out", OF_THE_CERTIFICATE)
async def test_a_general_reason_does_not_do_for_a_silent_registry(
    left_out: str,
) -> None:
    ruled_on = ruled(*(one for one in OF_THE_CERTIFICATE if one != left_out))
    stated = replace(STATED, seen=SEEN, ruling="系统故障", rulings=ruled_on)

    error = await refused(silent_office(), stated)

    assert error.refusal is DecisionRefusal.UNDETERMINED
    assert [finding.clause for finding in error.findings] == [left_out]


async def test_what_nobody_says_of_a_silent_registry_s_is_not_recorded() -> None:
    stated = replace(STATED, rulings=ruled(*OF_THE_CERTIFICATE))

    with pytest.raises(NotVerifiedError):
        await silent_office().record(stated)


def unsigned_office(*, may_be_ruled_on: bool) -> Office:
    """Return an office whose certificate's registry shows it, and nobody signs it."""
    figures = load_parameters().in_force(NOW.date())
    refused = not_vouched(
        Answer(agency="transport", outcome=SourceOutcome.UNSIGNED),
        certificate().record.holder,
        replace(figures, unsigned_may_be_ruled_on=may_be_ruled_on),
    )
    return Office(None, outcome=refused.outcome, silent=refused.silent)


async def test_what_nobody_signed_is_paid_by_no_ruling() -> None:
    office = unsigned_office(may_be_ruled_on=False)
    stated = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE))

    with pytest.raises(NotVerifiedError):
        await office.record(stated)
    assert office.book.kept == []


async def test_where_the_figures_let_it_each_clause_of_it_is_ruled_on() -> None:
    office = unsigned_office(may_be_ruled_on=True)
    all_but_one = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE[1:]))
    error = await refused(office, all_but_one)
    ruled_on = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE))

    decision = await office.record(ruled_on)

    assert error.refusal is DecisionRefusal.UNDETERMINED
    assert (decision.amount_yuan, decision.evidence) == (1600, "")
    assert office.book.judgements[0].verdict is EligibilityOutcome.UNDETERMINED
    # Nothing of a row is kept as if it proved something.
    assert office.book.evidence == []


async def test_a_registry_that_is_not_believed_is_not_silent() -> None:
    office = Office(None, outcome=SourceOutcome.UNVERIFIED)
    stated = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE))

    with pytest.raises(NotVerifiedError):
        await office.record(stated)


@pytest.mark.parametrize(
    ("seen", "refusal"),
    [
        (
            SeenCertificate(item="2.2", level=Level.UNGRADED),
            DecisionRefusal.UNKNOWN_ITEM,
        ),
        (
            SeenCertificate(item=ITEM.code, level=Level.UNGRADED),
            DecisionRefusal.INELIGIBLE,
        ),
    ],
)
async def test_what_is_no_row_of_the_annex_is_refused_though_its_registry_is_silent(
    seen: SeenCertificate, refusal: DecisionRefusal
) -> None:
    stated = replace(STATED, seen=seen, rulings=ruled(*OF_THE_CERTIFICATE))

    error = await refused(silent_office(), stated)

    assert error.refusal is refusal


async def test_what_is_answered_counts_and_not_what_was_seen() -> None:
    seen = SeenCertificate(item=ITEM.code, level=Level.LEVEL_1)

    decision = await Office().record(replace(STATED, seen=seen))

    assert decision.level is Level.LEVEL_4
    assert decision.evidence


async def test_two_categories_are_none() -> None:
    facts = replace(FACTS, category=ClaimantCategory.UNEMPLOYED)

    error = await refused(Office(), replace(STATED, facts=facts))

    assert error.refusal is DecisionRefusal.CATEGORY_DIFFERS


async def test_a_dry_run_tells_all_that_stands_against_a_decision() -> None:
    office = Office(eligible(state=CertificateState.REVOKED, evaluation_body=None))
    stated = replace(
        STATED, amount_yuan=100_000, facts=replace(FACTS, is_civil_servant=True)
    )

    weighed = await office.preview(stated)

    assert weighed.judgement.verdict is EligibilityOutcome.INELIGIBLE
    assert weighed.judgement.computed_yuan == 1600
    assert [
        (one.refusal, [finding.clause for finding in one.findings])
        for one in weighed.objections
        if isinstance(one, DecisionError)
    ] == [
        (DecisionRefusal.NOT_IN_FORCE, ["219-3b"]),
        (DecisionRefusal.INELIGIBLE, ["17-excluded"]),
        (DecisionRefusal.AMOUNT_DIFFERS, ["17-amount"]),
        (DecisionRefusal.UNDETERMINED, ["219-2a"]),
    ]
    assert office.book.kept == []


async def test_a_dry_run_has_nothing_against_what_would_be_recorded() -> None:
    office = Office()

    weighed = await office.preview()

    assert (weighed.objections, office.book.kept) == ((), [])
    assert await office.record() == weighed.decision


async def test_what_was_computed_is_kept_with_the_bytes_it_rests_on() -> None:
    listed = Envelope(b"the.status.list")
    office = Office(listed=listed)

    decision = await office.record(replace(STATED, rulings=ruled("17-once")))

    (judgement,) = office.book.judgements
    parameters = load_parameters()
    assert judgement.verdict is EligibilityOutcome.ELIGIBLE
    assert (judgement.figures_from, judgement.figures_digest) == (
        *(date(2022, 8, 22), parameters.digest),
    )
    assert (judgement.facts, judgement.rulings) == (FACTS, ruled("17-once"))
    record, list_ = office.book.evidence
    assert (record.digest, list_.digest) == (decision.evidence, judgement.status_list)
    assert office.found is not None
    assert VAULT.open(record) == office.found.envelope.came
    assert VAULT.open(list_) == listed.came


async def test_a_reason_that_is_kept_names_nobody() -> None:
    holder = certificate().record.holder.number
    office = Office(eligible(evaluation_body=f"学校{holder}"))
    stated = replace(STATED, outcome=DecisionOutcome.REFUSED, amount_yuan=None)

    await office.record(stated)

    (judgement,) = office.book.judgements
    assert "学校" in str(judgement.findings)
    assert holder not in str(judgement.findings)


async def test_without_a_key_to_keep_evidence_under_nothing_is_decided() -> None:
    office = Office(vault=None)

    error = await refused(office)

    assert (error.refusal, office.asked) == (DecisionRefusal.NO_EVIDENCE_KEY, 0)


def test_a_request_of_before_there_were_facts_has_its_digest() -> None:
    """It may be sent again after the gateway learnt to judge."""
    stated = replace(STATED, facts=Claim(), amount_yuan=2000)

    assert stated.digest == (
        "50cfe30cb269a7088094974ed56cec42ac65c6d8bcc649924975f21a8364f619"
    )
    assert stated.digest != replace(stated, facts=FACTS).digest
    assert stated.digest != replace(stated, rulings=ruled("219-3b")).digest


@pytest.mark.parametrize("blank", ["", "　", "\u200b", "\u3164", "\u2800", "\ufe0f"])
async def test_nobody_rules_by_a_blank(blank: str) -> None:
    office = Office(eligible(state=None))

    with pytest.raises(DecisionError) as error:
        await office.record(replace(STATED, ruling=blank))

    assert error.value.refusal is DecisionRefusal.BAD_RULING


async def test_a_district_that_is_none_is_refused_before_anybody_is_asked() -> None:
    office = Office()

    with pytest.raises(DecisionError) as error:
        await office.record(replace(STATED, district="999999"))

    assert error.value.refusal is DecisionRefusal.BAD_DISTRICT
    assert office.asked == 0


async def test_what_is_paid_by_a_share_is_counted_against_it_too() -> None:
    student = ClaimantCategory.VOCATIONAL_FINAL_YEAR
    office = Office()
    office.book.paid = (
        Payment(item_code="another", level=Level.LEVEL_3, category=student),
    )
    facts = replace(FACTS, category=student, studies_in_shanghai=True)

    with pytest.raises(AlreadyPaidError) as barred:
        await office.record(replace(STATED, category=student, facts=facts))

    assert barred.value.finding.clause == "17-share"


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


HOLDER, NAME = eligible().record.holder, "王小明"
SOMEBODY = parse_identity("310199198602140067")


@pytest.mark.parametrize(
    "claimant",
    [
        pytest.param(Claimant(SOMEBODY), id="another number"),
        pytest.param(Claimant(HOLDER, "某别人"), id="another name"),
    ],
)
async def test_who_is_not_the_holder_is_not_paid_whatever_is_ruled(
    claimant: Claimant,
) -> None:
    office = Office(eligible(holder_name=NAME))
    ruled = replace(
        STATED, rulings=(Ruling(clauses=("219-2c",), reason="r", officer="o"),)
    )

    with pytest.raises(DecisionError) as error:
        await office.record(ruled, claimant)

    assert error.value.refusal is DecisionRefusal.INELIGIBLE
    assert [finding.clause for finding in error.value.findings] == ["219-2c"]


async def test_who_is_the_holder_is_paid_once_under_one_key() -> None:
    office = Office(eligible(holder_name=NAME))
    first = await office.record(claimant=Claimant(HOLDER, NAME))

    assert await office.record(claimant=Claimant(HOLDER, f" {NAME} ")) == first
    for other in (None, Claimant(HOLDER), Claimant(SOMEBODY, NAME)):
        with pytest.raises(DecisionError) as error:
            await office.record(claimant=other)
        assert error.value.refusal is DecisionRefusal.KEY_USED
    # Nothing of it is kept but a mark.
    assert first.request_digest.startswith("mark of ")


async def test_while_the_registry_is_silent_another_is_not_paid_either() -> None:
    silent = Silent(HOLDER, "transport")
    office = Office(None, outcome=SourceOutcome.TIMED_OUT, silent=silent)
    seen = SeenCertificate(item="4-02-01-01", level=Level.LEVEL_4)
    ruled = replace(STATED, seen=seen, ruling="r")

    with pytest.raises(DecisionError) as error:
        await office.record(ruled, Claimant(SOMEBODY))

    assert error.value.refusal is DecisionRefusal.INELIGIBLE
    assert [finding.clause for finding in error.value.findings] == ["219-2c"]
