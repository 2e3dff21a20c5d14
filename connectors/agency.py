"""One agency, ready to be asked: its manifest, connector, reader and guard.

The way of an answer: the guard, which every question passes; the connector's exact
bytes; and what ``ReplyReader`` makes of them.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import attrgetter
from types import MappingProxyType

from connectors.answer import Answer, RefusedRecord, frozen, skipped, suspended
from connectors.collection.connector import CollectedConnector, instead_of
from connectors.connector import Collected, Connector
from connectors.decoding.decode import Decoder
from connectors.elements import NOT_STATED, Elements, Told, told_of
from connectors.errors import UnreachableError
from connectors.guard.circuit import Circuit, Operation
from connectors.guard.guard import Guard, Observer
from connectors.guard.health import Health
from connectors.guard.stale import stand_in
from connectors.manifest import Manifest
from connectors.reply_reader import ReplyReader
from connectors.shadow import Shadow
from connectors.status.changes import SentChange, read_change
from connectors.status.listed_states import ListedStates
from connectors.unsigned import UnsignedReader
from policy.catalogue import Catalogue
from policy.evidence import AccountState
from policy.identity import Identity
from signing.envelope import Envelope
from signing.trust import TrustBundle, TrustedKey

_type_of = attrgetter("type")


class Agency:
    """Asks one agency and believes only what verifies."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        manifest: Manifest,
        connector: Connector,
        *,
        bundle: TrustBundle,
        catalogue: Catalogue,
        observer: Observer,
        clock: Callable[[], datetime],
        rows: frozenset[str] | None = None,
        when_silent: Connector | None = None,
        beside: Connector | None = None,
        listed: ListedStates | None = None,
        is_spared: bool = False,
    ) -> None:
        self.manifest = manifest
        self.id = manifest.id
        self.account = manifest.account
        """How the operator treats it now: by its manifest, or by a sanction."""
        self.is_suspended = False
        """Whether its connector is suspended, which says nothing of its account."""
        self._instead = self._not_asked()
        """What is answered instead of asking; ``None`` if it may be asked."""
        self.authority = catalogue.bodies[manifest.authority]
        self.health = Health(clock)
        self.circuit = Circuit(
            clock,
            partial(observer.circuit_changed, manifest.id, Operation.LOOK_UP),
            opens=is_spared,
        )
        """Whether it is asked: always, but for one that ``is_spared`` while silent."""
        self.shadow: Shadow | None = None
        """Answers beside this agency, compared and not shown."""
        self.listed = listed
        """What its status list says, to be put on what is returned."""
        self._connector = connector
        self._collected = (
            connector if isinstance(connector, CollectedConnector) else None
        )
        self.decoder = Decoder(manifest, catalogue, rows)
        """Reads what it signs."""
        self._reader = ReplyReader(manifest, self.decoder, catalogue, bundle)
        self.rows = self.decoder.rows
        """The annex rows it answers for."""
        self._clock = clock
        request = manifest.request
        self._is_told = bool(request.elements or request.element_headers)
        """Whether it is told anything of questions."""
        self._sent = when_silent
        self._beside = beside
        """What was sent, and is signed, beside answers that are not."""
        self._unsigned = (
            UnsignedReader(manifest, self.decoder, catalogue)
            if manifest.is_unsigned
            else None
        )
        if listed is not None:
            listed.start(lambda: self._reader.bundle)
        self._guard = Guard(
            manifest,
            partial(self._ask_by, connector),
            self._still_holds,
            observer,
            self.health,
            circuit=self.circuit,
            at_hand=None if self._collected is None else self._answer_at_hand,
            when_silent=None if when_silent is None else self._ask_what_was_sent,
            stand_in=self._stand_in if manifest.cache.stale_if_error_seconds else None,
        )

    def ask(
        self,
        holders: Sequence[Identity],
        budget_seconds: float,
        elements: Elements = NOT_STATED,
        caller: str = "",
        names: Mapping[Identity, str] = MappingProxyType({}),
    ) -> asyncio.Future[list[Answer]]:
        """Answer for each of ``holders``, in order; never raises for the agency.

        It is told of ``elements`` what its manifest has names for, of the people's
        stated ``names`` if it identifies by them, and never of ``caller``, whose turn
        it is. Whoever cancels the answer gives up.
        """
        can_ask = self._connector.can_ask
        if (
            self.shadow is not None
            or self._instead is not None
            or not all(map(can_ask, map(_type_of, holders)))
        ):
            return asyncio.ensure_future(
                self._ask_for_some(holders, budget_seconds, elements, caller, names)
            )
        told = self._told(elements, names) if self._is_told else None
        return self._guard.ask(holders, budget_seconds, told, caller)

    def _told(self, elements: Elements, names: Mapping[Identity, str]) -> Told | None:
        request = self.manifest.request
        told = told_of(elements, request.elements, request.element_headers)
        if told is None or not names or not self.manifest.identifies_by_name:
            return told
        return replace(told, names=names)

    async def _ask_for_some(
        self,
        holders: Sequence[Identity],
        budget_seconds: float,
        elements: Elements,
        caller: str,
        names: Mapping[Identity, str],
    ) -> list[Answer]:
        """Ask about those whom the agency may know, and the shadow after it."""
        if (instead := self._instead) is not None:
            return [instead] * len(holders)
        askable = [h for h in holders if self._connector.can_ask(h.type)]
        told = self._told(elements, names)
        found = await self._guard.ask(askable, budget_seconds, told, caller)
        if self.shadow is not None:
            self.shadow.offer(askable, found, elements)
        answers = iter(found)
        return [
            next(answers) if self._connector.can_ask(holder.type) else skipped(self.id)
            for holder in holders
        ]

    @property
    def asks_nobody(self) -> bool:
        """Whether it is answered for from what it sent, and no shadow is asked."""
        return self._collected is not None and self.shadow is None

    def read_sent(
        self, holder: Identity, sent: Sequence[tuple[Envelope, Collected]]
    ) -> Answer:
        """Read what the agency sent of one certificate, as of when each of it came."""
        return self._reader.read_sent(holder, sent, self._clock())

    def read_change(self, envelope: Envelope) -> SentChange | RefusedRecord:
        """Read a change of state that the agency sent."""
        return read_change(
            envelope,
            bundle=self._reader.bundle,
            decoder=self.decoder,
            at=self._clock(),
            skew=self._reader.freshness.skew,
        )

    def put_in_force(
        self, bundle: TrustBundle, account: AccountState, *, is_suspended: bool
    ) -> None:
        """Judge by these keys and this account from now on.

        What was read and answered under other keys is forgotten; every kept result is
        asked anyway whether its key is still in force.
        """
        body = self.manifest.collection_body
        known = self._reader.bundle
        if _keys_of(bundle, body) != _keys_of(known, body) or (
            (account, is_suspended) != (self.account, self.is_suspended)
        ):
            self._reader.forget()
            if self.listed is not None:
                self.listed.forget()
            self._guard.forget()
        self._reader.put_in_force(bundle, account)
        self.account = account
        self.is_suspended = is_suspended
        self._instead = self._not_asked()

    def forget(self, holder: Identity) -> None:
        """Ask anew about ``holder`` the next time: what is kept is outdated."""
        self._guard.forget_about(holder)

    async def probe(self) -> bool:
        """Say whether the agency's server speaks."""
        try:
            await self._connector.probe()
        except UnreachableError:
            return False
        return True

    async def leave(self) -> None:
        """End once whoever asked has an answer; cancelled, end at once."""
        try:
            await self._guard.settle()
        finally:
            await self.close()

    async def close(self) -> None:
        """Cancel what is under way, in the shadow too."""
        if self.shadow is not None:
            await self.shadow.close()
        if self.listed is not None:
            await self.listed.close()
        await self._guard.close()

    def _stand_in(self, kept: Answer, silent: Answer) -> Answer:
        return stand_in(kept, silent, self._clock(), self.manifest.cache)

    async def _ask_what_was_sent(
        self, silent: Mapping[Identity, Answer]
    ) -> Mapping[Identity, Answer]:
        """Answer from what was collected about whom there is something."""
        if self._sent is None or not silent:
            return {}
        try:
            found = await self._ask_by(self._sent, list(silent))
        except UnreachableError:
            return {}
        return {
            holder: replace(
                answer, reason=answer.reason or instead_of(silent[holder].outcome)
            )
            for holder, answer in zip(silent, found, strict=True)
            if answer.retrieved_at is not None
        }

    def _answer_at_hand(self, holders: Sequence[Identity]) -> list[Answer] | None:
        """Answer from what was sent, where nothing has to be read for it."""
        if self._collected is None:
            return None
        started = time.perf_counter()
        reply = self._collected.at_hand(holders)
        if reply is None:
            return None
        latency = time.perf_counter() - started
        return self._reader.answers_of(holders, reply, self._clock(), latency)

    async def _ask_by(
        self,
        connector: Connector,
        holders: Sequence[Identity],
        told: Told | None = None,
    ) -> list[Answer]:
        started = time.perf_counter()
        reply = await connector.fetch(holders, told)
        latency = time.perf_counter() - started
        # It may have been frozen while it was asked.
        if (instead := self._instead) is not None:
            return [instead] * len(holders)
        answers = self._reader.answers_of(holders, reply, self._clock(), latency)
        if reply.unsigned is None or self._unsigned is None:
            return answers
        now = self._clock()
        signed = await self._sent_beside(holders)
        reader = self._unsigned
        return [
            reader.beside(answer, before, reader.read(holder, rows, now))
            for holder, answer, before, rows in zip(
                holders, answers, signed, reply.unsigned, strict=True
            )
        ]

    async def _sent_beside(self, holders: Sequence[Identity]) -> list[Answer | None]:
        """Return what the agency sent of ``holders``; nothing if that is not known."""
        if self._beside is None:
            return [None] * len(holders)
        try:
            return [*await self._ask_by(self._beside, holders)]
        except UnreachableError:
            return [None] * len(holders)

    def _still_holds(self, answer: Answer) -> bool:
        reader = self._reader
        return reader.are_in_force(answer.proofs, self._clock(), reader.freshness)

    def _not_asked(self) -> Answer | None:
        """Return the answer instead of asking; ``None`` if it may be asked."""
        if self.account is not AccountState.ACTIVE:
            return frozen(self.id)
        return suspended(self.id) if self.is_suspended else None


def _keys_of(bundle: TrustBundle, institution: str) -> list[TrustedKey]:
    return [key for key in bundle.keys.values() if key.institution == institution]
