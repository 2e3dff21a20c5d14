"""Trusted documents: those that every caller may run.

The holder check and ``verifyClaims``, as their pages print them, are trusted from the
start (``trusted-documents.json``); an operator's manifest adds to them.
"""

from importlib.resources import files
from pathlib import Path

from gateway.errors import StartError
from gateway.settings.settings import Mode, Settings
from resolvers.documents.documents import Documents
from resolvers.documents.trusted import TrustedDocumentsError, read_manifest
from resolvers.documents.validation import RefusedDocumentError
from resolvers.schema import schema

BUILT_IN = Path(str(files("gateway"))) / "trusted-documents.json"


def open_documents(settings: Settings) -> Documents:
    """Return what prepares documents, by the operator's mode, limits and manifest.

    Raises:
        StartError: the manifest cannot be used.
    """
    manifests = [BUILT_IN]
    if settings.trusted_documents is not None:
        manifests.append(Path(settings.trusted_documents))
    documents = Documents(
        schema.core, settings.limits, is_open=settings.mode is Mode.DEMO
    )
    for manifest in manifests:
        _trust(documents, manifest)
    return documents


def _trust(documents: Documents, manifest: Path) -> None:
    try:
        texts = read_manifest(manifest.read_bytes())
    except (OSError, TrustedDocumentsError) as error:
        raise StartError(f"trusted documents {manifest}: {error}") from None
    for digest, text in texts.items():
        try:
            documents.trust(text)
        except RefusedDocumentError as refused:
            raise StartError(
                f"trusted documents {manifest}: {digest[:12]}: {refused}; see "
                "gateway documents extract"
            ) from None
