"""Errors and refusals of ``signing``.

::

    SigningError      an envelope is not believed: refusal, check, detail, key id
    TrustBundleError  a trust bundle cannot be used; nothing is verified with it

A ``Refusal`` is a code to count and to branch on; ``detail`` is the sentence beside
it. Neither contains anything of a payload, so both may be logged.
"""

from enum import StrEnum


class Check(StrEnum):
    """The checks an envelope passes, in the order in which they are made."""

    SIZE = "SIZE"
    FORM = "FORM"
    HEADER = "HEADER"
    KEY_SOURCE = "KEY_SOURCE"
    CRITICAL = "CRITICAL"
    TYPE = "TYPE"
    SIGNING_TIME = "SIGNING_TIME"
    KEY = "KEY"
    ALGORITHM = "ALGORITHM"
    SIGNATURE = "SIGNATURE"
    STATE = "STATE"
    WINDOW = "WINDOW"
    FRESHNESS = "FRESHNESS"
    PAYLOAD = "PAYLOAD"
    SCOPE = "SCOPE"


class Refusal(StrEnum):
    """A reason to refuse an envelope; one code each."""

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


class SigningError(Exception):
    """An envelope is not believed.

    ``key_id`` is the trusted key the envelope named, and ``None`` when it named
    none: an unknown name stays in ``detail``, so that a counter labelled by key
    cannot be grown from outside.
    """

    def __init__(
        self, check: Check, refusal: Refusal, detail: str, key_id: str | None = None
    ) -> None:
        super().__init__(f"{refusal}: {detail}")
        self.check = check
        self.refusal = refusal
        self.detail = detail
        self.key_id = key_id


class TrustBundleError(Exception):
    """A trust bundle, or a key of it, cannot be used."""
