"""Why a request is nobody's: a closed set, for metrics, and words for the client."""

from enum import StrEnum


class Reason(StrEnum):
    """Why authentication failed."""

    NO_CREDENTIALS = "no_credentials"
    WRONG_SCHEME = "wrong_scheme"
    SEVERAL_CREDENTIALS = "several_credentials"
    TOKEN_TOO_LONG = "token_too_long"  # noqa: S105 - a reason, no token
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a reason, no token


WORDS = {
    Reason.NO_CREDENTIALS: "send an Authorization header with a bearer token",
    Reason.WRONG_SCHEME: "the Authorization header is of another scheme than Bearer",
    Reason.SEVERAL_CREDENTIALS: "send one Authorization header, not several",
    Reason.TOKEN_TOO_LONG: "the bearer token is longer than any that is accepted",
    Reason.UNKNOWN_TOKEN: (
        "the bearer token is not known; check it, or ask the operator for one"
    ),
}
"""What the client is told. Never a part of what it sent."""


class AuthenticationError(Exception):
    """The request names no caller we know."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(WORDS[reason])
        self.reason = reason
