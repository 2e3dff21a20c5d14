"""Run every check on one agency, in order, within a bounded time.

``check_connector`` is what the command line and a registration call. What keeps an
agency from being asked at all ends the run: the checks behind it are NOT_TESTED and
say why. It raises nothing an agency can cause.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from connectors.conformance import answers, questions, transport
from connectors.conformance.codes import Check, FindingCode, Severity
from connectors.conformance.plan import Plan
from connectors.conformance.report import (
    Finding,
    Latency,
    Report,
    Result,
    not_tested,
)
from connectors.conformance.subject import Effort, Subject
from connectors.errors import ManifestError
from connectors.manifest import Manifest
from connectors.manifest_endpoint import Protocol
from connectors.network.addresses import (
    AddressError,
    AddressGuard,
    judge,
    taken_apart,
)
from policy.catalogue import Catalogue
from policy.text import Text
from signing.trust import TrustBundle

Progress = Callable[[Check], None]
"""Told before each check begins."""

_BEFORE_ASKING = Text(
    zh="此前的失败使本项无法检查", en="what failed before left nothing to check"
)
_OUT_OF_TIME = Text(zh="总时长已用完", en="the time for all of it was used up")
_UNASKABLE = frozenset(
    {
        FindingCode.NO_CONNECTION,
        FindingCode.NO_ANSWER,
        FindingCode.SLOW_ANSWER,
        FindingCode.SERVER_ERROR,
        FindingCode.REDIRECTED,
        FindingCode.REFUSED,
        FindingCode.BODY_CUT,
        FindingCode.BODY_TOO_LARGE,
        FindingCode.WRONG_MEDIA_TYPE,
        FindingCode.UNREADABLE,
    }
)
"""After one of these in ANSWERS, more questions would only be more of the same."""


async def check_connector(  # noqa: PLR0913 - one call, from two places
    manifest: Manifest,
    bundle: TrustBundle,
    plan: Plan,
    *,
    catalogue: Catalogue,
    guard: AddressGuard,
    clock: Callable[[], datetime],
    effort: Effort | None = None,
    progress: Progress = lambda _check: None,
    tls: ssl.SSLContext | None = None,
    rows: frozenset[str] | None = None,
    checks: Collection[Check] = tuple(Check),
    is_judged: bool = True,
) -> Report:
    """Check the agency at ``manifest.endpoint`` with the keys of ``bundle``.

    ``guard`` makes every connection. The address is judged even where the manifest is
    a file, unless that is said to be the operator's own (``is_judged``). Those of
    ``checks`` are made and reported. ``tls`` is for a private authority; else the
    system's are trusted. ``rows`` are what the agency claims, if that is not everything
    of its body.

    Raises:
        ManifestError: the manifest names a body that the annex does not have, or an
            expression that cannot be used.
    """
    if manifest.endpoint.protocol is Protocol.COLLECTED:
        raise ManifestError("endpoint.protocol is 'collected': there is nobody to ask")
    run = _Run(manifest, clock, progress, effort or Effort(), checks)
    progress(Check.ADDRESS)
    context = tls or ssl.create_default_context()
    addresses = []
    for name, url in manifest.addresses.items():
        try:
            addresses.append(
                judge(url, guard.networks) if is_judged else taken_apart(url)
            )
        except AddressError as error:
            finding = Finding(FindingCode.ADDRESS_REFUSED, name, error.problem)
            run.results.append(Result(Check.ADDRESS, (finding,)))
            return run.report(_BEFORE_ASKING)
    run.results.append(Result(Check.ADDRESS))
    async with guard.session(context) as session:
        subject = Subject(
            manifest=manifest,
            bundle=bundle,
            plan=plan,
            catalogue=catalogue,
            guard=guard,
            session=session,
            clock=clock,
            effort=run.effort,
            # At the first alone; the second is the same service.
            address=addresses[0],
            tls=context,
            rows=rows,
        )
        try:
            return await run.all_of(subject)
        finally:
            await subject.agency.close()


class _Run:
    """One run, and what it has found so far."""

    def __init__(
        self,
        manifest: Manifest,
        clock: Callable[[], datetime],
        progress: Progress,
        effort: Effort,
        checks: Collection[Check],
    ) -> None:
        self.effort = effort
        self._checks = checks
        self.results: list[Result] = []
        self.latency: Latency | None = None
        self._agency = manifest.id
        self._clock = clock
        self._progress = progress
        self._checked_at = clock()
        self._under_way = Check.TLS
        self._server_ahead: timedelta | None = None
        self._full_size = 0

    async def all_of(self, subject: Subject) -> Report:
        """Run the checks behind the address."""
        try:
            async with asyncio.timeout(self.effort.total_seconds):
                for check, step in self._steps().items():
                    if check not in self._checks:
                        continue
                    self._under_way = check
                    self._progress(check)
                    result = await step(subject)
                    self.results.append(result)
                    if _ends_the_run(result):
                        return self.report(_BEFORE_ASKING)
        except TimeoutError:
            seconds = f"{self.effort.total_seconds:g} s"
            finding = Finding(FindingCode.CUT_SHORT, subject.path, seconds)
            self.results.append(Result(self._under_way, (finding,)))
        return self.report(_OUT_OF_TIME)

    def report(self, why_not: Text) -> Report:
        """Return everything found; what was not made says ``why_not``."""
        made = {result.check for result in self.results}
        rest = (
            not_tested(check, why_not)
            for check in Check
            if check in self._checks and check not in made
        )
        return Report(
            self._agency, self._checked_at, (*self.results, *rest), self.latency
        )

    def _steps(self) -> dict[Check, Callable[[Subject], Awaitable[Result]]]:
        return {
            Check.TLS: self._tls,
            Check.REACHABILITY: transport.reachability,
            Check.ANSWERS: transport.answers,
            Check.SIGNATURES: _pure(answers.signatures),
            Check.SCOPE: _pure(answers.scope),
            Check.MAPPING: _pure(answers.mapping),
            Check.HOLDERS: _pure(answers.holders),
            Check.ABSENCE: _pure(answers.absence),
            Check.COMPLETENESS: _pure(answers.completeness),
            Check.REPLAY: questions.replay,
            Check.CLOCK: self._clocks,
            Check.ROTATION: _pure(answers.rotation),
            Check.TWO_PEOPLE: questions.two_people,
            Check.FULL_BATCH: self._full_batch,
            Check.EMPTY_BATCH: questions.empty_batch,
            Check.ERRORS: questions.errors,
            Check.BODIES: self._bodies,
            Check.LATENCY: self._latency,
        }

    async def _tls(self, subject: Subject) -> Result:
        return await transport.tls(
            subject.guard, subject.address, subject.tls, self._clock()
        )

    async def _clocks(self, subject: Subject) -> Result:
        return answers.clock(subject, await transport.server_ahead(subject))

    async def _full_batch(self, subject: Subject) -> Result:
        result, self._full_size = await questions.full_batch(subject)
        return result

    async def _bodies(self, subject: Subject) -> Result:
        return await questions.bodies(subject, self._full_size)

    async def _latency(self, subject: Subject) -> Result:
        result, self.latency = await questions.latency(subject)
        return result


def _pure(look: Callable[[Subject], Result]) -> Callable[[Subject], Awaitable[Result]]:
    async def step(subject: Subject) -> Result:
        return look(subject)

    return step


def _ends_the_run(result: Result) -> bool:
    if result.check is Check.TLS:
        return any(f.severity is Severity.FAILURE for f in result.findings)
    return result.check is Check.ANSWERS and any(
        finding.code in _UNASKABLE for finding in result.findings
    )
