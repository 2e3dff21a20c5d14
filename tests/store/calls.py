"""Everything that is awaited of a store, called once, by its name in the package.

``tests/store/test_unavailable.py`` finds what is missing here.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy import insert, select

from bureau.ledger.book import Proof, RecoverySelection, StepStated
from bureau.ledger.corrections import Answer, CorrectionAnswer
from bureau.ledger.corrections import Proposal as CorrectionProposal
from bureau.ledger.moves import ClaimMove
from bureau.ledger.payments import PayingRules, PaymentStepStated
from bureau.ledger.proofs import FalseClaim, Withdrawal
from bureau.ledger.reading import DecisionSelection, Extent
from bureau.ledger.recheck import Looked, Recheck
from bureau.ledger.reconciliation import Window
from bureau.ledger.seen import SeenRevocation
from bureau.ledger.sums import TotalsAsked
from bureau.look_ups.audit import AuditSelection
from bureau.look_ups.budget import PeopleBudget
from bureau.transparency.inclusion import NOTHING
from bureau.transparency.log import KeptCheckpoint
from bureau.versions.memory import SeenVersion
from connectors.quality import Measure, Sighting
from connectors.registration.sanctions import (
    ProposalCause,
    Sanction,
    SanctionEvent,
    SanctionKind,
    SanctionProposal,
    SanctionState,
    SanctionStep,
)
from policy.documents import Document
from policy.payment_states import PaymentStep
from policy.recovery import FalsePart, RecoverySource, RecoveryStep
from signing.transparency.tiles import Tile
from store.audit.log import StoredAuditLog
from store.audit.retention import apply_retention, forget_marks
from store.collection.following import CollectedPeople
from store.collection.licences import StoredLicences
from store.collection.positions import StoredPositions
from store.collection.reading import open_collected
from store.collection.records import StoredRecords
from store.collection.stated import KnownRecord
from store.connections import Reader, begin
from store.credentials.issued import StoredCredentials
from store.ledger.bases import StoredWorths
from store.ledger.bundled import StoredBundles
from store.ledger.events import StoredDecisionEvents, StoredRecoveryEvents
from store.ledger.evidence import StoredEvidence
from store.ledger.kept_keys import StoredKeys
from store.ledger.ledger import StoredLedger
from store.ledger.reading import StoredDecisions
from store.ledger.rechecks import StoredRechecks
from store.ledger.reconciliation import StoredEntries
from store.quality.counts import StoredQuality
from store.quality.versions import StoredVersions
from store.registration.registrations import StoredRegistrations
from store.registration.sanctions import KeptSanctions
from store.status.changes import StoredStates
from store.status.events import (
    StoredCertificateStates,
    StoredConnectorStates,
    StoredSanctionSteps,
)
from store.status.intake import StatesIntake
from store.store import Store
from store.transparency.appending import StoredLog
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.facts import StoredFacts
from store.transparency.finding import StoredRows
from store.transparency.look_ups import StoredLookUps
from store.transparency.publishing import StoredTree
from store.transparency.reach import StoredReach
from store.used_tokens import StoredUsedTokens, used_tokens
from tests.store.audit.records import NOON, record
from tests.store.credentials.test_issued import NEW as CREDENTIAL
from tests.store.ledger.test_bases import BASIS, KEY
from tests.store.ledger.test_ledger import decision, free
from tests.store.status.sent import CHANGE, nothing_follows

TODAY = NOON.date()
DECISIONS = DecisionSelection(authorities=None, districts=None)
WINDOW = Window(first=TODAY, last=TODAY, authorities=None, districts=None)
EVERYBODYS = RecoverySelection(authorities=None)
PROOF = Proof(certificate="sealed-1", reason="r", evidence="e", actor="b", at=NOON)
CORRECTION = CorrectionProposal(
    decision=1, replacement=None, officer="o", reason="r", actor="hr", at=NOON
)
ANSWER = Answer(
    correction=1,
    answer=CorrectionAnswer.CONFIRM,
    officer="o",
    reason="r",
    actor="hr",
    at=NOON,
    day=TODAY,
)
PAYMENT_STEP = PaymentStepStated(
    claim="c",
    version=1,
    step=PaymentStep.PAY,
    day=TODAY,
    officer="o",
    reason="r",
    actor="hr",
    at=NOON,
)
STEP = StepStated(
    recovery=1,
    version=1,
    step=RecoveryStep.NOTIFY,
    amount_yuan=None,
    reason="催缴",
    actor="agency:transport",
    at=NOON,
)
TOTALS = TotalsAsked(
    first=TODAY,
    last=TODAY,
    by=frozenset(),
    authorities=None,
    authority_of=lambda _connector, _item: None,
)
PROPOSAL = SanctionProposal(
    connector="transport",
    body="transport",
    cause=ProposalCause.ALTERED_RECORDS,
    found=7,
    threshold=5,
    proposed_at=NOON,
)
SANCTION = Sanction(
    id=1,
    body="transport",
    kind=SanctionKind.WARNING,
    state=SanctionState.IN_FORCE,
    reason="late",
    imposed_by="officer",
    imposed_at=NOON,
)
IMPOSED = SanctionEvent(
    step=SanctionStep.IMPOSE,
    at=NOON,
    actor="officer",
    reason="late",
    after=SanctionState.IN_FORCE,
)
COUNTED = Counter({Measure.RECORDS: 1})
SEEN = Sighting((), frozenset())
RECHECK = Recheck(1, TODAY, NOON)
LOOKED = Looked(recheck=1, connector="a", before=0, after=1, paid=[], at=NOON)
FALSE_CLAIM = FalseClaim(
    claim="c-1",
    part=FalsePart.HUKOU,
    reason="r",
    evidence="e",
    officer="o",
    actor="b",
    at=NOON,
)
WITHDRAWAL = Withdrawal(
    certificate="sealed-1", document=None, reason="r", officer="o", actor="b", at=NOON
)
REVOCATION = SeenRevocation(
    certificate="sealed-1",
    document=Document(place="p"),
    source=RecoverySource.LIVE_ANSWER,
    since=None,
    connector="transport",
    evidence="e",
    seen_at=NOON,
)

TILE = Tile(0, 0, 1)
CHECKPOINT = KeptCheckpoint(size=1, note="n", at=NOON, is_witnessed=True)


def audit_log(store: Store) -> StoredAuditLog:
    return StoredAuditLog(store, None, 10, PeopleBudget(10, {}))


async def write_audit(store: Store) -> None:
    log = audit_log(store)
    writing = asyncio.create_task(log.keep_writing())
    try:
        await log.write(record())
    finally:
        writing.cancel()


async def export_audit(store: Store) -> None:
    async for _ in audit_log(store).export(None, None):
        pass


async def work(store: Store) -> None:
    async with StoredRegistrations(store.engine).work():
        pass


def kept(
    call: Callable[[KeptSanctions], Awaitable[object]],
) -> Callable[[Store], Awaitable[object]]:
    """Return a call of what works on a connection that is there."""

    async def called(store: Store) -> None:
        async with begin(store.engine) as connection:
            await call(KeptSanctions(connection))

    return called


async def read(store: Store) -> None:
    async with Reader(store.engine).connect() as connection:
        await connection.execute(select(used_tokens))


async def read_collected(store: Store) -> None:
    async with open_collected(store) as collected:
        await collected.of(["a"])


async def write(store: Store) -> None:
    async with begin(store.engine) as connection:
        await connection.execute(insert(used_tokens), [{"token": "t", "until": NOON}])


async def entries_within(store: Store) -> None:
    async for _ in StoredEntries(store).within(WINDOW, Extent(1, 1)):
        pass


Call = Callable[[Store], Awaitable[object]]
MOVE = ClaimMove(
    claim="c",
    from_district="310115",
    to_district="310104",
    reason="r",
    moved_at=NOON,
    moved_by="hr",
    officer=None,
)
CALLS: Mapping[str, Call] = {
    "audit.log.StoredAuditLog.export": export_audit,
    "audit.log.StoredAuditLog.page": lambda s: audit_log(s).page(
        AuditSelection(), first=1, before=None
    ),
    "audit.log.StoredAuditLog.restore": lambda s: audit_log(s).restore(NOON),
    "audit.log.StoredAuditLog.write": write_audit,
    "audit.retention.apply_retention": lambda s: apply_retention(s, NOON, NOON),
    "audit.retention.forget_marks": lambda s: forget_marks(s, TODAY),
    "collection.following.CollectedPeople.after": lambda s: CollectedPeople(s).after(
        1_990
    ),
    "collection.following.CollectedPeople.newest": lambda s: CollectedPeople(
        s
    ).newest(),
    "collection.licences.StoredLicences.certificates": lambda s: StoredLicences(
        s
    ).certificates([f"document-{number}" for number in range(500)]),
    "collection.positions.StoredPositions.kept_after": lambda s: StoredPositions(
        s
    ).kept_after("transport", "records", 0),
    "collection.positions.StoredPositions.position": lambda s: StoredPositions(
        s
    ).position("transport", "records"),
    "collection.reading.CollectedReader.of": read_collected,
    "collection.records.StoredRecords.keep": lambda s: StoredRecords(s).keep(
        "transport", [KnownRecord(1, "d")], NOON
    ),
    "collection.records.StoredRecords.known": lambda s: StoredRecords(s).known(
        "transport", ["d"]
    ),
    "connections.Reader.connect": read,
    "connections.begin": write,
    "credentials.issued.StoredCredentials.issue": lambda s: StoredCredentials(
        s, lambda _: 1
    ).issue(CREDENTIAL, TODAY),
    "credentials.issued.StoredCredentials.newest_list": lambda s: StoredCredentials(
        s, lambda _: 1
    ).newest_list(),
    "credentials.issued.StoredCredentials.statuses": lambda s: StoredCredentials(
        s, lambda _: 1
    ).statuses(0, TODAY),
    "ledger.ledger.StoredLedger.first_answer": lambda s: StoredLedger(s).first_answer(
        "hr", "k"
    ),
    "ledger.ledger.StoredLedger.histories": lambda s: StoredLedger(s).histories([1]),
    "ledger.ledger.StoredLedger.open_seen": lambda s: StoredLedger(s).open_seen(
        [REVOCATION], NOON
    ),
    "ledger.bases.StoredWorths.keep": lambda s: StoredWorths(s).keep(
        "sealed-1", BASIS, NOON
    ),
    "ledger.bundled.StoredBundles.of_certificate": lambda s: StoredBundles(
        s
    ).of_certificate("sealed-1", NOON),
    "ledger.bundled.StoredBundles.of_decision": lambda s: StoredBundles(s).of_decision(
        1, NOON
    ),
    "ledger.kept_keys.StoredKeys.note": lambda s: StoredKeys(s).note([KEY], NOON),
    "ledger.evidence.StoredEvidence.erase_before": lambda s: StoredEvidence(
        s
    ).erase_before(NOON, "r", NOON),
    "ledger.evidence.StoredEvidence.erase_of_person": lambda s: StoredEvidence(
        s
    ).erase_of_person(["a"], "r", NOON),
    "ledger.evidence.StoredEvidence.find": lambda s: StoredEvidence(s).find("d"),
    "ledger.ledger.StoredLedger.judgement": lambda s: StoredLedger(s).judgement(1),
    "ledger.ledger.StoredLedger.answer_correction": lambda s: StoredLedger(
        s
    ).answer_correction(ANSWER, None),
    "ledger.ledger.StoredLedger.correction": lambda s: StoredLedger(s).correction(1),
    "ledger.ledger.StoredLedger.decision": lambda s: StoredLedger(s).decision(1),
    "ledger.ledger.StoredLedger.open_corrections": lambda s: StoredLedger(
        s
    ).open_corrections(1),
    "ledger.ledger.StoredLedger.propose_correction": lambda s: StoredLedger(
        s
    ).propose_correction(CORRECTION),
    "ledger.ledger.StoredLedger.payment": lambda s: StoredLedger(s).payment("c"),
    "ledger.ledger.StoredLedger.take_payment_step": lambda s: StoredLedger(
        s
    ).take_payment_step(PAYMENT_STEP, PayingRules(lambda _: 0)),
    "ledger.ledger.StoredLedger.payments_of": lambda s: StoredLedger(s).payments_of(
        [["a"]]
    ),
    "ledger.ledger.StoredLedger.move": lambda s: StoredLedger(s).move(MOVE, None, None),
    "ledger.ledger.StoredLedger.place_of": lambda s: StoredLedger(s).place_of(
        "c", None, None
    ),
    "ledger.ledger.StoredLedger.prove_false": lambda s: StoredLedger(s).prove_false(
        PROOF
    ),
    "ledger.ledger.StoredLedger.prove_claim_false": lambda s: StoredLedger(
        s
    ).prove_claim_false(FALSE_CLAIM),
    "ledger.ledger.StoredLedger.withdraw_proof": lambda s: StoredLedger(
        s
    ).withdraw_proof(WITHDRAWAL),
    "ledger.ledger.StoredLedger.record": lambda s: StoredLedger(s).record(
        decision(), ["a"], free
    ),
    "ledger.ledger.StoredLedger.recoveries": lambda s: StoredLedger(s).recoveries(
        EVERYBODYS, first=1, before=None
    ),
    "ledger.ledger.StoredLedger.recovery": lambda s: StoredLedger(s).recovery(1, None),
    "ledger.ledger.StoredLedger.sums": lambda s: StoredLedger(s).sums(EVERYBODYS),
    "ledger.ledger.StoredLedger.take": lambda s: StoredLedger(s).take(STEP, None),
    "ledger.rechecks.StoredRechecks.begin": lambda s: StoredRechecks(s).begin(
        TODAY, NOON, anew=False
    ),
    "ledger.rechecks.StoredRechecks.end": lambda s: StoredRechecks(s).end(
        RECHECK, NOON
    ),
    "ledger.rechecks.StoredRechecks.finish": lambda s: StoredRechecks(s).finish(
        RECHECK, "a"
    ),
    "ledger.rechecks.StoredRechecks.keep": lambda s: StoredRechecks(s).keep(LOOKED),
    "ledger.rechecks.StoredRechecks.paid": lambda s: StoredRechecks(s).paid(
        RECHECK, "a", 0, 1
    ),
    "ledger.rechecks.StoredRechecks.progress": lambda s: StoredRechecks(s).progress(
        RECHECK
    ),
    "ledger.rechecks.StoredRechecks.unanswered": lambda s: StoredRechecks(s).unanswered(
        RECHECK, "a", 0, 1
    ),
    "ledger.ledger.StoredLedger.totals": lambda s: StoredLedger(s).totals(TOTALS),
    "ledger.ledger.StoredLedger.weigh": lambda s: StoredLedger(s).weigh(
        decision(), ["a"], free
    ),
    **{
        f"ledger.reading.StoredDecisions.{name}": call
        for name, call in {
            "booked": lambda s: StoredDecisions(s).booked(
                DECISIONS, Extent(1, 1), first=1, after=0
            ),
            "count": lambda s: StoredDecisions(s).count(DECISIONS),
            "extent": lambda s: StoredDecisions(s).extent(),
            "page": lambda s: StoredDecisions(s).page(DECISIONS, first=1, before=None),
            "payments": lambda s: StoredDecisions(s).payments(["c"]),
        }.items()
    },
    "ledger.reconciliation.StoredEntries.entries": lambda s: StoredEntries(s).entries(
        ["c"], WINDOW, Extent(1, 1)
    ),
    "ledger.reconciliation.StoredEntries.extent": lambda s: StoredEntries(s).extent(),
    "ledger.reconciliation.StoredEntries.within": entries_within,
    "quality.counts.StoredQuality.add": lambda s: StoredQuality(s).add(
        "transport", TODAY, COUNTED, SEEN
    ),
    "quality.counts.StoredQuality.propose": lambda s: StoredQuality(s).propose(
        PROPOSAL, TODAY
    ),
    "quality.counts.StoredQuality.sums": lambda s: StoredQuality(s).sums(
        "transport", TODAY
    ),
    "quality.counts.StoredQuality.sums_of": lambda s: StoredQuality(s).sums_of(
        ["transport"], TODAY
    ),
    **{
        f"registration.registrations.StoredRegistrations.{name}": call
        for name, call in {
            "connector": lambda s: StoredRegistrations(s.engine).connector("a"),
            "connectors": lambda s: StoredRegistrations(s.engine).connectors(),
            "events": lambda s: StoredRegistrations(s.engine).events("a"),
            "proposals": lambda s: StoredRegistrations(s.engine).proposals(),
            "sanctions": lambda s: StoredRegistrations(s.engine).sanctions(lifted=True),
            "sanction_events": lambda s: StoredRegistrations(s.engine).sanction_events(
                1
            ),
            "sequence": lambda s: StoredRegistrations(s.engine).sequence(),
            "state": lambda s: StoredRegistrations(s.engine).state(),
            "work": work,
        }.items()
    },
    **{
        f"registration.sanctions.KeptSanctions.{name}": kept(call)
        for name, call in {
            "add_sanction": lambda k: k.add_sanction(SANCTION, IMPOSED),
            "change_sanction": lambda k: k.change_sanction(SANCTION, IMPOSED),
            "decide_proposal": lambda k: k.decide_proposal(PROPOSAL),
            "proposals": lambda k: k.proposals(),
            "sanction_events": lambda k: k.sanction_events(1),
            "sanctions": lambda k: k.sanctions(lifted=True),
        }.items()
    },
    "quality.versions.StoredVersions.after": lambda s: StoredVersions(s).after(0),
    "quality.versions.StoredVersions.keep": lambda s: StoredVersions(s).keep(
        {"m": SeenVersion(NOON, "x", "d", "key-1", NOON)}
    ),
    "quality.versions.StoredVersions.last": lambda s: StoredVersions(s).last(),
    "quality.versions.StoredVersions.of": lambda s: StoredVersions(s).of(["m"]),
    "status.changes.StoredStates.of": lambda s: StoredStates(s.engine).of(["a"]),
    "status.changes.StoredStates.people_after": lambda s: StoredStates(
        s.engine
    ).people_after(0),
    **{
        f"{kind.__module__.removeprefix('store.')}.{kind.__name__}.{name}": call
        for kind in (
            StoredCertificateStates,
            StoredConnectorStates,
            StoredSanctionSteps,
            StoredDecisionEvents,
            StoredRecoveryEvents,
        )
        for name, call in {
            "after": lambda s, kind=kind: kind(s.engine).after(0, 1),
            "has": lambda s, kind=kind: kind(s.engine).has(1),
            "newest": lambda s, kind=kind: kind(s.engine).newest(),
        }.items()
    },
    "status.intake.StatesIntake.take": lambda s: StatesIntake(s, nothing_follows).take(
        "transport", [CHANGE], NOON
    ),
    **{
        f"transparency.{name}": call
        for name, call in {
            "appending.StoredLog.append": lambda s: StoredLog(s).append(),
            "appending.StoredLog.head": lambda s: StoredLog(s).head(),
            "appending.StoredLog.queued": lambda s: StoredLog(s).queued(1),
            "checkpoints.StoredCheckpoints.forget": lambda s: StoredCheckpoints(
                s
            ).forget(NOON),
            "checkpoints.StoredCheckpoints.keep": lambda s: StoredCheckpoints(s).keep(
                CHECKPOINT
            ),
            "checkpoints.StoredCheckpoints.latest": lambda s: StoredCheckpoints(
                s
            ).latest(witnessed=True),
            "facts.StoredFacts.note": lambda s: StoredFacts(s).note("policy", {}, NOON),
            "finding.StoredRows.are_integrated": lambda s: StoredRows(s).are_integrated(
                "decisions", [1]
            ),
            "look_ups.StoredLookUps.of": lambda s: StoredLookUps(s).of("a", 0),
            "look_ups.StoredLookUps.tell": lambda s: StoredLookUps(s).tell(NOON),
            "reach.StoredReach.after": lambda s: StoredReach(s).after(NOTHING),
            "publishing.StoredTree.consistency": lambda s: StoredTree(s).consistency(
                0, 0
            ),
            "publishing.StoredTree.entries": lambda s: StoredTree(s).entries(TILE),
            "publishing.StoredTree.root": lambda s: StoredTree(s).root(0),
            "publishing.StoredTree.tile": lambda s: StoredTree(s).tile(TILE),
            "finding.StoredRows.find": lambda s: StoredRows(s).find("decisions", 1),
        }.items()
    },
    "used_tokens.StoredUsedTokens.use": lambda s: StoredUsedTokens(s.writer).use(
        "transport", "1", NOON.timestamp(), NOON.timestamp()
    ),
}
