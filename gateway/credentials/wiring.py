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
from gateway.providers.key_list import Use
from gateway.providers.listed import KeyOf, ListedSigner, opened
from gateway.providers.wiring import read_listed
from gateway.receipts.wiring import receipt_keys
from gateway.settings.settings import Settings
from policy.catalogue import Catalogue
from signing.held import AwaitedSigner
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
    key_of: KeyOf,
) -> OpenCredentials:
    """Return what issues credentials; nothing does where no address is set.

    Raises:
        StartError: an address is set, and no key.
    """
    issuer = settings.credentials.issuer
    if issuer is None:
        return OpenCredentials(NoCredentials(), None)
    signer_of = signers_of_credentials(settings, key_of)
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


def signers_of_credentials(
    settings: Settings, key_of: KeyOf
) -> Callable[[str], AwaitedSigner]:
    """Return what returns the signer of a type: by the list; else, by receipts' file.

    Raises:
        StartError: there is neither, or one cannot be used.
    """
    of_file = receipt_keys(settings).signer_of
    ours = opened(read_listed(settings).newest_first(Use.CREDENTIALS), key_of)
    if of_file is None and not ours:
        raise StartError(
            "credentials.issuer needs a key that signs them: list one with "
            f'use = "{Use.CREDENTIALS}" in signing_keys_file, or set receipt_key_file'
        )

    def signer_of(type_: str) -> AwaitedSigner:
        return ListedSigner(ours, type_, None if of_file is None else of_file(type_))

    return signer_of
