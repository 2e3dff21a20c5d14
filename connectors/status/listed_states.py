"""An agency's status list in this process: fetched before it runs out, or unknown.

A newer list is fetched when most of the old one's time has passed, at another moment
in each process. Whether the key of the one in hand is in force is asked at each use, as
of a record: it may be withdrawn, or its window end, before the list does. While the
agency cannot be reached the list in hand is valid until its time is over; one that came
and is not believed ends it at once, since somebody may be standing between.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp

from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from connectors.guard.circuit import Circuit
from connectors.manifest import Manifest
from connectors.status.status_list import (
    MEANINGS,
    Edition,
    ListRules,
    StatusList,
    StatusListError,
    read_status_list,
)
from policy.certificate import CertificateRecord, CertificateState
from policy.states import worst
from signing.checks import MAX_SIGNATURE_BYTES
from signing.envelope import Envelope, Freshness
from signing.errors import SigningError
from signing.trust import TrustBundle, TrustedKey

MEDIA_TYPE = "application/statuslist+jwt"
FETCH_SECONDS = 5.0
RETRY_SECONDS = 5.0
SHORTEST_SECONDS = 1.0
"""Where a list is not followed by another one in time, it is asked for so often."""
EARLIEST, LATEST = 0.6, 0.9
"""Within which part of a list's time the next one is fetched."""
LONGEST_SECONDS = 3600.0


class ListedStates:
    """The states in one agency's status list."""

    def __init__(
        self,
        manifest: Manifest,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime],
        circuit: Circuit | None = None,
    ) -> None:
        self._url = str(manifest.status_list.url)
        self._rules = ListRules(
            institution=manifest.collection_body,
            url=self._url,
            freshness=Freshness(
                max_age=timedelta(seconds=manifest.status_list.max_age_seconds),
                skew=timedelta(seconds=manifest.signature.skew_seconds),
            ),
            length=manifest.status_list.length,
        )
        self._states_itself = manifest.record.state is not None
        own = {int(key): state for key, state in manifest.status_list.values.items()}
        self._meanings = {**MEANINGS, **own}
        self._session = session
        self._clock = clock
        self._circuit = circuit or Circuit(clock, opens=False)
        self._list: StatusList | None = None
        self._bundle: Callable[[], TrustBundle] | None = None
        self._newest: Edition | None = None
        """The newest list that was ever believed here."""
        self._keeping: asyncio.Task[None] | None = None
        self._forgotten = asyncio.Event()
        self.fault: str | None = "NOT_FETCHED"
        """Why the last list was not had; ``None`` if it was."""

    @property
    def until(self) -> datetime | None:
        """Until when the list in hand is valid; ``None`` if there is none."""
        found = self._believed()
        return None if found is None else found.until

    @property
    def envelope(self) -> Envelope | None:
        """Return the list in hand as it was signed; ``None`` if there is none."""
        found = self._believed()
        return None if found is None else found.envelope

    @property
    def signed_by(self) -> TrustedKey | None:
        """Return the key that signed the list in hand; ``None`` if there is none."""
        found = self._believed()
        return None if found is None else found.proof.key

    def start(self, bundle: Callable[[], TrustBundle]) -> None:
        """Begin to fetch, and go on until ``close``."""
        self._bundle = bundle
        self._keeping = asyncio.create_task(self._keep(bundle))

    async def close(self) -> None:
        """Fetch no more."""
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping

    def forget(self) -> None:
        """Believe the list in hand no more: the keys are others."""
        self._list = None
        self.fault = "KEYS_CHANGED"
        self._forgotten.set()

    async def refresh(self, bundle: TrustBundle) -> None:
        """Fetch the list once, and judge it by ``bundle`` from now on."""
        self._bundle = lambda: bundle
        await self._refresh(self._bundle)

    async def _refresh(self, bundle: Callable[[], TrustBundle]) -> None:
        attempt = self._circuit.enter()
        if attempt is not None:
            with attempt:
                outcome = await self._fetched(bundle)
                attempt.judge({outcome}, share=0)

    async def _fetched(self, bundle: Callable[[], TrustBundle]) -> SourceOutcome:
        """Fetch the list and judge it; return how that ended."""
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                token = await self._fetch()
        except (TimeoutError, aiohttp.ClientError, OSError):
            # The one in hand is valid for as long as it says.
            self.fault = "UNREACHABLE"
            return SourceOutcome.UNREACHABLE
        try:
            found = read_status_list(
                Envelope(token),
                # Of now: the keys may have changed while it was fetched.
                bundle(),
                self._rules,
                at=self._clock(),
                last=self._newest,
            )
        except StatusListError as error:
            self._list, self.fault = None, error.code
            return SourceOutcome.UNVERIFIED
        self._list, self._newest, self.fault = found, found.edition, None
        return SourceOutcome.ANSWERED

    def put_on(self, answer: Answer) -> Answer:
        """Return ``answer`` with what the list says of its certificates."""
        if not answer.certificates:
            return answer
        listed = tuple(map(self._listed, answer.certificates))
        return replace(answer, certificates=listed)

    def state_of(self, record: CertificateRecord) -> CertificateState | None:
        """Return what the list says of ``record``; ``None`` if nothing for certain."""
        found = self._believed()
        if found is None or record.status_index is None:
            return None
        value = found.value(record.status_index)
        return None if value is None else self._meanings.get(value)

    def _believed(self) -> StatusList | None:
        """Return the list in hand, if it is one now: by its time, and by its key."""
        found, bundle, now = self._list, self._bundle, self._clock()
        if found is None or bundle is None or found.until <= now:
            return None
        try:
            found.proof.require_in_force(bundle(), now, self._rules.freshness)
        except SigningError:
            return None
        return found

    def _listed(self, certificate: AttestedCertificate) -> AttestedCertificate:
        record = certificate.record
        listed = self.state_of(record)
        state = worst([record.state, listed]) if self._states_itself else listed
        if state is record.state:
            return certificate
        # A list does not say since when.
        changed = replace(record, state=state, state_since=None)
        return replace(certificate, record=changed)

    async def _fetch(self) -> bytes:
        async with self._session.get(
            self._url,
            headers={"Accept": MEDIA_TYPE, "Accept-Encoding": "identity"},
            allow_redirects=False,
        ) as response:
            if response.status != 200:  # noqa: PLR2004 - anything else is no list
                raise aiohttp.ClientPayloadError
            # What is longer is refused for its size, by the checks of a signature.
            pieces = bytearray()
            async for piece in response.content.iter_any():
                pieces += piece
                if len(pieces) > MAX_SIGNATURE_BYTES:
                    break
            return bytes(pieces).strip()

    async def _keep(self, bundle: Callable[[], TrustBundle]) -> None:
        while True:
            self._forgotten.clear()
            await self._refresh(bundle)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._forgotten.wait()

    def _pause(self) -> float:
        found = self._believed()
        if found is None or self.fault is not None:
            return RETRY_SECONDS * random.uniform(EARLIEST, 1)  # noqa: S311 - no secret
        left = (found.until - self._clock()).total_seconds()
        share = random.uniform(EARLIEST, LATEST)  # noqa: S311 - likewise
        return min(max(left * share, SHORTEST_SECONDS), LONGEST_SECONDS)
