"""The sandbox's command line: ``prepare`` a folder, ``serve`` an agency from it."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from policy.calendar import SHANGHAI
from sandbox.agency import AgencyId
from sandbox.errors import SandboxError
from sandbox.faults import FAULTS, Fault
from sandbox.lifeline import end_with_stdin
from sandbox.population import MAX_HOLDERS
from sandbox.prepare import prepare
from sandbox.records import write_records
from sandbox.serve import Options, serve

DEFAULT_HOLDERS = 10_000
MAX_PORT = 65_535
UNUSABLE = 2


def run(arguments: Sequence[str]) -> int:
    """Do what the command line says; return the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "prepare":
            prepare(chosen.dir, chosen.today or datetime.now(SHANGHAI).date())
        elif chosen.command == "records":
            written = write_records(AgencyId(chosen.agency), chosen.dir, chosen.holders)
            sys.stdout.writelines(written)
        else:
            if chosen.until_stdin_closes:
                end_with_stdin()
            serve(_options(chosen))
    except SandboxError as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - its message
        return UNUSABLE
    return 0


def _options(chosen: argparse.Namespace) -> Options:
    return Options(
        agency=AgencyId(chosen.agency),
        directory=chosen.dir,
        host=chosen.host,
        port=chosen.port,
        holders=chosen.holders,
        fault=None if chosen.fault is None else Fault(chosen.fault),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="Run signing registries to ask: three agencies, invented people.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    prepared = commands.add_parser(
        "prepare", help="make keys, trust.toml and stories.json"
    )
    prepared.add_argument("--dir", type=Path, required=True)
    prepared.add_argument(
        "--today",
        type=date.fromisoformat,
        help="the day the stories are told of (default: today in Shanghai)",
    )
    served = commands.add_parser(
        "serve",
        help="run one agency until it is stopped",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="faults:\n"
        + "\n".join(f"  {fault:18} {says}" for fault, says in FAULTS.items()),
    )
    served.add_argument("agency", choices=list(AgencyId))
    served.add_argument("--dir", type=Path, required=True)
    served.add_argument("--host", default="127.0.0.1")
    served.add_argument(
        "--port", type=_whole_number(MAX_PORT), required=True, help="0: a free one"
    )
    served.add_argument(
        "--holders", type=_whole_number(MAX_HOLDERS), default=DEFAULT_HOLDERS
    )
    served.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when standard input does, too",
    )
    served.add_argument("--fault", choices=list(Fault), metavar="FAULT")
    sent = commands.add_parser(
        "records", help="print what an agency may send: a signed record a line"
    )
    sent.add_argument("agency", choices=list(AgencyId))
    sent.add_argument("--dir", type=Path, required=True)
    sent.add_argument(
        "--holders", type=_whole_number(MAX_HOLDERS), default=DEFAULT_HOLDERS
    )
    return parser


def _whole_number(most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from 0 to ``most``."""

    def read(text: str) -> int:
        number = int(text)
        if not 0 <= number <= most:
            raise argparse.ArgumentTypeError(f"{number} found, 0 to {most} allowed")
        return number

    return read
