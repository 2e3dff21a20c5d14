"""Turn verified bytes into certificate records, field by field of the manifest.

The input type is the promise: only a ``VerifiedPayload`` gets in. A ``Reading`` is
what one envelope says, holder by holder; it depends on nothing but the bytes and
the manifest, so it is kept by digest and read once. Scope is checked here, because
only here the annex row is known: a key that attests a row it was not appointed for
is refused for that record alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from connectors.answer import RecordFault, RefusedRecord
from connectors.expression import ExpressionError, Finder, compile_expression
from connectors.manifest import Manifest, Record, SignatureForm
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.errors import PolicyError
from policy.identity import Identity, IdType, parse_identity
from policy.row import row_of
from signing.envelope import PayloadType, VerifiedPayload
from signing.errors import SigningError

MAX_TEXT = 500
NEVER_IN_A_TEXT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Control characters, line ends and what turns the direction of writing: in a name or
a number they serve nobody but who wants another to be read than is compared."""


class RecordError(Exception):
    """Verified content that is no certificate record by the manifest."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What one envelope says of one person: certificates, and what was refused."""

    records: tuple[CertificateRecord, ...]
    refusals: tuple[RefusedRecord, ...] = ()
    absent: Identity | None = None
    """Whom a signed absence names; a number alone may be of two id types."""

    def is_about(self, holder: Identity) -> bool:
        """Say whether everything here is ``holder``'s, number and id type."""
        if self.absent is not None:
            return self.absent == holder
        return all(record.holder == holder for record in self.records)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one envelope says, by identity number; an empty holding is an absence."""

    proof: VerifiedPayload
    holdings: Mapping[str, Holding]
    nonce: str | None = None


class Decoder:
    """Reads verified payloads by one manifest."""

    def __init__(self, manifest: Manifest, catalogue: Catalogue) -> None:
        self._collection_body = manifest.collection_body
        self._catalogue = catalogue
        self._fields = RecordFields(manifest.record)
        self._form = manifest.signature.form
        response = manifest.response
        self._results = compile_expression(response.results)
        self._result_number = compile_expression(response.id_number)
        self._result_records = compile_expression(response.records)
        self._nonce = (
            None if response.nonce is None else compile_expression(response.nonce)
        )

    @property
    def types(self) -> frozenset[PayloadType]:
        """The payload types this agency may sign."""
        if self._form is SignatureForm.RESPONSE:
            return frozenset({PayloadType.RESPONSE})
        return frozenset({PayloadType.RECORD, PayloadType.ABSENCE})

    def decode(self, proof: VerifiedPayload) -> Reading:
        """Read everything ``proof`` says.

        Raises:
            RecordError: the content has another shape than the manifest says, so
                that it cannot be told whom it is about.
        """
        match proof.type:
            case PayloadType.RECORD:
                number = self._fields.identity_number(proof.content)
                return Reading(proof, {number: self._holding(proof, [proof.content])})
            case PayloadType.ABSENCE:
                absent = self._fields.holder(proof.content)
                holding = replace(self._holding(proof, []), absent=absent)
                return Reading(proof, {absent.number: holding})
            case PayloadType.RESPONSE:
                return self._decode_response(proof)

    def _decode_response(self, proof: VerifiedPayload) -> Reading:
        try:
            results = self._results(proof.content)
            nonce = None if self._nonce is None else self._nonce(proof.content)
            if not isinstance(results, list):
                raise RecordError("the signed answer holds no list of results")
            holdings = {}
            for result in results:
                number = self._result_number(result)
                records = self._result_records(result)
                if not isinstance(number, str) or not isinstance(records, list):
                    raise RecordError("a result lacks its holder or its records")
                holdings[number] = self._holding(proof, records)
        except ExpressionError as error:
            raise RecordError(f"does not fit the manifest: {error}") from None
        return Reading(proof, holdings, nonce)

    def _holding(self, proof: VerifiedPayload, contents: list[Any]) -> Holding:
        if proof.key.institution != self._collection_body and not contents:
            return Holding((), (self._foreign_key(proof),))
        records = []
        refusals = []
        for content in contents:
            try:
                record = self._fields.record(content)
                if (code := self._annex_code(record)) is not None:
                    proof.require_scope(code)
            except SigningError as error:
                refusals.append(refused(error, proof.digest))
                continue
            except RecordError as error:
                refusals.append(
                    RefusedRecord(
                        RecordFault.MALFORMED_RECORD,
                        str(error),
                        proof.key.kid,
                        proof.digest,
                    )
                )
                continue
            if proof.key.institution != self._collection_body:
                refusals.append(self._foreign_key(proof))
                continue
            records.append(record)
        return Holding(tuple(records), tuple(refusals))

    def _annex_code(self, record: CertificateRecord) -> str | None:
        """Return the annex row a record claims; ``None`` if it claims none."""
        if record.item_code in self._catalogue.items:
            return record.item_code
        item = row_of(record, self._catalogue).item
        return None if item is None else item.code

    def _foreign_key(self, proof: VerifiedPayload) -> RefusedRecord:
        return RefusedRecord(
            RecordFault.FOREIGN_KEY,
            f"signed by {proof.key.institution}, this agency's records are collected "
            f"by {self._collection_body}",
            proof.key.kid,
            proof.digest,
        )


def refused(error: SigningError, digest: bytes) -> RefusedRecord:
    """Return what failed verification as a finding about its source."""
    return RefusedRecord(error.refusal, error.detail, error.key_id, digest)


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

    def identity_number(self, content: object) -> str:
        """Return the identity number a record or an absence is about, as stated.

        Raises:
            RecordError: there is none.
        """
        number = self._stated("id_number", content)
        if not isinstance(number, str):
            raise RecordError("names no holder")
        return number

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
        number = self.identity_number(content)
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
