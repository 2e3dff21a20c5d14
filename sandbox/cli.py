"""The sandbox's command line: ``prepare`` a folder, ``serve`` an agency from it.

``link`` is a wire that can be made bad, to be put before an agency or anybody else.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from policy.calendar import SHANGHAI
from sandbox import licence_store, signature_server, tif
from sandbox.agency import AgencyId
from sandbox.binding import AUDIENCE
from sandbox.errors import SandboxError
from sandbox.exchange import (
    KEYS,
    KNOBS,
    SERVICE,
    Platform,
    Trouble,
    serve_exchange,
)
from sandbox.faults import FAULTS, Fault
from sandbox.licence_store import Store, serve_licence_store
from sandbox.lifeline import end_with_stdin
from sandbox.link import Certificates
from sandbox.population import MAX_HOLDERS
from sandbox.prepare import prepare
from sandbox.records import write_records
from sandbox.serve import Options, serve
from sandbox.serve_link import LinkOptions, serve_link
from sandbox.signature_server import SignatureOptions, serve_signatures
from sandbox.tif import Province, serve_tif
from sandbox.troubles import TROUBLES
from signing.batches import MAX_RECORDS

DEFAULT_HOLDERS = 10_000
MAX_PORT = 65_535
UNUSABLE = 2


def run(arguments: Sequence[str]) -> int:
    """Do what the command line says; return the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "prepare":
            today = chosen.today or datetime.now(SHANGHAI).date()
            prepare(chosen.dir, today, with_sm2=chosen.sm2)
        elif chosen.command == "records":
            written = write_records(
                AgencyId(chosen.agency), chosen.dir, chosen.holders, chosen.batch
            )
            sys.stdout.writelines(written)
        else:
            if chosen.until_stdin_closes:
                end_with_stdin()
            if chosen.command == "link":
                serve_link(_link_options(chosen))
            elif chosen.command == "exchange":
                serve_exchange(_made(Platform, chosen), chosen.host, chosen.port)
            elif chosen.command == "tif":
                serve_tif(_made(Province, chosen), chosen.host, chosen.port)
            elif chosen.command == "licence-store":
                serve_licence_store(_made(Store, chosen), chosen.host, chosen.port)
            elif chosen.command == "signature-server":
                options = _made(SignatureOptions, chosen)
                serve_signatures(options, chosen.host, chosen.port)
            else:
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
        binds=chosen.binds,
    )


def _link_options(chosen: argparse.Namespace) -> LinkOptions:
    shown = chosen.certificates
    return LinkOptions(
        target=chosen.to,
        host=chosen.host,
        port=chosen.port,
        knobs_port=chosen.knobs_port,
        certificates=None if shown is None else Certificates(*shown),
    )


T = TypeVar("T", Platform, Province, Store, SignatureOptions)


def _made(kind: type[T], chosen: argparse.Namespace) -> T:
    """Return what was chosen, each of its parts by an option."""
    return kind(**{one.name: getattr(chosen, one.name) for one in fields(kind)})


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
    prepared.add_argument(
        "--sm2", action="store_true", help="let fire-rescue sign by SM2 with SM3"
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
    _add_places(served)
    served.add_argument(
        "--holders", type=_whole_number(MAX_HOLDERS), default=DEFAULT_HOLDERS
    )
    served.add_argument("--fault", choices=list(Fault), metavar="FAULT")
    served.add_argument(
        "--binds",
        action="store_true",
        help=f"sign of each question its digest, nonce and audience {AUDIENCE!r}",
    )
    sent = commands.add_parser(
        "records", help="print what an agency may send: a signed record a line"
    )
    sent.add_argument("agency", choices=list(AgencyId))
    sent.add_argument("--dir", type=Path, required=True)
    sent.add_argument(
        "--holders", type=_whole_number(MAX_HOLDERS), default=DEFAULT_HOLDERS
    )
    sent.add_argument(
        "--batch",
        type=_whole_number(MAX_RECORDS),
        help="sign so many records at a time, by the root of their tree",
    )
    linked = commands.add_parser(
        "link",
        help="pass bytes on to somebody else, as badly as its knobs say",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="troubles, set by POST /sandbox/link on the knobs' port:\n"
        + "\n".join(f"  {trouble:18} {says}" for trouble, says in TROUBLES.items()),
    )
    linked.add_argument("--to", required=True, help="HOST:PORT, or a socket's path")
    _add_places(linked)
    linked.add_argument("--knobs-port", type=_whole_number(MAX_PORT), default=0)
    linked.add_argument(
        "--certificates",
        type=Path,
        nargs=2,
        metavar=("RIGHT", "WRONG"),
        help="end TLS with the first, or the second; each with its key, in PEM",
    )
    through = commands.add_parser(
        "exchange",
        help="be the national data exchange before an agency",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        epilog=f"{KEYS} gives out secrets, {SERVICE} passes questions on; "
        f"troubles, set by POST {KNOBS}: {', '.join(Trouble)}",
    )
    _add_parts(through, Platform)
    province = commands.add_parser(
        "tif",
        help="be a provincial gateway before an agency",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        epilog=f"{tif.SERVICE} passes questions on; troubles, set by POST "
        f"{tif.KNOBS}: {', '.join(tif.TifTrouble)}",
    )
    _add_parts(province, Province)
    store = commands.add_parser(
        "licence-store",
        help="be a store of electronic licences with an agency's records",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        epilog=f"troubles, set by POST {licence_store.KNOBS}: "
        f"{', '.join(licence_store.StoreTrouble)}",
    )
    _add_parts(store, Store)
    signs = commands.add_parser(
        "signature-server",
        help="be a server that keeps keys and signs with them",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        epilog=f"{signature_server.SIGN} signs; troubles, set by POST "
        f"{signature_server.KNOBS}: {', '.join(signature_server.SignatureTrouble)}",
    )
    _add_parts(signs, SignatureOptions)
    return parser


def _add_parts(command: argparse.ArgumentParser, kind: type) -> None:
    """Add an option for each part of what is served; without a default it is needed."""
    _add_places(command)
    for one in fields(kind):
        is_needed = one.default is MISSING
        command.add_argument(
            f"--{one.name.replace('_', '-')}",
            type=str if is_needed else _read_as(one.default),
            required=is_needed,
            default=None if is_needed else one.default,
        )


def _read_as(default: object) -> Callable[[str], object]:
    """Return a reader of what is of the kind of ``default``."""
    if isinstance(default, bool):
        return "yes".__eq__
    return float if isinstance(default, float) else str


def _add_places(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument(
        "--port", type=_whole_number(MAX_PORT), required=True, help="0: a free one"
    )
    command.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when standard input does, too",
    )


def _whole_number(most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from 0 to ``most``."""

    def read(text: str) -> int:
        number = int(text)
        if not 0 <= number <= most:
            raise argparse.ArgumentTypeError(f"{number} found, 0 to {most} allowed")
        return number

    return read
