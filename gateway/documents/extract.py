"""Find documents in files, compare them with the schema, write them as a manifest."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import StartError
from gateway.settings.settings import load_settings
from resolvers.documents.cost import in_numbers
from resolvers.documents.field_costs import FieldCosts
from resolvers.documents.limits import Limits
from resolvers.documents.trusted import (
    TrustedDocumentsError,
    digest_of,
    read_manifest,
    write_manifest,
)
from resolvers.documents.validation import RefusedDocumentError, read_document
from resolvers.schema import schema

_FENCED = re.compile(r"^```graphql\b[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_DOCUMENTS = (".graphql", ".gql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A document that was found, and whether it may be trusted."""

    file: Path
    text: str
    operations: tuple[str, ...] = ()
    asks_about_people: bool = False
    cost: int = 0
    """With lists of one, where a variable has the list."""
    refused: str | None = None

    @property
    def digest(self) -> str:
        """Return what a client names it by."""
        return digest_of(self.text)


def extract(paths: Sequence[Path], config: Path | None = None) -> list[Extracted]:
    """Find the documents in ``paths`` and compare each with the schema.

    A ``.graphql`` or ``.gql`` file is one document, and a ``.json`` file a manifest as
    Relay's compiler and GraphQL Code Generator write it; in any other text each block
    fenced as ``graphql`` is one. Fragments of other files are not looked for. The
    limits are those of ``config``, else the default ones.

    Raises:
        StartError: a file cannot be read, or nothing was found.
    """
    limits = Limits() if config is None else load_settings(config, os.environ).limits
    costs = FieldCosts(schema.core)
    found = [
        _examine(path, text, costs, limits) for path in paths for text in texts_of(path)
    ]
    if not found:
        raise StartError(
            "no document found; name .graphql files, manifests of clients (.json), "
            "or texts with ```graphql blocks"
        )
    return found


def write(extracted: Sequence[Extracted], out: Path) -> None:
    """Write the manifest of ``extracted``.

    Raises:
        StartError: ``out`` cannot be written.
    """
    try:
        out.write_bytes(write_manifest([document.text for document in extracted]))
    except OSError as error:
        raise StartError(str(error)) from None


def texts_of(path: Path) -> list[str]:
    """Return the documents of one file, by its suffix.

    Raises:
        StartError: the file cannot be read, or is no manifest.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".json":
            return list(read_manifest(content).values())
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError, TrustedDocumentsError) as error:
        raise StartError(f"{path}: {error}") from None
    return [text] if path.suffix in _DOCUMENTS else _FENCED.findall(text)


def _examine(path: Path, text: str, costs: FieldCosts, limits: Limits) -> Extracted:
    try:
        valid = read_document(text, costs, limits)
    except RefusedDocumentError as error:
        return Extracted(file=path, text=text, refused=str(error))
    asked = valid.costs
    return Extracted(
        file=path,
        text=text,
        operations=tuple(name or "(unnamed)" for name in asked),
        asks_about_people=any(cost.names_people for cost in asked.values()),
        cost=max(in_numbers(cost.values, {}) for cost in asked.values()),
    )
