"""Take the database to the newest step, with the keys that rows are marked with."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bureau.certificate_ids import CertificateIds
from connectors.decoding.decode import Decoder
from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from connectors.registration.connector import Connector
from connectors.registry import load_manifests
from gateway.errors import StartError
from gateway.privacy.keys import read_pseudonyms
from gateway.settings.settings import Settings, read_certificate_id_key
from gateway.trust import read_bundle
from policy.catalogue import load_catalogue
from signing.trust import TrustBundle, TrustedKey
from store.errors import UnusableDatabaseError
from store.migrate import upgrade_database
from store.remarking import Reader


def upgrade(settings: Settings) -> str | None:
    """Take the database to the newest step; return at which it was found.

    Raises:
        UnusableDatabaseError: it cannot be opened or changed, or is of a newer gateway;
            or rows are to be marked anew, and a file that this takes is missing.
    """
    reader_of = partial(_reader, settings)
    return asyncio.run(upgrade_database(settings.database_url, reader_of))


def _reader(settings: Settings, connectors: Sequence[Connector]) -> Reader:
    """Return what rows are read with.

    Raises:
        UnusableDatabaseError: a file does not do.
    """
    try:
        return _reader_by_files(settings, connectors)
    except (ManifestError, StartError) as error:
        raise UnusableDatabaseError(str(error)) from None


def _reader_by_files(settings: Settings, connectors: Sequence[Connector]) -> Reader:
    """Return what rows are read with: every connector and key that is known.

    Raises:
        ManifestError, StartError: a file does not do.
    """
    catalogue = load_catalogue()
    manifests: dict[str, tuple[Manifest, Decoder]] = {}
    keys: dict[str, TrustedKey] = {}
    for connector in connectors:
        found = (key.trusted(connector.items) for key in connector.keys)
        keys |= {key.kid: key for key in found if key is not None}
        try:
            manifest = read_manifest(connector.submission.manifest)
            decoder = Decoder(manifest, catalogue, connector.items)
        except ManifestError:
            # A draft of it was never in force; nothing was taken by it.
            continue
        manifests[connector.id] = manifest, decoder
    for manifest in load_manifests(Path(settings.manifests)):
        manifests[manifest.id] = manifest, Decoder(manifest, catalogue)
    bundle = read_bundle(Path(settings.trust_bundle))
    return Reader(
        ids=CertificateIds(
            read_certificate_id_key(Path(settings.certificate_id_key_file))
        ),
        pseudonym=read_pseudonyms(Path(settings.pseudonym_key_file)).of,
        manifests=manifests,
        bundle=TrustBundle.of({**keys, **bundle.keys}.values()),
    )
