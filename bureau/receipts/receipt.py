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
from connectors.answer import Answer, SourceOutcome
from connectors.elements import Element, Elements
from signing.canonical import canonical
from signing.transparency.checkpoints import Checkpoint
from signing.transparency.entries import commitment

_UTC = orjson.OPT_UTC_Z
_OUTCOMES = {outcome: outcome.value for outcome in SourceOutcome}
"""Their texts: orjson writes no other kinds of names."""
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
        self._last: tuple[object, bytes] = None, b""
        self._last_log: tuple[object, orjson.Fragment] = None, _NOTHING

    def payload(
        self, asked: Asked, answered: Answered, rules: Rules, salt: bytes
    ) -> bytes:
        """Return the bytes to be signed.

        Raises:
            UnwritableReceiptError: half a character stands somewhere.
            ValueError: the salt has no 16 bytes.
        """
        document, errors = asked.document, answered.errors
        is_trusted = document.trusted_as is not None
        told = {
            "at": asked.at.astimezone(UTC),
            "requestId": asked.request_id,
            "documentCommitment": None
            if is_trusted
            else commitment(salt, spelt(document.text)).hex(),
            "variables": commitment(salt, canonical(asked.variables)).hex(),
            "data": commitment(salt, answered.data).hex(),
            "errors": None if errors is None else commitment(salt, errors).hex(),
            "sources": sources(answered.look_ups),
            "log": self._log_now(),
        }
        try:
            # One object, of which most is what it was in the receipt before.
            return self._stated(asked, rules) + orjson.dumps(told, None, _UTC)[1:]
        except orjson.JSONEncodeError:
            raise UnwritableReceiptError("a text is no UTF-8") from None

    def _stated(self, asked: Asked, rules: Rules) -> bytes:
        """Return the beginning: who asks by which document why, and by which rules."""
        document = asked.document
        stated = (
            asked.caller,
            asked.look_up,
            asked.elements,
            document.trusted_as,
            document.operation,
            asked.districts,
            rules,
        )
        known, written = self._last
        if known != stated:
            look_up = asked.look_up
            members = {
                "iss": self._issuer,
                "aud": asked.caller,
                "version": VERSION,
                "document": document.trusted_as,
                "operation": document.operation,
                "districts": asked.districts,
                "purpose": None if look_up is None else look_up.purpose,
                "caseNumber": None if look_up is None else look_up.case_number,
                "elements": {
                    ELEMENT_MEMBERS[one]: said for one, said in asked.elements.stated()
                },
                "policy": rules,
            }
            written = orjson.dumps(members)[:-1] + b","
            self._last = stated, written
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
            agency, outcome = answer.agency, _OUTCOMES[answer.outcome]
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
