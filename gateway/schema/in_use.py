"""The documents in use: those that are trusted, and those in files of clients."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphql import GraphQLError, OperationDefinitionNode, parse

from gateway.documents.extract import texts_of
from gateway.documents.trusted import BUILT_IN, texts_of_manifest
from gateway.errors import StartError
from gateway.registration.documents import DOCUMENTS
from gateway.settings.settings import load_settings
from resolvers.documents.trusted import digest_of


@dataclass(frozen=True, slots=True)
class InUse:
    """A document that clients send."""

    text: str
    operations: tuple[str, ...]
    origin: str
    """Who trusts it, or the file that it stands in."""

    @property
    def digest(self) -> str:
        """Return what a client names it by."""
        return digest_of(self.text)

    @property
    def name(self) -> str:
        """Return the names of its operations, else its digest."""
        return ", ".join(self.operations) or self.digest[:12]


def documents_in_use(config: Path | None, files: Sequence[Path]) -> list[InUse]:
    """Return each document once: of every gateway, of ``config``'s manifest, of files.

    Raises:
        StartError: a file cannot be read, or what is in it is no GraphQL.
    """
    found: dict[str, InUse] = {}
    for origin, text in _texts(config, files):
        found.setdefault(text, _in_use(origin, text))
    return list(found.values())


def _texts(config: Path | None, files: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for text in texts_of_manifest(BUILT_IN).values():
        yield "every gateway", text
    for document in DOCUMENTS.values():
        yield "every gateway", document.text
    manifest = None
    if config is not None:
        manifest = load_settings(config, os.environ).trusted_documents
    if manifest is not None:
        for text in texts_of_manifest(Path(manifest)).values():
            yield "trusted_documents", text
    for file in files:
        texts = texts_of(file)
        if not texts:
            raise StartError(f"{file}: no document found")
        for text in texts:
            yield file.name, text


def _in_use(origin: str, text: str) -> InUse:
    try:
        definitions = parse(text).definitions
    except GraphQLError as error:
        raise StartError(f"{origin}: {error.message}") from None
    names = [
        one.name.value
        for one in definitions
        if isinstance(one, OperationDefinitionNode) and one.name
    ]
    return InUse(text, tuple(names), origin)
