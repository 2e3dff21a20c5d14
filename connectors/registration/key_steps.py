"""The steps of a key's life, each in one transaction.

A key is proved before anything else: possession first, approval by another person
after. What comes while a connector is a draft is approved with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.registration import keys
from connectors.registration.challenge import Challenge, new_challenge, require_proof
from connectors.registration.connector import Connector, Event
from connectors.registration.keys import RegisteredKey, RegisteredKeyState, StatedKey
from connectors.registration.lifecycle import Step, state_after
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.registrar import record
from connectors.registration.rules import (
    Actor,
    Configured,
    StepRequest,
    require_allowed,
    require_key,
    require_known,
    require_own,
)
from connectors.registration.store import RegistrationStore, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRegistrar:
    """Takes the steps of keys."""

    store: RegistrationStore
    configured: Configured
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    """Makes what nobody can guess."""

    async def challenge(self, actor: Actor, id_: str, key: StatedKey) -> Challenge:
        """Return a text that the key is to sign, within minutes."""
        now = self.clock()
        async with self.store.work() as work:
            connector = require_known(await work.connector(id_), id_)
            require_own(connector, actor)
            state_after(connector.state, Step.ADD_KEY)
            stated = keys.canonical(key)
            if stated.not_after <= now:
                raise RegistrationError(
                    RefusalCode.KEY_UNUSABLE, f"{key.kid}: not_after is past"
                )
            await self._require_new(work, connector, stated)
            challenge = new_challenge(
                self.new_id(), connector.id, stated, asked_by=actor.id, now=now
            )
            await work.add_challenge(challenge)
            return challenge

    async def prove(self, actor: Actor, challenge_id: str, proof: str) -> Connector:
        """Take the signed challenge; the key is the connector's from now on."""
        now = self.clock()
        async with self.store.work() as work:
            challenge = await work.challenge(challenge_id)
            if challenge is None:
                raise RegistrationError(RefusalCode.UNKNOWN_CHALLENGE)
            id_ = challenge.connector
            connector = require_known(await work.connector(id_), id_)
            require_own(connector, actor)
            state_after(connector.state, Step.ADD_KEY)
            require_proof(challenge, proof, now)
            # Somebody may have proved the same one since the challenge was made.
            fingerprint = await self._require_new(work, connector, challenge.key)
            await work.use_challenge(replace(challenge, used_at=now))
            await work.add_key(
                RegisteredKey(
                    stated=challenge.key,
                    connector=connector.id,
                    institution=connector.institution,
                    fingerprint=fingerprint,
                    state=RegisteredKeyState.PROVED,
                    proved_by=actor.id,
                    proved_at=now,
                )
            )
            asked = StepRequest(actor, id_, connector.version, "possession proved")
            return await self._record(
                *(work, asked, connector, Step.ADD_KEY, challenge.key.kid),
                fingerprint=fingerprint,
            )

    async def approve(self, asked: StepRequest, kid: str) -> Connector:
        """Believe a key that was proved after its connector had been approved."""
        async with self.store.work() as work:
            connector, key = await self._key(work, asked, kid)
            state_after(connector.state, Step.APPROVE_KEY)
            await work.change_key(keys.approved(key, asked.actor.id))
            return await self._record(work, asked, connector, Step.APPROVE_KEY, kid)

    async def rotate(
        self, asked: StepRequest, *, old: str, new: str, overlap: timedelta
    ) -> Connector:
        """Let ``old`` end after ``overlap``, as ``new`` is in force beside it."""
        now = self.clock()
        if not timedelta(0) <= overlap <= keys.MAX_OVERLAP:
            raise RegistrationError(
                RefusalCode.MOMENT_UNUSABLE,
                f"an overlap has 0 to {keys.MAX_OVERLAP.days} days",
            )
        async with self.store.work() as work:
            connector, key = await self._key(work, asked, old)
            state_after(connector.state, Step.ROTATE_KEY)
            successor = require_key(connector, new)
            if successor == key or not successor.is_in_force(now):
                raise RegistrationError(
                    RefusalCode.KEY_STATE, f"{new}: not approved, or not in its window"
                )
            await work.change_key(keys.ending(key, now + overlap))
            return await self._record(
                work, asked, connector, Step.ROTATE_KEY, old, successor=new
            )

    async def retire(self, asked: StepRequest, kid: str) -> Connector:
        """Believe nothing that comes under the key from now on."""
        async with self.store.work() as work:
            connector, key = await self._key(work, asked, kid)
            state_after(connector.state, Step.RETIRE_KEY)
            await work.change_key(keys.retired(key, self.clock()))
            return await self._record(work, asked, connector, Step.RETIRE_KEY, kid)

    async def compromise(
        self, asked: StepRequest, kid: str, since: datetime
    ) -> Connector:
        """Believe nothing that was collected under the key from ``since`` on."""
        now = self.clock()
        if since.utcoffset() is None or since > now:
            raise RegistrationError(
                RefusalCode.MOMENT_UNUSABLE,
                "since has no time zone, or is in the future",
            )
        async with self.store.work() as work:
            connector, key = await self._key(work, asked, kid)
            state_after(connector.state, Step.COMPROMISE_KEY)
            await work.change_key(keys.compromised(key, since))
            return await self._record(
                work,
                asked,
                connector,
                Step.COMPROMISE_KEY,
                kid,
                since=since.isoformat(),
            )

    async def _key(
        self, work: Work, asked: StepRequest, kid: str
    ) -> tuple[Connector, RegisteredKey]:
        connector = require_allowed(await work.connector(asked.connector), asked)
        return connector, require_key(connector, kid)

    async def _require_new(
        self, work: Work, connector: Connector, key: StatedKey
    ) -> str:
        """Refuse a key that is known under any name; return its fingerprint."""
        trusted = keys.trusted_key(key, connector.institution, connector.items)
        fingerprint = keys.fingerprint_of(trusted)
        configured = self.configured.bundle.keys
        if await work.key(key.kid) is not None or key.kid in configured:
            raise RegistrationError(RefusalCode.KEY_ID_TAKEN, key.kid)
        institutions = {
            other.institution
            for other in configured.values()
            if keys.fingerprint_of(other) == fingerprint
        }
        if (other := await work.key_by_fingerprint(fingerprint)) is not None:
            institutions.add(other.institution)
        if institutions - {connector.institution}:
            raise RegistrationError(RefusalCode.KEY_OF_ANOTHER_INSTITUTION, key.kid)
        if institutions:
            raise RegistrationError(RefusalCode.KEY_KNOWN, key.kid)
        return fingerprint

    async def _record(
        self,
        work: Work,
        asked: StepRequest,
        connector: Connector,
        step: Step,
        kid: str,
        **detail: str,
    ) -> Connector:
        done = Event(
            connector=connector.id,
            version=connector.version + 1,
            step=step,
            at=self.clock(),
            actor=asked.actor.id,
            reason=asked.reason,
            before=connector.state,
            after=connector.state,
            detail={"key": kid, **detail},
        )
        return await record(work, connector, done)
