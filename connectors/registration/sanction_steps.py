"""Impose and lift sanctions, and decide on what a machine proposed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.rules import Actor, require_reason
from connectors.registration.sanctions import (
    ProposalState,
    Sanction,
    SanctionKind,
    SanctionProposal,
)
from connectors.registration.store import RegistrationStore, Work
from policy.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanctioner:
    """Takes the steps of sanctions."""

    store: RegistrationStore
    catalogue: Catalogue
    clock: Callable[[], datetime]

    async def impose(
        self, actor: Actor, body: str, kind: SanctionKind, reason: str
    ) -> Sanction:
        """Freeze a body's account, or cancel its right to collect.

        Raises:
            RegistrationError: no such body, no reason, or in force already.
        """
        require_reason(reason)
        async with self.store.work() as work:
            return await self._impose(work, actor, body, kind, reason)

    async def lift(self, actor: Actor, id_: int, reason: str) -> Sanction:
        """End a sanction.

        Raises:
            RegistrationError: there is none in force of that id, or no reason.
        """
        require_reason(reason)
        async with self.store.work() as work:
            found = next(
                (s for s in await work.sanctions(lifted=False) if s.id == id_), None
            )
            if found is None:
                raise RegistrationError(RefusalCode.UNKNOWN_SANCTION, str(id_))
            lifted = replace(
                found, lifted_by=actor.id, lifted_at=self.clock(), lift_reason=reason
            )
            await work.change_sanction(lifted)
            return lifted

    async def decide(
        self, actor: Actor, id_: int, *, accept: bool, reason: str
    ) -> SanctionProposal:
        """Freeze the body that a proposal names, or dismiss it.

        Raises:
            RegistrationError: it is not open, or what ``impose`` raises.
        """
        require_reason(reason)
        async with self.store.work() as work:
            found = next((p for p in await work.proposals() if p.id == id_), None)
            if found is None:
                raise RegistrationError(RefusalCode.UNKNOWN_PROPOSAL, str(id_))
            if accept:
                await self._impose(work, actor, found.body, SanctionKind.FREEZE, reason)
            decided = replace(
                found,
                state=ProposalState.ACCEPTED if accept else ProposalState.DISMISSED,
                decided_by=actor.id,
                decided_at=self.clock(),
                reason=reason,
            )
            await work.decide_proposal(decided)
            return decided

    async def _impose(
        self, work: Work, actor: Actor, body: str, kind: SanctionKind, reason: str
    ) -> Sanction:
        if body not in self._bodies():
            raise RegistrationError(RefusalCode.UNKNOWN_BODY, ascii(body[:80]))
        in_force = await work.sanctions(lifted=False)
        if any(s.body == body and s.kind is kind for s in in_force):
            raise RegistrationError(RefusalCode.ALREADY_SANCTIONED, f"{body}: {kind}")
        return await work.add_sanction(
            Sanction(
                body=body,
                kind=kind,
                reason=reason,
                imposed_by=actor.id,
                imposed_at=self.clock(),
            )
        )

    def _bodies(self) -> frozenset[str]:
        """Return the authorities and collection bodies of the annex."""
        return frozenset(
            body.id
            for item in self.catalogue.items.values()
            for body in (item.authority, item.collection_body)
        )
