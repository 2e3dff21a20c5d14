"""Read one record's fields by the manifest: texts, days, words and who it is about.

A word that the manifest does not map is unknown, never guessed; a field of another
form than the manifest says makes the record malformed.
"""

import re
from datetime import date
from typing import Any

from connectors.expression import ExpressionError, Finder, compile_expression
from connectors.manifest import Record
from policy.certificate import CertificateRecord
from policy.errors import PolicyError
from policy.identity import Identity, IdType, parse_identity

MAX_TEXT = 500
NEVER_IN_A_TEXT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Control characters, line ends and what turns the direction of writing: in a name or
a number they serve nobody but who wants another to be read than is compared."""


class RecordError(Exception):
    """Verified content that is no certificate record by the manifest."""


class RecordFields:
    """The manifest's ``[record]`` table, compiled."""

    def __init__(self, record: Record) -> None:
        expressions = {
            name: getattr(record, name)
            for name in record.__struct_fields__
            if name not in ("values", "date_format")
        }
        self._find: dict[str, Finder] = {
            name: compile_expression(expression)
            for name, expression in expressions.items()
            if expression is not None
        }
        self._values = record.values
        self._date_format = record.date_format

    def held(self, content: object) -> int | None:
        """Return how many certificates the record says its holder holds.

        Raises:
            RecordError: it says something that is no count.
        """
        held = self._stated("held", content)
        if held is None:
            return None
        if type(held) is not int or held < 1:
            raise RecordError("held is no count from 1 on")
        return held

    def record(self, content: object) -> CertificateRecord:
        """Decode one record.

        Raises:
            RecordError: a required field is missing or a field has a wrong form.
        """
        if not isinstance(content, dict):
            raise RecordError("a record is no JSON object")
        values = self._values
        return CertificateRecord(
            number=self._required("number", content),
            holder=self.holder(content),
            holder_name=self._text("holder_name", content),
            title=self._required("title", content),
            category=self._text("category", content),
            item=self._required("item", content),
            item_code=self._text("item_code", content),
            level=values.level.get(str(self._stated("level", content))),
            first_issued_on=self._date("first_issued_on", content),
            issued_on=self._date("issued_on", content),
            valid_from=self._date("valid_from", content),
            valid_until=self._date("valid_until", content),
            review_due_on=self._date("review_due_on", content),
            state=values.state.get(str(self._stated("state", content))),
            authority=self._text("authority", content),
            evaluation_body=self._text("evaluation_body", content),
            collection_body=self._text("collection_body", content),
            licence_id=self._text("licence_id", content),
        )

    def _stated(self, name: str, content: object) -> Any:  # noqa: ANN401 - JSON
        find = self._find.get(name)
        if find is None:
            return None
        try:
            return find(content)
        except ExpressionError as error:
            raise RecordError(f"{name} does not fit the manifest: {error}") from None

    def _text(self, name: str, content: object) -> str | None:
        stated = self._stated(name, content)
        if stated is None or stated == "":
            return None
        if not isinstance(stated, str) or len(stated) > MAX_TEXT:
            raise RecordError(f"{name} is no text of at most {MAX_TEXT} characters")
        # Most texts are printable; what is not may still be a space or a rare name.
        if not stated.isprintable() and NEVER_IN_A_TEXT.search(stated):
            raise RecordError(f"{name} has a character that ends or turns a line")
        return stated

    def _required(self, name: str, content: object) -> str:
        stated = self._text(name, content)
        if stated is None:
            raise RecordError(f"{name} is missing")
        return stated

    def holder(self, content: object) -> Identity:
        """Return whom a record or an absence is about.

        Raises:
            RecordError: the number is missing or malformed, or its type unknown.
        """
        number = self._stated("id_number", content)
        if not isinstance(number, str):
            raise RecordError("names no holder")
        try:
            return parse_identity(number, self._id_type_of(content))
        except PolicyError:
            raise RecordError("the holder's identity number is malformed") from None

    def _id_type_of(self, content: object) -> IdType | None:
        """Return the stated id type; an unmapped word must be one of our names."""
        stated = self._stated("id_type", content)
        if stated is None:
            return None
        try:
            return self._values.id_type.get(str(stated)) or IdType(str(stated))
        except ValueError:
            raise RecordError("the holder's id type is not known") from None

    def _date(self, name: str, content: object) -> date | None:
        stated = self._stated(name, content)
        if stated is None or stated == "":
            return None
        try:
            return date.fromisoformat(self._iso(stated))
        except ValueError:
            raise RecordError(f"{name} is no date as {self._date_format}") from None

    def _iso(self, stated: object) -> str:
        """Return a stated date as YYYY-MM-DD; raises ``ValueError`` for other forms."""
        if not isinstance(stated, str) or len(stated) != len(self._date_format):
            raise ValueError
        match self._date_format:
            case "YYYY-MM-DD":
                # fromisoformat would also take a week date of the same length.
                if stated[4] != "-" or stated[7] != "-":
                    raise ValueError
                return stated
            case "YYYYMMDD":
                if not (stated.isascii() and stated.isdigit()):
                    raise ValueError
                return f"{stated[:4]}-{stated[4:6]}-{stated[6:]}"
            case "YYYY/MM/DD":
                if stated[4] != "/" or stated[7] != "/":
                    raise ValueError
                return stated.replace("/", "-")
