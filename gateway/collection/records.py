"""Judge records one by one, keep them in batches, and return a result a line."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bureau.certificate_ids import CertificateIds
from bureau.collection import CollectedByOthers, Outcome
from bureau.documents import document_of, version_mark
from bureau.ledger.seen import SeenRevocation
from bureau.versions.held import Versions
from connectors.agency import Agency
from connectors.answer import RefusedRecord
from connectors.collection.judge import BelievedRecord, judge_record
from connectors.errors import StoreUnavailableError
from connectors.live import Snapshot
from connectors.quality import (
    NEEDED,
    Alteration,
    Measure,
    measure_of,
    timeliness,
)
from gateway.collection.line import Line
from gateway.collection.results import LineResult
from policy.calendar import SHANGHAI
from policy.contradictions import warnings_of
from policy.identity import Identity
from policy.recovery import OPENING_STATES, RecoverySource
from policy.text import Text
from signing.envelope import Envelope
from signing.marks import SignatureMarks
from store.collection.records import STREAM, StoredRecords
from store.collection.stated import Kept, KnownRecord, StatedRecord

YIELD_EVERY = 10
"""After so many records somebody else gets the event loop."""
ROLLBACK = "ROLLBACK"
SUPERSEDED = "SUPERSEDED"
WORDS = {
    ROLLBACK: Text(
        "序号已用过且内容不同；序号只增不减",
        "the sequence number was used for something else; numbers only rise",
    ),
    SUPERSEDED: Text(
        "同一证书已有签名时间更近（同一秒则序号更大）的记录；已存档，不作为现行内容",
        "a record of the same document that was signed later is there, or in the same "
        "second under a higher number; this one is kept as history",
    ),
    Alteration.HOLDER_ALTERED: Text(
        "已存档；同一编号的持证人与此前不同，已计入数据质量",
        "kept; the same number had another holder before, which counts against the "
        "data's quality",
    ),
    Alteration.ISSUE_DATE_ALTERED: Text(
        "已存档；同一证书的发证日期与此前不同且不是换证，已计入数据质量",
        "kept; the same document had another issue date before and this is no "
        "renewal, which counts against the data's quality",
    ),
}


@dataclass(frozen=True, slots=True)
class RecordHandler:
    """Keeps records; implements ``intake.Handler``."""

    store: StoredRecords
    ids: CertificateIds
    people_of: Callable[[Identity], Sequence[str]]
    """Returns a person's pseudonyms, the present one first."""
    counted: Callable[[str, Counter[Measure]], None]
    """Takes what is to be counted of an agency's data."""
    collected: CollectedByOthers
    """Forgets what was read of whom something was just collected."""
    marks: SignatureMarks
    """Marks records whose signatures were verified."""
    versions: Versions
    """Knows which version of each certificate was seen last."""
    stream: str = STREAM
    is_for_frozen: bool = False

    async def take(
        self, agency: Agency, snapshot: Snapshot, lines: Sequence[Line], at: datetime
    ) -> Sequence[LineResult]:
        """See ``Handler``."""
        envelopes = [Envelope(line.record) for line in lines]
        known = await self.store.known(agency.id, [e.digest.hex() for e in envelopes])
        today = at.astimezone(SHANGHAI).date()
        sums: Counter[Measure] = Counter()
        results: dict[int, LineResult] = {}
        records: list[StatedRecord | KnownRecord] = []
        kept_lines: list[Line] = []
        for number, (line, envelope) in enumerate(zip(lines, envelopes, strict=True)):
            if number % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
            if envelope.digest.hex() in known:
                records.append(KnownRecord(line.sequence, envelope.digest.hex()))
                kept_lines.append(line)
                continue
            judged = judge_record(
                envelope,
                snapshot.bundle,
                decoder=agency.decoder,
                signature=agency.manifest.signature,
                at=at,
                today=today,
            )
            sums[Measure.RECORDS] += 1
            if isinstance(judged, RefusedRecord):
                sums[measure_of(judged.code)] += 1
                results[line.number] = _refused(line, judged)
                continue
            missing = (getattr(judged.record, name) is None for name in NEEDED)
            sums[Measure.FIELDS] += len(NEEDED)
            sums[Measure.FIELDS_MISSING] += sum(missing)
            sums[Measure.CONTRADICTORY] += bool(warnings_of(judged.record))
            records.append(self._stated(agency.id, line, judged, at))
            kept_lines.append(line)
        if records:
            kept = await self.store.keep(agency.id, records, at)
            # Before it is acknowledged; where it cannot, everything is forgotten.
            with contextlib.suppress(StoreUnavailableError):
                await self.collected.refresh()
            for line, one in zip(kept_lines, kept, strict=True):
                results[line.number] = _result(line, one)
                sums[Measure.ALTERED] += one.altered is not None
            for stated, one in zip(records, kept, strict=True):
                if isinstance(stated, StatedRecord) and one.outcome is Outcome.ACCEPTED:
                    self.versions.memory.learn(stated.seen)
            news = [
                stated.issued_on
                for stated, one in zip(records, kept, strict=True)
                if isinstance(stated, StatedRecord) and one.is_news
            ]
            sums += timeliness(news, today)
        self.counted(agency.id, sums)
        return [results[line.number] for line in lines]

    def _stated(
        self, agency: str, line: Line, judged: BelievedRecord, at: datetime
    ) -> StatedRecord:
        record, proof = judged.record, judged.proof
        certificate = self.ids.seal_record(agency, record)
        document = document_of(self.ids, proof.key.institution, record)
        revocation = None
        if record.state in OPENING_STATES:
            revocation = SeenRevocation(
                certificate=certificate,
                document=document,
                source=RecoverySource.COLLECTED_RECORD,
                since=record.state_since,
                connector=agency,
                evidence=proof.digest.hex(),
                seen_at=at,
            )
        return StatedRecord(
            sequence=line.sequence,
            digest=proof.digest.hex(),
            certificate=certificate,
            people=tuple(self.people_of(record.holder)),
            document=self.ids.mark(version_mark(agency, judged.row, record)),
            envelope=line.record.decode("ascii"),
            key_id=proof.key.kid,
            verified=self.marks.of(proof.digest, proof.key).decode(),
            signed_at=proof.signed_at,
            item=judged.row,
            level=record.level,
            issued_on=record.issued_on,
            first_issued_on=record.first_issued_on,
            seen=self.versions.as_seen(record, proof, at),
            known_as=document,
            revocation=revocation,
        )


def _refused(line: Line, judged: RefusedRecord) -> LineResult:
    return LineResult(
        line=line.number,
        sequence=line.sequence,
        outcome=Outcome.REFUSED,
        code=judged.code,
        reason=Text(f"未通过核验，未采信：{judged.code}", judged.reason),
    )


def _result(line: Line, kept: Kept) -> LineResult:
    code: str | None = None
    match kept.outcome:
        case Outcome.REFUSED:
            code = ROLLBACK
        case Outcome.SUPERSEDED:
            code = kept.altered or SUPERSEDED
        case Outcome.ACCEPTED | Outcome.ALREADY_KNOWN:
            code = kept.altered
    return LineResult(
        line=line.number,
        sequence=kept.sequence,
        outcome=kept.outcome,
        code=code,
        reason=None if code is None else WORDS[code],
        gap=kept.gap,
    )
