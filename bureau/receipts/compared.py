"""Compare a receipt with what somebody shows beside it, part by part.

All parts are compared, whatever differs: an auditor wants to know whether the answer
was changed, or the question, or both. What is not shown is not compared, and is said
to be missing; nothing of what is shown is repeated. That a receipt was signed by whom
it says is not looked at here (``signing.report.examine``).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bureau.receipts.receipt import MEMBERS, VERSION, spelt
from signing.canonical import canonical
from signing.report import CheckOutcome
from signing.strict_json import Json
from signing.transparency.entries import SALT_SIZE, commitment


class Part(StrEnum):
    """A part of a receipt that can be compared."""

    RECEIPT = "RECEIPT"
    """It has the members of a receipt of this version."""
    DATA = "DATA"
    ERRORS = "ERRORS"
    DOCUMENT = "DOCUMENT"
    VARIABLES = "VARIABLES"
    CALLER = "CALLER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown beside a receipt; what is ``None`` is not, but for ``errors``."""

    salt: bytes | None = None
    data: bytes | None = None
    """The exact bytes of ``data`` in the answer."""
    errors: bytes | None = None
    """Those of ``errors``; ``None`` if the answer has none, where ``data`` is shown."""
    document: str | None = None
    variables: Mapping[str, object] | None = None
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A part, and what became of comparing it."""

    part: Part
    outcome: CheckOutcome
    reason: str = ""


def compared(claims: Json, shown: Shown) -> list[Compared]:
    """Compare a receipt's ``claims`` with what is ``shown``; a row a part."""
    if not isinstance(claims, dict):
        return _no_receipt("it is no object")
    if (fault := _fault(claims)) is not None:
        return _no_receipt(fault)
    committed = _Committed(claims, shown.salt)
    return [
        Compared(Part.RECEIPT, CheckOutcome.PASSED),
        committed.row(Part.DATA, "data", shown.data),
        _errors(committed, shown),
        _document(committed, shown.document),
        committed.row(
            Part.VARIABLES,
            "variables",
            None if shown.variables is None else canonical(shown.variables),
        ),
        _caller(claims, shown.caller),
    ]


def _no_receipt(fault: str) -> list[Compared]:
    nothing = "there is no receipt to compare with"
    return [
        _differs(Part.RECEIPT, fault),
        *(Compared(part, CheckOutcome.NOT_RUN, nothing) for part in [*Part][1:]),
    ]


class _Committed:
    """The commitments of a receipt, with the salt that opens them."""

    def __init__(self, claims: Mapping[str, Json], salt: bytes | None) -> None:
        self.claims = claims
        self._salt = salt

    def row(self, part: Part, member: str, shown: bytes | None) -> Compared:
        """Compare bytes with the commitment in ``member``."""
        if shown is None:
            return Compared(part, CheckOutcome.NOT_RUN, NOT_SHOWN)
        if self._salt is None:
            return Compared(part, CheckOutcome.NOT_RUN, "needs the salt")
        if len(self._salt) != SALT_SIZE:
            return _differs(part, f"the salt has {len(self._salt)} bytes")
        if commitment(self._salt, shown).hex() == self.claims[member]:
            return Compared(part, CheckOutcome.PASSED)
        return _differs(
            part, f"these {len(shown)} bytes, with this salt, are not what was signed"
        )


NOT_SHOWN = "not shown"


def _errors(committed: _Committed, shown: Shown) -> Compared:
    had_some = committed.claims["errors"] is not None
    if shown.data is None or (had_some and shown.errors is not None):
        return committed.row(Part.ERRORS, "errors", shown.errors)
    if had_some:
        return _differs(Part.ERRORS, "the answer that was signed had some")
    if shown.errors is not None:
        return _differs(Part.ERRORS, "the answer that was signed had none")
    return Compared(Part.ERRORS, CheckOutcome.PASSED, "there are none")


def _document(committed: _Committed, text: str | None) -> Compared:
    stated = committed.claims["document"]
    if stated is None:
        raw = None if text is None else spelt(text)
        return committed.row(Part.DOCUMENT, "documentCommitment", raw)
    if text is None:
        return Compared(Part.DOCUMENT, CheckOutcome.NOT_RUN, NOT_SHOWN)
    found = hashlib.sha256(spelt(text)).hexdigest()
    if found == stated:
        return Compared(Part.DOCUMENT, CheckOutcome.PASSED)
    return _differs(Part.DOCUMENT, f"its SHA-256 is {found}, {stated} was signed")


def _caller(claims: Mapping[str, Json], caller: str | None) -> Compared:
    if caller is None:
        return Compared(Part.CALLER, CheckOutcome.NOT_RUN, NOT_SHOWN)
    if claims["aud"] == caller:
        return Compared(Part.CALLER, CheckOutcome.PASSED)
    return _differs(Part.CALLER, f"{claims['aud']} asked, not {caller}")


def _differs(part: Part, reason: str) -> Compared:
    return Compared(part, CheckOutcome.FAILED, reason)


def _fault(claims: Mapping[str, Json]) -> str | None:
    """Say why claims are no receipt of this version; ``None`` if they are one."""
    if claims.get("version") != VERSION:
        return f"its version is not {VERSION}"
    if claims.keys() != MEMBERS:
        differing = ", ".join(sorted(claims.keys() ^ MEMBERS))
        return f"members are missing, or too many: {differing}"
    return None
