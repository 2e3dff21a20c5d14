"""Ask again about everything that was paid, and open what is to be claimed back.

A revocation that nobody sends shows only on an answer, and nobody may ask about a
certificate again once it was paid for. So it is asked about from time to time: each
agency at its own rate, beside the others, through the gate as any look-up of a person.

How far it came is kept with what it found, in one transaction, so a recheck that is
killed goes on where it was, and opens nothing twice. An agency that does not speak is
left where it is, for the next time; whom it gave no answer about that can be believed
is asked about again at the end.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol, TypeVar

from bureau.answer_loader import AnswerLoader
from bureau.caller import Caller, LookUp, Purpose
from bureau.certificate_ids import (
    CertificateIds,
    CertificatePlace,
    UnknownIdError,
    fingerprints,
)
from bureau.documents import document_of_certificate
from bureau.ledger.seen import SeenRevocation, revoked_in, seen_revocation
from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.gate import Gate, Origin, Statement
from bureau.look_ups.oversight import Oversight
from connectors.agency import Agency
from connectors.answer import Answer
from connectors.elements import Elements
from connectors.guard.health import CONCLUSIVE, SILENT
from connectors.live import Live
from policy.calendar import SHANGHAI
from policy.documents import Document

CALLER = Caller(id="gateway:recheck", scopes=frozenset())
MATTER = Elements(
    organisation="certificate-gateway",
    matter_code="recheck",
    matter_name="补贴资金追回核查",
)
"""What agencies and the log are told of it: nobody asks but the gateway itself."""
AT_ONCE = 100
"""How many payments are asked about in one step, by one agency."""
PATIENCE = 3
"""After how many steps without any answer an agency is left for the next time."""
ANSWER_SECONDS = 30.0
ROOM = AT_ONCE * AT_ONCE
"""The budget of one step, which is never near it."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Recheck:
    """A recheck of what was paid from a day on."""

    id: int
    since: date
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one agency's part has come, in the order of decisions."""

    connector: str
    position: int = 0
    """Up to which decision everything was asked about."""
    is_done: bool = False
    asked: int = 0
    opened: int = 0
    unanswered: int = 0
    """Whom is still to be asked about again."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment, by its decision, and the certificate it relied on."""

    decision: int
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a step of a recheck found."""

    recheck: int
    connector: str
    before: int
    """The position it began at."""
    after: int
    paid: Sequence[Paid]
    answered: frozenset[int] = frozenset()
    """The decisions about which there is an answer that can be believed."""
    seen: Sequence[SeenRevocation] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    """What is known now of certificates that were paid for."""
    at: datetime


class TakenOverError(Exception):
    """Another recheck goes on with this one; one of the two is enough."""


class RecheckBook(Protocol):
    """Keeps how far rechecks came, and what they found.

    Every method raises ``StoreUnavailableError`` if the database is away.
    """

    async def begin(self, since: date, at: datetime, *, anew: bool) -> Recheck:
        """Return the recheck that is to go on, or begin one.

        ``anew`` ends one that did not come to its end.
        """

    async def progress(self, recheck: Recheck) -> Sequence[Progress]:
        """Return how far each agency's part has come, of all who were paid by."""

    async def paid(
        self, recheck: Recheck, connector: str, after: int, most: int
    ) -> Sequence[Paid]:
        """Return the next payments after a position."""

    async def unanswered(
        self, recheck: Recheck, connector: str, after: int, most: int
    ) -> Sequence[Paid]:
        """Return the next payments about which there was no answer."""

    async def keep(self, looked: Looked) -> int:
        """Keep what a step found, and open recoveries; return how many.

        Raises:
            TakenOverError: the position is another one by now.
        """

    async def finish(self, recheck: Recheck, connector: str) -> None:
        """Note that an agency's part was asked about to its end."""

    async def end(self, recheck: Recheck, at: datetime) -> bool:
        """End a recheck if nothing is left to be asked; say whether."""


class Pace(Protocol):
    """Says when an agency may be asked on."""

    def may_go_on(self) -> bool:
        """Say whether there is time left."""

    async def wait(self, people: int) -> None:
        """Wait until so many more people may be asked about."""

    async def wait_for_agency(self, failures: int) -> None:
        """Wait until an agency that did not speak is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecking:
    """A recheck under way: of one database, by the agencies in force."""

    book: RecheckBook
    live: Live
    ids: CertificateIds
    oversight: Oversight
    clock: Callable[[], datetime]
    pace: Callable[[str], Pace]
    """Makes the pace of one agency."""
    report: Callable[[Progress], None] = lambda _: None

    async def run(self, recheck: Recheck) -> bool:
        """Go on until all was asked, or the time is over; say whether it ended.

        Raises:
            TakenOverError: another one goes on with it.
            StoreUnavailableError: the database is away; nothing of it is lost.
        """
        parts = await self.book.progress(recheck)
        await _together([self._part(recheck, part) for part in parts])
        return await self.book.end(recheck, self.clock())

    async def _part(self, recheck: Recheck, part: Progress) -> None:
        pace = self.pace(part.connector)
        if not part.is_done:
            part = await self._pass(recheck, part, pace, is_first=True)
        if part.is_done and part.unanswered:
            await self._pass(recheck, part, pace, is_first=False)

    async def _pass(
        self, recheck: Recheck, part: Progress, pace: Pace, *, is_first: bool
    ) -> Progress:
        """Ask about all that was paid, or once more about what was not answered."""
        read = self.book.paid if is_first else self.book.unanswered
        after, failures = (part.position if is_first else 0), 0
        while pace.may_go_on() and failures < PATIENCE:
            paid = await read(recheck, part.connector, after, AT_ONCE)
            if not paid:
                if is_first:
                    await self.book.finish(recheck, part.connector)
                part = replace(part, is_done=True)
                self.report(part)
                return part
            await pace.wait(len(paid))
            looked, is_silent = await self._look(recheck, part, paid, is_first=is_first)
            if is_silent:
                failures += 1
                await pace.wait_for_agency(failures)
                continue
            failures = 0
            opened = await self.book.keep(looked)
            after = paid[-1].decision
            missing = len(paid) - len(looked.answered)
            part = replace(
                part,
                position=looked.after,
                asked=part.asked + len(paid),
                opened=part.opened + opened,
                unanswered=part.unanswered
                + (missing if is_first else -len(looked.answered)),
            )
            self.report(part)
        return part

    async def _look(
        self, recheck: Recheck, part: Progress, paid: Sequence[Paid], *, is_first: bool
    ) -> tuple[Looked, bool]:
        """Ask about ``paid``; say also whether its agency did not speak at all."""
        places = {one.decision: self._place(one.certificate) for one in paid}
        answers = await self._answers(recheck, list(filter(None, places.values())))
        seen: dict[tuple[str, str], SeenRevocation] = {}
        documents: dict[str, Document] = {}
        answered: set[int] = set()
        for one in paid:
            place = places[one.decision]
            answer = None if place is None else answers.get(place)
            if place is None or answer is None:
                continue
            listed = self._listed(answer)
            if answer.outcome in CONCLUSIVE and listed is not None:
                answered.add(one.decision)
            shown = answer if listed is None else listed
            for certificate, source in revoked_in([answer], [shown]):
                found = seen_revocation(self.ids, certificate, source)
                seen[found.certificate, found.source] = found
            for certificate in answer.certificates:
                if place.fingerprint in fingerprints(certificate.record):
                    documents[one.certificate] = document_of_certificate(
                        self.ids, certificate
                    )
        silent = [answer.outcome in SILENT for answer in answers.values()]
        looked = Looked(
            recheck=recheck.id,
            connector=part.connector,
            before=part.position,
            after=paid[-1].decision if is_first else part.position,
            paid=paid,
            answered=frozenset(answered),
            seen=list(seen.values()),
            documents=documents,
            at=self.clock(),
        )
        return looked, bool(silent) and all(silent)

    def _place(self, certificate: str) -> CertificatePlace | None:
        try:
            return self.ids.open(certificate)
        except UnknownIdError:
            return None

    async def _answers(
        self, recheck: Recheck, places: Sequence[CertificatePlace]
    ) -> Mapping[CertificatePlace, Answer]:
        """Ask the agencies that answer for ``places`` now, through the gate."""
        now = self.clock()
        name = f"recheck-{recheck.id}"
        statement = Statement(
            LookUp(Purpose.RECOVERY, name),
            replace(
                MATTER,
                officer=self.oversight.pseudonyms.of_officer(CALLER.id),
                business_number=name,
            ),
        )
        gate = Gate(
            # An operator's own step, of which every person is on the log all the same.
            replace(self.oversight, budget=PeopleBudget(ROOM, {})),
            CALLER,
            statement,
            now=now,
            today=now.astimezone(SHANGHAI).date(),
        )
        origin = Origin(request_id=name, operation="recheck")
        deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
        registry = self.live.snapshot.registry
        loaders: dict[str, AnswerLoader] = {}

        async def look_up(place: CertificatePlace, agency: Agency) -> Answer:
            loader = loaders[agency.id]

            async def ask() -> list[Answer]:
                return [await loader.answer(place.holder)]

            # Nothing of it is shown to anybody.
            (answer,) = await gate.look_up(
                place.holder, ask, lambda: origin, lambda _: False
            )
            return answer

        asked: dict[CertificatePlace, Coroutine[None, None, Answer]] = {}
        for place in dict.fromkeys(places):
            agency = registry.agency_after(place.agency)
            if agency is None:
                continue
            loader = loaders.setdefault(
                agency.id,
                AnswerLoader(agency, deadline, gate.has_admitted, statement.told),
            )
            loader.want(place.holder)
            asked[place] = look_up(place, agency)
        found = await _together(list(asked.values()))
        return dict(zip(asked, found, strict=True))

    def _listed(self, answer: Answer) -> Answer | None:
        """Return ``answer`` with its agency's status list; ``None`` without one."""
        agency = self.live.snapshot.registry.agency(answer.agency)
        if agency is None or agency.listed is None:
            return answer
        return None if agency.listed.until is None else agency.listed.put_on(answer)


async def _together(work: Sequence[Coroutine[None, None, T]]) -> list[T]:
    """Return what all of ``work`` returns; where one fails, end the others."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
