"""Make readers of a record's fields: of texts, words and days, by the manifest.

A reader takes what was found of one field in a record's JSON object, and returns it in
its normal form (``policy.normal_form``), or ``None`` where it is not stated.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from operator import methodcaller
from typing import Any, NamedTuple, TypeVar

from connectors.decoding.expression import (
    ExpressionError,
    Finder,
    compile_expression,
    is_interpreted,
    is_name,
)
from connectors.decoding.forms import form_of
from policy import normal_form

MAX_TEXT = 500
NEVER_IN_A_TEXT = re.compile("[\x00-\x1f\x7f-\x9f]")
"""Control characters: line ends, and what turns the direction of writing, are gone by
then, so that nothing else is read than is compared."""


class RecordError(Exception):
    """Verified content that is no certificate record by the manifest."""


T = TypeVar("T")
Reader = Callable[[Any], T]
"""Takes what was found for a field, of whatever type."""
KEPT = 2048
"""Of so many texts of a field what was read is kept."""
KEPT_CHARACTERS = 64
"""Of texts that are no longer."""


class Field(NamedTuple):
    """A field of a record: where it is found, what is known of it, how it is read."""

    name: str
    member: str | None
    """The name of the object's member, if that is all its expression says."""
    find: Finder
    known: dict[str, Any]
    """What texts were read as: most fields have few, in many records."""
    read: Reader[Any]


def field_of(
    name: str,
    expression: str | None,
    read: Reader[Any],
    known: dict[str, Any] | None = None,
) -> Field:
    """Return a field, whose texts are ``known`` once they were read.

    Without it nothing is kept: its texts are of one person each.
    """
    return Field(
        name,
        expression if expression is not None and is_name(expression) else None,
        finder_in_object(name, expression),
        {} if known is None else known,
        read if known is None else keeping(known, read),
    )


def keeping(known: dict[str, T], read: Reader[T]) -> Reader[T]:
    """Return ``read``, after which texts are ``known``."""

    def read_and_keep(stated: object) -> T:
        value = read(stated)
        if type(stated) is str and value is not None:
            if len(known) >= KEPT:
                known.clear()
            if len(stated) <= KEPT_CHARACTERS:
                known[stated] = value
        return value

    return read_and_keep


def finder(name: str, expression: str | None) -> Finder:
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


def finder_in_object(name: str, expression: str | None) -> Finder:
    """Return what finds a field in a JSON object; for most it is the look-up alone."""
    if expression is None:
        return _nothing
    if is_name(expression):
        return methodcaller("get", expression)
    return finder(name, expression)


def text_of(
    name: str,
    form: Callable[[str], str | None] | None = None,
    *,
    is_required: bool = False,
) -> Reader[str | None]:
    """Return the reader of a text in its ``form``; a blank one is not stated."""

    def read(stated: object) -> str | None:
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


def meaning_of(words: Mapping[str, T]) -> Callable[[object], T | None]:
    """Return what finds the meaning of a word that the manifest maps.

    It is found as it is, or in its normal form if that is one word's alone.
    """
    by_form: dict[str, set[T]] = {}
    for stated, meant in words.items():
        by_form.setdefault(normal_form.word(stated), set()).add(meant)
    alone = {plain: next(iter(of)) for plain, of in by_form.items() if len(of) == 1}

    def meaning(stated: object) -> T | None:
        if isinstance(stated, (list, dict)):
            # No word, and as long as whoever wrote it likes.
            return None
        spelt = str(stated)
        meant = words.get(spelt)
        if meant is None and stated is not None and len(spelt) <= MAX_TEXT:
            meant = alone.get(normal_form.word(spelt))
        return meant

    return meaning


def day_of(name: str, day: Callable[[str], date], form: str) -> Reader[date | None]:
    """Return the reader of a date."""

    def read(stated: object) -> date | None:
        if stated is None or stated == "":
            return None
        if isinstance(stated, str):
            try:
                return day(stated)
            except ValueError:
                # In another spelling, blank, or no day.
                plain = normal_form.day(stated[:MAX_TEXT])
            if not plain:
                return None
            with suppress(ValueError):
                return day(plain)
        raise RecordError(f"{name} is no date as {form}: it is {form_of(stated)}")

    return read
