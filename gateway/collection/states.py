"""Take changes of state in: verified, of a certificate that is known, written in order.

Lines are verified before the transaction and written in it, one bad line spoiling no
other. A refused line uses no number up, so what is put right may come under its own.
Before the first result is sent, this process knows whom the changes are about.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bureau.certificate_ids import CertificateIds
from bureau.collection import Outcome
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.agency import Agency
from connectors.answer import RefusedRecord
from connectors.live import Snapshot
from connectors.manifest import Manifest, Protocol
from connectors.status.changes import ChangeFault, SentChange
from gateway.collection.line import Line
from gateway.collection.records import ROLLBACK
from gateway.collection.records import WORDS as RECORD_WORDS
from gateway.collection.results import LineResult
from policy.text import Text
from signing.envelope import Envelope
from store.status.intake import STREAM, NewChange, Refusal, StatesIntake, Taken

VERIFIED_AT_ONCE = 20
"""After how many lines others get their turn of the event loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusHandler:
    """Implements ``gateway.collection.intake.Handler`` for changes of state."""

    states: StatesIntake
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
        results: dict[int, LineResult] = {}
        verified: list[tuple[Line, NewChange]] = []
        for number, line in enumerate(lines):
            if number % VERIFIED_AT_ONCE == 0:
                await asyncio.sleep(0)
            sent = agency.read_change(Envelope(line.record))
            if isinstance(sent, SentChange):
                verified.append((line, self._new(agency, line, sent, at)))
            else:
                results[line.number] = _not_believed(line, sent)
        taken = await self.states.take(
            agency.id,
            [change for _, change in verified],
            at,
            collects=_collects(agency.manifest),
        )
        people = []
        for (line, change), one in zip(verified, taken, strict=True):
            results[line.number] = _result(line, one)
            if one.outcome is Outcome.ACCEPTED:
                people.append(change.person)
        if people:
            self.note(people)
        return [results[line.number] for line in lines]

    def _new(
        self, agency: Agency, line: Line, sent: SentChange, at: datetime
    ) -> NewChange:
        proof = sent.proof
        return NewChange(
            connector=agency.id,
            sequence=line.sequence,
            digest=proof.digest.hex(),
            certificate=self.ids.seal_record(agency.id, sent.record),
            person=self.pseudonyms.of(sent.record.holder),
            state=sent.state,
            effective_on=sent.effective_on,
            reason=sent.reason,
            envelope=line.record.decode("ascii"),
            key_id=proof.key.kid,
            signed_at=proof.signed_at,
            received_at=at,
            former=self.ids.seal_former(agency.id, sent.record),
        )


def _collects(manifest: Manifest) -> bool:
    """Say whether an agency is to send its records, so that all of them are known."""
    return (
        manifest.endpoint.protocol is Protocol.COLLECTED
        or manifest.collection.answers_when_silent
    )


def _not_believed(line: Line, refused: RefusedRecord) -> LineResult:
    why = Text(f"未通过核验，未采信：{refused.code}", refused.reason)
    return LineResult(
        line=line.number,
        sequence=line.sequence,
        outcome=Outcome.REFUSED,
        code=refused.code,
        reason=WORDS.get(refused.code, why),
    )


def _result(line: Line, taken: Taken) -> LineResult:
    code, reason = (None, None) if taken.refusal is None else REFUSALS[taken.refusal]
    return LineResult(
        line=line.number,
        sequence=line.sequence,
        outcome=taken.outcome,
        code=code,
        reason=reason,
        gap=taken.gap,
    )


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
REFUSALS = {
    Refusal.NUMBER_USED: (ROLLBACK, RECORD_WORDS[ROLLBACK]),
    Refusal.UNKNOWN_CERTIFICATE: (UNKNOWN_CERTIFICATE, WORDS[UNKNOWN_CERTIFICATE]),
}
"""Code and words for each refusal of the store."""
