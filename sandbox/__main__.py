"""Start the sandbox so that a signal ends it quietly, however early it comes."""

import signal
import sys
from types import FrameType


def stop(_number: int, _frame: FrameType | None) -> None:
    """End the process as if it had finished."""
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # Imported after the handlers are set: loading takes long enough to be
    # interrupted, and a traceback is no way to stop.
    from sandbox.cli import run

    sys.exit(run(sys.argv[1:]))
