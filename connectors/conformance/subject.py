"""The agency under check: asked as the gateway asks it, and looked at beside that."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp
import msgspec

from connectors.agency import Agency
from connectors.answer import Answer, RefusedRecord
from connectors.conformance.observation import Observer, SignedHeaders, unsigned
from connectors.conformance.plan import Plan, PlannedPerson
from connectors.connector import Connector, Reply
from connectors.elements import Elements, Told, told_of
from connectors.errors import ManifestError
from connectors.manifest import Manifest
from connectors.manifest_cache import Cache
from connectors.manifest_endpoint import Protocol
from connectors.manifest_signature import Signature, SignatureForm, UnsignedUse
from connectors.network.addresses import AddressGuard, RegisteredAddress
from connectors.null_observer import NullObserver
from connectors.protocols.asking import written
from connectors.protocols.graphql import EXTENSIONS, entities_query, graphql_question
from connectors.protocols.licence_store import door_of, log_in_of
from connectors.protocols.national_exchange import NationalExchangeConnector
from connectors.protocols.rest import rest_question
from connectors.protocols.tif import TifConnector
from connectors.registry import PROTOCOLS
from policy.catalogue import Catalogue
from policy.evidence import AccountState
from policy.identity import Identity, IdType
from policy.row import row_of
from signing.trust import TrustBundle

ELEMENTS = Elements(
    organisation="certificate-gateway",
    officer="conformance-check",
    matter_code="conformance-check",
    matter_name="接入检查",
    business_number="conformance-check",
)
"""What an agency is told that has names for it: nobody asks but the check."""
NONCE = "conformance-check"
NAME = "测试"
"""How somebody is called of whom the plan does not say, where a name is needed."""
LONGEST_TIMEOUT_SECONDS = 10.0
"""A manifest may allow an agency days; a check does not wait so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Limits of a check: how much it asks, and how long it takes."""

    requests: int = 20
    """Questions whose time is measured."""
    request_timeout_seconds: float = 10.0
    """How long a closer look waits for one answer."""
    total_seconds: float = 180.0
    """How long all of it may take."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One planned person asked about alone: the answer, and what it was made of."""

    place: str
    person: PlannedPerson
    answer: Answer
    parts: Mapping[bytes, str]
    """Where each signed part of it stood, by digest."""

    def place_of(self, refusal: RefusedRecord) -> str:
        """Return where a refused part stood."""
        part = self.parts.get(refusal.digest or b"")
        return self.place if part is None else f"{self.place}.{part}"


class _Recording:
    """A connector that remembers what the last call brought."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self.reply: Reply | None = None

    def can_ask(self, id_type: IdType) -> bool:
        return self._connector.can_ask(id_type)

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        self.reply = None
        self.reply = await self._connector.fetch(holders, told)
        return self.reply

    async def probe(self) -> None:
        await self._connector.probe()


@dataclass
class Subject:
    """One agency, its plan, and what was learned of it so far."""

    manifest: Manifest
    bundle: TrustBundle
    plan: Plan
    catalogue: Catalogue
    guard: AddressGuard
    session: aiohttp.ClientSession
    clock: Callable[[], datetime]
    effort: Effort
    address: RegisteredAddress
    tls: ssl.SSLContext
    rows: frozenset[str] | None = None
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        endpoint = self.manifest.endpoint
        limit = min(endpoint.timeout_seconds, LONGEST_TIMEOUT_SECONDS)
        self.rules = msgspec.structs.replace(
            self.manifest,
            # An agency that is suspended may be checked before it is let in again.
            account=AccountState.ACTIVE,
            # The second question about a person is asked like the first.
            cache=Cache(ttl_seconds=0),
            # What is shown to nobody else is looked at, too.
            signature=shown_unsigned(self.manifest.signature),
            endpoint=msgspec.structs.replace(endpoint, timeout_seconds=limit),
        )
        connector = PROTOCOLS[endpoint.protocol](self.rules, self.session, self.clock)
        signed: SignedHeaders = unsigned
        if isinstance(connector, NationalExchangeConnector | TifConnector):
            signed = connector.signed_headers
        self._recording = _Recording(connector)
        for body in (self.manifest.authority, self.manifest.collection_body):
            if body not in self.catalogue.bodies:
                raise ManifestError(f"no body {body!r} in the annex")
        self.agency = Agency(
            self.rules,
            self._recording,
            bundle=self.bundle,
            catalogue=self.catalogue,
            observer=NullObserver(),
            clock=self.clock,
            rows=self.rows,
        )
        request = self.rules.request
        self._told = told_of(ELEMENTS, request.elements, request.element_headers)
        self.observer = Observer(
            self.session,
            door_of(self.rules),
            max(self.effort.request_timeout_seconds, limit),
            {**self._headers_of_nonce(), **(self._told or Told()).headers},
            signed,
        )

    def _headers_of_nonce(self) -> Mapping[str, str]:
        """Return what an agency that binds by a header needs to answer at all.

        What it answers to the observer's questions is measured and not believed.
        """
        name = self.rules.binding.nonce_header
        return {} if name is None else {name: NONCE}

    @property
    def path(self) -> str:
        """Return the place of findings about the whole endpoint: its path, no more."""
        return urlsplit(self.manifest.endpoint.url).path or "/"

    @property
    def timeout_seconds(self) -> float:
        """Return how long one call may take."""
        return self.rules.endpoint.timeout_seconds

    async def ask(self, holders: Sequence[Identity]) -> list[Answer]:
        """Ask as the gateway does."""
        planned = {one.identity: one.name for one in self.plan.people}
        names = {holder: planned.get(holder) or NAME for holder in holders}
        return await self.agency.ask(
            holders, self.timeout_seconds + 1, ELEMENTS, names=names
        )

    async def ask_next(self) -> Asked:
        """Ask about the next planned person, alone, and keep what came."""
        number = len(self.asked)
        person = self.plan.people[number]
        (answer,) = await self.ask([person.identity])
        reply = self._recording.reply
        envelopes = () if reply is None else reply.envelopes[0]
        asked = Asked(
            f"plan.holder[{number}]",
            person,
            answer,
            {
                envelope.digest: "body" if envelope.body else f"records[{position}]"
                for position, envelope in enumerate(envelopes)
            },
        )
        self.asked.append(asked)
        return asked

    def question(self, holders: Sequence[Identity]) -> bytes:
        """Return the bytes that ask about ``holders``."""
        request = self.rules.request
        binding = self.rules.binding
        match self.rules.endpoint.protocol:
            case Protocol.REST | Protocol.NATIONAL_EXCHANGE | Protocol.TIF:
                question, _ = rest_question(request, holders, self._told)
                return written(question, self._told, binding).body
            case Protocol.GRAPHQL:
                query = entities_query(self.rules)
                question = graphql_question(query, request, holders, self._told)
                return written(question, self._told, binding, EXTENSIONS).body
            case Protocol.LICENCE_STORE:
                # Its door: whatever is behind needs a session and a holder's code.
                return log_in_of(self.rules.licence_store)
            case Protocol.COLLECTED:
                raise ManifestError("there is nobody to ask")

    def items_of(self, answer: Answer) -> tuple[str, ...]:
        """Return the annex codes of what came, sorted.

        "?" stands for a record without a row: an agency's own words may name a person.
        """
        rows = [row_of(c.record, self.catalogue).item for c in answer.shown]
        return tuple(sorted("?" if row is None else row.code for row in rows))

    async def write_half(self) -> None:
        """Announce a question, send half of it and leave.

        Raises:
            OSError: no connection could be made.
        """
        question = self.question([self.plan.people[0].identity])
        address = self.address
        tls = self.tls if address.scheme == "https" else None
        async with asyncio.timeout(self.timeout_seconds):
            _, writer = await self.guard.open(address.host, address.port, tls)
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {address.host}:{address.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(question)}\r\n\r\n"
        )
        writer.write(head.encode() + question[: len(question) // 2])
        writer.close()


def shown_unsigned(signature: Signature) -> Signature:
    """Return ``signature`` with what nobody signs shown, where nobody does."""
    if signature.form is not SignatureForm.NONE:
        return signature
    return msgspec.structs.replace(signature, unsigned=UnsignedUse.SHOWN)
