"""``gateway transparency mirror`` and ``shown``: an agency's own copy of the log."""

import http.client
import json
import ssl
import urllib.error
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from gateway.callers.assertion import assertion
from gateway.client import CA_FILE_HELP, address_of, opened, read_token, tls_by
from gateway.clock import utc_now
from gateway.collection.commands import read_key
from gateway.errors import StartError
from gateway.screen import AsJson, say_json
from gateway.transparency.mirror import ForkedError, Mirror, MirrorError, Shown
from gateway.unreached import NotReachedError, unreached
from signing.sign import SigningKey
from signing.transparency.policies import Policy, PolicyFileError, read_policy

MAX_BYTES = 40_000_000
TIMEOUT_SECONDS = 60.0
FOUND, UNUSABLE = 1, 2
"""How a command ends that found something, or that could not look."""

mirrors = typer.Typer()
Folder = Annotated[Path, typer.Argument(help="Where the copy is.")]
Agency = Annotated[str, typer.Option(help="The agency's id, its connector's.")]
PolicyFile = Annotated[
    Path,
    typer.Option("--policy", help="Whose signatures count (C2SP tlog-policy)."),
]


@mirrors.command()
def mirror(  # noqa: PLR0913 - one argument an option
    folder: Folder,
    *,
    url: Annotated[str, typer.Option(help="The gateway's address.")],
    agency: Agency,
    policy: PolicyFile,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the agency's token.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="Or the agency's private key, PEM.")
    ] = None,
    key_id: Annotated[
        str, typer.Option(help="With --key: the id under which it is registered.")
    ] = "",
    audience: Annotated[
        str, typer.Option(help="With --key: agency_callers.audience of the gateway.")
    ] = "",
    ca_file: Annotated[Path | None, typer.Option(help=CA_FILE_HELP)] = None,
    unsafe_plain_http: Annotated[
        bool,
        typer.Option("--unsafe-plain-http", help="Let http go to another machine."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Go on with a copy of the log, and name look-ups that were not shown.

    Exits 0 if the log only grew and all that is its own was shown, 1 if it forked or
    something was not shown, 2 if it could not be read.
    """
    base = address_of(url, unsafe_plain_http=unsafe_plain_http)
    if (key is None) is (token_file is None):
        raise StartError("state one of --token-file and --key")
    if key is None:
        stated = read_token(token_file)
        token = partial(str, stated)
    else:
        own_key = read_key(key, key_id)
        token = partial(_signed_in, own_key, agency, audience)
    reading = _Reading(base, token, tls_by(ca_file))
    copy = Mirror(folder, agency, read_policy_file(policy))
    try:
        checkpoint = copy.take(reading.fetch)
        copy.take_shown(reading.fetch)
        own, shown, hidden = copy.own, copy.shown, copy.hidden
    except ForkedError as error:
        typer.echo(f"FORKED: {error}", err=True)
        raise typer.Exit(FOUND) from None
    except (MirrorError, NotReachedError, OSError) as error:
        typer.echo(f"gateway: {error}", err=True)
        raise typer.Exit(UNUSABLE) from None
    look_ups = sum(len(one.look_ups or ()) for one in shown)
    missing = [_told(one) for one in hidden]
    if as_json:
        sums = {"entries": checkpoint.size, "own": len(own), "lookUps": look_ups}
        say_json({**sums, "notShown": missing})
    else:
        typer.echo(f"entries    {checkpoint.size}")
        typer.echo(f"own        {len(own)}")
        typer.echo(f"look-ups   {look_ups}")
        for words in missing:
            typer.echo(f"NOT SHOWN  {words}")
    raise typer.Exit(FOUND if hidden else 0)


@mirrors.command()
def shown(  # noqa: PLR0913 - one argument an option
    folder: Folder,
    *,
    agency: Agency,
    policy: PolicyFile,
    look_up: Annotated[
        int | None, typer.Option(help="A look-up's number on the audit log.")
    ] = None,
    bundle: Annotated[
        Path | None, typer.Option(help="An evidence bundle, whose rows are looked for.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say of a look-up, or of a bundle's rows, whether the copy has it; asks nobody.

    Exits 0 if it does, 1 if it does not, 2 if that could not be looked for.
    """
    if (look_up is None) is (bundle is None):
        raise StartError("state one of --look-up and --bundle")
    copy = Mirror(folder, agency, read_policy_file(policy))
    try:
        if bundle is None:
            found = [_look_up(copy, look_up or 0)]
        else:
            found = _rows_of(copy, bundle)
    except (MirrorError, OSError, KeyError, TypeError, ValueError) as error:
        typer.echo(f"gateway: {error}", err=True)
        raise typer.Exit(UNUSABLE) from None
    is_there = all(one.is_there for one in found)
    if as_json:
        of_each = [
            {"of": one.of, "entry": one.entry, "there": one.is_there} for one in found
        ]
        say_json({"there": is_there, "found": of_each})
    else:
        for one in found:
            typer.echo(one.words)
    raise typer.Exit(0 if is_there else FOUND)


class Sought(NamedTuple):
    """One thing that was looked for in the copy."""

    of: str
    entry: int | None
    """The entry of the log that it is of, if there is one."""
    is_there: bool
    words: str


class _Reading:
    """Reads from a gateway, by the agency's token, or one for each request."""

    def __init__(
        self, base: str, token: Callable[[], str], tls: ssl.SSLContext | None
    ) -> None:
        self._base, self._token, self._tls = base, token, tls

    def fetch(self, path: str) -> bytes:
        """Return what is at a path.

        Raises:
            NotReachedError: nobody is there.
            MirrorError: the gateway refuses, or does not answer in full.
        """
        address = f"{self._base}{path}"
        try:
            with opened(
                address,
                {"Authorization": f"Bearer {self._token()}"},
                None,
                timeout_seconds=TIMEOUT_SECONDS,
                tls=self._tls,
            ) as answer:
                return answer.read(MAX_BYTES)
        except urllib.error.HTTPError as error:
            error.close()
            raise MirrorError(f"{address} answers {error.code}") from None
        except urllib.error.URLError as error:
            raise unreached(self._base, error) from None
        except (OSError, http.client.HTTPException) as error:
            raise MirrorError(f"{address} does not answer: {error}") from None


def _signed_in(key: SigningKey, agency: str, audience: str) -> str:
    return assertion(key, agency, audience, utc_now())


def read_policy_file(path: Path) -> Policy:
    """Return a policy of a file.

    Raises:
        StartError: it cannot be read, or is none.
    """
    try:
        return read_policy(path.read_bytes())
    except (OSError, PolicyFileError) as error:
        raise StartError(f"--policy: {path}: {error}") from None


def _told(hidden: int | Shown) -> str:
    if isinstance(hidden, int):
        return f"entry {hidden}: nothing was shown of it"
    return (
        f"entry {hidden.index}: {hidden.count} look-ups, of the audit log's records "
        f"{hidden.after + 1} to {hidden.to}; the audit log has others now"
    )


def _look_up(copy: Mirror, number: int) -> Sought:
    of, (one, is_in_it) = f"look-up {number}", copy.of_look_up(number)
    if one is None:
        return Sought(of, None, False, f"{of}: no list that was shown is of its time")
    if is_in_it:
        words = f"{of}: shown, by the list of entry {one.index}"
        return Sought(of, one.index, True, words)
    words = (
        f"{of}: NOT SHOWN; entry {one.index} commits to a list of the "
        f"records {one.after + 1} to {one.to}"
        + ("" if one.look_ups is None else " without it")
    )
    return Sought(of, one.index, False, words)


def _rows_of(copy: Mirror, bundle: Path) -> list[Sought]:
    found = []
    for row in json.loads(bundle.read_bytes())["rows"]:
        kind, index = row["kind"], row["index"]
        made = [b64decode(one) for one in row["commitments"]]
        is_there = copy.has(index, kind, made)
        word = "in the copy" if is_there else "NOT IN THE COPY"
        words = f"{kind:<16} entry {index}: {word}"
        found.append(Sought(kind, index, is_there, words))
    return found
