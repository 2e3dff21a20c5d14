"""A heard gateway whose clock can be put wrong, and that believes one authority more.

Run as ``python -m tests.faults.clocked gateway.toml``. Beside the configuration are
``clock``, the seconds by which the clock is wrong just now, and ``ca.pem``.
"""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import connector
from starlette.types import ASGIApp

from gateway.app import create_app
from gateway.clock import utc_now
from gateway.demo.demo import UNTIL_STDIN_CLOSES
from gateway.lifeline import end_with_stdin
from gateway.serve import serve
from gateway.settings.settings import load_settings
from gateway.worker import refuse_unusable
from tests.heard import Heard

CLOCK, AUTHORITY = "clock", "ca.pem"


def clock_of(folder: Path) -> Callable[[], datetime]:
    """Return a clock that is as wrong as the file in ``folder`` says."""
    file = folder / CLOCK
    return lambda: utc_now() + timedelta(seconds=float(file.read_text("utf-8")))


def put_clock(folder: Path, seconds: float) -> None:
    """Have the clock of a gateway be wrong by ``seconds`` from now on."""
    new = folder / f"{CLOCK}.new"
    new.write_text(f"{seconds}", "utf-8")
    # Whole at any moment: it is read all the time.
    new.replace(folder / CLOCK)


def load(config: str) -> ASGIApp:
    """Return what a worker runs."""
    folder = Path(config).parent
    # SSL_CERT_FILE does this for a gateway that is started by its command line; a fork
    # has aiohttp's context already.
    connector._SSL_CONTEXT_VERIFIED.load_verify_locations(folder / AUTHORITY)
    settings = load_settings(Path(config), os.environ)
    refuse_unusable(settings)
    app = create_app(settings, clock_of(folder), config=Path(config))
    return Heard(app, Path(config))


if __name__ == "__main__":
    if UNTIL_STDIN_CLOSES in sys.argv:
        end_with_stdin()
    serve(Path(sys.argv[1]), load)
