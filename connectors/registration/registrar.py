"""The steps of a connector's life, each in one transaction.

Every step is refused with a ``RegistrationError`` and has then changed nothing, but
that a failed check leaves its report. Of two who act on one version, the second is
refused.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.conformance.plan import Plan
from connectors.conformance.report import Report
from connectors.errors import ManifestError
from connectors.manifest import Manifest
from connectors.network.networks import Network
from connectors.registration import keys
from connectors.registration.connector import Connector, Event, summary_of
from connectors.registration.keys import RegisteredKeyState
from connectors.registration.lifecycle import ConnectorState, Step, state_after
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.rules import (
    Actor,
    Configured,
    OthersClaims,
    Replaced,
    StepRequest,
    require_allowed,
    require_free_rows,
    require_known,
    require_new_id,
    require_reason,
    require_second,
    require_usable_keys,
)
from connectors.registration.store import REPLACED_FILE, RegistrationStore, Work
from connectors.registration.submission import (
    Submission,
    plan_of,
    read_submission,
    require_rows,
)
from policy.catalogue import Catalogue
from signing.trust import TrustBundle

RunCheck = Callable[[Manifest, TrustBundle, Plan, frozenset[str]], Awaitable[Report]]
"""Runs the conformance kit on a live endpoint that claims some rows of the annex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrar:
    """Takes the steps."""

    store: RegistrationStore
    catalogue: Catalogue
    configured: Configured
    networks: Sequence[Network]
    """The operator's own, in which agencies may be."""
    clock: Callable[[], datetime]
    run_check: RunCheck

    async def draft(
        self, actor: Actor, submission: Submission, reason: str
    ) -> Connector:
        """Begin a connector, under the id of its manifest."""
        require_reason(reason)
        manifest = read_submission(submission, self.catalogue, self.networks)
        now = self.clock()
        connector = Connector(
            id=manifest.id,
            version=1,
            state=ConnectorState.DRAFT,
            authority=manifest.authority,
            institution=manifest.collection_body,
            submission=submission,
            owner=actor.id,
            changed_at=now,
        )
        event = Event(
            connector=connector.id,
            version=1,
            step=Step.DRAFT,
            at=now,
            actor=actor.id,
            reason=reason,
            before=None,
            after=connector.state,
        )
        async with self.store.work() as work:
            existing = await work.connector(manifest.id)
            require_new_id(manifest.id, existing, await self._others(work))
            await work.add(connector, event)
        return connector

    async def redraft(self, asked: StepRequest, submission: Submission) -> Connector:
        """Write a draft anew; its manifest keeps the id."""
        manifest = read_submission(submission, self.catalogue, self.networks)
        if manifest.id != asked.connector:
            raise RegistrationError(
                RefusalCode.SUBMISSION_UNUSABLE, "manifest: its id is another one"
            )
        async with self.store.work() as work:
            connector = await self._own(work, asked)
            if connector.keys and connector.institution != manifest.collection_body:
                raise RegistrationError(
                    RefusalCode.SUBMISSION_UNUSABLE,
                    "manifest: its keys were proved for another collection_body",
                )
            changed = replace(
                connector,
                authority=manifest.authority,
                institution=manifest.collection_body,
                submission=submission,
            )
            return await self._step(work, asked, changed, Step.DRAFT)

    async def submit(self, asked: StepRequest) -> Connector:
        """Submit a draft, after every check that needs no asking."""
        async with self.store.work() as work:
            connector = await self._own(work, asked)
            state_after(connector.state, Step.SUBMIT)
            self._with_secrets(connector)
            replaced = await self._require_claims(work, connector)
            require_usable_keys(
                connector,
                replaced,
                self.configured,
                RegisteredKeyState.PROVED,
                RegisteredKeyState.ACTIVE,
            )
            changed = replace(connector, submitted_by=asked.actor.id, check=None)
            return await self._step(work, asked, changed, Step.SUBMIT)

    async def check(self, asked: StepRequest) -> Connector:
        """Run the conformance kit on what was submitted, against the live endpoint.

        The report is kept either way; the step is taken if nothing failed.
        """
        async with self.store.work() as work:
            connector = await self._own(work, asked)
            state_after(connector.state, Step.CHECK)
            replaced = await self._require_claims(work, connector)
        manifest = self._with_secrets(connector)
        report = await self.run_check(
            manifest,
            self._bundle_to_check(connector, replaced),
            plan_of(connector.submission),
            connector.items,
        )
        found = summary_of(report)
        async with self.store.work() as work:
            # Minutes may have passed: what was checked must be what is kept.
            connector = await self._own(work, asked)
            changed = replace(connector, check=found)
            step, stays = Step.CHECK, not found.is_conforming
            changed = await self._step(
                work, asked, changed, step, stays_where_it_is=stays
            )
        if stays:
            failures = sum(f.startswith("FAILURE") for f in found.findings)
            raise RegistrationError(RefusalCode.NOT_CONFORMING, f"{failures} failures")
        return changed

    def _with_secrets(self, connector: Connector) -> Manifest:
        """Return the manifest as its agency is asked by it."""
        manifest = read_submission(connector.submission, self.catalogue, self.networks)
        try:
            return self.configured.secrets.put_in(manifest)
        except ManifestError as error:
            raise RegistrationError(
                RefusalCode.SUBMISSION_UNUSABLE, f"manifest: {error}"
            ) from None

    async def send_back(self, asked: StepRequest) -> Connector:
        """Make a draft of it again, to be put right."""
        async with self.store.work() as work:
            connector = await self._own(work, asked)
            changed = replace(connector, check=None, submitted_by=None)
            return await self._step(work, asked, changed, Step.RETURN)

    async def approve(self, asked: StepRequest) -> Connector:
        """Approve what was checked, and with it the keys that were proved."""
        async with self.store.work() as work:
            connector = await self._own(work, asked)
            state_after(connector.state, Step.APPROVE)
            require_second(connector, asked.actor)
            if connector.check is None or not connector.check.is_conforming:
                raise RegistrationError(RefusalCode.NOT_CONFORMING)
            replaced = await self._require_claims(work, connector)
            proved = RegisteredKeyState.PROVED
            require_usable_keys(connector, replaced, self.configured, proved)
            for key in connector.keys:
                if key.state is RegisteredKeyState.PROVED:
                    await work.change_key(keys.approved(key, asked.actor.id))
            changed = replace(connector, approved_by=asked.actor.id)
            return await self._step(work, asked, changed, Step.APPROVE)

    async def activate(self, asked: StepRequest) -> Connector:
        """Let every gateway ask it from now on, in place of what it replaces."""
        async with self.store.work() as work:
            connector = await self._own(work, asked)
            state_after(connector.state, Step.ACTIVATE)
            replaced = await self._require_claims(work, connector)
            if isinstance(replaced, Manifest):
                detail = {REPLACED_FILE: replaced.id}
                return await self._step(
                    work, asked, connector, Step.ACTIVATE, detail=detail
                )
            if replaced is not None:
                for key in replaced.keys:
                    # It signs with the same keys, from another address.
                    await work.change_key(replace(key, connector=connector.id))
                await self._step(
                    work,
                    asked,
                    replaced,
                    Step.RETIRE,
                    detail={"replacedBy": connector.id},
                )
            return await self._step(work, asked, connector, Step.ACTIVATE)

    async def suspend(self, asked: StepRequest) -> Connector:
        """Let no gateway ask it until it is resumed."""
        return await self._plain(asked, Step.SUSPEND)

    async def resume(self, asked: StepRequest) -> Connector:
        """Let every gateway ask it again."""
        return await self._plain(asked, Step.RESUME)

    async def retire(self, asked: StepRequest) -> Connector:
        """End it for good; its keys stay known for old evidence."""
        return await self._plain(asked, Step.RETIRE)

    async def _plain(self, asked: StepRequest, step: Step) -> Connector:
        async with self.store.work() as work:
            connector = await self._own(work, asked)
            return await self._step(work, asked, connector, step)

    async def _own(self, work: Work, asked: StepRequest) -> Connector:
        return require_allowed(await work.connector(asked.connector), asked)

    async def _require_claims(self, work: Work, connector: Connector) -> Replaced:
        """Refuse rows that are not the body's or another's; return the replaced one."""
        manifest = read_submission(connector.submission, self.catalogue, self.networks)
        require_rows(connector.submission, manifest, self.catalogue)
        others = await self._others(work)
        return require_free_rows(connector, others, self.catalogue)

    async def _others(self, work: Work) -> OthersClaims:
        return OthersClaims(
            await work.connectors(), self.configured, await work.replaced_files()
        )

    async def _step(  # noqa: PLR0913 - what is recorded of a step
        self,
        work: Work,
        asked: StepRequest,
        connector: Connector,
        step: Step,
        *,
        stays_where_it_is: bool = False,
        detail: Mapping[str, str] | None = None,
    ) -> Connector:
        after = state_after(connector.state, step)
        if stays_where_it_is:
            after = connector.state
        done = Event(
            connector=connector.id,
            version=connector.version + 1,
            step=step,
            at=self.clock(),
            actor=asked.actor.id,
            reason=asked.reason,
            before=connector.state,
            after=after,
            detail=detail or {},
        )
        return await record(work, connector, done)

    def _bundle_to_check(self, connector: Connector, replaced: Replaced) -> TrustBundle:
        """Return the keys that answers are checked with before anybody approved them.

        Those of whoever is replaced are among them: it signs with the same keys.
        """
        own = [
            keys.trusted_key(key.stated, key.institution, connector.items)
            for key in connector.keys
            if key.state in (RegisteredKeyState.PROVED, RegisteredKeyState.ACTIVE)
        ]
        theirs = replaced.keys if isinstance(replaced, Connector) else ()
        found = (key.trusted(connector.items) for key in theirs)
        in_files = self.configured.keys_of(connector.institution)
        return TrustBundle.of(
            [
                *own,
                *(key for key in found if key is not None),
                *(() if replaced is None else in_files),
            ]
        )


async def record(work: Work, connector: Connector, event: Event) -> Connector:
    """Keep the next version of ``connector`` and who made it so; return it."""
    changed = replace(
        connector, version=event.version, state=event.after, changed_at=event.at
    )
    await work.change(changed, event)
    # Its keys may have changed before, in the same transaction.
    return require_known(await work.connector(changed.id), changed.id)
