"""The ``gateway`` command: the list of its commands, and how they fail."""

import sys
from importlib.metadata import version
from typing import Annotated, ClassVar

import typer

from gateway.errors import StartError
from gateway.lazy import LazyGroup, Named
from store.errors import UnusableDatabaseError

DISTRIBUTION = "certificate-gateway"
OFFICES = "For offices"
AGENCIES = "For agencies"
OPERATORS = "For operators"
TRYING = "To try it, and to write programs"
WITNESSES = "For witnesses"


class Commands(LazyGroup):
    """Every command."""

    table: ClassVar[tuple[Named, ...]] = (
        Named(
            "check",
            "gateway.batch.commands:check",
            "Compare a file of claims with the registries, one row of results a row.",
            OFFICES,
        ),
        Named(
            "collect",
            "gateway.collection.commands:collect",
            "Send signed records or changes of state; run again after a cut, it "
            "goes on.",
            AGENCIES,
        ),
        Named(
            "reconcile",
            "gateway.reconciliation.commands:reconcile",
            "Compare a list of claims with the ledger, a row of results a difference.",
            OFFICES,
        ),
        Named(
            "init",
            "gateway.init.commands:init",
            "Make keys, configuration and the first two tokens of a new gateway.",
            OPERATORS,
        ),
        Named("serve", "gateway.commands:serve", "Serve the gateway.", OPERATORS),
        Named(
            "demo",
            "gateway.demo.commands:demo",
            "Start three sandbox agencies and the gateway, with people worth trying.",
            TRYING,
        ),
        Named(
            "verify",
            "gateway.verify.commands:verify",
            "Check a signed record, a receipt or a bundle offline. Exits 0 or 1.",
            OFFICES,
        ),
        Named(
            "schema",
            "gateway.schema.commands:schema",
            "Print the GraphQL schema, or compare it with an older one.",
            TRYING,
        ),
        Named(
            "audit",
            "gateway.privacy.commands:audit",
            "The audit log: who looked whom up, and why.",
            OPERATORS,
        ),
        Named(
            "transparency",
            "gateway.transparency.commands:transparency",
            "The log of hashes: what nobody changes unseen.",
            OPERATORS,
        ),
        Named(
            "evidence",
            "gateway.privacy.commands:evidence",
            "The signed bytes that decisions rest on.",
            OPERATORS,
        ),
        Named(
            "connector",
            "gateway.registration.commands:connector",
            "Agencies' connectors.",
            AGENCIES,
        ),
        Named(
            "agency",
            "gateway.newcomer.commands:agency",
            "What an agency needs to join.",
            AGENCIES,
        ),
        Named(
            "doctor",
            "gateway.doctor.commands:doctor",
            "Say what keeps an agency from answering, who mends it, and what to type.",
            OPERATORS,
        ),
        Named(
            "sanction",
            "gateway.registration.sanctions:sanction",
            "Sanctions of the notice, part 3(1).",
            OPERATORS,
        ),
        Named(
            "recheck",
            "gateway.ledger.commands:recheck",
            "Ask the agencies again about every certificate that was paid for.",
            OPERATORS,
        ),
        Named(
            "database",
            "gateway.database.commands:database",
            "The database: its step, backups, and the way to the newest.",
            OPERATORS,
        ),
        Named(
            "documents",
            "gateway.documents.commands:documents",
            "Trusted documents.",
            OPERATORS,
        ),
        Named(
            "token",
            "gateway.callers.commands:token",
            "Static tokens: make one, or hash one.",
            OPERATORS,
        ),
        Named(
            "keys",
            "gateway.providers.commands:keys",
            "The keys that sign for the gateway, and when each does.",
            OPERATORS,
        ),
        Named(
            "mlps3",
            "gateway.mlps3.commands:mlps3",
            "Say how a configuration stands by level three (等保三级). Exits 0 or 1.",
            OPERATORS,
        ),
        Named(
            "witness",
            "gateway.witness.commands:witness",
            "A witness: cosigns a log that only grew, and keeps what shows a fork.",
            WITNESSES,
        ),
    )


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    # Those below take it over.
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _show_version(*, is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"{DISTRIBUTION} {version(DISTRIBUTION)}")
        raise typer.Exit


@app.callback()
def gateway(
    *,
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda value: _show_version(is_asked=value),
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """One question, three agencies: verified certificates with eligibility."""


def main() -> None:
    """Run the command; a start that fails is one sentence and exit code 2."""
    try:
        app()
    except (StartError, UnusableDatabaseError) as error:
        sys.stderr.write(f"gateway: {error}\n")
        sys.exit(2)
