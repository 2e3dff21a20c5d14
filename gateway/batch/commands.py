"""``gateway check``: verify a file of claims at the command line."""

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bureau.caller import Purpose
from gateway.batch.encodings import Encoding
from gateway.errors import StartError

TOKEN_VARIABLE = "CHECK_TOKEN"  # noqa: S105 - the name of one
"""Not GATEWAY_TOKEN: those are the gateway's own options."""
MOST_AT_ONCE = 500
FEWEST_AT_ONCE = 100


class Language(StrEnum):
    """In which language reasons are written."""

    ZH = "zh"
    EN = "en"


def check(  # noqa: PLR0913 - one argument an option
    claims: Annotated[Path, typer.Argument(help="The claims: .csv or .xlsx.")],
    *,
    out: Annotated[Path, typer.Option(help="The results: a CSV file, continued.")],
    url: Annotated[str, typer.Option(help="The gateway's address.")],
    purpose: Annotated[Purpose, typer.Option(help="Why people are looked up.")],
    case: Annotated[str, typer.Option(help="The case of these look-ups.")],
    token_file: Annotated[
        Path | None,
        typer.Option(help=f"The file of the token; else {TOKEN_VARIABLE} has it."),
    ] = None,
    at_once: Annotated[
        int,
        typer.Option(
            help="Claims in one question.", min=FEWEST_AT_ONCE, max=MOST_AT_ONCE
        ),
    ] = MOST_AT_ONCE,
    encoding: Annotated[
        Encoding | None, typer.Option(help="Of a CSV file; found out by default.")
    ] = None,
    language: Annotated[
        Language, typer.Option(help="In which language reasons are written.")
    ] = Language.ZH,
    unsafe_plain_http: Annotated[
        bool,
        typer.Option("--unsafe-plain-http", help="Let http go to another machine."),
    ] = False,
) -> None:
    """Compare a file of claims with the registries, one row of results a row.

    Run again after a cut, it goes on where it ended. Exits 0 if every row was compared,
    1 if some are UNKNOWN or REFUSED, 2 if the check could not be made or finished.
    """
    from bureau.look_ups.purpose import PurposeError, read_look_up  # noqa: PLC0415
    from gateway.batch.asking import Gateway, address_of  # noqa: PLC0415 - start-up
    from gateway.batch.run import Work, check_claims  # noqa: PLC0415 - start-up
    from gateway.batch.screen import show_summary, showing_progress  # noqa: PLC0415
    from policy.calendar import SHANGHAI  # noqa: PLC0415

    try:
        look_up = read_look_up(purpose, case)
    except PurposeError as error:
        raise StartError(error.message) from None
    gateway = Gateway(
        url=address_of(url, unsafe_plain_http=unsafe_plain_http),
        token=_token(token_file),
        look_up=look_up,
        language=language,
    )
    work = Work(
        claims=claims,
        out=out,
        encoding=encoding,
        at_once=at_once,
        today=datetime.now(SHANGHAI).date(),
    )
    with showing_progress() as progress:
        summary = check_claims(work, gateway, progress)
    show_summary(summary, out)
    raise typer.Exit(0 if summary.is_settled else 1)


def _token(file: Path | None) -> str:
    """Return the token; no argument, since those are in the process list."""
    if file is None:
        token = os.environ.get(TOKEN_VARIABLE, "")
    else:
        try:
            token = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise StartError(f"--token-file: {error}") from None
    token = token.strip()
    if not token:
        raise StartError(f"state a token: --token-file FILE, or {TOKEN_VARIABLE}")
    if not (token.isascii() and token.isprintable()):
        raise StartError("the token has characters that no token has")
    return token
