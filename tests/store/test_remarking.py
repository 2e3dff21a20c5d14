"""Rows from before there was a normal form take effect as they would be read today.

They were written by the handlers of commit 7ac9473, as they stood then, from what an
agency had signed in odd spellings: a revocation in full width without its code; one
document sent twice, its older version later and with blanks; a payment on a number
with a blank before it; and one on what was only answered live, whose bytes are gone.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Row, select
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from bureau.certificate_ids import CertificateIds
from bureau.documents import document_of
from bureau.ledger.sums import TotalsAsked
from bureau.privacy.pseudonyms import Pseudonyms
from bureau.status import ChangesLoader, Found, KeptChange
from bureau.versions.marks import marks_of, person_mark
from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from connectors.decoding.decode import Decoder
from connectors.manifest import read_manifest
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.identity import Identity, parse_identity
from policy.level import Level
from policy.recovery import Progress, RecoveryState, RecoveryStep
from signing.trust import TrustBundle, read_trust_bundle
from store.collection.reading import open_collected
from store.collection.tables import collected_records
from store.database import step_of
from store.documents import documents
from store.errors import UnusableDatabaseError
from store.ledger.causes import follow_change
from store.ledger.ledger import StoredLedger
from store.migrate import upgrade_database
from store.quality.versions import StoredVersions
from store.remarking import Reader
from store.status.changes import StoredStates
from store.status.intake import NewChange, StatesIntake
from store.status.tables import state_changes
from store.store import Store, open_store
from tests.resolvers.attested import certificate
from tests.store.earlier_rows import (
    FOLDER,
    ID_KEY,
    MANIFESTS,
    PSEUDONYM_KEY,
    THEN,
    make_earlier,
    make_marked,
)
from tests.store.ledger.test_ledger import NOON, all_of
from tests.store.status.sent import CHANGE

IDS = CertificateIds(ID_KEY)
PSEUDONYMS = Pseudonyms([PSEUDONYM_KEY])
BODY = "shanghai-transport-qualification-centre"
LIVE, SENT, PAID, ANSWERED = (
    parse_identity(f"310101198001010{end}") for end in ("157", "376", "595", "712")
)
DAY = date(2026, 3, 1)


def reader(*, trusts: bool = True) -> Reader:
    """Return what the operator's files read rows with."""
    manifests = {}
    for name, text in MANIFESTS.items():
        manifest = read_manifest(text)
        manifests[name] = manifest, Decoder(manifest, load_catalogue())
    bundle = read_trust_bundle((FOLDER / "trust.toml").read_text("utf-8"))
    return Reader(
        ids=IDS,
        pseudonym=PSEUDONYMS.of,
        manifests=manifests,
        bundle=bundle if trusts else TrustBundle.of(()),
    )


@pytest.fixture(name="old")
async def _old(empty_database_url: str) -> str:
    """The address of a database as 7ac9473 left it."""
    await make_earlier(empty_database_url)
    return empty_database_url


async def upgraded(url: str, by: Reader) -> None:
    assert await upgrade_database(url, lambda _: by) == THEN


def shown(holder: Identity, number: str) -> AttestedCertificate:
    """Return a certificate as its agency answers today, spelt as it should be."""
    record = replace(
        certificate().record,
        holder=holder,
        number=number,
        level=Level.LEVEL_4,
        first_issued_on=DAY,
        issued_on=DAY,
        state=CertificateState.VALID,
    )
    found = certificate()
    signed_by = replace(found.attestation, institution=BODY)
    return replace(found, record=record, attestation=signed_by)


class Sent:
    """Implements ``SentChanges`` with what the store has."""

    def __init__(self, store: Store) -> None:
        self._states = StoredStates(store.engine)

    def may_concern(self, holder: Identity) -> bool:  # noqa: ARG002 - the contract
        return True

    async def read(self, holders: list[Identity]) -> Found:
        found: dict[Identity, list[KeptChange]] = {}
        for holder in holders:
            rows = await self._states.of([PSEUDONYMS.of(holder)])
            found[holder] = [kept for _, kept in rows]
        return found

    def note(self, people: object) -> None:
        raise NotImplementedError


async def states_of(store: Store, one: AttestedCertificate) -> list[CertificateState]:
    """Return what was sent of a certificate that is answered now."""
    answer = Answer(
        agency="transport", outcome=SourceOutcome.ANSWERED, certificates=(one,)
    )
    loader = ChangesLoader(Sent(store), IDS)  # type: ignore[arg-type]  # a list will do
    (found,) = await loader.put_on(one.record.holder, [answer])
    changes = found.certificates[0].record.changes
    assert changes is not None
    return [change.state for change in changes]


async def test_a_revocation_of_then_takes_effect_without_being_sent_again(
    old: str,
) -> None:
    await upgraded(old, reader())

    async with open_store(old) as store:
        found = await states_of(store, shown(LIVE, "2603000000450003"))
        other = await states_of(store, shown(LIVE, "2603000000450009"))

    assert found == [CertificateState.REVOKED]
    assert other == []


async def test_of_a_document_sent_in_two_spellings_the_newest_is_current(
    old: str,
) -> None:
    await upgraded(old, reader())

    async with open_store(old) as store:
        person = PSEUDONYMS.of(SENT)
        async with open_collected(store) as collected:
            found = (await collected.of([person]))[person]["sends"]

    assert [(row.sequence, row.is_newest) for row in found] == [(1, True), (2, False)]


async def test_the_newest_of_what_was_collected_is_known_to_be_that(old: str) -> None:
    await upgraded(old, reader())

    async with open_store(old) as store:
        person = collected_records.c.person == PSEUDONYMS.of(SENT)
        order = collected_records.c.sequence
        async with store.engine.connect() as connection:
            newest, older = await connection.execute(
                select(collected_records).where(person).order_by(order)
            )
        marks = [marks_of_row(row) for row in (newest, older)]
        found = await StoredVersions(store).of(marks[0])

    assert marks[0] == marks[1] == [*found]
    (known,) = found.values()
    assert newest.digest.startswith(known.digest)
    assert known.signed_at == newest.signed_at > older.signed_at


def marks_of_row(row: Row[Any]) -> list[str]:
    believed = reader().record(row)
    assert believed is not None
    person = person_mark(believed.record.holder, IDS.mark)
    return list(marks_of(believed.record, load_catalogue(), person))


def revocation(record: CertificateRecord) -> NewChange:
    """Return a revocation of today, spelt as it should be."""
    return replace(
        CHANGE,
        state=CertificateState.REVOKED,
        certificate=IDS.seal_record("replaced", record),
        document=document_of(IDS, BODY, record),
    )


@pytest.mark.parametrize(
    ("holder", "number", "claim"),
    [(PAID, "2603000000450002", "c-1"), (ANSWERED, "2603000000450004", None)],
)
async def test_what_was_paid_for_then_is_found_as_far_as_its_bytes_are_there(
    old: str, holder: Identity, number: str, claim: str | None
) -> None:
    await upgraded(old, reader())

    async with open_store(old) as store:
        states = StatesIntake(store, follow_change)
        sent = revocation(shown(holder, number).record)
        (taken,) = await states.take("replaced", [sent], CHANGE.received_at)
        opened = await all_of(StoredLedger(store))

    assert [one.claim for one in opened] == ([] if claim is None else [claim])
    assert all(one.progress.state is RecoveryState.OPEN for one in opened)
    assert taken.is_of_unknown is (claim is None)


async def test_without_bytes_it_is_found_by_its_spelling_under_any_connector(
    old: str,
) -> None:
    await upgraded(old, reader())
    plain = shown(ANSWERED, "2603000000450004").record
    spelt = replace(plain, number="2603000000450004 ")

    async with open_store(old) as store:
        states = StatesIntake(store, follow_change)
        (taken,) = await states.take(
            "replaced", [revocation(spelt)], CHANGE.received_at
        )
        (opened,) = await all_of(StoredLedger(store))

    assert opened.claim == "c-2"
    assert not taken.is_of_unknown


async def test_what_does_not_verify_any_more_keeps_the_marks_it_had(old: str) -> None:
    await upgraded(old, reader(trusts=False))

    async with open_store(old) as store:
        found = await states_of(store, shown(LIVE, "2603000000450003"))
        rows = await StoredStates(store.engine).of([PSEUDONYMS.of(LIVE)])

    assert found == []
    ((_, kept),) = rows
    assert kept.document is not None
    assert kept.document.place == IDS.place_of(kept.certificate)
    assert kept.document.number is None


async def test_without_the_keys_no_step_is_taken(old: str) -> None:
    with pytest.raises(UnusableDatabaseError, match="gateway database upgrade"):
        await upgrade_database(old)

    assert await step_of(old) == THEN


async def serials(url: str) -> set[tuple[str, str | None]]:
    """Return what was sent and kept of documents, by their serials."""
    async with open_store(url) as store, store.engine.connect() as connection:
        return {
            (table.name, row.document_serial)
            for table in (state_changes, documents)
            for row in await connection.execute(select(table))
        }


@pytest.fixture(name="marked")
async def _marked(empty_database_url: str) -> str:
    """The address of a database as step 0014 left it."""
    await make_marked(empty_database_url)
    return empty_database_url


async def test_what_was_sent_before_there_were_serials_has_them(marked: str) -> None:
    with pytest.raises(UnusableDatabaseError, match="from before step 0015"):
        await upgrade_database(marked)
    assert await upgrade_database(marked, lambda _: reader()) == "0014"

    found = await serials(marked)
    for number in ("2603000000450002", "2603000000450003"):
        assert IDS.mark_of("serial", BODY, number) in {serial for _, serial in found}
    # Where the bytes are not there, it waits until it is seen again.
    assert ("documents", None) in found


async def test_a_revocation_that_names_another_holder_finds_what_was_paid_then(
    marked: str,
) -> None:
    await upgrade_database(marked, lambda _: reader())
    lifted = replace(
        revocation(shown(PAID, "2603000000450002").record),
        sequence=2,
        digest="d" * 64,
        state=CertificateState.VALID,
    )
    # The agency put the holder's number right, and then revoked the certificate.
    other = revocation(shown(ANSWERED, "2603000000450002").record)

    async with open_store(marked) as store:
        ledger, states = StoredLedger(store), StatesIntake(store, follow_change)
        (before,) = await all_of(ledger)
        await states.take("replaced", [lifted], NOON)
        await states.take("another", [replace(other, digest="o" * 64)], NOON)
        (after,) = await all_of(ledger)

    assert (before.claim, before.holder_differs) == ("c-1", False)
    assert (after.claim, after.holder_differs) == ("c-1", True)
    assert after.progress == Progress(RecoveryState.PARTLY_RECOVERED, 2000, 700)


async def test_what_was_claimed_back_then_has_its_sums(marked: str) -> None:
    await upgrade_database(marked, lambda _: reader())

    async with open_store(marked) as store:
        ledger = StoredLedger(store)
        (recovery,) = await all_of(ledger)
        (events,) = await ledger.histories([recovery.id])
        rows = await ledger.totals(
            TotalsAsked(
                first=date(2022, 1, 1),
                last=date(2027, 1, 1),
                by=frozenset(),
                authorities=None,
                authority_of=lambda _connector, _item: None,
            )
        )
        async with store.engine.connect() as connection:
            with pytest.raises(IntegrityError, match="append-only"):
                await connection.execute(sql("UPDATE recovery_events SET owed_yuan=1"))

    assert [(one.step, one.owed_yuan) for one in events] == [
        *((RecoveryStep.OPEN, 2000), (RecoveryStep.REPAY, None)),
    ]
    (sums,) = [row.measures for row in rows]
    assert (sums.recoveries_opened, sums.recoveries_opened_yuan) == (1, 2000)
    assert sums.recovered_yuan == 700
