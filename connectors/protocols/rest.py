"""Ask an agency that has a REST batch endpoint: JSON out, JSON in."""

import secrets
from collections.abc import Sequence

import aiohttp

from connectors.connector import Reply
from connectors.elements import Told
from connectors.manifest import Manifest
from connectors.manifest_endpoint import Request
from connectors.manifest_signature import SignatureForm
from connectors.protocols.asking import NONCE_BYTES, written
from connectors.protocols.envelopes import EnvelopeFinder, detached_envelope
from connectors.protocols.exchange import Exchange, parse_json
from policy.identity import Identity, IdType


class RestConnector:
    """Posts ``{"holders": [{"idType": ..., "idNumber": ...}]}``, names by manifest."""

    def __init__(self, manifest: Manifest, session: aiohttp.ClientSession) -> None:
        self._exchange = Exchange(session, manifest.endpoint)
        self._request = manifest.request
        self._binding = manifest.binding
        self._signature = manifest.signature
        self._finder = EnvelopeFinder(
            manifest.response, is_unsigned=manifest.is_unsigned
        )

    def can_ask(self, id_type: IdType) -> bool:
        """Say whether the manifest maps this type; an empty map passes all as is."""
        return not self._request.id_types or id_type in self._request.id_types

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        """Post one batch; see ``Connector.fetch``."""
        question, nonce = rest_question(self._request, holders, told)
        asked = written(question, told, self._binding)
        headers, body = await self._exchange.post(asked.body, asked.told)
        if self._signature.form is SignatureForm.RESPONSE:
            envelope = detached_envelope(headers, self._signature.header, body)
            found = [(envelope,)] * len(holders)
            return Reply(found, nonce, bound_to=asked.bound_to)
        answer, bound_to = parse_json(body), asked.bound_to
        return self._finder.reply(answer, holders, nonce=nonce, bound_to=bound_to)

    async def probe(self) -> None:
        """See ``Connector.probe``."""
        await self._exchange.probe()


def rest_question(
    request: Request, holders: Sequence[Identity], told: Told | None = None
) -> tuple[dict[str, object], str | None]:
    """Return what is posted about ``holders``, and the nonce in it, if one is sent."""
    question: dict[str, object] = {
        request.holders: [
            {
                request.id_type: request.id_types.get(holder.type, holder.type),
                request.id_number: holder.number,
            }
            for holder in holders
        ]
    }
    if told is not None:
        question |= told.fields
    nonce = None
    if request.nonce is not None:
        nonce = question[request.nonce] = secrets.token_urlsafe(NONCE_BYTES)
    return question, nonce
