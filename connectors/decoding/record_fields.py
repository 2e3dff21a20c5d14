"""Read one record's fields by the manifest: texts, days, words and who it is about.

Every field is read in its normal form (``policy.normal_form``), so that nothing below
here compares spellings. A word that the manifest does not map is unknown, never
guessed; a field of another form than the manifest says makes the record malformed. The
manifest's table becomes one reader a field, once: what a field is called is not looked
up a record.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from operator import methodcaller
from types import MappingProxyType
from typing import Any, TypeVar, cast

from connectors.decoding.days import DAYS
from connectors.decoding.expression import (
    ExpressionError,
    Finder,
    compile_expression,
    is_interpreted,
    is_name,
)
from connectors.decoding.forms import form_of
from connectors.manifest import Record
from policy import normal_form
from policy.certificate import CertificateRecord, Spelling
from policy.errors import PolicyError
from policy.identity import Identity, IdType, parse_identity
from policy.names import stated_name

MAX_TEXT = 500
NEVER_IN_A_TEXT = re.compile("[\x00-\x1f\x7f-\x9f]")
"""Control characters: line ends, and what turns the direction of writing, are gone by
then, so that nothing else is read than is compared."""

NOBODY: Mapping[str, Identity] = MappingProxyType({})


class RecordError(Exception):
    """Verified content that is no certificate record by the manifest."""


T = TypeVar("T")
Reader = Callable[[dict[str, Any]], T]


class RecordFields:
    """The manifest's ``[record]`` table, compiled."""

    def __init__(self, record: Record) -> None:
        values = record.values
        self._id_type_meant = _meaning(values.id_type)
        self._held = _finder("held", record.held)
        self._id_number = _finder("id_number", record.id_number)
        self._id_type = _finder("id_type", record.id_type)
        self._find_number = _finder_in_object("number", record.number)
        self._number = _text_of("number", _itself, normal_form.number, is_required=True)
        self._holder_name = _text("holder_name", record.holder_name, stated_name)
        self._title = _required("title", record.title)
        self._category = _text("category", record.category)
        self._item = _required("item", record.item)
        self._find_code = _finder_in_object("item_code", record.item_code)
        self._code = _text_of("item_code", _itself, normal_form.code)
        self._codes = {
            normal_form.code(own): code for own, code in values.item_code.items()
        }
        self._level = _word("level", record.level, values.level)
        days = DAYS[record.date_format], record.date_format
        self._first_issued_on = _day("first_issued_on", record.first_issued_on, *days)
        self._issued_on = _day("issued_on", record.issued_on, *days)
        self._valid_from = _day("valid_from", record.valid_from, *days)
        self._valid_until = _day("valid_until", record.valid_until, *days)
        self._review_due_on = _day("review_due_on", record.review_due_on, *days)
        self._state = _word("state", record.state, values.state)
        self._state_since = _day("state_since", record.state_since, *days)
        self._status_index = _finder("status_index", record.status_index)
        self._state_reason = _text("state_reason", record.state_reason)
        self._authority = _text("authority", record.authority)
        self._evaluation_body = _text("evaluation_body", record.evaluation_body)
        self._collection_body = _text("collection_body", record.collection_body)
        self._licence_id = _text("licence_id", record.licence_id, normal_form.number)

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
        try:
            return self._id_type_meant(stated) or IdType(str(stated).strip())
        except ValueError:
            raise RecordError(
                f"id_type is not known: it is {form_of(stated)}"
            ) from None


def _finder(name: str, expression: str | None) -> Finder:
    """Return what finds a field in any JSON, ``None`` where it is not stated."""
    if expression is None:
        return _nothing
    find = compile_expression(expression)
    if not is_interpreted(expression):
        return find

    def stated(content: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            return find(content)
        except ExpressionError as error:
            raise RecordError(f"{name} does not fit the manifest: {error}") from None

    return stated


def _nothing(_content: object) -> None:
    return None


def _itself(found: T) -> T:
    return found


def _finder_in_object(name: str, expression: str | None) -> Finder:
    """Return what finds a field in a JSON object; for most it is the look-up alone."""
    if expression is None:
        return _nothing
    if is_name(expression):
        return methodcaller("get", expression)
    return _finder(name, expression)


def _text(
    name: str,
    expression: str | None,
    form: Callable[[str], str | None] | None = None,
    *,
    is_required: bool = False,
) -> Reader[str | None]:
    """Return the reader of a text in its ``form``; a blank one is not stated."""
    if expression is None:
        return _nothing
    find = _finder_in_object(name, expression)
    return _text_of(name, find, form, is_required=is_required)


def _text_of(
    name: str,
    find: Finder,
    form: Callable[[str], str | None] | None = None,
    *,
    is_required: bool = False,
) -> Callable[[Any], str | None]:
    """Return the reader of what ``find`` returns, a text in its ``form``."""

    def read(content: Any) -> str | None:  # noqa: ANN401 - what it is found in
        stated = find(content)
        text: str | None = None
        if stated is not None:
            if not isinstance(stated, str) or len(stated) > MAX_TEXT:
                raise RecordError(
                    f"{name} is no text of at most {MAX_TEXT} characters: "
                    f"{_what_else(stated)}"
                )
            # Most texts are printable; what is not may be a space or a rare name.
            text = stated.strip() if stated.isprintable() else _printable(name, stated)
            if form is not None:
                text = form(text)
                # A character's form may be eighteen, and is kept.
                if text is not None and len(text) > MAX_TEXT:
                    raise RecordError(f"{name} is no text of {MAX_TEXT} characters")
        if text:
            return text
        if is_required:
            raise RecordError(f"{name} is missing")
        return None

    return read


def _printable(name: str, stated: str) -> str:
    text = normal_form.text(stated)
    if NEVER_IN_A_TEXT.search(text):
        raise RecordError(f"{name} has a control character")
    return text


def _what_else(stated: object) -> str:
    is_long = isinstance(stated, str)
    return f"it has {len(str(stated))}" if is_long else f"it is {form_of(stated)}"


def _required(
    name: str, expression: str, form: Callable[[str], str | None] | None = None
) -> Reader[str]:
    """Return the reader of a text that a record cannot do without."""
    return cast("Reader[str]", _text(name, expression, form, is_required=True))


def _meaning(words: Mapping[str, T]) -> Callable[[object], T | None]:
    """Return what finds the meaning of a word that the manifest maps.

    It is found as it is, or in its normal form if that is one word's alone.
    """
    by_form: dict[str, set[T]] = {}
    for stated, meant in words.items():
        by_form.setdefault(normal_form.word(stated), set()).add(meant)
    alone = {plain: next(iter(of)) for plain, of in by_form.items() if len(of) == 1}

    def meaning(stated: object) -> T | None:
        spelt = str(stated)
        meant = words.get(spelt)
        if meant is None and stated is not None and len(spelt) <= MAX_TEXT:
            meant = alone.get(normal_form.word(spelt))
        return meant

    return meaning


def _word(
    name: str, expression: str | None, words: Mapping[str, T]
) -> Reader[T | None]:
    """Return the reader of a word of the manifest's; others mean nothing."""
    find = _nothing if expression is None else _finder_in_object(name, expression)
    meaning = _meaning(words)

    def read(content: dict[str, Any]) -> T | None:
        stated = find(content)
        meant = words.get(stated) if isinstance(stated, str) else None
        return meaning(stated) if meant is None else meant

    return read


def _day(
    name: str, expression: str | None, day_of: Callable[[str], date], form: str
) -> Reader[date | None]:
    """Return the reader of a date."""
    if expression is None:
        return _nothing
    find = _finder_in_object(name, expression)

    def read(content: dict[str, Any]) -> date | None:
        stated = find(content)
        if stated is None or stated == "":
            return None
        if isinstance(stated, str):
            try:
                return day_of(stated)
            except ValueError:
                # In another spelling, blank, or no day.
                plain = normal_form.day(stated[:MAX_TEXT])
            if not plain:
                return None
            with suppress(ValueError):
                return day_of(plain)
        raise RecordError(f"{name} is no date as {form}: it is {form_of(stated)}")

    return read
