"""Take changes of state in: verified, of a certificate that is known, written in order.

Lines are verified before the transaction and written in it, one bad line spoiling no
other. A refused line uses no number up, so what is put right may come under its own.
Before the first result is told, this process knows whom the changes are about.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from bureau.certificate_ids import CertificateIds
from bureau.collection import Outcome
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.agency import Agency
from connectors.answer import RefusedRecord
from connectors.live import Snapshot
from connectors.manifest import Protocol
from connectors.status.changes import ChangeFault, SentChange
from gateway.collection.line import Line
from gateway.collection.records import ROLLBACK
from gateway.collection.records import WORDS as RECORD_WORDS
from gateway.collection.results import LineResult
from policy.text import Text
from signing.envelope import Envelope
from store.collection.records import STREAM as RECORDS
from store.collection.sequences import Place, Sequences
from store.collection.tables import collected_records, collection_streams
from store.status.changes import NewChange, StoredStates
from store.writer import Writer

STREAM = "states"
VERIFIED_AT_ONCE = 20
"""After how many lines others get their turn of the event loop."""

Read = tuple[Line, NewChange | RefusedRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesHandler:
    """Implements ``gateway.collection.intake.Handler`` for changes of state."""

    writer: Writer
    states: StoredStates
    ids: CertificateIds
    pseudonyms: Pseudonyms
    note: Callable[[Iterable[str]], None]
    """Lets this process know whom changes are about that are committed."""
    stream: str = STREAM

    async def take(
        self,
        agency: Agency,
        snapshot: Snapshot,  # noqa: ARG002 - the agency has the keys in force
        lines: Sequence[Line],
        at: datetime,
    ) -> Sequence[LineResult]:
        """See ``Handler``."""
        read: list[Read] = []
        for number, line in enumerate(lines):
            if number % VERIFIED_AT_ONCE == 0:
                await asyncio.sleep(0)
            change = agency.read_change(Envelope(line.record))
            if isinstance(change, SentChange):
                read.append((line, self._new(agency, line, change, at)))
            else:
                read.append((line, change))

        def work(connection: Connection) -> _Kept:
            kept = _Kept(
                connection,
                self.states,
                Sequences(connection, agency.id, self.stream),
                must_be_known=_collects(connection, agency),
            )
            for one in read:
                kept.take(*one)
            kept.write(at)
            return kept

        kept = await self.writer.write(work)
        if kept.people:
            self.note(kept.people)
        return kept.results

    def _new(
        self, agency: Agency, line: Line, change: SentChange, at: datetime
    ) -> NewChange:
        proof = change.proof
        return NewChange(
            connector=agency.id,
            sequence=line.sequence,
            digest=proof.digest.hex(),
            certificate=self.ids.seal_record(agency.id, change.record),
            person=self.pseudonyms.of(change.record.holder),
            state=change.state,
            effective_on=change.effective_on,
            reason=change.reason,
            envelope=line.record.decode("ascii"),
            key_id=proof.key.kid,
            signed_at=proof.signed_at,
            received_at=at,
        )


@dataclass(slots=True)
class _Kept:
    """What became of a batch's lines, for the length of a transaction."""

    connection: Connection
    states: StoredStates
    sequences: Sequences
    must_be_known: bool
    """Whether a change is of a collected certificate, or of none."""
    results: list[LineResult] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    """Whom the changes are about that were not here before."""

    def take(self, line: Line, change: NewChange | RefusedRecord) -> None:
        """Write one change, if there is nothing against it."""
        if isinstance(change, RefusedRecord):
            why = Text(f"未通过核验，未采信：{change.code}", change.reason)
            self._refuse(line, change.code, WORDS.get(change.code, why))
            return
        place = self.sequences.place(line.sequence)
        if self.states.is_known(self.connection, change.connector, change.digest):
            self._note(line, Outcome.ALREADY_KNOWN)
        elif place is Place.USED:
            self._refuse(line, ROLLBACK, RECORD_WORDS[ROLLBACK])
        elif self.must_be_known and not self._is_collected(change):
            self._refuse(line, UNKNOWN_CERTIFICATE, WORDS[UNKNOWN_CERTIFICATE])
        else:
            self.states.add(self.connection, change)
            self.people.append(change.person)
            self._note(line, Outcome.ACCEPTED)

    def write(self, at: datetime) -> None:
        """Write how far the stream has come, and tell of what is new."""
        self.sequences.write(at)
        if self.people:
            self.states.tell(self.connection)

    def _note(self, line: Line, outcome: Outcome) -> None:
        gap = self.sequences.take(line.sequence)
        self.results.append(
            LineResult(
                line=line.number, sequence=line.sequence, outcome=outcome, gap=gap
            )
        )

    def _refuse(self, line: Line, code: str, why: Text) -> None:
        self.results.append(
            LineResult(
                line=line.number,
                sequence=line.sequence,
                outcome=Outcome.REFUSED,
                code=code,
                reason=why,
            )
        )

    def _is_collected(self, change: NewChange) -> bool:
        column = collected_records.c
        found = self.connection.execute(
            select(column.id).where(column.certificate == change.certificate).limit(1)
        )
        return found.first() is not None


def _collects(connection: Connection, agency: Agency) -> bool:
    """Say whether an agency sends its records, so that all of them are known."""
    manifest = agency.manifest
    if (
        manifest.endpoint.protocol is Protocol.COLLECTED
        or manifest.collection.answers_when_silent
    ):
        return True
    column = collection_streams.c
    found = connection.execute(
        select(column.sequence).where(
            column.connector == agency.id, column.stream == RECORDS
        )
    )
    return found.first() is not None


UNKNOWN_CERTIFICATE = "UNKNOWN_CERTIFICATE"
WORDS = {
    UNKNOWN_CERTIFICATE: Text(
        "未归集过此证书；请先传送证书，或核对证书编号、项目、等级与日期",
        "no such certificate was collected; send it first, or compare number, item, "
        "level and days of issue",
    ),
    ChangeFault.NO_STATE: Text(
        "未注明状态，或状态词未列入清单的 record.values.state",
        "it states no state, or a word that record.values.state does not map",
    ),
    ChangeFault.IN_FUTURE: Text(
        "生效日期在将来；请于生效之日传送",
        "it takes effect in the future; send it on that day",
    ),
}
"""Why a change is refused, where the one who signed it can put it right."""
