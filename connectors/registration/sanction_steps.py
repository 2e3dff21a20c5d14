"""Impose, propose, confirm, reject and lift sanctions.

A sanction is on its way from one person to another: whoever proposed it, or ordered the
rectification that it follows, does not confirm it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.rules import Actor, require_reason
from connectors.registration.sanction_records import ENDS, begun, ended, event_of, kept
from connectors.registration.sanctions import (
    BY_TWO,
    CONFIRMED_WITHIN,
    LONGEST_RECTIFICATION,
    ORIGINS,
    ProposalState,
    Sanction,
    SanctionKind,
    SanctionProposal,
    SanctionState,
    SanctionStep,
)
from connectors.registration.store import RegistrationStore
from policy.calendar import SHANGHAI
from policy.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanctioner:
    """Takes the steps of sanctions."""

    store: RegistrationStore
    catalogue: Catalogue
    clock: Callable[[], datetime]

    async def warn(self, actor: Actor, body: str, reason: str) -> Sanction:
        """Warn a body; it stays on record until it is lifted.

        Raises:
            RegistrationError: no such body, or no reason.
        """
        made = self._made(actor, body, SanctionKind.WARNING, reason)
        return await self._begin(made, SanctionStep.IMPOSE)

    async def order_rectification(
        self, actor: Actor, body: str, last_day: date, reason: str
    ) -> Sanction:
        """Have a body put things right by a day, after which a freeze is proposed.

        Raises:
            RegistrationError: no such body, no reason, or no day to come.
        """
        made = self._made(actor, body, SanctionKind.RECTIFICATION, reason)
        today = made.imposed_at.astimezone(SHANGHAI).date()
        if not today < last_day <= today + LONGEST_RECTIFICATION:
            raise RegistrationError(
                RefusalCode.LAST_DAY_UNUSABLE,
                f"{last_day}; after {today}, by {today + LONGEST_RECTIFICATION}",
            )
        return await self._begin(replace(made, last_day=last_day), SanctionStep.IMPOSE)

    async def propose(
        self, actor: Actor, body: str, kind: SanctionKind, reason: str
    ) -> Sanction:
        """Propose a freeze or a cancellation, for another person to confirm.

        Raises:
            RegistrationError: no such body, no reason, of a kind that one person
                imposes, or there is one already.
        """
        if kind not in BY_TWO:
            raise RegistrationError(RefusalCode.KIND_NOT_PROPOSED, kind)
        made = self._made(actor, body, kind, reason)
        proposed = replace(made, state=SanctionState.PROPOSED)
        return await self._begin(proposed, SanctionStep.PROPOSE)

    async def freeze_urgently(self, actor: Actor, body: str, reason: str) -> Sanction:
        """Freeze a body's account at once; another person confirms it within a day.

        Raises:
            RegistrationError: no such body, no reason, or there is a freeze already.
        """
        made = self._urgent(actor, body, reason)
        return await self._begin(made, SanctionStep.IMPOSE)

    async def impose(
        self, actor: Actor, body: str, kind: SanctionKind, reason: str
    ) -> Sanction:
        """Do by a kind alone what one person may do of it now.

        For clients that know no other step: a freeze is urgent, a cancellation is
        proposed.

        Raises:
            RegistrationError: what that step raises; a rectification needs a day.
        """
        match kind:
            case SanctionKind.WARNING:
                return await self.warn(actor, body, reason)
            case SanctionKind.RECTIFICATION:
                raise RegistrationError(RefusalCode.LAST_DAY_UNUSABLE)
            case SanctionKind.FREEZE:
                return await self.freeze_urgently(actor, body, reason)
            case SanctionKind.CANCEL_COLLECTION:
                return await self.propose(actor, body, kind, reason)

    async def confirm(self, actor: Actor, id_: int, reason: str) -> Sanction:
        """Put a proposal in force, or let an urgent freeze stay, as another person.

        Raises:
            RegistrationError: there is none of that id to confirm, not by them, too
                late, or no reason.
        """
        require_reason(reason)
        async with self.store.work() as work:
            every = {s.id: s for s in await work.sanctions(lifted=True)}
            found = _require_open(every.get(id_), id_, SanctionStep.CONFIRM)
            ordered = every.get(found.follows)
            first = {found.imposed_by, None if ordered is None else ordered.imposed_by}
            if actor.id in first:
                raise RegistrationError(RefusalCode.SAME_OFFICER, actor.id)
            now = self.clock()
            if found.is_late(now):
                raise RegistrationError(RefusalCode.CONFIRMATION_LATE, str(id_))
            return await kept(
                work,
                replace(
                    found,
                    state=SanctionState.IN_FORCE,
                    confirm_before=None,
                    confirmed_by=actor.id,
                    confirmed_at=now,
                ),
                event_of(
                    SanctionStep.CONFIRM, SanctionState.IN_FORCE, actor.id, now, reason
                ),
            )

    async def reject(self, actor: Actor, id_: int, reason: str) -> Sanction:
        """Let a proposal go; who proposed it may, too.

        Raises:
            RegistrationError: there is none of that id, or no reason.
        """
        return await self._end(actor, id_, SanctionStep.REJECT, reason)

    async def lift(self, actor: Actor, id_: int, reason: str) -> Sanction:
        """End a sanction that is in force, or a rectification that was done.

        Raises:
            RegistrationError: there is none in force of that id, or no reason.
        """
        return await self._end(actor, id_, SanctionStep.LIFT, reason)

    async def decide(
        self, actor: Actor, id_: int, *, accept: bool, reason: str
    ) -> SanctionProposal:
        """Freeze urgently the body that a machine's proposal names, or dismiss it.

        Raises:
            RegistrationError: it is not open, or what ``freeze_urgently`` raises.
        """
        require_reason(reason)
        async with self.store.work() as work:
            found = next((p for p in await work.proposals() if p.id == id_), None)
            if found is None:
                raise RegistrationError(RefusalCode.UNKNOWN_PROPOSAL, str(id_))
            if accept:
                made = self._urgent(actor, found.body, reason)
                await begun(work, made, SanctionStep.IMPOSE)
            decided = replace(
                found,
                state=ProposalState.ACCEPTED if accept else ProposalState.DISMISSED,
                decided_by=actor.id,
                decided_at=self.clock(),
                reason=reason,
            )
            await work.decide_proposal(decided)
            return decided

    def _urgent(self, actor: Actor, body: str, reason: str) -> Sanction:
        made = self._made(actor, body, SanctionKind.FREEZE, reason)
        return replace(
            made,
            state=SanctionState.UNCONFIRMED,
            confirm_before=made.imposed_at + CONFIRMED_WITHIN,
        )

    def _made(
        self, actor: Actor, body: str, kind: SanctionKind, reason: str
    ) -> Sanction:
        require_reason(reason)
        if body not in self._bodies():
            raise RegistrationError(RefusalCode.UNKNOWN_BODY, ascii(body[:80]))
        return Sanction(
            body=body,
            kind=kind,
            state=SanctionState.IN_FORCE,
            reason=reason,
            imposed_by=actor.id,
            imposed_at=self.clock(),
        )

    def _bodies(self) -> frozenset[str]:
        """Return the authorities and collection bodies of the annex."""
        return frozenset(
            body.id
            for item in self.catalogue.items.values()
            for body in (item.authority, item.collection_body)
        )

    async def _begin(self, made: Sanction, step: SanctionStep) -> Sanction:
        async with self.store.work() as work:
            return await begun(work, made, step)

    async def _end(
        self, actor: Actor, id_: int, step: SanctionStep, reason: str
    ) -> Sanction:
        require_reason(reason)
        async with self.store.work() as work:
            open_ = await work.sanctions(lifted=False)
            found = next((s for s in open_ if s.id == id_), None)
            return await ended(
                work,
                _require_open(found, id_, step),
                event_of(step, ENDS[step], actor.id, self.clock(), reason),
            )


def _require_open(found: Sanction | None, id_: int, step: SanctionStep) -> Sanction:
    if found is None:
        raise RegistrationError(RefusalCode.UNKNOWN_SANCTION, str(id_))
    if found.state is SanctionState.LAPSED and step is SanctionStep.CONFIRM:
        raise RegistrationError(RefusalCode.CONFIRMATION_LATE, str(id_))
    if found.lifted_at is not None:
        raise RegistrationError(RefusalCode.UNKNOWN_SANCTION, str(id_))
    if found.state not in ORIGINS[step]:
        allowed = ", ".join(s for s in SanctionState if s in ORIGINS[step])
        raise RegistrationError(
            RefusalCode.SANCTION_STATE, f"{step}: {found.state}, not {allowed}"
        )
    return found
