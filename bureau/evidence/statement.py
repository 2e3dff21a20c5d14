"""Bring a bundle down to what a QR code holds: one statement, proved by itself.

``certificate-gateway-extract@v1``: the decision's own row, or the newest rows of what
was sent of a certificate, each with its path in the log of hashes, and the checkpoint
with the cosignatures that are short. Whoever trusts the log and its witnesses need ask
nobody: the same checks are made of it as of a bundle's rows. It proves what those rows
say and no more; of the bundle it has the digest, so that the two are told to belong
together. Cosignatures by ML-DSA-44 (2,420 bytes) are left out: the quorum has to be
reached by the others, as it has to in a browser, which cannot check ML-DSA.

As text it is ``CGE1:``, and in base45 (RFC 9285) the zlib stream (RFC 1950) of its JSON
in the bundle's one spelling.
"""

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy.edition import canonical
from policy.identity_numbers import has_identity_number
from signing import base45

FORMAT = "certificate-gateway-extract@v1"
PREFIX = "CGE1:"
MOST_CHARACTERS = 4296
"""Of a QR code in alphanumeric mode: version 40, error correction L."""
MOST_BYTES = 64 * 1024
"""Of what a code is unpacked to; a statement has some three thousand."""
MEMBERS = {"digest", "format", "log", "rows", "subject"}
MOST_OF_A_LINE = 512
"""Characters of a signature's line that is kept; one by Ed25519 has some hundred."""
SENT = ("collected_records", "state_changes")
_HASH = re.compile("[0-9a-f]{64}")


class NotForACodeError(ValueError):
    """What would have to be proved is too long for a QR code, or not to be printed."""


def statement_of(whole: Mapping[str, Any]) -> str:
    """Return the statement of a bundle, which we made, as the text of a QR code.

    Raises:
        NotForACodeError: its rows or their paths are too long, or somebody wrote an
            identity number into a row, which is proved as it is or not at all.
    """
    log, rows = whole["log"], [*_rows(whole["subject"], whole["rows"])]
    for row in rows:
        for text in json.loads(row["row"])["row"].values():
            if isinstance(text, str) and not _HASH.fullmatch(text):
                _require_no_number(text)
    said = {
        "format": FORMAT,
        "subject": whole["subject"],
        "digest": whole["digest"],
        "log": {"origin": log["origin"], "checkpoint": _shortened(log["checkpoint"])},
        "rows": rows,
    }
    packed = zlib.compress(canonical(said).encode(), level=9)
    text = f"{PREFIX}{base45.encode(packed)}"
    if len(text) > MOST_CHARACTERS:
        raise NotForACodeError(
            f"{len(text)} characters, and a QR code holds {MOST_CHARACTERS}"
        )
    return text


def read_statement(text: str) -> dict[str, Any]:
    """Return what a code's text says; nothing of it is believed yet.

    Raises:
        ValueError: it is no such text, or none in its one spelling.
    """
    if not text.startswith(PREFIX):
        raise ValueError(f"it does not begin with {PREFIX}")
    packed = zlib.decompressobj()
    try:
        raw = packed.decompress(base45.decode(text.removeprefix(PREFIX)), MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"it is not packed: {error}") from error
    if not packed.eof or packed.unused_data:
        raise ValueError("it is cut, or something follows")
    said = json.loads(raw)
    if canonical(said).encode() != raw or said.keys() != MEMBERS:
        raise ValueError("it is spelt otherwise, or has other members")
    if said["format"] != FORMAT or not said["rows"]:
        raise ValueError("it is of another format, or has no rows")
    return dict(said)


def _require_no_number(text: str) -> None:
    if has_identity_number(text):
        raise NotForACodeError("a row has an identity number in it")


def _shortened(checkpoint: str) -> str:
    lines = checkpoint.split("\n")
    return "\n".join(line for line in lines if len(line) <= MOST_OF_A_LINE)


def _rows(
    subject: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Yield the decision's row, or the newest of each kind that was sent."""
    read = [(json.loads(row["row"]), row) for row in rows]
    if subject["kind"] == "DECISION":
        for said, row in read:
            if said["source"] == "decisions" and said["row"]["id"] == int(
                subject["id"]
            ):
                yield row
        return
    for source in SENT:
        sent = [row for said, row in read if said["source"] == source]
        if sent:
            yield max(sent, key=lambda row: int(row["index"]))
