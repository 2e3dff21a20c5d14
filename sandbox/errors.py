"""What stops the sandbox, or one question to it.

::

    SandboxError
      NotPreparedError   the folder lacks what ``prepare`` makes
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


class BadQuestionError(SandboxError):
    """A question an agency refuses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
