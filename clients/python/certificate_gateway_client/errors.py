"""What ends a question otherwise than by an answer.

GatewayError
    UnreachableError    nobody answered, or no gateway
    RefusedError        the gateway says why not
    CutError            a stream ended before its end
"""

from collections.abc import Mapping
from typing import Any


class GatewayError(Exception):
    """A question that was not answered."""


class UnreachableError(GatewayError):
    """Nobody answered in time, or what answered is no gateway."""


class RefusedError(GatewayError):
    """The gateway refused the question, or a part of it.

    ``code`` is ``extensions.code`` of the first error: act by it, never by the message.
    ``data`` is what was answered beside the error, if anything was.
    """

    def __init__(
        self,
        code: str,
        message: str,
        extensions: Mapping[str, Any],
        data: Mapping[str, Any] | None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.extensions = extensions
        self.data = data


class CutError(GatewayError):
    """A stream was cut: connect again, and go on after the last cursor."""
