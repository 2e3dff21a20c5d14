"""Read the examination that a record states, by the manifest's table of it."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from connectors.decoding.days import DAYS
from connectors.decoding.forms import form_of
from connectors.decoding.readers import (
    Field,
    RecordError,
    day_of,
    field_of,
    text_of,
)
from connectors.manifest_record import Record
from policy import normal_form
from policy.examination import Examination
from policy.identity_numbers import has_identity_number

ASSESSOR = re.compile(r"[0-9A-Z][0-9A-Z._/-]{0,31}")
"""A code, and nobody's name."""


class ExaminationFields:
    """The manifest's ``[record.examination]`` table, compiled."""

    def __init__(self, record: Record) -> None:
        places = record.examination
        day = partial(day_of, day=DAYS[record.date_format], form=record.date_format)
        readers: dict[str, Callable[[Any], Any]] = {
            "held_on": day("examination.held_on"),
            "site": text_of("examination.site"),
            "batch": text_of("examination.batch", normal_form.code),
            "assessor": _assessor,
            "theory": text_of("examination.theory", normal_form.word),
            "practice": text_of("examination.practice", normal_form.word),
        }
        self._fields: list[Field] = [
            # Who assessed is kept nowhere beside the record.
            field_of(name, expression, read, None if name == "assessor" else {})
            for name, read in readers.items()
            if (expression := getattr(places, name)) is not None
        ]

    def read(self, content: dict[str, Any]) -> Examination | None:
        """Return the examination that a record states; ``None`` if it states none.

        Raises:
            RecordError: a field has another form than the manifest says.
        """
        if not self._fields:
            return None
        stated = {}
        get = content.get
        for name, member, find, known, read in self._fields:
            found = find(content) if member is None else get(member)
            if found is None:
                continue
            value = known.get(found) if type(found) is str else None
            if value is None:
                value = read(found)
            if value is not None:
                stated[name] = value
        return Examination(**stated) if stated else None


_text_of_assessor = text_of("examination.assessor", normal_form.code)


def _assessor(stated: object) -> str | None:
    code = _text_of_assessor(stated)
    if code is None:
        return None
    if not ASSESSOR.fullmatch(code) or has_identity_number(code):
        raise RecordError(
            "examination.assessor is no code of up to 32 letters and digits, or is an "
            f"identity number: it is {form_of(stated)}"
        )
    return code
