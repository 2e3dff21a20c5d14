"""``gateway audit`` and ``gateway evidence``: what is kept of people."""

import asyncio
import os
import re
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from bureau.credentials.issuing import CredentialForm
from bureau.evidence.printed.page import page_of
from gateway.client import CA_FILE_HELP, address_of, read_token, tls_by
from gateway.clock import utc_now
from gateway.credentials.asking import Office, ask_for
from gateway.errors import StartError
from gateway.evidence.bundle import policy_shown
from gateway.evidence.making import Asked, make_bundle, subject_of
from gateway.evidence.outside import proof_of, receipt_of, require_decision
from gateway.evidence.page import read_page
from gateway.privacy.evidence import erase as erase_evidence
from gateway.privacy.evidence import show as show_evidence
from gateway.privacy.export import export as export_records
from gateway.privacy.verifying import verify as verify_log
from gateway.screen import AsJson, say_json
from gateway.settings.settings import load_settings
from gateway.transparency.keys import own_key
from policy.calendar import SHANGHAI

audit = typer.Typer(
    help="The audit log: who looked whom up, and why.", no_args_is_help=True
)
evidence = typer.Typer(
    help="The signed bytes that decisions rest on.", no_args_is_help=True
)
Config = Annotated[Path, typer.Option(help="The configuration, see docs/operating.md.")]


Proved = Annotated[
    str, typer.Argument(help="A decision by its number, or a certificate's id.")
]
Trusted = Annotated[
    Path | None,
    typer.Option(
        help="Whom to trust for the log (C2SP tlog-policy); else as configured."
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="As of which day (Shanghai); today's."),
]
Out = Annotated[
    Path | None, typer.Option(help="Write to this file, not to standard output.")
]
TOKEN_VARIABLE = "CREDENTIAL_TOKEN"  # noqa: S105 - the name of one
_OPTION_LIKE = re.compile(r"-[0-9A-Za-z_-]{39,}")
"""One certificate's id in sixty-four begins as an option does; no option is as long."""


class _OfAnyId(TyperCommand):
    """A command that takes an id, whatever it begins with."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's
        """Parse ``args``, of which ids are no options: not even ``-h``."""
        ids = [word for word in args if _OPTION_LIKE.fullmatch(word)]
        if ids and "--" not in args:
            args = [*(word for word in args if word not in ids), "--", *ids]
        return super().parse_args(ctx, args)


@audit.command()
def export(
    config: Config,
    *,
    from_: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day (Shanghai)."),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day (Shanghai)."),
    ] = None,
) -> None:
    """Write records to standard output, oldest first, a JSON object a line."""
    count = asyncio.run(
        export_records(
            load_settings(config, os.environ).database_url,
            first=None if from_ is None else from_.date(),
            last=None if to is None else to.date(),
            now=utc_now(),
            write=sys.stdout.buffer.write,
        )
    )
    typer.echo(f"{count} records", err=True)


@audit.command()
def verify(
    config: Config,
    *,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            help="A checkpoint that somebody else kept; may be said several times."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find what was changed, removed, put in or moved since it was logged.

    Reads every row that the log of hashes commits to, and every entry, tile and
    checkpoint. Each finding is a line that names a row by its table and number. Exits 1
    if there is one. Who may write to the database can make the log anew as a whole:
    compare with a checkpoint that a witness or an auditor kept.
    """
    settings = load_settings(config, os.environ)
    found: list[str] = []
    say = found.append if as_json else typer.echo
    checked = asyncio.run(verify_log(settings, checkpoint or [], say))
    if as_json:
        say_json({**asdict(checked), "findings": found})
        raise typer.Exit(1 if checked.findings else 0)
    typer.echo(
        f"{checked.entries} entries, {checked.rows} rows as they were, "
        f"{checked.retained} removed by retention, {checked.pending} PENDING, "
        f"{checked.checkpoints} checkpoints; {checked.findings} findings",
        err=True,
    )
    if checked.findings:
        raise typer.Exit(1)


@evidence.command()
def show(
    config: Config,
    digest: Annotated[
        str, typer.Argument(help="DecisionRecorded.evidence, in hexadecimal.")
    ],
) -> None:
    """Write signed bytes to standard output as they came; it goes on the audit log."""
    settings = load_settings(config, os.environ)
    asyncio.run(show_evidence(settings, digest, utc_now(), sys.stdout.buffer.write))


def _told(words: str) -> None:
    typer.echo(words, err=True)


@evidence.command(cls=_OfAnyId)
def bundle(  # noqa: PLR0913 - one argument an option
    config: Config,
    subject: Proved,
    *,
    policy: Trusted = None,
    as_of: AsOf = None,
    out: Out = None,
    proof: Annotated[
        Path | None,
        typer.Option(help="Write the decision's proof (C2SP tlog-proof) to this file."),
    ] = None,
    cose: Annotated[
        Path | None,
        typer.Option(
            help="Write the decision's COSE receipt (RFC 9942), which the log's key "
            "signs, to this file."
        ),
    ] = None,
) -> None:
    """Make a bundle that proves a decision without us; it goes on the audit log."""
    now, settings = utc_now(), load_settings(config, os.environ)
    trusted = policy_shown(settings, policy)
    day = now.astimezone(SHANGHAI).date() if as_of is None else as_of.date()
    asked = Asked(subject_of(subject), day, trusted)
    own = None if cose is None else own_key(settings, now)
    if proof is not None or cose is not None:
        require_decision(asked.subject)
    made = asyncio.run(make_bundle(settings, asked, now, _told))
    if proof is not None:
        proof.write_text(proof_of(made), "utf-8")
    if cose is not None and own is not None:
        cose.write_bytes(asyncio.run(receipt_of(made, settings, own)))
    if out is None:
        sys.stdout.buffer.write(made)
    else:
        out.write_bytes(made)


@evidence.command(cls=_OfAnyId)
def extract(  # noqa: PLR0913 - one argument an option
    config: Config,
    subject: Proved,
    *,
    bundle: Annotated[
        Path,
        typer.Option(help="Write the bundle, which the extract is of, to this file."),
    ],
    policy: Trusted = None,
    as_of: AsOf = None,
    out: Out = None,
) -> None:
    """Print for a holder what a bundle says: HTML for A4, with a code to check.

    Neither name nor identity number is in it. It is on the audit log as a bundle is,
    and goes with that bundle, whose digest it has.
    """
    now, settings = utc_now(), load_settings(config, os.environ)
    day = now.astimezone(SHANGHAI).date() if as_of is None else as_of.date()
    asked = Asked(subject_of(subject), day, policy_shown(settings, policy))
    made = asyncio.run(make_bundle(settings, asked, now, _told))
    bundle.write_bytes(made)
    printed = page_of(made).encode()
    if out is None:
        sys.stdout.buffer.write(printed)
    else:
        out.write_bytes(printed)


@evidence.command(cls=_OfAnyId)
def credential(  # noqa: PLR0913 - one argument an option
    certificate: Annotated[str, typer.Argument(help="A certificate's id.")],
    *,
    url: Annotated[str, typer.Option(help="The gateway's address.")],
    case: Annotated[str, typer.Option(help="The case in which the holder asks.")],
    form: Annotated[
        CredentialForm, typer.Option(help="The credential's form.")
    ] = CredentialForm.SD_JWT_VC,
    holder_key: Annotated[
        Path | None,
        typer.Option(help="A file with the public JWK of the holder's wallet."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help=f"The file of the token; else {TOKEN_VARIABLE} has it."),
    ] = None,
    ca_file: Annotated[Path | None, typer.Option(help=CA_FILE_HELP)] = None,
    unsafe_plain_http: Annotated[
        bool,
        typer.Option("--unsafe-plain-http", help="Let http go to another machine."),
    ] = False,
    out: Out = None,
) -> None:
    """Get a certificate as a credential for its holder, who asks for it.

    A gateway issues it, with the purpose HOLDER_REQUEST; the look-up is on its audit
    log. The credential has the holder's name in it, so hand it to the holder alone.
    """
    office = Office(
        url=address_of(url, unsafe_plain_http=unsafe_plain_http),
        token=read_token(token_file, TOKEN_VARIABLE),
        case=case,
        tls=tls_by(ca_file),
    )
    try:
        key = None if holder_key is None else holder_key.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{holder_key}: {error}") from None
    text = ask_for(office, certificate, form, key)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(f"{text}\n", "utf-8")


@evidence.command()
def page(
    out: Out = None,
) -> None:
    """Write the page on which people check bundles, offline, in any browser."""
    made = read_page()
    if out is None:
        sys.stdout.buffer.write(made)
    else:
        out.write_bytes(made)


@evidence.command()
def erase(
    config: Config,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept for good.")],
    person: Annotated[
        bool,
        typer.Option(
            "--person",
            help="One person's; the identity number is read from standard input.",
        ),
    ] = False,
    before: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="All from before a day (Shanghai), but --person."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Erase signed bytes; their digests stay with the decisions."""
    if person is (before is not None):
        raise StartError("state one of --person and --before")
    erased = asyncio.run(
        erase_evidence(
            load_settings(config, os.environ),
            id_number=sys.stdin.readline().strip() if person else None,
            before=None if before is None else before.date(),
            reason=reason,
            now=utc_now(),
        )
    )
    if as_json:
        say_json({"erased": erased})
    else:
        typer.echo(f"{erased} erased", err=True)
