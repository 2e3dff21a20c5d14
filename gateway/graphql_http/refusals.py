"""Refuse requests over HTTP, before GraphQL has a say."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Code(StrEnum):
    """A reason to refuse a request: ``extensions.code`` of the answer."""

    BAD_REQUEST = "BAD_REQUEST"
    CROSS_SITE_REQUEST = "CROSS_SITE_REQUEST"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    BODY_TOO_SLOW = "BODY_TOO_SLOW"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    TIMED_OUT = "TIMED_OUT"
    UNAVAILABLE = "UNAVAILABLE"
    OVERLOADED = "OVERLOADED"


STATUSES: Mapping[Code, int] = MappingProxyType(
    {
        Code.BAD_REQUEST: 400,
        Code.CROSS_SITE_REQUEST: 403,
        Code.METHOD_NOT_ALLOWED: 405,
        Code.NOT_ACCEPTABLE: 406,
        Code.BODY_TOO_SLOW: 408,
        Code.BODY_TOO_LARGE: 413,
        Code.UNSUPPORTED_MEDIA_TYPE: 415,
        Code.TOO_MANY_REQUESTS: 429,
        Code.TIMED_OUT: 504,
        Code.UNAVAILABLE: 503,
        Code.OVERLOADED: 503,
    }
)


class RefusedRequestError(Exception):
    """A request is not answered; the message is for whoever wrote the client."""

    def __init__(
        self, code: Code, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.headers = headers or {}


class ClientGoneError(Exception):
    """Nobody is left to answer."""
