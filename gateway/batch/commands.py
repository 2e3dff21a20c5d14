"""``gateway check``: verify a file of claims at the command line."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bureau.caller import Purpose
from bureau.look_ups.elements import ElementsError, read_elements
from bureau.look_ups.purpose import PurposeError, read_look_up
from connectors.elements import Element
from gateway.batch.asking import Gateway
from gateway.batch.encodings import Encoding
from gateway.batch.run import Work, check_claims
from gateway.batch.screen import show_summary, showing_progress, tell_summary
from gateway.client import CA_FILE_HELP, address_of, read_token, tls_by
from gateway.errors import StartError
from gateway.screen import AsJson
from policy.calendar import SHANGHAI

TOKEN_VARIABLE = "CHECK_TOKEN"  # noqa: S105 - the name of one
"""Not GATEWAY_TOKEN: those are the gateway's own options."""
MOST_AT_ONCE = 500
FEWEST_AT_ONCE = 100


class Language(StrEnum):
    """A language of reasons."""

    ZH = "zh"
    EN = "en"


def check(  # noqa: PLR0913 - one argument an option
    claims: Annotated[Path, typer.Argument(help="The claims: .csv or .xlsx.")],
    *,
    out: Annotated[Path, typer.Option(help="The results: a CSV file, continued.")],
    url: Annotated[str, typer.Option(help="The gateway's address.")],
    purpose: Annotated[Purpose, typer.Option(help="Why people are looked up.")],
    case: Annotated[str, typer.Option(help="The case of these look-ups.")],
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
    ca_file: Annotated[Path | None, typer.Option(help=CA_FILE_HELP)] = None,
    unsafe_plain_http: Annotated[
        bool,
        typer.Option("--unsafe-plain-http", help="Let http go to another machine."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare a file of claims with the registries, one row of results a row.

    Run again after a cut, it goes on where it ended. Exits 0 if every row was compared,
    1 if some are UNKNOWN or REFUSED, 2 if the check could not be made or finished.
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
    gateway = Gateway(
        url=address_of(url, unsafe_plain_http=unsafe_plain_http),
        token=read_token(token_file, TOKEN_VARIABLE),
        look_up=look_up,
        elements=elements,
        language=language,
        tls=tls_by(ca_file),
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
    (tell_summary if as_json else show_summary)(summary, out)
    raise typer.Exit(0 if summary.is_settled else 1)
