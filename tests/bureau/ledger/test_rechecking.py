"""A recheck asks about all that was paid, each agency by itself, and once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from bureau.caller import Purpose
from bureau.certificate_ids import CertificateIds
from bureau.documents import document_of_certificate
from bureau.ledger.recheck import Looked, Paid, Progress, Recheck
from bureau.ledger.rechecking import CALLER, MATTER, PATIENCE, Rechecking
from bureau.look_ups.audit import AuditEvent
from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.oversight import Oversight
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from connectors.agency import Agency
from connectors.answer import Answer
from connectors.connector import Reply
from connectors.elements import Told
from connectors.errors import UnreachableError
from connectors.live import Live, Snapshot
from connectors.registry import Registry
from policy.certificate import CertificateState
from policy.identity import Identity
from policy.recovery import RecoverySource
from signing.envelope import Envelope
from tests.bureau.look_ups.office import PSEUDONYMS, Log, Notes
from tests.bureau.versions.asking import REVOKES
from tests.connectors.agency import BUNDLE, NOW, OTHER, RECORD, ZHANG, record
from tests.connectors.test_agency import HOLDER, TAMPERED, Sends, agency_of, asked

IDS = CertificateIds(b"i" * 64)
RECHECK = Recheck(7, date(2026, 1, 1), NOW)
REVOKED = record({**RECORD, "state": "03"})
OTHERS = record({**RECORD, "id": OTHER, "number": "0000999"})


@dataclass
class Registrar(Sends):
    """An agency that sends by person, or is away."""

    of: Mapping[str, tuple[Envelope, ...]] = field(default_factory=dict)
    is_away: bool = False

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        del told
        self.asked.append(holders)
        if self.is_away:
            raise UnreachableError("away")
        return Reply([self.of.get(holder.number, ()) for holder in holders])


@dataclass
class Book:
    """Keeps what was found, in memory."""

    payments: Sequence[Paid]
    part: Progress = field(default_factory=lambda: Progress(connector="transport"))
    kept: list[Looked] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    """The decisions about which there was no answer."""

    async def begin(self, since: date, at: object, *, anew: bool) -> Recheck:
        raise NotImplementedError

    async def progress(self, recheck: Recheck) -> Sequence[Progress]:
        assert recheck is RECHECK
        return [self.part]

    async def paid(
        self, recheck: Recheck, connector: str, after: int, most: int
    ) -> Sequence[Paid]:
        assert (recheck, connector, most) == (RECHECK, "transport", 100)
        return [one for one in self.payments if one.decision > after][:2]

    async def unanswered(
        self, recheck: Recheck, connector: str, after: int, most: int
    ) -> Sequence[Paid]:
        found = await self.paid(recheck, connector, after, most)
        return [one for one in found if one.decision in self.open]

    async def keep(self, looked: Looked) -> int:
        self.kept.append(looked)
        decisions = {one.decision for one in looked.paid}
        self.open |= decisions - looked.answered
        self.open -= looked.answered
        return len(looked.seen)

    async def finish(self, recheck: Recheck, connector: str) -> None:
        assert recheck is RECHECK
        self.finished.append(connector)

    async def end(self, recheck: Recheck, at: object) -> bool:
        assert (recheck, at) == (RECHECK, NOW)
        return not self.open


@dataclass
class Patient:
    """A pace without a clock, that notes for whom it waited."""

    people: list[int] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    left: int = 99

    def may_go_on(self) -> bool:
        self.left -= 1
        return self.left >= 0

    async def wait(self, people: int) -> None:
        self.people.append(people)

    async def wait_for_agency(self, failures: int) -> None:
        self.failures.append(failures)


@dataclass
class Desk:
    """A recheck of some payments, by one agency."""

    of: Mapping[str, tuple[Envelope, ...]]
    payments: Sequence[Paid]
    is_away: bool = False
    pace: Patient = field(default_factory=Patient)
    log: Log = field(default_factory=Log)
    told: list[Progress] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = Book(self.payments)
        self.registrar = Registrar((), of=self.of, is_away=self.is_away)
        self.agency: Agency = agency_of(self.registrar, REVOKES)
        registry = Registry([self.agency], {"old": "transport"})
        watch = UnknownPeopleWatch()
        self.rechecking = Rechecking(
            book=self.book,
            live=Live(Snapshot(1, registry, BUNDLE)),
            ids=IDS,
            oversight=Oversight(
                PSEUDONYMS, PeopleBudget(0, {}), watch, self.log, Notes()
            ),
            clock=lambda: NOW,
            pace=self._pace,
            report=self.told.append,
        )

    def _pace(self, connector: str) -> Patient:
        assert connector == "transport"
        return self.pace

    async def run(self) -> bool:
        return await self.rechecking.run(RECHECK)


async def answer_of(envelope: Envelope, holder: Identity = HOLDER) -> Answer:
    return await asked(agency_of(Sends((envelope,)), REVOKES), holder)


async def id_of(envelope: Envelope, agency: str = "transport") -> str:
    content = OTHERS if envelope is OTHERS else envelope
    holder = HOLDER._replace(number=OTHER) if content is OTHERS else HOLDER
    (one,) = (await answer_of(content, holder)).certificates
    return IDS.seal_record(agency, one.record)


async def test_what_is_revoked_now_is_found_and_who_was_asked_about_is_on_the_log() -> (
    None
):
    paid = [Paid(3, await id_of(REVOKED)), Paid(5, await id_of(OTHERS))]
    desk = Desk({ZHANG: (REVOKED,), OTHER: (OTHERS,)}, paid)

    assert await desk.run()

    (looked,) = desk.book.kept
    assert (looked.recheck, looked.connector, looked.at) == (7, "transport", NOW)
    assert (looked.before, looked.after, looked.paid) == (0, 5, paid)
    assert looked.answered == {3, 5}
    (seen,) = looked.seen
    assert (seen.certificate, seen.source) == (
        paid[0].certificate,
        RecoverySource.LIVE_ANSWER,
    )
    (revoked,) = (await answer_of(REVOKED)).certificates
    assert revoked.record.state is CertificateState.REVOKED
    assert looked.documents[paid[0].certificate] == document_of_certificate(
        IDS, revoked
    )
    assert looked.documents.keys() == {one.certificate for one in paid}
    assert desk.book.finished == ["transport"]
    assert (desk.pace.people, desk.pace.failures) == ([2], [])
    assert [(p.position, p.asked, p.opened, p.unanswered) for p in desk.told] == [
        (5, 2, 1, 0),
        (5, 2, 1, 0),
    ]
    assert [one.is_done for one in desk.told] == [False, True]

    assert {one.person for one in desk.log.records} == {
        PSEUDONYMS.of(holder) for holder in (HOLDER, HOLDER._replace(number=OTHER))
    }
    for kept in desk.log.records:
        assert (kept.event, kept.caller) == (AuditEvent.LOOKED_UP, CALLER.id)
        assert (kept.purpose, kept.case_number) == (Purpose.RECOVERY, "recheck-7")
        assert (kept.request_id, kept.operation) == ("recheck-7", "recheck")
        assert (kept.certificates, kept.at) == (0, NOW)
        assert kept.elements.officer == PSEUDONYMS.of_officer(CALLER.id)
        assert kept.elements.business_number == "recheck-7"
        assert kept.elements.matter_name == MATTER.matter_name


async def test_an_agency_that_does_not_speak_is_left_where_it_is() -> None:
    paid = [Paid(3, await id_of(REVOKED))]
    desk = Desk({}, paid, is_away=True)

    await desk.run()

    assert (desk.book.kept, desk.book.finished, desk.told) == ([], [], [])
    assert desk.pace.failures == list(range(1, PATIENCE + 1))
    assert len(desk.registrar.asked) == PATIENCE


async def test_who_was_given_no_answer_is_asked_about_once_more_at_the_end() -> None:
    third = record({**RECORD, "number": "0000777"})
    paid = [
        Paid(1, await id_of(REVOKED)),
        Paid(2, await id_of(OTHERS)),
        Paid(4, await id_of(third)),
    ]
    desk = Desk({ZHANG: (TAMPERED,), OTHER: (OTHERS,)}, paid)

    assert not await desk.run()

    steps = [
        (one.before, one.after, [p.decision for p in one.paid], set(one.answered))
        for one in desk.book.kept
    ]
    assert steps == [
        (0, 2, [1, 2], {2}),
        (2, 4, [4], set()),
        (4, 4, [1], set()),
        (4, 4, [4], set()),
    ]
    assert desk.told[-1].unanswered == 2
    assert desk.told[-1].asked == 5
    assert desk.book.finished == ["transport"]

    desk.registrar.of = {ZHANG: (REVOKED, third), OTHER: (OTHERS,)}
    desk.book.part = desk.told[-1]
    assert await desk.run()
    assert desk.told[-1].unanswered == 0
    assert desk.book.finished == ["transport"]


async def test_a_certificate_that_nobody_answers_for_is_not_answered() -> None:
    unknown = [Paid(1, "no id"), Paid(2, await id_of(REVOKED, "gone"))]
    desk = Desk({}, unknown)

    assert not await desk.run()

    assert [set(one.answered) for one in desk.book.kept] == [set(), set()]
    assert (desk.registrar.asked, desk.log.records) == ([], [])


async def test_who_replaced_an_agency_is_asked_in_its_place() -> None:
    desk = Desk({ZHANG: (REVOKED,)}, [Paid(1, await id_of(REVOKED, "old"))])

    assert await desk.run()

    assert [set(one.answered) for one in desk.book.kept] == [{1}]


async def test_nobody_is_asked_when_the_time_is_over() -> None:
    desk = Desk({}, [Paid(1, await id_of(REVOKED))], pace=Patient(left=0))

    assert await desk.run()

    assert (desk.registrar.asked, desk.book.kept, desk.told) == ([], [], [])


async def test_what_cannot_be_put_on_the_log_ends_the_recheck() -> None:
    paid = [Paid(3, await id_of(REVOKED)), Paid(5, await id_of(OTHERS))]
    desk = Desk({ZHANG: (REVOKED,), OTHER: (OTHERS,)}, paid, log=Log(takes=False))

    with pytest.raises(Exception, match="closed"):
        await desk.run()

    assert desk.book.kept == []
