"""Ask again about everything that was paid, and open what is to be claimed back.

A revocation that nobody sends shows only on an answer, and nobody may ask about a
certificate again once it was paid for. So it is asked about from time to time: each
agency at its own rate, beside the others, through the gate as any look-up of a person.

How far it came is kept (``recheck``). An agency that does not speak is left where it
is, for the next time; whom it gave no answer about that can be believed is asked about
again at the end. A database that is away for a moment is waited for.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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
from bureau.ledger.recheck import Looked, Paid, Progress, Recheck, RecheckBook
from bureau.ledger.seen import SeenRevocation, revoked_in, seen_revocation
from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.gate import Gate, Origin, Statement
from bureau.look_ups.oversight import Oversight
from connectors.agency import Agency
from connectors.answer import Answer
from connectors.elements import Elements
from connectors.errors import StoreUnavailableError
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
STORE_PATIENCE = 7
"""After how many tries in a minute a database that is away ends it for this time."""
ANSWER_SECONDS = 30.0
ROOM = AT_ONCE * AT_ONCE
"""The budget of one step, which is never near it."""
T = TypeVar("T")


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
        after, failures, losses = (part.position if is_first else 0), 0, 0
        while pace.may_go_on() and failures < PATIENCE:
            try:
                if losses:
                    # It is not known what was kept of the last step.
                    part = await self._found_again(recheck, part)
                    after = part.position if is_first else after
                paid = await read(recheck, part.connector, after, AT_ONCE)
                if not paid:
                    if is_first:
                        await self.book.finish(recheck, part.connector)
                    part = replace(part, is_done=True)
                    self.report(part)
                    return part
                await pace.wait(len(paid))
                looked, is_silent = await self._look(
                    recheck, part, paid, is_first=is_first
                )
                opened = 0 if is_silent else await self.book.keep(looked)
            except StoreUnavailableError:
                losses += 1
                if losses == STORE_PATIENCE:
                    raise
                await pace.wait_for_agency(losses)
                continue
            losses = 0
            if is_silent:
                failures += 1
                await pace.wait_for_agency(failures)
                continue
            failures = 0
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

    async def _found_again(self, recheck: Recheck, part: Progress) -> Progress:
        parts = await self.book.progress(recheck)
        return next(one for one in parts if one.connector == part.connector)

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
                AnswerLoader(
                    agency,
                    deadline,
                    gate.has_admitted,
                    statement.told,
                    caller=CALLER.id,
                ),
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
