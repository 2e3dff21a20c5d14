"""The state of the transparency log, as a receipt tells of it.

Ports: whoever keeps the log implements them. While there is none, a receipt says that
there is none, so that its readers know from the first day what is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from signing.transparency.checkpoints import Checkpoint


class Quorum(StrEnum):
    """Whether enough witnesses have signed the checkpoint that is shown."""

    NOT_CONFIGURED = "NOT_CONFIGURED"
    """No policy says who is enough."""
    MET = "MET"
    NOT_MET = "NOT_MET"


@dataclass(frozen=True, slots=True)
class LogState:
    """Tells the latest checkpoint, and of its witnesses; asked once a receipt."""

    checkpoint: Callable[[], Checkpoint | None]
    """Returns the latest; ``None`` while there is none. It neither waits nor raises."""
    witnesses: Callable[[], Quorum]


NO_LOG = LogState(lambda: None, lambda: Quorum.NOT_CONFIGURED)
