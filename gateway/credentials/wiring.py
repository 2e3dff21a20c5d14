"""Open what issues credentials and shows their lists, or refuse the start."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bureau.certificate_ids import CertificateIds
from bureau.credentials.issuing import Credentials, NoCredentials
from bureau.privacy.pseudonyms import Pseudonyms
from bureau.versions.held import Versions
from gateway.credentials.issuing import Issuing
from gateway.credentials.status_lists import StatusLists
from gateway.errors import StartError
from gateway.receipts.wiring import receipt_keys
from gateway.settings.settings import Settings
from policy.catalogue import Catalogue
from signing.status_list import TYPE
from store.credentials.issued import StoredCredentials
from store.store import Store


@dataclass(frozen=True, slots=True)
class OpenCredentials:
    """What issues credentials, and the lists of those that were issued."""

    issuing: Credentials
    lists: StatusLists | None


def open_credentials(  # noqa: PLR0913 - composed in one place only
    settings: Settings,
    store: Store,
    ids: CertificateIds,
    pseudonyms: Pseudonyms,
    *,
    versions: Versions,
    catalogue: Catalogue,
    clock: Callable[[], datetime],
) -> OpenCredentials:
    """Return what issues credentials; nothing does where no address is set.

    Raises:
        StartError: an address is set, and no key.
    """
    issuer = settings.credentials.issuer
    if issuer is None:
        return OpenCredentials(NoCredentials(), None)
    signer_of = receipt_keys(settings).signer_of
    if signer_of is None:
        raise StartError("credentials.issuer needs receipt_key_file, which signs them")
    stored = StoredCredentials(store, secrets.randbelow)
    issuing = Issuing(
        issuer=issuer,
        days=settings.credentials.days,
        signer_of=signer_of,
        stored=stored,
        ids=ids,
        pseudonyms=pseudonyms,
        versions=versions,
        catalogue=catalogue,
    )
    return OpenCredentials(issuing, StatusLists(issuer, stored, signer_of(TYPE), clock))
