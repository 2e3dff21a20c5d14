"""What a receipt says, as the bytes that are signed.

It says who asked, when, why and by which document, how each agency's answers ended, by
which rules, and how far the log was; of the question's variables and of what was
answered it has commitments, which tell nothing to whom the salt is not shown. So a
receipt can be handed to anybody: nothing of a person is in it. Whoever holds the
answer holds the salt, and can show any part that was committed to.

Times are RFC 3339 in UTC, digests and commitments hexadecimal, a checkpoint's root
base64 as its note has it. A member without a value is ``null``, so that leaving it out
is no way to say less.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson

from bureau.caller import LookUp
from bureau.receipts.logged import LogState
from connectors.answer import Answer
from connectors.elements import NOT_STATED, Element, Elements
from signing.canonical import canonical
from signing.transparency.checkpoints import Checkpoint
from signing.transparency.entries import commitment

_NOTHING = orjson.Fragment(b"null")
VERSION = "certificate-gateway-receipt@v1"

MEMBERS = frozenset(
    {
        *("iss", "aud", "version", "at", "requestId", "document"),
        *("documentCommitment", "operation", "variables", "data", "errors"),
        *("districts", "purpose", "caseNumber", "elements", "sources"),
        *("policy", "log"),
    }
)
"""The members of a receipt; it has all of them, and no others."""

ELEMENT_MEMBERS: Mapping[Element, str] = {
    Element.ORGANISATION: "organisation",
    Element.OFFICER: "officer",
    Element.MATTER_CODE: "matterCode",
    Element.MATTER_NAME: "matterName",
    Element.BUSINESS_NUMBER: "businessNumber",
}
"""The five elements by their members; the officer is the pseudonym of the audit log."""


class Document(NamedTuple):
    """The document that was run."""

    text: str
    trusted_as: str | None
    """Its digest, if it is a trusted one; another one may name people."""
    operation: str | None


class Asked(NamedTuple):
    """A question, and who asked it why."""

    request_id: str | None
    at: datetime
    caller: str
    districts: Sequence[str] | None
    look_up: LookUp | None
    elements: Elements
    document: Document
    variables: Mapping[str, object]


class Answered(NamedTuple):
    """An answer: the exact bytes of its parts, and what it was made of."""

    data: bytes
    errors: bytes | None
    """``None`` if there are none."""
    look_ups: Iterable[Sequence[Answer]]
    """The agencies' answers, of each look-up of a person."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy that answers rest on."""

    version: date
    """From when on its figures are in force."""
    parameters: str
    """SHA-256 of the clauses and their figures."""
    catalogue: str
    """SHA-256 of the annex."""


class UnwritableReceiptError(Exception):
    """A text of the question cannot be written as JSON; it is not repeated."""


class Receipts:
    """Writes receipts of one gateway."""

    def __init__(self, issuer: str, log: LogState) -> None:
        self._issuer = issuer
        self._log = log
        # What hardly ever changes is written once.
        self._last_rules: tuple[Rules | None, orjson.Fragment] = None, _NOTHING
        self._last_log: tuple[object, orjson.Fragment] = None, _NOTHING

    def payload(
        self, asked: Asked, answered: Answered, rules: Rules, salt: bytes
    ) -> bytes:
        """Return the bytes to be signed.

        Raises:
            UnwritableReceiptError: half a character stands somewhere.
            ValueError: the salt has no 16 bytes.
        """
        try:
            return orjson.dumps(
                self._claims(asked, answered, rules, salt), option=orjson.OPT_UTC_Z
            )
        except orjson.JSONEncodeError:
            raise UnwritableReceiptError("a text is no UTF-8") from None

    def _claims(
        self, asked: Asked, answered: Answered, rules: Rules, salt: bytes
    ) -> dict[str, object]:
        look_up, document, errors = asked.look_up, asked.document, answered.errors
        return {
            "iss": self._issuer,
            "aud": asked.caller,
            "version": VERSION,
            "at": asked.at.astimezone(UTC),
            "requestId": asked.request_id,
            "document": document.trusted_as,
            "documentCommitment": None
            if document.trusted_as is not None
            else commitment(salt, spelt(document.text)).hex(),
            "operation": document.operation,
            "variables": commitment(salt, canonical(asked.variables)).hex(),
            "data": commitment(salt, answered.data).hex(),
            "errors": None if errors is None else commitment(salt, errors).hex(),
            "districts": asked.districts,
            "purpose": None if look_up is None else look_up.purpose,
            "caseNumber": None if look_up is None else look_up.case_number,
            "elements": {}
            if asked.elements is NOT_STATED
            else {ELEMENT_MEMBERS[one]: said for one, said in asked.elements.stated()},
            "sources": sources(answered.look_ups),
            "policy": self._policy_of(rules),
            "log": self._log_now(),
        }

    def _policy_of(self, rules: Rules) -> orjson.Fragment:
        known, written = self._last_rules
        if known is not rules:
            written = orjson.Fragment(orjson.dumps(rules))
            self._last_rules = rules, written
        return written

    def _log_now(self) -> orjson.Fragment:
        found = self._log.checkpoint(), self._log.witnesses()
        known, written = self._last_log
        if known != found:
            checkpoint, witnesses = found
            told = None if checkpoint is None else _told(checkpoint)
            log = {"checkpoint": told, "witnesses": witnesses}
            written = orjson.Fragment(orjson.dumps(log))
            self._last_log = found, written
        return written


def _told(checkpoint: Checkpoint) -> dict[str, object]:
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": base64.b64encode(checkpoint.root).decode(),
    }


def spelt(text: str) -> bytes:
    """Return a document's bytes, as its digest is made of them."""
    return text.encode("utf-8", "surrogatepass")


def sources(look_ups: Iterable[Sequence[Answer]]) -> list[dict[str, object]]:
    """Sum up how each agency's answers ended, and up to where what it sent was seen.

    ``outcomes`` has how many look-ups ended so; ``sequence`` is the lowest of them, up
    to which whatever the agency sent was looked at, ``null`` where it was asked itself.
    """
    rows: dict[str, dict[str, object]] = {}
    for answers in look_ups:
        for answer in answers:
            # Its text: orjson writes no other kinds of names.
            agency, outcome = answer.agency, answer.outcome.value
            row = rows.get(agency)
            if row is None:
                rows[agency] = {
                    "agency": agency,
                    "outcomes": {outcome: 1},
                    "sequence": answer.sequence,
                }
            else:
                _add(row, outcome, answer.sequence)
    return [*rows.values()]


def _add(row: dict[str, Any], outcome: str, sequence: int | None) -> None:
    ended = row["outcomes"]
    ended[outcome] = ended.get(outcome, 0) + 1
    if sequence is not None:
        known = row["sequence"]
        row["sequence"] = sequence if known is None else min(known, sequence)
