"""What was paid for is found by its document: any spelling, id, connector or day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bureau.ledger.book import Proof, ProvedBeforeError, RecoverySelection
from bureau.ledger.entries import (
    AlreadyPaidError,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
)
from bureau.ledger.seen import SeenRevocation
from connectors.quality import Sight, Sighting
from policy.certificate import CertificateState
from policy.documents import Document
from policy.level import Level
from policy.payment_states import PaymentStep
from policy.recovery import RecoverySource, RecoveryState
from store.ledger.causes import follow_change
from store.ledger.ledger import StoredLedger
from store.quality.counts import StoredQuality
from store.status.intake import NewChange, StatesIntake
from store.store import Store
from tests.store.ledger.test_ledger import (
    ALICE,
    NOON,
    all_of,
    change,
    decision,
    free,
)
from tests.store.ledger.test_payments import take
from tests.store.status.sent import CHANGE

PAID = Document(
    place="place 1",
    number="n",
    code="c",
    name="driver",
    level=Level.LEVEL_4,
    first_issued_on=date(2026, 3, 1),
    issued_on=date(2026, 3, 1),
)
REVOKED, VALID = CertificateState.REVOKED, CertificateState.VALID


@pytest.fixture(name="ledger")
def _ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


async def paid(ledger: StoredLedger, document: Document = PAID) -> None:
    await ledger.record(decision(1, document=document), [ALICE], free)


async def states(ledger: StoredLedger) -> Sequence[RecoveryState]:
    return [one.progress.state for one in await all_of(ledger)]


async def taken(store: Store, document: Document) -> bool:
    """Take a revocation in; say whether it is told to be of nothing known."""
    sent: NewChange = replace(
        CHANGE, state=REVOKED, document=document, certificate="another id"
    )
    (one,) = await StatesIntake(store, follow_change).take("transport", [sent], NOON)
    return one.is_of_unknown


@pytest.mark.parametrize(
    "left_out",
    [
        {"code": None},
        {"level": None},
        {"first_issued_on": None},
        {"issued_on": None},
        {"code": None, "level": None, "first_issued_on": None, "issued_on": None},
    ],
)
async def test_a_revocation_that_leaves_something_out_opens_the_recovery(
    store: Store, ledger: StoredLedger, left_out: dict[str, None]
) -> None:
    await paid(ledger)
    document = replace(PAID, place="elsewhere", **left_out)

    assert await taken(store, document) is False

    assert await states(ledger) == [RecoveryState.OPEN]


@pytest.mark.parametrize(
    "other",
    [
        {"number": "m"},
        {"code": "d"},
        {"level": Level.LEVEL_3},
        {"first_issued_on": None, "issued_on": date(2020, 1, 1)},
    ],
)
async def test_one_of_another_certificate_opens_none_and_is_told(
    store: Store, ledger: StoredLedger, other: dict[str, object]
) -> None:
    await paid(ledger)
    document = replace(PAID, place="elsewhere", **other)  # type: ignore[arg-type]  # by name

    assert await taken(store, document) is True

    assert await states(ledger) == []


async def test_a_lifting_that_leaves_something_out_withdraws_and_another_does_not(
    store: Store, ledger: StoredLedger
) -> None:
    await paid(ledger)
    await change(store, 1, REVOKED, "other", replace(PAID, place="a", level=None))
    other = replace(PAID, place="b", issued_on=date(2020, 1, 1))

    await change(store, 2, VALID, "wrong", other)
    before = await states(ledger)
    await change(store, 3, VALID, "c", replace(PAID, place="c", code=None))

    assert before == [RecoveryState.OPEN]
    assert await states(ledger) == [RecoveryState.WITHDRAWN]


async def seen(store: Store, document: Document) -> None:
    """Let an agency answer live with a document."""
    sight = Sight("mark", "facts", "p", document.issued_on, document)
    sighting = Sighting((sight,), frozenset())
    await StoredQuality(store).add("transport", NOON.date(), Counter(), sighting)


async def test_a_revocation_by_corrected_days_finds_what_was_paid_before(
    store: Store, ledger: StoredLedger
) -> None:
    await paid(ledger)
    corrected = replace(PAID, place="corrected", first_issued_on=date(2019, 3, 1))
    await seen(store, corrected)

    await change(store, 1, REVOKED, "new id", corrected)

    assert await states(ledger) == [RecoveryState.OPEN]


async def test_a_revoked_document_is_not_paid_for_under_another_id_or_days(
    store: Store, ledger: StoredLedger
) -> None:
    await seen(store, PAID)
    await change(store, 1, REVOKED, "first id", PAID)
    corrected = replace(PAID, place="corrected", first_issued_on=date(2019, 3, 1))
    anew = replace(PAID, place="anew", issued_on=date(2026, 11, 21))

    for document in (PAID, corrected):
        with pytest.raises(DecisionError) as refused:
            await paid(ledger, document)
        assert refused.value.refusal is DecisionRefusal.NOT_IN_FORCE
    # Issued after the revocation took effect: it was come by anew.
    await paid(ledger, anew)


async def test_a_claim_goes_on_and_is_paid_once_under_another_connector_s_id(
    ledger: StoredLedger,
) -> None:
    """The id names the connector; it is one certificate all the same."""
    await paid(ledger)
    again = decision(2, certificate="by the new connector", document=PAID)
    of_the_claim = replace(again, claim="c-1")
    another = replace(of_the_claim, certificate="x", document=None, request_key="k-3")

    with pytest.raises(AlreadyPaidError):
        await ledger.record(again, [ALICE], free)
    with pytest.raises(AlreadyPaidError):
        await ledger.record(of_the_claim, [ALICE], free)
    with pytest.raises(DecisionError) as refused:
        await ledger.record(another, [ALICE], free)
    assert refused.value.refusal is DecisionRefusal.CLAIM_OF_ANOTHER_CERTIFICATE


async def test_a_proof_counts_under_every_id_of_the_document(
    ledger: StoredLedger,
) -> None:
    await paid(ledger)
    proof = Proof(
        certificate="by the new connector",
        reason="r",
        evidence="e",
        actor="b",
        at=NOON,
        document=Document(place=PAID.place),
    )

    (opened,) = await ledger.prove_false(proof)

    assert opened.claim == "c-1"
    with pytest.raises(ProvedBeforeError):
        await ledger.prove_false(replace(proof, certificate="sealed-1"))
    third = decision(3, certificate="by a third one", document=PAID)
    with pytest.raises(DecisionError) as refused:
        await ledger.record(third, [ALICE], free)
    assert refused.value.refusal is DecisionRefusal.PROVED_FALSE


SEEN = SeenRevocation(
    certificate="by another connector",
    document=replace(PAID, place="corrected", issued_on=date(2026, 5, 1)),
    source=RecoverySource.STATUS_LIST,
    since=None,
    connector="transport",
    evidence="e" * 64,
    seen_at=NOON,
)


@pytest.mark.parametrize(
    ("since", "day"), [(None, ""), (date(2026, 7, 1), ", 2026-07-01")]
)
async def test_a_revocation_that_is_read_opens_the_recovery_once(
    ledger: StoredLedger, since: date | None, day: str
) -> None:
    await paid(ledger)
    seen = replace(SEEN, since=since)

    opened = [await ledger.open_seen([seen, seen], NOON) for _ in range(2)]

    assert opened == [1, 0]
    (recovery,) = await all_of(ledger)
    assert recovery.source is RecoverySource.STATUS_LIST
    ((event,),) = await ledger.histories([recovery.id])
    said = f"撤销 / revoked{day}"
    assert (event.reason, event.actor) == (said, "agency:transport")


async def test_where_nothing_was_paid_nobody_is_kept_waiting(
    ledger: StoredLedger, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paid(ledger)
    other = replace(SEEN, document=replace(PAID, place="other", number="m"))

    async def write(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(store.writer, "write", write)

    assert await StoredLedger(store).open_seen([other], NOON) == 0


async def test_bytes_from_before_a_lifting_open_nothing_again(
    ledger: StoredLedger, store: Store
) -> None:
    await paid(ledger)
    await ledger.open_seen([SEEN], NOON)
    await change(store, 1, VALID, "sealed-1", PAID)
    lifted = await states(ledger)
    later = replace(SEEN, seen_at=NOON + timedelta(hours=1))

    opened = [await ledger.open_seen([one], NOON) for one in (SEEN, later)]

    assert lifted == [RecoveryState.WITHDRAWN]
    assert opened == [0, 1]
    assert await states(ledger) == [RecoveryState.OPEN]


async def test_recoveries_are_found_by_every_id_of_the_document(
    ledger: StoredLedger,
) -> None:
    await paid(ledger)
    await ledger.open_seen([SEEN], NOON)

    async def found(certificate: str, place: str) -> int:
        selection = RecoverySelection(
            authorities=None, certificate=certificate, document=Document(place=place)
        )
        (count,) = {
            (await ledger.sums(selection)).count,
            len(await ledger.recoveries(selection, first=9, before=None)),
        }
        return count

    assert await found("sealed-1", "unknown") == 1
    assert await found("by another connector", "unknown") == 1
    assert await found("by a third one", PAID.place) == 1
    assert await found("by a third one", "unknown") == 0


H1 = replace(PAID, number="n of one holder", serial="n")
H2 = replace(PAID, place="place 2", number="n of another", serial="n")


async def differing(ledger: StoredLedger) -> list[tuple[RecoveryState, bool]]:
    return [(r.progress.state, r.holder_differs) for r in await all_of(ledger)]


async def test_a_revocation_that_names_another_holder_is_for_an_officer(
    store: Store, ledger: StoredLedger
) -> None:
    await paid(ledger, H1)

    await taken(store, H2)
    found = await differing(ledger)
    await change(store, 2, VALID, "another id", H2)
    lifted = await differing(ledger)
    # Of the very holder: that is for certain.
    await change(store, 3, REVOKED, "sealed-1", H1)

    assert found == [(RecoveryState.OPEN, True)]
    assert lifted == [(RecoveryState.WITHDRAWN, True)]
    assert await differing(ledger) == [(RecoveryState.OPEN, False)]


@pytest.mark.parametrize(
    "other",
    [
        replace(H2, serial=None),
        replace(H2, serial="m"),
        replace(H2, code="d"),
        replace(H2, level=Level.LEVEL_3),
    ],
)
async def test_another_number_item_or_level_is_another_document(
    store: Store, ledger: StoredLedger, other: Document
) -> None:
    await paid(ledger, H1)

    await taken(store, other)

    assert await differing(ledger) == []


async def test_what_was_issued_after_a_number_was_revoked_is_not_claimed_back(
    store: Store, ledger: StoredLedger
) -> None:
    later = CHANGE.effective_on + timedelta(days=1)
    await paid(ledger, replace(H1, issued_on=later))

    await taken(store, H2)

    assert await differing(ledger) == []


async def test_what_is_read_of_another_holder_is_for_an_officer_too(
    ledger: StoredLedger,
) -> None:
    await paid(ledger, H1)
    seen = replace(SEEN, document=H2)

    opened = [await ledger.open_seen([seen], NOON) for _ in range(2)]
    own = await ledger.open_seen([replace(SEEN, document=H1)], NOON)

    assert (opened, own) == ([1, 0], 0)
    assert await differing(ledger) == [(RecoveryState.OPEN, True)]


@pytest.mark.parametrize("way", ["sent", "read"])
@pytest.mark.parametrize("is_step", [True, False])
async def test_what_is_paid_after_it_is_for_an_officer_as_well(
    store: Store, ledger: StoredLedger, way: str, is_step: bool
) -> None:
    approved = decision(1, document=H1, outcome=DecisionOutcome.APPROVED)
    if is_step or way == "read":
        # What is read is kept where something is going to be paid.
        await ledger.record(approved, [ALICE], free)
    if way == "sent":
        await taken(store, H2)
    else:
        await ledger.open_seen([replace(SEEN, document=H2)], NOON)
    assert await differing(ledger) == []

    if is_step:
        await take(ledger, PaymentStep.PAY)
    else:
        paid_ = decision(1, document=H1, request_key="p", request_digest="p")
        await ledger.record(paid_, [ALICE], free)

    assert await differing(ledger) == [(RecoveryState.OPEN, True)]
    ((event,),) = await ledger.histories([one.id for one in await all_of(ledger)])
    assert (event.reason, event.actor) == ("撤销 / revoked", "agency:transport")


async def test_another_holder_of_the_number_is_paid_as_before(
    ledger: StoredLedger,
) -> None:
    await paid(ledger, H1)
    other = decision(2, document=H2, person="b" * 64)

    assert (await ledger.record(other, ["b" * 64], free)).id


async def test_a_dry_run_knows_what_came_under_another_id(
    store: Store, ledger: StoredLedger
) -> None:
    await taken(store, PAID)
    proof = Proof(
        certificate="by a third one",
        reason="r",
        evidence="e",
        actor="b",
        at=NOON,
        document=PAID,
    )
    await ledger.prove_false(proof)

    weighed = await ledger.weigh(decision(1, document=PAID), [ALICE], free)

    found = [one for one in weighed.objections if isinstance(one, DecisionError)]
    assert [one.refusal for one in found] == [
        *(DecisionRefusal.NOT_IN_FORCE, DecisionRefusal.PROVED_FALSE),
    ]
