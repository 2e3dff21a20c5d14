"""Make readers of a record's fields: of texts, words and days, by the manifest.

A reader takes a record's JSON object and returns one field in its normal form
(``policy.normal_form``), or ``None`` where it is not stated.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from operator import methodcaller
from typing import Any, TypeVar, cast

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
Reader = Callable[[dict[str, Any]], T]


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


def itself(found: T) -> T:
    """Return what was found before: there is nothing to look for."""
    return found


def finder_in_object(name: str, expression: str | None) -> Finder:
    """Return what finds a field in a JSON object; for most it is the look-up alone."""
    if expression is None:
        return _nothing
    if is_name(expression):
        return methodcaller("get", expression)
    return finder(name, expression)


def text_at(
    name: str,
    expression: str | None,
    form: Callable[[str], str | None] | None = None,
    *,
    is_required: bool = False,
) -> Reader[str | None]:
    """Return the reader of a text in its ``form``; a blank one is not stated."""
    if expression is None:
        return _nothing
    find = finder_in_object(name, expression)
    return text_of(name, find, form, is_required=is_required)


def text_of(
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


def required_text_at(
    name: str, expression: str, form: Callable[[str], str | None] | None = None
) -> Reader[str]:
    """Return the reader of a text that a record cannot do without."""
    return cast("Reader[str]", text_at(name, expression, form, is_required=True))


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


def word_at(
    name: str, expression: str | None, words: Mapping[str, T]
) -> Reader[T | None]:
    """Return the reader of a word of the manifest's; others mean nothing."""
    find = _nothing if expression is None else finder_in_object(name, expression)
    meaning = meaning_of(words)

    def read(content: dict[str, Any]) -> T | None:
        stated = find(content)
        meant = words.get(stated) if isinstance(stated, str) else None
        return meaning(stated) if meant is None else meant

    return read


def day_at(
    name: str, expression: str | None, day_of: Callable[[str], date], form: str
) -> Reader[date | None]:
    """Return the reader of a date."""
    if expression is None:
        return _nothing
    find = finder_in_object(name, expression)

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
