"""What a manifest says of how an agency is asked, and where its answer has what."""

import re
from enum import StrEnum
from typing import Annotated

import msgspec

from connectors.elements import Element
from connectors.errors import ManifestError
from connectors.manifest_addresses import refuse_plain_http, refuse_unusable_address
from connectors.manifest_licence_store import refuse_soap_address
from connectors.manifest_limits import (
    Count,
    Expression,
    HeaderName,
    MemberName,
    Seconds,
)
from policy.identity import IdType

PLAIN_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750, 2.1: nothing in it can end a header."""
REFERENCE = "secret:"
"""What begins the name of a secret that is kept elsewhere; no token has a colon."""
Token = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"\A({PLAIN_TOKEN.pattern}|{REFERENCE}[a-z0-9][a-z0-9-]{{0,62}})\Z"
    ),
]
Audience = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,128}\Z")]


class Protocol(StrEnum):
    """The way an agency is asked."""

    REST = "rest"
    GRAPHQL = "graphql"
    NATIONAL_EXCHANGE = "national-exchange"
    """Through the national data exchange, whose answers nobody signs."""
    TIF = "tif"
    """Through a provincial gateway, likewise."""
    LICENCE_STORE = "licence-store"
    """A store of electronic licences (证照库): log in, identify, then ask."""
    COLLECTED = "collected"
    """Not at all: what it sent before answers."""


THROUGH_A_PLATFORM = (Protocol.NATIONAL_EXCHANGE, Protocol.TIF)
"""The protocols of a REST agency behind somebody who wraps its answers."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The agency's address, and how much may be asked of it."""

    protocol: Protocol
    url: Annotated[str, msgspec.Meta(pattern=r"\A(https?://[!-?A-\[\]-~]+)?\Z")] = ""
    """Empty where nobody is asked."""
    second_url: Annotated[
        str, msgspec.Meta(pattern=r"\A(https?://[!-?A-\[\]-~]+)?\Z")
    ] = ""
    """The same service at another address, asked where the first is late or away."""
    unsafe_plain_http: bool = False
    """Whether ``http`` may leave this machine, where others can read and change it."""
    bearer_token: Token | None = None
    timeout_seconds: Seconds = 1.8
    concurrency: Count = 32
    batch_limit: Count = 100
    shares_calls: bool = True
    """Whether requests under way at one moment ask together, if nothing forbids it."""
    max_body_bytes: Count = 1_000_000
    trace_context: bool = False
    """Whether it is sent the ids of our traces (W3C Trace Context)."""

    @property
    def addresses(self) -> dict[str, str]:
        """Return the addresses that are asked, by their names here, in order."""
        stated = {"endpoint.url": self.url, "endpoint.second_url": self.second_url}
        return {name: url for name, url in stated.items() if url}


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The names the agency gives to what it is asked."""

    holders: str = "holders"
    id_type: str = "idType"
    id_number: str = "idNumber"
    nonce: str | None = None
    entity: str = "Holder"
    id_types: dict[IdType, str] = {}
    elements: dict[Element, MemberName] = {}
    element_headers: dict[Element, HeaderName] = {}


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """The places of the records in the agency's answer (JMESPath)."""

    results: Expression = "results"
    id_number: Expression = "idNumber"
    records: Expression = "records"
    absence: Expression | None = None
    nonce: Expression | None = None


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """The way in which an agency binds what it signs to our question."""

    audience: Audience | None = None
    """The gateway's name there; ``None``: answers are not bound."""
    nonce: MemberName = "nonce"
    """The member of a question, or of a GraphQL question's extensions, that has it."""
    nonce_header: HeaderName | None = None
    """The header that has the nonce instead."""
    signed: Expression = "binding"
    """The place of the binding in what is signed (JMESPath)."""


def refuse_unusable_addresses(endpoint: Endpoint) -> None:
    """Refuse what cannot be asked, or not without harm, and what is asked twice.

    Raises:
        ManifestError: which, and why.
    """
    if not endpoint.url:
        raise ManifestError("endpoint.url is missing")
    for name, url in endpoint.addresses.items():
        refuse_unusable_address(name, url)
        refuse_soap_address(name, url)
        refuse_plain_http(name, url, is_allowed=endpoint.unsafe_plain_http)
    if endpoint.second_url == endpoint.url:
        raise ManifestError("endpoint.second_url is endpoint.url; leave it out")
