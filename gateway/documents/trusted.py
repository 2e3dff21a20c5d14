"""Trusted documents: those that every caller may run.

The holder check and ``verifyClaims``, as their pages print them, are trusted from the
start (``trusted-documents.json``), and so are the documents of registration
(``gateway.registration.documents``), the one by which a credential is asked for and,
where there is a console, those of its pages; an operator's manifest adds to them.
"""

from importlib.resources import files
from pathlib import Path

from gateway.console.asking import DOCUMENTS as OF_CONSOLE
from gateway.credentials.asking import QUERY as CREDENTIAL
from gateway.errors import StartError
from gateway.registration.documents import DOCUMENTS
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
        for digest, text in texts_of_manifest(manifest).items():
            place = f"{manifest}: {digest[:12]}"
            _trust(documents, text, place, "see gateway documents extract")
    for document in DOCUMENTS.values():
        remedy = "gateway connector and gateway sanction send it; raise the limit"
        _trust(documents, document.text, f"of registration: {document.name}", remedy)
    for document in OF_CONSOLE.values() if settings.console.enabled else ():
        remedy = "the console sends it; raise the limit"
        _trust(documents, document.text, f"of the console: {document.name}", remedy)
    remedy = "gateway evidence credential sends it; raise the limit"
    _trust(documents, CREDENTIAL, "of credentials", remedy)
    return documents


def texts_of_manifest(manifest: Path) -> dict[str, str]:
    """Return the documents of an operator's manifest by their digests.

    Raises:
        StartError: the manifest cannot be used.
    """
    try:
        return read_manifest(manifest.read_bytes())
    except (OSError, TrustedDocumentsError) as error:
        raise StartError(f"trusted documents {manifest}: {error}") from None


def _trust(documents: Documents, text: str, place: str, remedy: str) -> None:
    try:
        documents.trust(text)
    except RefusedDocumentError as refused:
        raise StartError(f"trusted documents {place}: {refused}; {remedy}") from None
