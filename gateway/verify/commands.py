"""``gateway verify``: check a record, a receipt or a bundle at the command line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from gateway.errors import StartError
from gateway.screen import AsJson
from gateway.verify.bundle import examine_bundle
from gateway.verify.receipt import Beside, examine_receipt, read, receipt_in
from gateway.verify.screen import (
    show_bundle,
    show_examination,
    tell_bundle,
    tell_examination,
)
from gateway.verify.verify import examine_file


def verify(  # noqa: PLR0913 - one argument an option
    file: Annotated[
        Path,
        typer.Argument(
            help="The JWS, compact or detached, an answer with a receipt in it, an "
            "evidence bundle, or the text of an extract's code."
        ),
    ],
    *,
    trust: Annotated[
        Path | None,
        typer.Option(
            help="Of a JWS: the trust bundle. Of a receipt: the keys of /receipts/keys."
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="Of a bundle: whom to trust for the log (C2SP tlog-policy)."),
    ] = None,
    body: Annotated[
        Path | None, typer.Option(help="The HTTP body a detached JWS covers.")
    ] = None,
    item: Annotated[
        str | None, typer.Option(help="The annex item to check the key's scope for.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="The agency's manifest: read the record by it, find its item, and "
            "check the key's scope and institution."
        ),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"],
            help="Judge the key as of this moment (UTC); now by default.",
        ),
    ] = None,
    max_age_seconds: Annotated[
        float | None, typer.Option(help="How old the signature may be; else any age.")
    ] = None,
    document: Annotated[
        Path | None, typer.Option(help="Of a receipt: the GraphQL document asked.")
    ] = None,
    variables: Annotated[
        Path | None, typer.Option(help="Of a receipt: the variables, as JSON.")
    ] = None,
    caller: Annotated[
        str | None, typer.Option(help="Of a receipt: who is said to have asked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a signed record, a receipt or a bundle offline. Exits 0 or 1."""
    found = examine_bundle(file, policy)
    if found is not None:
        (tell_bundle if as_json else show_bundle)(found)
        raise typer.Exit(1 if any(one.is_against for one in found) else 0)
    if trust is None:
        raise StartError(
            "a signed record is checked by a trust bundle, a receipt by the keys of "
            "/receipts/keys; give --trust"
        )
    moment = datetime.now(UTC) if at is None else at.replace(tzinfo=UTC)
    age = None if max_age_seconds is None else timedelta(seconds=max_age_seconds)
    receipt = receipt_in(read(file))
    if receipt is None:
        examination = examine_file(
            file, trust, body=body, item=item, manifest=manifest, at=moment, max_age=age
        )
    else:
        beside = Beside(document=document, variables=variables, caller=caller)
        examination = examine_receipt(receipt, trust, beside, at=moment, max_age=age)
    (tell_examination if as_json else show_examination)(examination, moment)
    raise typer.Exit(0 if examination.is_believed else 1)
