"""The checks behind a certificate, their results and their codes: closed lists.

What is refused has the code under which ``sources`` says so (``signing.errors.Refusal``
and ``connectors.answer.RecordFault``), so that it is explained in the same words; the
other codes are those of checks that refused nothing. Every code belongs to one check
and one result, but for NOT_REACHED. ``docs/integrators.md`` has a table of them; tests
compare the two.
"""

from enum import StrEnum
from typing import NamedTuple

from policy.text import Text


class ProvenanceCheck(StrEnum):
    """One question that is asked of everything an agency signs."""

    INTEGRITY = "INTEGRITY"
    KEY = "KEY"
    SCOPE = "SCOPE"
    AUTHORITY = "AUTHORITY"
    BINDING = "BINDING"
    FRESHNESS = "FRESHNESS"
    STATUS = "STATUS"
    INCLUSION = "INCLUSION"


class CheckResult(StrEnum):
    """How a check ended."""

    VALID = "VALID"
    INVALID = "INVALID"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"


class CheckCode(StrEnum):
    """Why a check ended as it did."""

    SIGNATURE_FITS = "SIGNATURE_FITS"
    NO_SIGNATURE = "NO_SIGNATURE"
    KEY_IN_FORCE = "KEY_IN_FORCE"
    KEY_WAS_IN_FORCE = "KEY_WAS_IN_FORCE"
    ROW_IN_SCOPE = "ROW_IN_SCOPE"
    NO_ANNEX_ROW = "NO_ANNEX_ROW"
    SIGNER_NAMED = "SIGNER_NAMED"
    ANOTHER_BODY_NAMED = "ANOTHER_BODY_NAMED"
    NO_BODY_NAMED = "NO_BODY_NAMED"
    UNKNOWN_BODY_NAMED = "UNKNOWN_BODY_NAMED"
    QUESTION_BOUND = "QUESTION_BOUND"
    NONCE_BOUND = "NONCE_BOUND"
    AGENCY_DOES_NOT_BIND = "AGENCY_DOES_NOT_BIND"
    SENT_UNASKED = "SENT_UNASKED"
    FRESH = "FRESH"
    COLLECTED = "COLLECTED"
    STANDS_IN = "STANDS_IN"
    STATE_KNOWN = "STATE_KNOWN"
    STATE_UNKNOWN = "STATE_UNKNOWN"
    CHANGES_UNREADABLE = "CHANGES_UNREADABLE"
    INCLUDED = "INCLUDED"
    PENDING = "PENDING"
    NOT_LOGGED = "NOT_LOGGED"
    NOT_SIGNED = "NOT_SIGNED"
    LOG_AWAY = "LOG_AWAY"
    NOT_REACHED = "NOT_REACHED"
    # The reasons of refusals, in their own words.
    OVERSIZE = "OVERSIZE"
    MALFORMED = "MALFORMED"
    TRAILING_BYTES = "TRAILING_BYTES"
    NON_CANONICAL_BASE64URL = "NON_CANONICAL_BASE64URL"
    PAYLOAD_NOT_DETACHED = "PAYLOAD_NOT_DETACHED"
    INVALID_UTF8 = "INVALID_UTF8"
    INVALID_JSON = "INVALID_JSON"
    TOO_DEEP = "TOO_DEEP"
    NOT_AN_OBJECT = "NOT_AN_OBJECT"
    DUPLICATE_KEY = "DUPLICATE_KEY"
    FLOAT = "FLOAT"
    INTEGER_TOO_LARGE = "INTEGER_TOO_LARGE"
    LONE_SURROGATE = "LONE_SURROGATE"
    KEY_IN_HEADER = "KEY_IN_HEADER"
    MALFORMED_CRIT = "MALFORMED_CRIT"
    UNKNOWN_CRIT = "UNKNOWN_CRIT"
    B64_IN_COMPACT = "B64_IN_COMPACT"
    B64_NOT_FALSE = "B64_NOT_FALSE"
    B64_NOT_CRITICAL = "B64_NOT_CRITICAL"
    WRONG_TYPE = "WRONG_TYPE"
    NO_SIGNING_TIME = "NO_SIGNING_TIME"
    NO_KEY_ID = "NO_KEY_ID"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    KEY_CHANGED = "KEY_CHANGED"
    ALGORITHM_NONE = "ALGORITHM_NONE"
    ALGORITHM_HMAC = "ALGORITHM_HMAC"
    WRONG_ALGORITHM = "WRONG_ALGORITHM"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    KEY_NOT_IN_FORCE = "KEY_NOT_IN_FORCE"
    KEY_OUTSIDE_WINDOW = "KEY_OUTSIDE_WINDOW"
    STALE = "STALE"
    SIGNED_IN_FUTURE = "SIGNED_IN_FUTURE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    MALFORMED_RECORD = "MALFORMED_RECORD"
    FOREIGN_KEY = "FOREIGN_KEY"
    WRONG_HOLDER = "WRONG_HOLDER"
    REPLAYED = "REPLAYED"
    CONTRADICTION = "CONTRADICTION"
    UNSIGNED_ABSENCE = "UNSIGNED_ABSENCE"
    INCOMPLETE = "INCOMPLETE"
    UNREADABLE_ANSWER = "UNREADABLE_ANSWER"
    ISSUED_IN_FUTURE = "ISSUED_IN_FUTURE"
    ROLLBACK = "ROLLBACK"
    NOT_BOUND = "NOT_BOUND"
    OTHER_QUESTION = "OTHER_QUESTION"
    OTHER_AUDIENCE = "OTHER_AUDIENCE"


class Meaning(NamedTuple):
    """The check and the result that a code stands for, in words."""

    check: ProvenanceCheck | None
    """``None``: any of them."""
    result: CheckResult
    text: Text
