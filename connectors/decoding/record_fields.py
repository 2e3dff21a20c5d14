"""Read one record's fields by the manifest: texts, days, words and who it is about.

Every field is read in its normal form (``policy.normal_form``), so that nothing below
here compares spellings. A word that the manifest does not map is unknown, never
guessed; a field of another form than the manifest says makes the record malformed. The
manifest's table becomes one reader a field, once: what a field is called is not looked
up a record.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from connectors.decoding.compiled import compiled
from connectors.decoding.days import DAYS
from connectors.decoding.examination_fields import ExaminationFields
from connectors.decoding.forms import form_of
from connectors.decoding.readers import (
    Field,
    Reader,
    RecordError,
    day_of,
    field_of,
    finder,
    finder_in_object,
    keeping,
    meaning_of,
    text_of,
)
from connectors.manifest_record import Record
from policy import normal_form
from policy.certificate import CertificateRecord, Spelling
from policy.errors import PolicyError
from policy.identity import Identity, IdType, parse_identity
from policy.names import stated_name

NOBODY: Mapping[str, Identity] = MappingProxyType({})


PERSONAL = frozenset({"holder_name", "licence_id"})
"""Fields whose texts are of one person each."""
DATES = frozenset(
    {
        *("first_issued_on", "issued_on", "valid_from", "valid_until"),
        *("review_due_on", "state_since"),
    }
)
"""Fields whose texts mean the same in each of them."""
ELSEWHERE = ("number", "holder", "item_code", "own_item_code", "spelt")
"""What is read of a record beside one field after the other."""
_REASON = text_of("state_reason")


def _place(index: object) -> int | None:
    if index is None:
        return None
    if type(index) is not int or index < 0:
        raise RecordError(f"status_index is no count from 0 on: it is {form_of(index)}")
    return index


def _readers(record: Record) -> Mapping[str, Reader[Any]]:
    """Return the readers of fields by their names, in the order in which they read."""
    values = record.values
    day = partial(day_of, day=DAYS[record.date_format], form=record.date_format)
    return {
        "holder_name": text_of("holder_name", stated_name),
        "title": text_of("title", is_required=True),
        "category": text_of("category"),
        "item": text_of("item", is_required=True),
        "level": meaning_of(values.level),
        "first_issued_on": day("first_issued_on"),
        "issued_on": day("issued_on"),
        "valid_from": day("valid_from"),
        "valid_until": day("valid_until"),
        "review_due_on": day("review_due_on"),
        "state": meaning_of(values.state),
        "state_since": day("state_since"),
        "status_index": _place,
        "authority": text_of("authority"),
        "evaluation_body": text_of("evaluation_body"),
        "collection_body": text_of("collection_body"),
        "licence_id": text_of("licence_id", normal_form.number),
    }


class RecordFields:
    """The manifest's ``[record]`` table, compiled."""

    def __init__(self, record: Record) -> None:
        values = record.values
        self._id_type_meant = meaning_of(values.id_type)
        self._id_types: dict[str, IdType | None] = {}
        self._read_id_type = keeping(self._id_types, self._id_type_as)
        self._held = finder("held", record.held)
        self._id_number = finder("id_number", record.id_number)
        self._id_type = finder("id_type", record.id_type)
        self._find_number = finder_in_object("number", record.number)
        self._number = text_of("number", normal_form.number, is_required=True)
        code = text_of("item_code", normal_form.code)
        self._code = field_of("item_code", record.item_code, code, known={})
        self._codes = {
            normal_form.code(own): code for own, code in values.item_code.items()
        }
        self._state_reason = finder_in_object("state_reason", record.state_reason)
        readers = _readers(record)
        days: dict[str, Any] = {}
        known: dict[str, dict[str, Any] | None] = {
            name: None if name in PERSONAL else {} for name in readers
        }
        known |= dict.fromkeys(DATES, days)
        self._fields = [
            field_of(name, expression, read, known[name])
            for name, read in readers.items()
            if (expression := getattr(record, name)) is not None
        ]
        read = ExaminationFields(record).read
        examination = Field("examination", None, lambda content: content, {}, read)
        self._read = compiled([*self._fields, examination], ELSEWHERE, readers)

    def held(self, content: object) -> int | None:
        """Return how many certificates the record says its holder holds.

        Raises:
            RecordError: it says something that is no count.
        """
        held = self._held(content)
        if held is None:
            return None
        if type(held) is not int or held < 1:
            raise RecordError(f"held is no count from 1 on: it is {form_of(held)}")
        return held

    def state_reason(self, content: object) -> str | None:
        """Return why a certificate's state changed, in its agency's words.

        Raises:
            RecordError: it says something that is no text.
        """
        if not isinstance(content, dict):
            return None
        return _REASON(self._state_reason(content))

    def record(
        self,
        content: object,
        *,
        holder: Identity | None = None,
        asked: Mapping[str, Identity] = NOBODY,
    ) -> CertificateRecord:
        """Decode one record, of whose ``holder`` may have been read before.

        Raises:
            RecordError: a required field is missing or a field has a wrong form.
        """
        if not isinstance(content, dict):
            raise RecordError("a record is no JSON object")
        number_came = self._find_number(content)
        number = self._number(number_came)
        code_came = self._code.find(content)
        own_code = self._code.known.get(code_came) if type(code_came) is str else None
        if own_code is None:
            own_code = self._code.read(code_came)
        spelt = None
        if number_came != number or code_came != own_code:
            spelt = Spelling(number_came, code_came or None)
        code = self._codes.get(own_code) if own_code else None
        if holder is None:
            holder = self.holder(content, asked)
        return self._read(
            content,
            cast("str", number),
            holder,
            code or own_code,
            own_code if code else None,
            spelt,
        )

    def holder(
        self, content: object, asked: Mapping[str, Identity] = NOBODY
    ) -> Identity:
        """Return whom a record or an absence is about.

        ``asked`` are identities by their numbers: whoever is stated with the type and
        in the spelling of one of them is that one, and is not read again.

        Raises:
            RecordError: the number is missing or malformed, or its type unknown.
        """
        number = self._id_number(content)
        if not isinstance(number, str):
            raise RecordError("id_number names no holder: it is no text")
        stated = self._id_type(content)
        id_type = self._id_types.get(stated) if type(stated) is str else None
        if id_type is None:
            id_type = self._read_id_type(stated)
        known = asked.get(number)
        # A type that is not stated has to be inferred: a number alone may be of two.
        if known is not None and id_type is known.type:
            return known
        try:
            return parse_identity(number, id_type)
        except PolicyError:
            raise RecordError(
                f"id_number is malformed: it has {len(number)} characters"
            ) from None

    def _id_type_as(self, stated: object) -> IdType | None:
        """Return the stated id type; an unmapped word must be one of our names."""
        if stated is None:
            return None
        name = stated.strip() if isinstance(stated, str) else ""
        try:
            return self._id_type_meant(stated) or IdType(name)
        except ValueError:
            raise RecordError(
                f"id_type is not known: it is {form_of(stated)}"
            ) from None
