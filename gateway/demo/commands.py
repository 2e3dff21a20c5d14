"""``gateway demo``: run the demo, or check every story person's answer."""

import signal
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Annotated, NoReturn

import typer

from gateway.demo.demo import Ports, open_demo
from gateway.demo.screen import check_stories, show_demo, show_stopped


def demo(  # noqa: PLR0913 - one argument an option
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Ask for every story person, print a table, exit 0 or 1."
        ),
    ] = False,
    port: Annotated[int, typer.Option(help="The gateway's port.")] = 8000,
    agency_port: Annotated[
        int, typer.Option(help="The first of the three agencies' ports.")
    ] = 9101,
    holders: Annotated[
        int, typer.Option(help="Synthetic holders at each agency.", min=1)
    ] = 10_000,
    sm2: Annotated[
        bool,
        typer.Option("--sm2", help="Let Fire Rescue sign by SM2 with SM3."),
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Where keys, registries and settings are kept; var/demo by default, "
            "for --check a folder that is removed afterwards."
        ),
    ] = None,
) -> None:
    """Start three sandbox agencies and the gateway, with people worth trying."""
    if check:
        # Never a running demo's: its files would be written anew under it.
        with TemporaryDirectory(prefix="gateway-check-") as own:
            raise typer.Exit(check_stories(folder or Path(own), holders, with_sm2=sm2))
    run_demo(
        folder or Path("var/demo"),
        holders,
        Ports(gateway=port, first_agency=agency_port),
        with_sm2=sm2,
    )


def run_demo(
    folder: Path, holders: int, ports: Ports, *, with_sm2: bool = False
) -> None:
    """Run the demo until Ctrl-C, or until its terminal is closed.

    Raises:
        StartError: it could not start.
    """
    # Ctrl-C is listened to even where a script started us in the background. Under
    # nohup a terminal that closes means nothing.
    endings = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        endings.remove(signal.SIGHUP)
    for ending in endings:
        signal.signal(ending, _interrupt)
    try:
        with open_demo(folder, holders, ports, with_sm2=with_sm2) as running:
            show_demo(running)
            # Blocked, for a signal just before a mere pause would be slept through,
            # and a second one would interrupt the clearing up.
            signal.pthread_sigmask(signal.SIG_BLOCK, endings)
            signal.sigwait(endings)
    except KeyboardInterrupt:
        pass
    # The terminal may be gone.
    with suppress(OSError):
        show_stopped()


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """End a start under way, once: the processes so far are to be ended, too."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt
