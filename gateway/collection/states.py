"""Take changes of state in: verified, written in order, and told if they fit nothing.

Lines are verified before the transaction and written in it, one bad line spoiling no
other. A refused line uses no number up, so what is put right may come under its own.
Before the first result is sent, this process knows whom the changes are about.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bureau.certificate_ids import CertificateIds
from bureau.collection import Outcome
from bureau.documents import document_of
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.agency import Agency
from connectors.answer import RefusedRecord
from connectors.giving_way import Slices
from connectors.live import Snapshot
from connectors.status.changes import ChangeFault, SentChange
from gateway.collection.line import Line
from gateway.collection.records import ROLLBACK
from gateway.collection.records import WORDS as RECORD_WORDS
from gateway.collection.results import LineResult
from policy.certificate import CertificateState
from policy.evidence import AccountState
from policy.text import Text
from signing.envelope import Envelope
from store.status.intake import STREAM, NewChange, StatesIntake, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusHandler:
    """Implements ``gateway.collection.intake.Handler`` for changes of state."""

    states: StatesIntake
    ids: CertificateIds
    pseudonyms: Pseudonyms
    note: Callable[[Iterable[str]], None]
    """Lets this process know whom changes are about that are committed."""
    settle: Callable[[], Awaitable[None]]
    """Keeps what this process saw of certificates by now."""
    alert: Callable[[str, int], None]
    """Takes of how many changes of an agency no certificate was ever seen."""
    stream: str = STREAM
    is_for_frozen: bool = True

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
        slices = Slices()
        for line in lines:
            await slices.pause()
            sent = agency.read_change(Envelope(line.record))
            if isinstance(sent, RefusedRecord):
                results[line.number] = _not_believed(line, sent)
            elif _is_lifting_while_frozen(agency, sent):
                words = WORDS[LIFTING_WHILE_FROZEN]
                results[line.number] = _refused(line, LIFTING_WHILE_FROZEN, words)
            else:
                verified.append((line, self._new(agency, line, sent, at)))
        await self.settle()
        changes = [change for _, change in verified]
        taken = await self.states.take(agency.id, changes, at)
        people = []
        for (line, change), one in zip(verified, taken, strict=True):
            results[line.number] = _result(line, one)
            if one.outcome is Outcome.ACCEPTED:
                people.append(change.person)
        if people:
            self.note(people)
        if unknown := sum(one.is_of_unknown for one in taken):
            self.alert(agency.id, unknown)
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
            document=document_of(self.ids, proof.key.institution, sent.record),
            person=self.pseudonyms.of(sent.record.holder),
            state=sent.state,
            effective_on=sent.effective_on,
            reason=sent.reason,
            envelope=line.record.decode("ascii"),
            key_id=proof.key.kid,
            signed_at=proof.signed_at,
            received_at=at,
        )


def _is_lifting_while_frozen(agency: Agency, sent: SentChange) -> bool:
    """Say whether a frozen account would give back what was taken away."""
    return (
        agency.account is not AccountState.ACTIVE
        and sent.state is CertificateState.VALID
    )


def _not_believed(line: Line, refused: RefusedRecord) -> LineResult:
    why = Text(f"未通过核验，未采信：{refused.code}", refused.reason)
    return _refused(line, refused.code, WORDS.get(refused.code, why))


def _refused(line: Line, code: str, reason: Text) -> LineResult:
    return LineResult(
        line=line.number,
        sequence=line.sequence,
        outcome=Outcome.REFUSED,
        code=code,
        reason=reason,
    )


def _result(line: Line, taken: Taken) -> LineResult:
    code: str | None = None
    if taken.outcome is Outcome.REFUSED:
        code = ROLLBACK
    elif taken.is_of_unknown:
        code = UNKNOWN_CERTIFICATE
    return LineResult(
        line=line.number,
        sequence=taken.sequence,
        outcome=taken.outcome,
        code=code,
        reason=None if code is None else NOTICED[code],
        gap=taken.gap,
    )


UNKNOWN_CERTIFICATE = "UNKNOWN_CERTIFICATE"
LIFTING_WHILE_FROZEN = "LIFTING_WHILE_FROZEN"
WORDS = {
    UNKNOWN_CERTIFICATE: Text(
        "已存档，但网关从未见过相符的证书，目前未对任何证书生效；请核对证书编号、项目、"
        "等级与日期，有误的请改正后以新的序号传送；证书日后到达时即生效",
        "kept, but no such certificate was ever seen here, so it has no effect yet; "
        "compare number, item, level and days of issue, and send what was wrong "
        "again, put right, under a new number; it takes effect if the certificate "
        "comes",
    ),
    LIFTING_WHILE_FROZEN: Text(
        "账号冻结期间只接收撤销等不利状态，不接收恢复有效；解除冻结后请以同一序号重新传送",
        "while the account is frozen only what takes a certificate away is taken; send "
        "this again under its number once the freeze is lifted",
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
"""Why a change is refused or flagged, where who signed it can put it right."""
NOTICED = {
    ROLLBACK: RECORD_WORDS[ROLLBACK],
    UNKNOWN_CERTIFICATE: WORDS[UNKNOWN_CERTIFICATE],
}
"""Words for what the store notices."""
