"""Let what an agency answered before stand in while it does not answer.

``stale-if-error`` in the words of RFC 5861, for as long as the agency's manifest allows
it. What stands in was verified, and its keys are in force; what is not known is whether
anything of it has changed since. So every certificate is marked with the moment as of
which it was true, its source's row stays silent, and nothing is decided by one that is
older than the manifest lets it count.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from connectors.answer import Answer, AttestedCertificate
from connectors.manifest_cache import Cache
from policy.calendar import SHANGHAI
from policy.states import worst
from policy.text import Text


def stand_in(kept: Answer, silent: Answer, now: datetime, cache: Cache) -> Answer:
    """Return ``silent`` with the certificates of ``kept``, marked; nobody is told no.

    That there were none then says nothing of now, and stands in for nothing.
    """
    at = kept.retrieved_at
    if at is None or not kept.certificates:
        return silent
    is_outdated = now - at > timedelta(seconds=cache.stale_decides_seconds)
    return replace(
        silent,
        certificates=tuple(
            _as_of(one, at, is_outdated=is_outdated) for one in kept.certificates
        ),
        undecided=kept.undecided,
        proofs=kept.proofs,
        retrieved_at=at,
        as_of=at,
        reason=_instead_of(silent.outcome, at),
    )


def _as_of(
    certificate: AttestedCertificate, at: datetime, *, is_outdated: bool
) -> AttestedCertificate:
    if not is_outdated:
        return replace(certificate, as_of=at)
    record, attestation = certificate.record, certificate.attestation
    return replace(
        certificate,
        as_of=at,
        # It may have been suspended or revoked meanwhile.
        record=replace(record, state=worst([record.state, None])),
        attestation=replace(attestation, is_outdated=True),
    )


def _instead_of(outcome: str, at: datetime) -> Text:
    shown = at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return Text(
        zh=f"机构未作答（{outcome}），以 {shown} 已核验的记录代答；此后的撤销未知",
        en=f"the agency did not answer ({outcome}); what was verified at {shown} "
        "stands in, and no revocation after that is known",
    )
