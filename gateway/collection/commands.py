"""``gateway collect``: send a file of signed records, as an agency."""

import json
import os
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.client import CA_FILE_HELP, address_of, tls_by
from gateway.collection.screen import show_sum, showing_progress, tell_sum
from gateway.collection.sending import Compression, Refused, Sending
from gateway.collection.sent_lines import SentLine, in_parts, read_lines
from gateway.errors import StartError
from gateway.screen import AsJson
from signing.algorithms import Algorithm
from signing.errors import TrustBundleError
from signing.sign import SigningKey
from signing.sm2.sign import Sm2PrivateKey, read_private_pem

LINES = 5_000
MOST_LINES = 100_000
OWN = 0o600


def collect(  # noqa: PLR0913 - one argument an option
    file: Annotated[
        Path, typer.Argument(help="Lines of sequence and record, or bare records.")
    ],
    *,
    url: Annotated[str, typer.Option(help="The gateway's address.")],
    connector: Annotated[str, typer.Option(help="The connector's id.")],
    key: Annotated[Path, typer.Option(help="The private key to sign with, PEM.")],
    key_id: Annotated[str, typer.Option(help="The id under which it is registered.")],
    refused: Annotated[
        Path | None, typer.Option(help="A file for lines that were refused, and why.")
    ] = None,
    states: Annotated[
        bool,
        typer.Option("--states", help="The lines are changes of state, not records."),
    ] = False,
    first: Annotated[
        int | None,
        typer.Option(
            help="The number of the first bare record; else they go on after the last.",
            min=1,
        ),
    ] = None,
    lines: Annotated[
        int, typer.Option(help="Lines in one request.", min=1, max=MOST_LINES)
    ] = LINES,
    compression: Annotated[
        Compression, typer.Option(help="How requests are compressed.")
    ] = Compression.ZSTD,
    ca_file: Annotated[Path | None, typer.Option(help=CA_FILE_HELP)] = None,
    unsafe_plain_http: Annotated[
        bool,
        typer.Option("--unsafe-plain-http", help="Let http go to another machine."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send signed records or changes of state; run again after a cut, it goes on.

    Exits 0 if everything is there, 1 if lines were refused, something was noticed or
    numbers are missing, 2 if it could not be sent or not to the end.
    """
    base = address_of(url, unsafe_plain_http=unsafe_plain_http)
    sending = Sending(
        f"{base}/collect/{quote(connector, safe='')}",
        read_key(key, key_id),
        compression,
        stream="states" if states else "records",
        tls=tls_by(ca_file),
    )
    if not file.is_file():
        raise StartError(f"{file} is no file")
    with _noting(refused) as note, showing_progress(file.stat().st_size) as progress:
        found = sending.send(in_parts(read_lines(file, first), lines), note, progress)
    (tell_sum if as_json else show_sum)(found, refused)
    raise typer.Exit(0 if found.is_settled else 1)


def read_key(path: Path, key_id: str) -> SigningKey:
    """Return the key in ``path``, for the algorithm that it is for.

    Raises:
        StartError: it is no key that the gateway knows how to check.
    """
    try:
        pem = path.read_bytes().removeprefix(BOM_UTF8)
        found = read_private_pem(pem) or load_pem_private_key(pem, password=None)
        match found:
            case Ed25519PrivateKey():
                return SigningKey(key_id, Algorithm.ED25519, found)
            case EllipticCurvePrivateKey():
                return SigningKey(key_id, Algorithm.ES256, found)
            case RSAPrivateKey():
                return SigningKey(key_id, Algorithm.PS256, found)
            case Sm2PrivateKey():
                return SigningKey(key_id, Algorithm.SM2, found)
            case _:
                raise StartError(f"--key: {path} is of no kind that is known")
    except OSError as error:
        raise StartError(f"--key: {path}: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What exactly is wrong with a private key is not for a screen.
        raise StartError(
            f"--key: {path} is no private key without a password"
        ) from None
    except TrustBundleError as error:
        raise StartError(f"--key: {path}: {error}") from None


@contextmanager
def _noting(path: Path | None) -> Iterator[Refused]:
    """Yield a writer of refused lines to a file that its owner alone reads."""
    if path is None:
        yield lambda _line, _result: None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWN)
    except OSError as error:
        raise StartError(f"--refused: {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:

        def note(line: SentLine, result: Mapping[str, Any]) -> None:
            entry = {
                "line": line.number,
                "sequence": line.sequence,
                "code": result.get("code"),
                "reason": result.get("reason"),
                "text": line.text.decode("utf-8", "replace"),
            }
            opened.write(json.dumps(entry, ensure_ascii=False) + "\n")

        yield note
