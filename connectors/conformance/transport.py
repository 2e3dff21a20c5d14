"""Whether the endpoint may be asked, by whom it is served, and how it fails."""

import asyncio
import ssl
import warnings
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.answer import Answer, RecordFault, SourceOutcome
from connectors.conformance.answers import EXPIRY_WARNING, results
from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.report import Finding, Result, not_tested
from connectors.conformance.shape import missing_member
from connectors.conformance.subject import Asked, Subject
from connectors.network.addresses import AddressGuard, RegisteredAddress
from policy.identity_numbers import without_identity_numbers
from policy.text import Text

HANDSHAKE_SECONDS = 10.0
OLDEST = ssl.TLSVersion.TLSv1
NEWEST_OLD = ssl.TLSVersion.TLSv1_1

# OpenSSL's X509_V_ERR_... numbers, which the ssl module passes without names.
_OF_TIME = frozenset({9, 10})  # CERT_NOT_YET_VALID, CERT_HAS_EXPIRED
_OF_HOST = frozenset({62, 64})  # HOSTNAME_MISMATCH, IP_ADDRESS_MISMATCH

_SILENT = {
    SourceOutcome.TIMED_OUT: FindingCode.SLOW_ANSWER,
    SourceOutcome.UNREACHABLE: FindingCode.NO_CONNECTION,
    SourceOutcome.REFUSED: FindingCode.REFUSED,
}
"""What it is called when a closer look cannot see again what went wrong."""


async def tls(
    guard: AddressGuard,
    address: RegisteredAddress,
    context: ssl.SSLContext,
    now: datetime,
) -> Result:
    """Shake hands as the gateway does, and then as nobody should be able to."""
    if address.scheme == "http":
        why = Text(
            zh="运营方网络内的明文 http", en="plain http in an operator's network"
        )
        return not_tested(Check.TLS, why)
    place = f"{address.host}:{address.port}"
    try:
        ends_at = await _handshake(guard, address, context)
    except ssl.SSLCertVerificationError as error:
        return Result(Check.TLS, (Finding(_certificate_code(error), place),))
    except (OSError, TimeoutError):
        # Refused, closed, no TLS: one finding, so that no port's state is revealed.
        only_old = await _takes_old_versions(guard, address)
        code = (
            FindingCode.TLS_OLD_VERSION_ONLY if only_old else FindingCode.NO_CONNECTION
        )
        return Result(Check.TLS, (Finding(code, place),))
    findings = []
    if ends_at - now < EXPIRY_WARNING:
        day = f"{ends_at:%Y-%m-%d}"
        findings.append(Finding(FindingCode.TLS_EXPIRES_SOON, place, day))
    if await _takes_old_versions(guard, address):
        findings.append(Finding(FindingCode.TLS_OLD_VERSION_TAKEN, place))
    return Result(Check.TLS, tuple(findings))


async def _handshake(
    guard: AddressGuard, address: RegisteredAddress, context: ssl.SSLContext
) -> datetime:
    """Return when the certificate ends."""
    async with asyncio.timeout(HANDSHAKE_SECONDS):
        _, writer = await guard.open(address.host, address.port, context)
    certificate = writer.get_extra_info("peercert")
    writer.transport.abort()
    seconds = ssl.cert_time_to_seconds(certificate["notAfter"])
    return datetime.fromtimestamp(seconds, UTC)


def _certificate_code(error: ssl.SSLCertVerificationError) -> FindingCode:
    if error.verify_code in _OF_TIME:
        return FindingCode.TLS_EXPIRED
    if error.verify_code in _OF_HOST:
        return FindingCode.TLS_WRONG_HOST
    return FindingCode.TLS_UNTRUSTED


async def _takes_old_versions(guard: AddressGuard, address: RegisteredAddress) -> bool:
    """Say whether a handshake with TLS 1.0 or 1.1 succeeds.

    Nothing is sent over it, so whose certificate it is does not matter here.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = OLDEST
        context.maximum_version = NEWEST_OLD
    # OpenSSL 3 has the old versions' signatures behind this level only.
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            _, writer = await guard.open(address.host, address.port, context)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    return True


async def reachability(subject: Subject) -> Result:
    """Ask as health does: without naming anybody."""
    try:
        async with asyncio.timeout(subject.timeout_seconds):
            speaks = await subject.agency.probe()
    except TimeoutError:
        speaks = False
    probed = () if speaks else (Finding(FindingCode.PROBE_FAILED, subject.path),)
    return Result(Check.REACHABILITY, probed)


async def answers(subject: Subject) -> Result:
    """Ask about each planned person alone; look closer at the first that fails.

    The others would say the same, each after the same wait.
    """
    for _ in subject.plan.people:
        asked = await subject.ask_next()
        code = _trouble(asked.answer)
        closer = (
            await _look_for_members(subject, asked)
            if code is None
            else await _look_closer(subject, asked, code)
        )
        if closer is not None:
            return Result(Check.ANSWERS, (*results(subject), closer))
    return Result(Check.ANSWERS, tuple(results(subject)))


def _trouble(answer: Answer) -> FindingCode | None:
    """Say why nothing came that could be believed or not; ``None``: something did."""
    if any(r.code == RecordFault.UNREADABLE_ANSWER for r in answer.refusals):
        return FindingCode.UNREADABLE
    return _SILENT.get(answer.outcome)


async def _look_closer(subject: Subject, asked: Asked, code: FindingCode) -> Finding:
    """Ask the same once more, to say better than the gateway what is wrong."""
    seen = await subject.observer.post(subject.question([asked.person.identity]))
    if seen.seconds > subject.timeout_seconds and seen.status is not None:
        code = FindingCode.SLOW_ANSWER
    why = [without_identity_numbers(r.reason) for r in asked.answer.refusals]
    if seen.code is None and not why and asked.answer.reason is not None:
        # Refused by what stands between us and the agency, under status 200.
        why = [without_identity_numbers(asked.answer.reason.en)]
    told = why if code is seen.code or seen.code is None else []
    facts = "; ".join(filter(None, (seen.facts, *told)))
    return Finding(seen.code or code, f"{subject.path} {asked.place}", facts)


async def _look_for_members(subject: Subject, asked: Asked) -> Finding | None:
    """Say which member is missing where nothing came of somebody who holds something.

    A name that is wrong in the manifest leaves as little as a registry that signs no
    absences.
    """
    codes = {refusal.code for refusal in asked.answer.refusals}
    if not asked.person.items or RecordFault.UNSIGNED_ABSENCE not in codes:
        return None
    holder = asked.person.identity
    seen = await subject.observer.post(subject.question([holder]))
    missing = missing_member(subject.manifest.response, seen.body, holder.number)
    if missing is None:
        return None
    return Finding(FindingCode.UNREADABLE, f"{subject.path} {asked.place}", missing)


async def server_ahead(subject: Subject) -> timedelta | None:
    """Return how far the server's ``Date`` is ahead of our clock; ``None`` unsaid."""
    seen = await subject.observer.post(
        subject.question([subject.plan.people[0].identity])
    )
    try:
        stated = parsedate_to_datetime(seen.date or "")
    except (ValueError, OverflowError):
        # No date, or one whose numbers no calendar has.
        return None
    return stated.replace(tzinfo=stated.tzinfo or UTC) - subject.clock()
