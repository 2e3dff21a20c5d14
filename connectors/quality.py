"""Count the quality of an agency's data, in the four words of the notice.

- 合法性 legality: of what came, how much its signer may not attest.
- 真实性 authenticity: of what came, how much was not signed as it has to be; what was
  seen before and came with other facts, or was dated back behind a signed list; what
  contradicts itself.
- 完整性 completeness: of the fields that the clauses ask for, how many were missing;
  answers that were cut or not of the agreed shape.
- 及时性 timeliness: days from a certificate's issue until it was first seen here.

A rate is the share of what was in order. Counters are added up by day; everything
here is pure, and keeps no value of a record.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter

from connectors.answer import Answer, AttestedCertificate, RecordFault
from policy import normal_form
from policy.certificate import CertificateRecord, Spelling
from policy.contradictions import warnings_of
from policy.documents import Document
from policy.identity import Identity
from signing.errors import Refusal

WINDOWS = (1, 7, 30)
"""Over how many days rates are reported, today included."""
LATE_DAYS = 30
"""More days from issue to first sight are late. The notice says 及时 and no figure."""
BACK_DATED_DAYS = 30
"""A certificate that is issued so many days before a signed list without it is back-
dated; fewer are the time that collecting takes."""


class Measure(StrEnum):
    """A quantity that is counted."""

    RECORDS = "RECORDS"
    SCOPE_REFUSALS = "SCOPE_REFUSALS"
    SIGNATURE_REFUSALS = "SIGNATURE_REFUSALS"
    MALFORMED = "MALFORMED"
    FIELDS = "FIELDS"
    FIELDS_MISSING = "FIELDS_MISSING"
    FIRST_SEEN = "FIRST_SEEN"
    LATE = "LATE"
    DELAY_DAYS = "DELAY_DAYS"
    ALTERED = "ALTERED"
    BACK_DATED = "BACK_DATED"
    CONTRADICTORY = "CONTRADICTORY"


SCOPE_CODES = frozenset({Refusal.OUT_OF_SCOPE, RecordFault.FOREIGN_KEY})
MALFORMED_CODES = frozenset(
    {
        RecordFault.MALFORMED_RECORD,
        RecordFault.INCOMPLETE,
        RecordFault.UNREADABLE_ANSWER,
        RecordFault.CONTRADICTION,
        RecordFault.ISSUED_IN_FUTURE,
        RecordFault.ROLLBACK,
    }
)
NEEDED = ("holder_name", "level", "issued_on", "state", "evaluation_body")
"""The fields without which some clause stays undetermined."""
_needed = attrgetter(*NEEDED)


class Dimension(StrEnum):
    """One of the notice's four words."""

    LEGALITY = "LEGALITY"
    AUTHENTICITY = "AUTHENTICITY"
    COMPLETENESS = "COMPLETENESS"
    TIMELINESS = "TIMELINESS"


Sums = Mapping[Measure, int]


def failed(dimension: Dimension, sums: Sums) -> tuple[int, int]:
    """Return how many were not in order, and of how many."""

    def of(*measures: Measure) -> int:
        return sum(sums.get(measure, 0) for measure in measures)

    match dimension:
        case Dimension.LEGALITY:
            return of(Measure.SCOPE_REFUSALS), of(Measure.RECORDS)
        case Dimension.AUTHENTICITY:
            bad = of(Measure.SIGNATURE_REFUSALS, Measure.ALTERED, Measure.BACK_DATED)
            return bad + of(Measure.CONTRADICTORY), of(Measure.RECORDS)
        case Dimension.COMPLETENESS:
            bad = of(Measure.FIELDS_MISSING, Measure.MALFORMED)
            return bad, of(Measure.FIELDS, Measure.MALFORMED)
        case Dimension.TIMELINESS:
            return of(Measure.LATE), of(Measure.FIRST_SEEN)


def rate(dimension: Dimension, sums: Sums) -> float | None:
    """Return the share that was in order; ``None`` where nothing was counted."""
    bad, all_ = failed(dimension, sums)
    return None if all_ == 0 else 1 - min(bad, all_) / all_


def counted(answers: Iterable[Answer]) -> Counter[Measure]:
    """Count what one call brought."""
    sums: Counter[Measure] = Counter()
    certificates = missing = contradictory = 0
    # A body that covers a batch comes with each of its people, and is one mistake.
    seen: set[tuple[str, bytes]] = set()
    for answer in answers:
        for refusal in answer.refusals:
            if refusal.digest is not None:
                if (refusal.code, refusal.digest) in seen:
                    continue
                seen.add((refusal.code, refusal.digest))
            sums[Measure.RECORDS] += 1
            sums[measure_of(refusal.code)] += 1
        certificates += len(answer.certificates)
        for certificate in answer.certificates:
            missing += _needed(certificate.record).count(None)
            contradictory += bool(warnings_of(certificate.record))
    if certificates:
        sums[Measure.RECORDS] += certificates
        sums[Measure.FIELDS] += certificates * len(NEEDED)
        sums[Measure.FIELDS_MISSING] += missing
    if contradictory:
        sums[Measure.CONTRADICTORY] += contradictory
    return sums


def measure_of(code: str) -> Measure:
    """Return what a refusal counts as."""
    if code in SCOPE_CODES:
        return Measure.SCOPE_REFUSALS
    return Measure.MALFORMED if code in MALFORMED_CODES else Measure.SIGNATURE_REFUSALS


class Alteration(StrEnum):
    """A change of an issued document that is never lawful."""

    HOLDER_ALTERED = "HOLDER_ALTERED"
    ISSUE_DATE_ALTERED = "ISSUE_DATE_ALTERED"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document, as far as alterations show in it."""

    people: frozenset[str]
    """Marks of the holder, under every key there was."""
    issued_on: date | None
    first_issued_on: date | None


def alteration(before: Version, after: Version) -> Alteration | None:
    """Say what was altered; ``None`` if nothing was, or lawfully.

    A renewal (换证) has a later day of issue and the day of first issue that the
    document always had. Without the second, a later day is what makes an old
    certificate claimable, and is not taken for a renewal.
    """
    if not before.people & after.people:
        return Alteration.HOLDER_ALTERED
    if (before.issued_on, before.first_issued_on) == (
        after.issued_on,
        after.first_issued_on,
    ):
        return None
    is_renewal = (
        before.issued_on is not None
        and after.issued_on is not None
        and before.issued_on < after.issued_on
        and after.first_issued_on is not None
        and after.first_issued_on == (before.first_issued_on or before.issued_on)
    )
    return None if is_renewal else Alteration.ISSUE_DATE_ALTERED


@dataclass(frozen=True, slots=True)
class Sight:
    """One certificate that came, under marks that reveal nothing of it."""

    mark: str
    """Of the certificate: who, which, when issued."""
    facts: str
    """Of what of it never changes, in its normal form."""
    person: str
    issued_on: date | None
    document: Document
    """What a change of its state finds it by."""
    former: str | None = None
    """The mark that it had by its spelling, before there was a normal form."""
    facts_as_spelt: str = ""
    """Of its facts as they came: so they were marked before they had a normal form."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The certificates that one call showed, and the people whose list was whole."""

    sights: tuple[Sight, ...]
    whole: frozenset[str]
    """The people all of whose certificates the signer says are here."""


def sighting(
    received: Mapping[Identity, Answer],
    mark: Callable[[str], str],
    document: Callable[[AttestedCertificate], Document],
) -> Sighting:
    """Return what a call showed; marks are keyed, and nobody turns them back."""
    sights = []
    whole = set()
    for holder, answer in received.items():
        person = mark(_joined("person", holder.type, holder.number))
        if answer.is_complete:
            whole.add(person)
        sights += [_sight(one, person, mark, document) for one in answer.certificates]
    return Sighting(tuple(sights), frozenset(whole))


def _sight(
    certificate: AttestedCertificate,
    person: str,
    mark: Callable[[str], str],
    document: Callable[[AttestedCertificate], Document],
) -> Sight:
    record = certificate.record
    facts = _facts(record)
    plain = _plain(*facts)
    marked, former = mark(_joined("facts", *plain)), None
    if record.spelt is not None:
        former = mark(_joined("certificate", *_names_spelt(record)))
    return Sight(
        mark(_joined("certificate", *_names(record))),
        marked,
        person,
        record.issued_on,
        document(certificate),
        former,
        marked if plain == facts else mark(_joined("facts", *facts)),
    )


def _names(record: CertificateRecord) -> tuple[object, ...]:
    """Return what makes two records one certificate."""
    holder, item = record.holder, record.item_code or record.item
    return (*holder, record.number, item, record.level, record.issued_on)


def _names_spelt(record: CertificateRecord) -> tuple[object, ...]:
    """Return the same as it came."""
    spelt = record.spelt or Spelling(record.number, record.item_code)
    item = spelt.item_code or record.item
    return (*record.holder, spelt.number, item, record.level, record.issued_on)


_Facts = tuple[str | None, str, date | None, date | None, str | None]


def _facts(record: CertificateRecord) -> _Facts:
    """Return what a registry has no lawful reason to change of an issued certificate.

    Holder, title, day of first issue, first day of validity, evaluation body.
    """
    days = record.first_issued_on, record.valid_from
    return (record.holder_name, record.title, *days, record.evaluation_body)


def _plain(
    name: str | None,
    title: str,
    first_issued_on: date | None,
    valid_from: date | None,
    body: str | None,
) -> _Facts:
    """Return facts as they are compared: a new spelling alters nothing."""
    return (
        name and normal_form.name(name),
        normal_form.words(title),
        first_issued_on,
        valid_from,
        body and normal_form.words(body),
    )


def _joined(*parts: object) -> str:
    return "\x1f".join(["" if part is None else str(part) for part in parts])


def timeliness(issued_on: Iterable[date | None], today: date) -> Counter[Measure]:
    """Count certificates that came for the first time ``today``, by days of issue."""
    sums: Counter[Measure] = Counter()
    for issued in issued_on:
        if issued is None:
            continue
        days = max((today - issued).days, 0)
        sums[Measure.FIRST_SEEN] += 1
        sums[Measure.DELAY_DAYS] += days
        sums[Measure.LATE] += days > LATE_DAYS
    return sums


def back_dated(
    first_seen: Iterable[Sight], whole_before: Mapping[str, date]
) -> Iterator[Sight]:
    """Yield what must have been on a list that was signed as whole without it."""
    for sight in first_seen:
        listed_on = whole_before.get(sight.person)
        if listed_on is None or sight.issued_on is None:
            continue
        if (listed_on - sight.issued_on).days > BACK_DATED_DAYS:
            yield sight
