"""Errors of the sandbox, or of one question to it.

::

    SandboxError
      NotPreparedError   the folder lacks what ``prepare`` makes
      PortTakenError     somebody else listens on the port
      BadQuestionError   a question an agency refuses, with its HTTP status
"""

from pathlib import Path


class SandboxError(Exception):
    """The sandbox cannot do what it was asked."""


class NotPreparedError(SandboxError):
    """The folder lacks what ``prepare`` makes."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            f"{directory} holds no keys and stories; make them with "
            f"python -m sandbox prepare --dir {directory}"
        )


class PortTakenError(SandboxError):
    """Somebody else listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is taken; choose another with --port, or 0 "
            "for a free one"
        )


class BadQuestionError(SandboxError):
    """A question an agency refuses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
