"""Tell certificates from their versions: the one that was signed last counts.

A registry may send a certificate more than once: as it was, and as it is since it was
corrected or revoked. What cannot change from version to version is its number and its
item, so records that share a number, and may be of one item for all that they say, are
versions of one certificate; its level, dates, state and names are what is corrected.
One number alone may be that of several licences.

Where the last signature does not decide, nothing of the certificate is believed: what
would be paid for might be what was put right.
``docs/decisions/versions.md`` has the reasons.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from connectors.answer import AttestedCertificate, RecordFault, RefusedRecord
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.names import same_name
from policy.row import row_of
from policy.text import same_words

_AT_ONCE = "versions of one certificate were signed in one second and differ"
_TWO_NAMES = "versions of one certificate name two holders"
_TWO_ITEMS = "a record may be a version of two certificates"


@dataclass(slots=True)
class Judged:
    """The certificates of an answer, each in its newest version."""

    certificates: list[AttestedCertificate] = field(default_factory=list)
    faults: list[RefusedRecord] = field(default_factory=list)
    """One for each certificate of which no version counts for certain."""
    undecided: list[AttestedCertificate] = field(default_factory=list)
    """The last versions of those: nothing older counts either."""
    outdated: set[bytes] = field(default_factory=set)
    """The digests of all older versions; what else they say counts no more."""


def newest_versions(
    came: Sequence[AttestedCertificate], catalogue: Catalogue
) -> Judged:
    """Judge ``came`` by certificate; the older versions stand beside the newest."""
    if _are_apart(came) and not any(map(_is_history, came)):
        return Judged([*came])
    found = Judged()
    for versions in by_certificate(came, catalogue):
        if len(versions) == 1 and not _is_history(versions[0]):
            found.certificates += versions
            continue
        judged = [one for one in versions if not _is_history(one)]
        if not judged:
            continue
        last = max(map(_signed, judged))
        newest = [one for one in judged if _signed(one) == last]
        # Of the same words signed twice any will do, but always the same one.
        counts = min(newest, key=lambda one: one.envelope.digest)
        older = [v for v in versions if _is_history(v) or _signed(v) < last]
        found.outdated.update(one.envelope.digest for one in older)
        if (doubt := doubt_of(judged, newest, catalogue)) is not None:
            found.undecided += newest
            proof = counts.proof
            fault = RecordFault.CONTRADICTION
            found.faults.append(
                RefusedRecord(fault, doubt, proof.key.kid, proof.digest)
            )
            continue
        older.sort(key=lambda one: (_signed(one), one.envelope.digest), reverse=True)
        found.certificates.append(
            replace(counts, supersedes=tuple(older)) if older else counts
        )
    return found


def _signed(version: AttestedCertificate) -> tuple[datetime, int]:
    """Return when it was signed; what was sent in one second has numbers that rise."""
    sent = version.collected
    return version.proof.signed_at, 0 if sent is None else sent.sequence


def _is_history(version: AttestedCertificate) -> bool:
    return version.collected is not None and version.collected.is_history


def doubt_of(
    versions: Sequence[AttestedCertificate],
    newest: Sequence[AttestedCertificate],
    catalogue: Catalogue,
) -> str | None:
    """Say why no version counts for certain; ``None`` if one does."""
    if any(one.record != newest[0].record for one in newest):
        return _AT_ONCE
    names = [one.record.holder_name for one in versions]
    stated = [name for name in names if name is not None]
    if any(not same_name(name, stated[0]) for name in stated):
        return _TWO_NAMES
    items = (_items(one.record, catalogue) for one in versions)
    return None if frozenset.intersection(*items) else _TWO_ITEMS


def by_certificate(
    came: Sequence[AttestedCertificate], catalogue: Catalogue
) -> Iterator[list[AttestedCertificate]]:
    """Yield the versions of each certificate, in the order in which they came."""
    if _are_apart(came):
        yield from ([one] for one in came)
        return
    found: dict[tuple[str, str], list[AttestedCertificate]] = {}
    for one in came:
        names = names_of(one.record, catalogue)
        known = {id(found[name]): found[name] for name in names if name in found}
        versions, *others = known.values() or [[]]
        versions.append(one)
        # A record that may be of two items joins what was apart.
        for other in others:
            versions += other
            names = names.union(*(names_of(v.record, catalogue) for v in other))
        found.update(dict.fromkeys(names, versions))
    yield from {id(versions): versions for versions in found.values()}.values()


def _are_apart(came: Sequence[AttestedCertificate]) -> bool:
    """Say whether no two records have one number, as most people's have none."""
    return len({one.record.number for one in came}) == len(came)


def names_of(
    record: CertificateRecord, catalogue: Catalogue
) -> frozenset[tuple[str, str]]:
    """Return by what versions of the certificate are found: its number and an item."""
    return frozenset([(record.number, item) for item in _items(record, catalogue)])


def _items(record: CertificateRecord, catalogue: Catalogue) -> frozenset[str]:
    """Return what the record's item may be called: its rows, and as it is stated."""
    rows = row_of(record, catalogue).candidates
    is_any = len(rows) == len(catalogue.items)
    return _called(record.item_code or record.item, rows, is_any=is_any)


# As many combinations as of the words that rows are found by; none is personal.
@lru_cache(maxsize=2048)
def _called(stated: str, rows: frozenset[str], *, is_any: bool) -> frozenset[str]:
    stated = same_words(stated)
    # What may be any row for all that is known is what it is called.
    return frozenset([stated]) if is_any else rows | {stated}
