"""Compare what an applicant states of a certificate with what a registry says.

Field by field: a statement that is not right is a mismatch, whatever the right one
would be, and nothing here returns the registry's. ``None`` in a record is the
registry's silence and never a mismatch. What the applicant leaves out is not compared.

Names are compared as 219-2c compares them (``policy.names``), items by the annex's
codes (``policy.row``), numbers in their normal form; a number of 13 digits is an old
one of Shanghai, which has sixteen with "000" before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from policy import normal_form
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.finding import FindingOutcome
from policy.level import Level
from policy.names import same_name, stated_name
from policy.row import row_of
from policy.text import same_words

_NUMBER_DIGITS = 16
_OLD_NUMBER_DIGITS = 13


class StatedField(StrEnum):
    """A field that may be stated of a certificate, the most distinctive first."""

    NUMBER = "NUMBER"
    ITEM = "ITEM"
    LEVEL = "LEVEL"
    ISSUED_ON = "ISSUED_ON"
    NAME = "NAME"


class FieldOutcome(StrEnum):
    """The result of comparing one field."""

    MATCH = "MATCH"
    MISMATCH = "MISMATCH"
    # The registry does not say, or not so that it could be compared.
    UNKNOWN = "UNKNOWN"
    NOT_STATED = "NOT_STATED"


class ClaimOutcome(StrEnum):
    """The result of comparing a whole statement with all that is known."""

    MATCH = "MATCH"
    MISMATCH = "MISMATCH"
    NOT_FOUND = "NOT_FOUND"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCertificate:
    """A certificate in an applicant's words; ``None`` is not stated."""

    # The rows of the annex that the stated item may be: more than one for a code
    # that several share.
    items: frozenset[str]
    level: Level | None = None
    issued_on: date | None = None
    number: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A statement beside one record, every field in the order of ``StatedField``."""

    fields: Mapping[StatedField, FieldOutcome]

    @property
    def outcome(self) -> ClaimOutcome:
        """Return the whole: one mismatch decides, and then one thing not known."""
        outcomes = set(self.fields.values())
        if FieldOutcome.MISMATCH in outcomes:
            return ClaimOutcome.MISMATCH
        if FieldOutcome.UNKNOWN in outcomes:
            return ClaimOutcome.UNKNOWN
        return ClaimOutcome.MATCH

    @property
    def distance(self) -> tuple[int, int, tuple[bool, ...]]:
        """Return how far the two are apart: the fewest mismatches are the nearest.

        Between equally many, the record that has the more distinctive fields right.
        """
        outcomes = list(self.fields.values())
        return (
            outcomes.count(FieldOutcome.MISMATCH),
            outcomes.count(FieldOutcome.UNKNOWN),
            tuple(outcome is not FieldOutcome.MATCH for outcome in outcomes),
        )


def stated_items(words: str, catalogue: Catalogue) -> frozenset[str]:
    """Return the rows that a stated code or name means; none if it is no known one.

    A code comes before a name, and a name has to be one of the table's spellings.
    """
    code = normal_form.code(words)
    if code in catalogue.items:
        return frozenset({code})
    if code in catalogue.shared_codes:
        return catalogue.shared_codes[code]
    by_name = catalogue.code_of_name.get(same_words(words))
    return frozenset() if by_name is None else frozenset({by_name})


def compare(
    stated: StatedCertificate, record: CertificateRecord, catalogue: Catalogue
) -> Comparison | None:
    """Compare ``stated`` with one record; ``None`` if it is not about that one.

    It is about records of its item, and about the one whose number it states, if that
    number is the certificate's own.
    """
    number = _number(stated.number, record)
    item = _item(stated, record, catalogue)
    is_by_number = number is FieldOutcome.MATCH and _is_its_own(record)
    if item is FieldOutcome.MISMATCH and not is_by_number:
        return None
    return Comparison(
        {
            StatedField.NUMBER: number,
            StatedField.ITEM: item,
            StatedField.LEVEL: _value(stated.level, record.level),
            StatedField.ISSUED_ON: _value(stated.issued_on, record.issued_on),
            StatedField.NAME: _name(stated.name, record.holder_name),
        }
    )


def nearest(comparisons: Iterable[Comparison]) -> int | None:
    """Return the place of the comparison that counts; ``None`` if there is none."""
    distances = [comparison.distance for comparison in comparisons]
    return distances.index(min(distances)) if distances else None


def _item(
    stated: StatedCertificate, record: CertificateRecord, catalogue: Catalogue
) -> FieldOutcome:
    row = row_of(record, catalogue)
    if not row.candidates & stated.items:
        return FieldOutcome.MISMATCH
    if row.outcome is not FindingOutcome.MET:
        return FieldOutcome.UNKNOWN
    return FieldOutcome.MATCH


def _value(stated: object, said: object) -> FieldOutcome:
    if stated is None:
        return FieldOutcome.NOT_STATED
    if said is None:
        return FieldOutcome.UNKNOWN
    return FieldOutcome.MATCH if stated == said else FieldOutcome.MISMATCH


def _name(stated: str | None, said: str | None) -> FieldOutcome:
    stated, said = stated_name(stated), stated_name(said)
    if stated is None or said is None:
        return _value(stated, said)
    return FieldOutcome.MATCH if same_name(stated, said) else FieldOutcome.MISMATCH


def _number(stated: str | None, record: CertificateRecord) -> FieldOutcome:
    plain = "" if stated is None else _plain_number(stated)
    if not plain:
        return FieldOutcome.NOT_STATED
    return _value(plain, _plain_number(record.number))


def _plain_number(number: str) -> str:
    plain = normal_form.number(number)
    if len(plain) == _OLD_NUMBER_DIGITS and plain.isdecimal():
        return plain.rjust(_NUMBER_DIGITS, "0")
    return plain


def _is_its_own(record: CertificateRecord) -> bool:
    """Whether a number names one certificate, and not all licences of its holder."""
    return record.holder.number not in normal_form.number(record.number)
