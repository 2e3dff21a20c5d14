"""Ask an agency that is an Apollo Federation v2 subgraph, through ``_entities``.

https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/entities/intro
A person is a representation of the agency's holder entity; the selection holds
only what carries signatures, because nothing else would be believed.
"""

from collections.abc import Sequence

import aiohttp

from connectors.connector import Reply
from connectors.elements import Told
from connectors.errors import ManifestError, RefusedError, UnreadableError
from connectors.manifest import Manifest
from connectors.manifest_endpoint import Request
from connectors.manifest_signature import SignatureForm
from connectors.protocols.asking import written
from connectors.protocols.envelopes import EnvelopeFinder, detached_envelope
from connectors.protocols.exchange import Exchange, parse_json
from policy.identity import Identity, IdType
from signing.envelope import Envelope

EXTENSIONS = "extensions"
"""What a GraphQL request may have beside its query (GraphQL over HTTP)."""


class GraphQLConnector:
    """Posts one ``_entities`` query a batch."""

    def __init__(self, manifest: Manifest, session: aiohttp.ClientSession) -> None:
        self._exchange = Exchange(session, manifest.endpoint)
        self._request = manifest.request
        self._binding = manifest.binding
        self._signature = manifest.signature
        self._finder = EnvelopeFinder(manifest.response)
        self._query = entities_query(manifest)

    def can_ask(self, id_type: IdType) -> bool:
        """Say whether the manifest maps this type; an empty map passes all as is."""
        return not self._request.id_types or id_type in self._request.id_types

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        """Post one batch; see ``Connector.fetch``."""
        question = graphql_question(self._query, self._request, holders, told)
        asked = written(question, told, self._binding, EXTENSIONS)
        headers, body = await self._exchange.post(asked.body, asked.told)
        answer = parse_json(body)
        if not isinstance(answer, dict):
            raise UnreadableError("the answer is no GraphQL response object")
        # An agency that signs per record may answer for some and fail for others;
        # what it failed for has no signature and is reported as such.
        if not isinstance(answer.get("data"), dict):
            raise RefusedError("GraphQL errors and no data")
        if self._signature.form is SignatureForm.RESPONSE:
            envelope = detached_envelope(headers, self._signature.header, body)
            found: Sequence[tuple[Envelope, ...]] = [(envelope,)] * len(holders)
        else:
            found = self._finder.find(answer, holders)
        return Reply(found, bound_to=asked.bound_to)

    async def probe(self) -> None:
        """See ``Connector.probe``."""
        await self._exchange.probe()


def graphql_question(
    query: str,
    request: Request,
    holders: Sequence[Identity],
    told: Told | None = None,
) -> dict[str, object]:
    """Return what is posted about ``holders``."""
    representations = [
        {
            "__typename": request.entity,
            request.id_type: request.id_types.get(holder.type, holder.type),
            request.id_number: holder.number,
        }
        for holder in holders
    ]
    question: dict[str, object] = {
        "query": query,
        "variables": {"representations": representations},
    }
    if told is not None and told.fields:
        question[EXTENSIONS] = told.fields
    return question


def entities_query(manifest: Manifest) -> str:
    """Write the one query document the manifest needs.

    Raises:
        ManifestError: a name in the manifest is no GraphQL name.
    """
    response = manifest.response
    names = [manifest.request.entity, response.id_number, response.records]
    names += [response.absence] if response.absence is not None else []
    for name in names:
        if not (name.isascii() and name.isidentifier()):
            raise ManifestError(
                f"{name!r} is no GraphQL name; the graphql protocol selects "
                "response.id_number, response.records and response.absence of "
                "request.entity by name"
            )
    entity, *fields = names
    return (
        "query Certificates($representations: [_Any!]!) "
        "{ _entities(representations: $representations) "
        f"{{ ... on {entity} {{ {' '.join(fields)} }} }} }}"
    )
