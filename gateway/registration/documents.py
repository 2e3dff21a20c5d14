"""The documents of registration: what its commands send, and every gateway trusts."""

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from gateway.documents.operations import Document, read_operations

DOCUMENTS: Mapping[str, Document] = MappingProxyType(
    {
        document.name: document
        for document in read_operations(
            files(__package__).joinpath("documents.graphql").read_text("utf-8")
        )
    }
)
"""All of them, by the names of their operations."""
