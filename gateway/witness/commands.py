"""``gateway witness``: a program of its own, for those who watch over a log."""

from pathlib import Path
from typing import Annotated

import typer

from connectors.errors import StoreUnavailableError
from gateway.errors import StartError
from gateway.lifeline import end_with_stdin
from gateway.screen import AsJson, say_json
from gateway.witness.keys import make_keys, read_signers, require_name
from gateway.witness.serve import serve as serve_until_stopped
from gateway.witness.settings import load_witness_settings
from store.witness.seen import Conflict, Seen

witness = typer.Typer(
    help="A witness: cosigns a log that only grew, and keeps what shows a fork.",
    no_args_is_help=True,
)
NOTHING = "nothing\n"
Config = Annotated[
    Path, typer.Option(help="The witness's configuration, see docs/transparency.md.")
]


@witness.command()
def serve(
    config: Config,
    *,
    until_stdin_closes: Annotated[
        bool,
        typer.Option("--until-stdin-closes", help="End when standard input does, too."),
    ] = False,
) -> None:
    """Serve POST /add-checkpoint, as c2sp.org/tlog-witness has it."""
    if until_stdin_closes:
        end_with_stdin()
    serve_until_stopped(load_witness_settings(config))


@witness.command()
def keys(
    name: Annotated[str, typer.Argument(help="Its name: an address without a scheme.")],
    *,
    folder: Annotated[
        Path, typer.Option(help="Where the private keys are, or are put.")
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Make the keys that are missing, and print the verifier keys of both.

    They go into the policy of whoever believes this witness; run again, it prints them
    again.
    """
    require_name(name)
    found = [str(signer.key) for signer in read_signers(name, make_keys(folder))]
    if as_json:
        say_json({"keys": found})
        return
    for key in found:
        typer.echo(key)


@witness.command()
def conflicts(config: Config, *, as_json: AsJson = False) -> None:
    """Print what logs signed that does not go with what was cosigned before.

    For each both checkpoints as they were signed: whoever has the log's key can check
    them. Exits 0 if there is nothing, 1 if there is.
    """
    database = Path(load_witness_settings(config).database)
    found = _conflicts_in(database)
    if as_json:
        say_json({"conflicts": [one._asdict() for one in found]})
        raise typer.Exit(1 if found else 0)
    for origin, kind, at, before, shown in found:
        typer.echo(f"{kind} of {origin}, submitted {at:%Y-%m-%dT%H:%M:%SZ}\n")
        typer.echo(f"cosigned before:\n\n{before or NOTHING}")
        typer.echo(f"submitted then:\n\n{shown}")
    typer.echo(f"{len(found)} conflicts", err=True)
    raise typer.Exit(1 if found else 0)


def _conflicts_in(database: Path) -> list[Conflict]:
    """Return what is kept.

    Raises:
        StartError: there is no such file, or it cannot be read.
    """
    # Opening makes the file, and an empty one would say that all is well.
    if not database.is_file():
        raise StartError(f"{database} is not there; a witness makes it when it serves")
    seen = Seen(database)
    try:
        return seen.conflicts()
    except StoreUnavailableError as error:
        raise StartError(f"{database} cannot be read ({error})") from None
    finally:
        seen.close()
