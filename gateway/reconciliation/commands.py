"""``gateway reconcile``: compare a list with the ledger of a gateway."""

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from bureau.caller import Purpose
from bureau.ledger.reconciliation import Comparison
from bureau.ledger.totals_csv import MARK, safe
from bureau.look_ups.elements import ElementsError, read_elements
from bureau.look_ups.purpose import PurposeError, read_look_up
from connectors.elements import Element
from gateway.batch.encodings import Encoding
from gateway.client import CA_FILE_HELP, address_of, read_token, tls_by
from gateway.errors import StartError
from gateway.reconciliation.sending import Sending, Sum, Take, query_of, send
from gateway.screen import AsJson, folding, say_json

TOKEN_VARIABLE = "RECONCILE_TOKEN"  # noqa: S105 - the name of one
OWN = 0o600
HEADER = ("line", "claim", "result", "differs", "here", "code", "reason")
DAYS = ["%Y-%m-%d"]


def reconcile(  # noqa: PLR0913 - one argument an option
    file: Annotated[Path, typer.Argument(help="The list: .csv, .ndjson or .jsonl.")],
    *,
    out: Annotated[Path, typer.Option(help="The results: a CSV file, written anew.")],
    url: Annotated[str, typer.Option(help="The gateway's address.")],
    since: Annotated[
        datetime, typer.Option("--from", formats=DAYS, help="The list's first day.")
    ],
    to: Annotated[datetime, typer.Option(formats=DAYS, help="Its last day.")],
    purpose: Annotated[Purpose, typer.Option(help="Why people are compared.")],
    case: Annotated[str, typer.Option(help="The case of this comparison.")],
    district: Annotated[
        str | None, typer.Option(help="The districts of the list, separated by commas.")
    ] = None,
    state: Annotated[
        str | None, typer.Option(help="Its states, separated by commas.")
    ] = None,
    matches: Annotated[
        bool, typer.Option("--matches", help="Write what matches, too.")
    ] = False,
    organisation: Annotated[
        str | None, typer.Option(help="The office that asks; else the token's.")
    ] = None,
    officer: Annotated[
        str | None, typer.Option(help="Who asks there; else the token's.")
    ] = None,
    matter_code: Annotated[
        str | None, typer.Option(help="The matter's code (事项编码).")
    ] = None,
    matter_name: Annotated[
        str | None, typer.Option(help="The matter's name (事项名称).")
    ] = None,
    business_number: Annotated[
        str | None, typer.Option(help="The business number (业务流水号).")
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help=f"The file of the token; else {TOKEN_VARIABLE} has it."),
    ] = None,
    encoding: Annotated[
        Encoding | None, typer.Option(help="Of a CSV file; found out by default.")
    ] = None,
    ca_file: Annotated[Path | None, typer.Option(help=CA_FILE_HELP)] = None,
    unsafe_plain_http: Annotated[
        bool,
        typer.Option("--unsafe-plain-http", help="Let http go to another machine."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare a list of claims with the ledger, a row of results a difference.

    Exits 0 if all matches, 1 if something differs, is missing or was refused, 2 if the
    list could not be compared to its end.
    """
    try:
        look_up = read_look_up(purpose, case)
        elements = read_elements(
            {
                Element.ORGANISATION: organisation,
                Element.OFFICER: officer,
                Element.MATTER_CODE: matter_code,
                Element.MATTER_NAME: matter_name,
                Element.BUSINESS_NUMBER: business_number,
            }
        )
    except (PurposeError, ElementsError) as error:
        raise StartError(error.message) from None
    days = (since.date().isoformat(), to.date().isoformat())
    sending = Sending(
        url=address_of(url, unsafe_plain_http=unsafe_plain_http),
        token=read_token(token_file, TOKEN_VARIABLE),
        look_up=look_up,
        elements=elements,
        query=query_of(*days, district, state),
        encoding=encoding,
        tls=tls_by(ca_file),
    )
    with _writing(out, matches=matches) as take:
        found = send(file, sending, take)
    (_tell if as_json else _show)(found, out)
    if found.end is not None:
        raise StartError(f"the list was not compared to its end: {found.end}")
    raise typer.Exit(0 if found.is_settled else 1)


@contextmanager
def _writing(path: Path, *, matches: bool) -> Iterator[Take]:
    """Yield a writer of results to a file that its owner alone reads."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWN)
    except OSError as error:
        raise StartError(f"--out: {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
        opened.write(MARK)
        writer = csv.writer(opened)
        writer.writerow(HEADER)

        def take(result: Mapping[str, Any]) -> None:
            if matches or result["result"] != Comparison.MATCH:
                writer.writerow(_row(result))

        yield take


def _row(result: Mapping[str, Any]) -> list[str]:
    here = result.get("here", {})
    cells = (
        str(result.get("line", "")),
        result.get("claim", ""),
        result["result"],
        " ".join(result.get("differs", ())),
        " ".join(f"{name}={value}" for name, value in here.items()),
        result.get("code", ""),
        result.get("reason", {}).get("zh", ""),
    )
    return [*map(safe, cells)]


def _show(found: Sum, out: Path) -> None:
    console = Console(soft_wrap=True)
    table = folding("result", "rows")
    for one in Comparison:
        count = found.results[one]
        style = "yellow" if count and one is not Comparison.MATCH else ""
        table.add_row(one, str(count), style=style)
    console.print(table)
    if found.duplicates:
        console.print(f"{found.duplicates} rows twice", style="yellow", highlight=False)
    console.print(f"results in {escape(str(out))}", highlight=False)


def _tell(found: Sum, out: Path) -> None:
    say_json(
        {
            "results": {str(one): found.results[one] for one in Comparison},
            "duplicates": found.duplicates,
            "settled": found.is_settled,
            "out": str(out),
        }
    )
