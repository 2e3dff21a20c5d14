"""Read one record's fields by the manifest: texts, days, words and who it is about.

Every field is read in its normal form (``policy.normal_form``), so that nothing below
here compares spellings. A word that the manifest does not map is unknown, never
guessed; a field of another form than the manifest says makes the record malformed. The
manifest's table becomes one reader a field, once: what a field is called is not looked
up a record.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from connectors.decoding.days import DAYS
from connectors.decoding.forms import form_of
from connectors.decoding.readers import (
    RecordError,
    day_at,
    finder,
    finder_in_object,
    itself,
    meaning_of,
    required_text_at,
    text_at,
    text_of,
    word_at,
)
from connectors.manifest import Record
from policy import normal_form
from policy.certificate import CertificateRecord, Spelling
from policy.errors import PolicyError
from policy.identity import Identity, IdType, parse_identity
from policy.names import stated_name

NOBODY: Mapping[str, Identity] = MappingProxyType({})


class RecordFields:
    """The manifest's ``[record]`` table, compiled."""

    def __init__(self, record: Record) -> None:
        values = record.values
        self._id_type_meant = meaning_of(values.id_type)
        self._held = finder("held", record.held)
        self._id_number = finder("id_number", record.id_number)
        self._id_type = finder("id_type", record.id_type)
        self._find_number = finder_in_object("number", record.number)
        self._number = text_of("number", itself, normal_form.number, is_required=True)
        self._holder_name = text_at("holder_name", record.holder_name, stated_name)
        self._title = required_text_at("title", record.title)
        self._category = text_at("category", record.category)
        self._item = required_text_at("item", record.item)
        self._find_code = finder_in_object("item_code", record.item_code)
        self._code = text_of("item_code", itself, normal_form.code)
        self._codes = {
            normal_form.code(own): code for own, code in values.item_code.items()
        }
        self._level = word_at("level", record.level, values.level)
        days = DAYS[record.date_format], record.date_format
        self._first_issued_on = day_at("first_issued_on", record.first_issued_on, *days)
        self._issued_on = day_at("issued_on", record.issued_on, *days)
        self._valid_from = day_at("valid_from", record.valid_from, *days)
        self._valid_until = day_at("valid_until", record.valid_until, *days)
        self._review_due_on = day_at("review_due_on", record.review_due_on, *days)
        self._state = word_at("state", record.state, values.state)
        self._state_since = day_at("state_since", record.state_since, *days)
        self._status_index = finder("status_index", record.status_index)
        self._state_reason = text_at("state_reason", record.state_reason)
        self._authority = text_at("authority", record.authority)
        self._evaluation_body = text_at("evaluation_body", record.evaluation_body)
        self._collection_body = text_at("collection_body", record.collection_body)
        self._licence_id = text_at("licence_id", record.licence_id, normal_form.number)

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

    def _index(self, content: object) -> int | None:
        index = self._status_index(content)
        if index is None:
            return None
        if type(index) is not int or index < 0:
            raise RecordError(
                f"status_index is no count from 0 on: it is {form_of(index)}"
            )
        return index

    def state_reason(self, content: object) -> str | None:
        """Return why a certificate's state changed, in its agency's words.

        Raises:
            RecordError: it says something that is no text.
        """
        return self._state_reason(content) if isinstance(content, dict) else None

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
        number_came, code_came = self._find_number(content), self._find_code(content)
        number, own_code = self._number(number_came), self._code(code_came)
        spelt = None
        if number_came != number or code_came != own_code:
            spelt = Spelling(number_came, code_came or None)
        code = self._codes.get(own_code) if own_code else None
        return CertificateRecord(
            number=cast("str", number),
            holder=self.holder(content, asked) if holder is None else holder,
            holder_name=self._holder_name(content),
            title=self._title(content),
            category=self._category(content),
            item=self._item(content),
            item_code=code or own_code,
            own_item_code=own_code if code else None,
            spelt=spelt,
            level=self._level(content),
            first_issued_on=self._first_issued_on(content),
            issued_on=self._issued_on(content),
            valid_from=self._valid_from(content),
            valid_until=self._valid_until(content),
            review_due_on=self._review_due_on(content),
            state=self._state(content),
            state_since=self._state_since(content),
            status_index=self._index(content),
            authority=self._authority(content),
            evaluation_body=self._evaluation_body(content),
            collection_body=self._collection_body(content),
            licence_id=self._licence_id(content),
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
        id_type = self._id_type_of(content)
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

    def _id_type_of(self, content: object) -> IdType | None:
        """Return the stated id type; an unmapped word must be one of our names."""
        stated = self._id_type(content)
        if stated is None:
            return None
        name = stated.strip() if isinstance(stated, str) else ""
        try:
            return self._id_type_meant(stated) or IdType(name)
        except ValueError:
            raise RecordError(
                f"id_type is not known: it is {form_of(stated)}"
            ) from None
