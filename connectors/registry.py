"""The agencies in force, built from manifests.

``PROTOCOLS`` is the whole list of what can be spoken; a new protocol is a module
and a row here, a new agency is neither.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

import aiohttp
from msgspec.structs import replace

from connectors.agency import Agency
from connectors.collection.connector import CollectedConnector, CollectedRecords
from connectors.connector import Connector
from connectors.errors import ManifestError
from connectors.guard.circuit import Circuit, Operation
from connectors.guard.guard import Observer
from connectors.guard.hedged import HedgedConnector
from connectors.manifest import Manifest, read_manifest
from connectors.manifest_endpoint import Protocol
from connectors.protocols.graphql import GraphQLConnector
from connectors.protocols.licence_store import LicenceStoreConnector
from connectors.protocols.national_exchange import NationalExchangeConnector
from connectors.protocols.rest import RestConnector
from connectors.protocols.tif import TifConnector
from connectors.status.listed_states import ListedStates
from policy.catalogue import Catalogue
from signing.trust import TrustBundle

Clock = Callable[[], datetime]
PROTOCOLS: Mapping[
    Protocol, Callable[[Manifest, aiohttp.ClientSession, Clock], Connector]
] = MappingProxyType(
    {
        # Their questions are the same at any time.
        Protocol.REST: lambda manifest, session, _: RestConnector(manifest, session),
        Protocol.GRAPHQL: lambda manifest, session, _: GraphQLConnector(
            manifest, session
        ),
        Protocol.NATIONAL_EXCHANGE: NationalExchangeConnector,
        Protocol.TIF: TifConnector,
        Protocol.LICENCE_STORE: LicenceStoreConnector,
    }
)
"""Those that ask somebody."""


def load_manifests(folder: Path) -> list[Manifest]:
    """Read every ``*.toml`` in ``folder``, in the order of their names.

    Raises:
        ManifestError: there is none, one cannot be used (the message names the
            file), or two have one id.
    """
    manifests: dict[str, Manifest] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            manifest = read_manifest(path.read_text(encoding="utf-8"))
        except (ManifestError, OSError, UnicodeDecodeError) as error:
            raise ManifestError(f"{path.name}: {error}") from None
        if manifest.id in manifests:
            raise ManifestError(f"{path.name}: id {manifest.id!r} is taken already")
        manifests[manifest.id] = manifest
    if not manifests:
        raise ManifestError(f"no *.toml manifest in {folder}; add one an agency")
    return list(manifests.values())


def open_agency(  # noqa: PLR0913 - composed in one place only
    manifest: Manifest,
    *,
    session: aiohttp.ClientSession,
    bundle: TrustBundle,
    catalogue: Catalogue,
    observer: Observer,
    clock: Clock,
    rows: frozenset[str] | None = None,
    collected: CollectedRecords | None = None,
) -> Agency:
    """Make ``manifest``'s agency ready to be asked.

    It answers for ``rows`` of the annex; for all of its body's if none are given.
    ``collected`` are needed by a manifest that answers from what was sent.

    Raises:
        ManifestError: it names a body the catalogue does not have, or a field
            expression that is not JMESPath.
    """
    require_known_bodies(manifest, catalogue)
    sent = None if collected is None else CollectedConnector(manifest.id, collected)
    if manifest.endpoint.protocol is Protocol.COLLECTED:
        if sent is None:
            raise ManifestError(f"{manifest.id}: nothing is collected here")
        connector: Connector = sent
    else:
        connector = _asking(manifest, session, observer, clock)
    changed = observer.circuit_changed
    return Agency(
        manifest,
        connector,
        # What was sent is here; no agency is spared by not reading it.
        is_spared=connector is not sent,
        listed=None
        if manifest.status_list.url is None
        else ListedStates(
            manifest,
            session,
            clock,
            Circuit(clock, partial(changed, manifest.id, Operation.STATUS_LIST)),
        ),
        when_silent=sent if manifest.collection.answers_when_silent else None,
        beside=sent if manifest.is_unsigned else None,
        bundle=bundle,
        catalogue=catalogue,
        observer=observer,
        clock=clock,
        rows=rows,
    )


def _asking(
    manifest: Manifest,
    session: aiohttp.ClientSession,
    observer: Observer,
    clock: Clock,
) -> Connector:
    """Return what asks at the addresses of ``manifest``."""
    protocol, endpoint = PROTOCOLS[manifest.endpoint.protocol], manifest.endpoint
    connector = protocol(manifest, session, clock)
    if not endpoint.second_url:
        return connector
    there = replace(endpoint, url=endpoint.second_url)
    return HedgedConnector(
        connector,
        protocol(replace(manifest, endpoint=there), session, clock),
        partial(observer.hedged, manifest.id),
    )


def require_known_bodies(manifest: Manifest, catalogue: Catalogue) -> None:
    """Refuse a manifest of an institution that the annex does not have.

    Raises:
        ManifestError: the authority or the collection body is unknown.
    """
    for body in (manifest.authority, manifest.collection_body):
        if body not in catalogue.bodies:
            raise ManifestError(
                f"{manifest.id}: no body {body!r} in the annex; known are "
                f"{', '.join(sorted(catalogue.bodies))}"
            )


class Registry:
    """The agencies a gateway asks, by id, in a fixed order."""

    def __init__(
        self,
        agencies: Iterable[Agency],
        successors: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._agencies = {agency.id: agency for agency in agencies}
        self.agencies: Sequence[Agency] = tuple(self._agencies.values())
        """All agencies."""
        self._successors = successors
        """By the id of a connector that was replaced, the one in force now."""

    def agency(self, id_: str) -> Agency | None:
        """Return one agency; ``None`` if there is none of that id."""
        return self._agencies.get(id_)

    def agency_after(self, id_: str) -> Agency | None:
        """Return one agency, or the one that replaced it; ``None`` if neither is."""
        return self.agency(id_) or self.agency(self._successors.get(id_, ""))

    async def close(self) -> None:
        """Cancel what is under way at every agency."""
        for agency in self._agencies.values():
            await agency.close()
