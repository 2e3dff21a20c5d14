"""Judge a certificate that several agencies show as one, in its newest version.

Two connectors may answer for one row of the annex: one that is replaced beside its
replacement, or two servers of one body. A certificate of theirs is shown once, by the
agency whose version was signed last. One registry's clock says which of its signatures
is the last; those of two registries only if they are further apart than clocks are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from bureau.versions.memory import said_of
from connectors.agency import Agency
from connectors.answer import (
    Answer,
    AttestedCertificate,
    RecordFault,
    RefusedRecord,
    SourceOutcome,
)
from connectors.decoding.faults import refused_reason
from connectors.decoding.versions import by_certificate, doubt_of
from policy.catalogue import Catalogue

_TWO_SOURCES = (
    "two agencies signed versions of one certificate that differ, at one time as far "
    "as their clocks can be compared"
)
_TWO_OF_ONE = "what one agency shows as two certificates may be one of another's"


def sharing_rows(agency: Agency, agencies: Sequence[Agency]) -> Sequence[Agency]:
    """Return of ``agencies`` the one, and all that answer for a row of it.

    What one of them shows may be an older version of what another has.
    """
    return [a for a in agencies if a is agency or not agency.rows.isdisjoint(a.rows)]


def one_version_each(
    agencies: Sequence[Agency], answers: Sequence[Answer], catalogue: Catalogue
) -> list[Answer]:
    """Return ``answers``, in which each certificate is shown by one agency at most."""
    if _are_apart(tuple([agency.rows for agency in agencies])):
        return list(answers)
    skew = {agency.id: agency.manifest.signature.skew_seconds for agency in agencies}
    came = [one for answer in answers for one in answer.certificates]
    shown: dict[int, AttestedCertificate] = {id(one): one for one in came}
    faults: dict[str, list[RefusedRecord]] = {}
    for versions in by_certificate(came, catalogue):
        concerned = {one.agency for one in versions}
        if len(concerned) == 1:
            continue
        for one in versions:
            del shown[id(one)]
        counts = min(versions, key=_last_first)
        apart = timedelta(seconds=max(skew[agency] for agency in concerned))
        if (doubt := _doubt(versions, counts, apart, catalogue)) is None:
            shown[id(counts)] = replace(counts, supersedes=_older(versions, counts))
            continue
        for one in versions:
            proof = one.proof
            faults.setdefault(one.agency, []).append(
                RefusedRecord(
                    RecordFault.CONTRADICTION, doubt, proof.key.kid, proof.digest
                )
            )
    return [_with(answer, shown, faults.get(answer.agency, ())) for answer in answers]


# As few as there are sets of agencies to be asked together.
@lru_cache(maxsize=256)
def _are_apart(rows: tuple[frozenset[str], ...]) -> bool:
    """Say whether no two of several agencies' rows are the same row."""
    return len(frozenset().union(*rows)) == sum(map(len, rows))


def disbelieved(
    answer: Answer,
    certificates: Iterable[AttestedCertificate],
    faults: Iterable[RefusedRecord],
) -> Answer:
    """Return ``answer`` with ``certificates`` alone, and ``faults`` in it."""
    refusals = [*answer.refusals, *faults]
    return replace(
        answer,
        outcome=SourceOutcome.UNVERIFIED,
        certificates=tuple(certificates),
        undecided=(*answer.undecided, *answer.certificates),
        refusals=tuple(refusals),
        reason=refused_reason(refusals),
        is_complete=False,
    )


def _with(
    answer: Answer,
    shown: Mapping[int, AttestedCertificate],
    faults: Sequence[RefusedRecord],
) -> Answer:
    certificates = [shown[id(c)] for c in answer.certificates if id(c) in shown]
    if faults:
        return disbelieved(answer, certificates, faults)
    return replace(answer, certificates=tuple(certificates))


def _last_first(version: AttestedCertificate) -> tuple[float, bytes]:
    # Of the same words signed twice any will do, but always the same one.
    return -version.proof.signed_at.timestamp(), version.envelope.digest


def _doubt(
    versions: Sequence[AttestedCertificate],
    counts: AttestedCertificate,
    apart: timedelta,
    catalogue: Catalogue,
) -> str | None:
    """Say why no version counts for certain; ``None`` if ``counts`` does."""
    if len({one.agency for one in versions}) < len(versions):
        return _TWO_OF_ONE
    last, said = counts.proof.signed_at, said_of(counts.record)
    for one in versions:
        is_near = last - one.proof.signed_at <= apart
        if is_near and said_of(one.record) != said:
            return _TWO_SOURCES
    return doubt_of(versions, [counts], catalogue)


def _older(
    versions: Sequence[AttestedCertificate], counts: AttestedCertificate
) -> tuple[AttestedCertificate, ...]:
    """Return all that ``counts`` supersedes, the newest first, each bytes once."""
    last = counts.proof.signed_at
    all_ = [old for one in versions for old in (one, *one.supersedes)]
    older = {
        one.envelope.digest: replace(one, supersedes=())
        for one in all_
        if one.proof.signed_at < last
    }
    return tuple(sorted(older.values(), key=_last_first))
