"""Checks and findings of the kit: closed lists.

``docs/agencies.md`` has a table of both; tests compare them.
"""

from dataclasses import dataclass
from enum import StrEnum

from policy.text import Text


class Check(StrEnum):
    """One part of the kit, in the order in which it runs."""

    ADDRESS = "ADDRESS"
    TLS = "TLS"
    REACHABILITY = "REACHABILITY"
    ANSWERS = "ANSWERS"
    SIGNATURES = "SIGNATURES"
    SCOPE = "SCOPE"
    MAPPING = "MAPPING"
    HOLDERS = "HOLDERS"
    ABSENCE = "ABSENCE"
    COMPLETENESS = "COMPLETENESS"
    REPLAY = "REPLAY"
    CLOCK = "CLOCK"
    ROTATION = "ROTATION"
    TWO_PEOPLE = "TWO_PEOPLE"
    FULL_BATCH = "FULL_BATCH"
    EMPTY_BATCH = "EMPTY_BATCH"
    ERRORS = "ERRORS"
    BODIES = "BODIES"
    LATENCY = "LATENCY"


class Severity(StrEnum):
    """The effect of a finding on joining."""

    FAILURE = "FAILURE"
    """The gateway would not get or not believe answers."""
    WARNING = "WARNING"
    """Answers are believed, and something will cost the agency or its holders."""


class FindingCode(StrEnum):
    """Something the kit found."""

    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    NO_CONNECTION = "NO_CONNECTION"
    TLS_WRONG_HOST = "TLS_WRONG_HOST"
    TLS_EXPIRED = "TLS_EXPIRED"
    TLS_UNTRUSTED = "TLS_UNTRUSTED"
    TLS_OLD_VERSION_ONLY = "TLS_OLD_VERSION_ONLY"
    TLS_EXPIRES_SOON = "TLS_EXPIRES_SOON"
    TLS_OLD_VERSION_TAKEN = "TLS_OLD_VERSION_TAKEN"
    PROBE_FAILED = "PROBE_FAILED"
    NO_ANSWER = "NO_ANSWER"
    SLOW_ANSWER = "SLOW_ANSWER"
    SERVER_ERROR = "SERVER_ERROR"
    REDIRECTED = "REDIRECTED"
    REFUSED = "REFUSED"
    BODY_CUT = "BODY_CUT"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    WRONG_MEDIA_TYPE = "WRONG_MEDIA_TYPE"
    UNREADABLE = "UNREADABLE"
    OTHER_RESULT = "OTHER_RESULT"
    SIGNATURE_FORM = "SIGNATURE_FORM"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    WRONG_ALGORITHM = "WRONG_ALGORITHM"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    KEY_NOT_IN_FORCE = "KEY_NOT_IN_FORCE"
    FOREIGN_KEY = "FOREIGN_KEY"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    MALFORMED_RECORD = "MALFORMED_RECORD"
    FIELD_UNKNOWN = "FIELD_UNKNOWN"
    ROW_UNKNOWN = "ROW_UNKNOWN"
    WRONG_HOLDER = "WRONG_HOLDER"
    UNSIGNED_ABSENCE = "UNSIGNED_ABSENCE"
    CONTRADICTION = "CONTRADICTION"
    INCOMPLETE = "INCOMPLETE"
    COUNT_NOT_STATED = "COUNT_NOT_STATED"
    STALE_SIGNATURE = "STALE_SIGNATURE"
    REPLAYED = "REPLAYED"
    NO_NONCE = "NO_NONCE"
    CLOCK_AHEAD = "CLOCK_AHEAD"
    CLOCK_OFF = "CLOCK_OFF"
    KEY_EXPIRES_SOON = "KEY_EXPIRES_SOON"
    KEY_NOT_SEEN = "KEY_NOT_SEEN"
    BATCH_DIFFERS = "BATCH_DIFFERS"
    BATCH_FAILED = "BATCH_FAILED"
    BODY_NEAR_LIMIT = "BODY_NEAR_LIMIT"
    EMPTY_BATCH_FAILED = "EMPTY_BATCH_FAILED"
    ERROR_AS_FAILURE = "ERROR_AS_FAILURE"
    MALFORMED_TAKEN = "MALFORMED_TAKEN"
    NOT_RECOVERED = "NOT_RECOVERED"
    LATENCY_OVER_LIMIT = "LATENCY_OVER_LIMIT"
    LATENCY_NEAR_LIMIT = "LATENCY_NEAR_LIMIT"
    CUT_SHORT = "CUT_SHORT"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The meaning of a code, for everybody who gets it."""

    severity: Severity
    meaning: Text
    remedy: Text
