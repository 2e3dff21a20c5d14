"""An agency as data: where it is asked, how it signs, what its fields are called.

A protocol is code, an agency is a manifest: a new agency that speaks a known
protocol needs one TOML file and no Python. Field expressions are JMESPath
(https://jmespath.org/specification.html); ``docs/agencies.md`` describes each key
and a test compares the two.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from connectors.decoding.interpreter import MAX_CHARACTERS
from connectors.elements import OURS, Element, refuse_taken_names
from connectors.errors import ManifestError
from connectors.manifest_addresses import (
    refuse_plain_http,
    refuse_unusable_address,
    refuse_unusable_list_address,
)
from connectors.manifest_exchange import NationalExchange, refuse_unusable_exchange
from connectors.manifest_licence_store import (
    LicenceStore,
    in_words,
    members_of,
    refuse_soap_address,
    refuse_unusable_store,
)
from connectors.manifest_tif import Tif, refuse_unusable_tif
from connectors.strict_toml import TableError, read_table
from policy import normal_form
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from policy.evidence import AccountState
from policy.identity import IdType
from policy.level import Level

Expression = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CHARACTERS)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600 * 24 * 400)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
ListLength = Annotated[int, msgspec.Meta(ge=1, le=8 * 1024 * 1024)]
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
ItemCode = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
MemberName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Audience = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,128}\Z")]
HeaderName = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9-]{1,64}\Z")]


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


class SignatureForm(StrEnum):
    """The extent of one signature of the agency."""

    RECORD = "record"
    """A compact JWS for each certificate, and one for an absence."""
    RESPONSE = "response"
    """A detached JWS (RFC 7797) over the whole HTTP body."""
    NONE = "none"
    """Nobody signs: what is shown is UNSIGNED, unless it was signed elsewhere."""


class UnsignedUse(StrEnum):
    """What is done with rows that nobody signed."""

    WITHHELD = "withheld"
    """They are left out."""
    SHOWN = "shown"
    """They are shown as UNSIGNED to callers with the scope for that."""


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


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a signature, and how old it may be."""

    form: SignatureForm
    unsigned: UnsignedUse = UnsignedUse.WITHHELD
    """What is done with rows where nobody signs (``none``)."""
    header: HeaderName = "JWS-Signature"
    max_age_seconds: Seconds = 24 * 3600.0
    skew_seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 60.0


Stale = Annotated[float, msgspec.Meta(ge=0, le=24 * 3600)]


class Cache(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on keeping verified answers: for how long, and how much."""

    ttl_seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 10.0
    stale_if_error_seconds: Stale = 0.0
    """For how much longer an answer stands in while the agency is silent (RFC 5861)."""
    stale_decides_seconds: Stale = 0.0
    """How old what stands in may be and still decide."""
    holders: Count = 10_000
    """For how many people answers are kept, if there is room for so many."""
    megabytes: Annotated[int, msgspec.Meta(ge=2, le=16_384)] = 16
    """The room of answers and verified records, half for each."""

    @property
    def bytes_each(self) -> int:
        """Return the memory for answers, and for verified records, in bytes each."""
        return self.megabytes * 1024 * 1024 // 2


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """The use of the records that the agency sends before it is asked."""

    answers_when_silent: bool = False
    """Whether they answer where the agency itself does not."""


class Values(msgspec.Struct, frozen=True, kw_only=True):
    """The agency's words mapped to ours; a word not listed is unknown."""

    id_type: dict[str, IdType] = {}
    item_code: dict[str, ItemCode] = {}
    level: dict[str, Level] = {}
    state: dict[str, CertificateState] = {}


class ExaminationPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """The places of what is signed of the examination (JMESPath)."""

    held_on: Expression | None = None
    site: Expression | None = None
    batch: Expression | None = None
    assessor: Expression | None = None
    theory: Expression | None = None
    practice: Expression | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The places of a signed record's fields (JMESPath); absent means never stated."""

    id_number: Expression
    number: Expression
    title: Expression
    item: Expression
    id_type: Expression | None = None
    holder_name: Expression | None = None
    category: Expression | None = None
    item_code: Expression | None = None
    level: Expression | None = None
    first_issued_on: Expression | None = None
    issued_on: Expression | None = None
    valid_from: Expression | None = None
    valid_until: Expression | None = None
    review_due_on: Expression | None = None
    state: Expression | None = None
    state_since: Expression | None = None
    state_reason: Expression | None = None
    status_index: Expression | None = None
    authority: Expression | None = None
    evaluation_body: Expression | None = None
    collection_body: Expression | None = None
    licence_id: Expression | None = None
    held: Expression | None = None
    examination: ExaminationPlaces = ExaminationPlaces()
    date_format: Literal["YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD"] = "YYYY-MM-DD"
    values: Values = Values()


class StatusList(msgspec.Struct, frozen=True, kw_only=True):
    """The signed list of states of certificates that the agency publishes."""

    url: str | None = None
    max_age_seconds: Seconds = 24 * 3600.0
    """For how long it is believed at most, whatever it says."""
    length: ListLength | None = None
    """How many places it states; the list may say so itself."""
    values: dict[
        Annotated[str, msgspec.Meta(pattern=r"^(0|[1-9]\d{0,2})$")], CertificateState
    ] = {}


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One agency."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{1,62}$")]
    authority: str
    collection_body: str
    endpoint: Endpoint
    signature: Signature
    record: Record
    account: AccountState = AccountState.ACTIVE
    request: Request = Request()
    response: Response = Response()
    binding: Binding = Binding()
    national_exchange: NationalExchange = NationalExchange()
    tif: Tif = Tif()
    licence_store: LicenceStore = LicenceStore()
    status_list: StatusList = StatusList()
    cache: Cache = Cache()
    collection: Collection = Collection()

    @property
    def addresses(self) -> dict[str, str]:
        """Return every address that is asked on the way, by their names here."""
        key_url = self.national_exchange.key_url
        more = {"national_exchange.key_url": key_url} if key_url else {}
        return self.endpoint.addresses | more

    @property
    def is_unsigned(self) -> bool:
        """Whether nobody signs what the agency answers."""
        return self.signature.form is SignatureForm.NONE

    @property
    def identifies_by_name(self) -> bool:
        """Whether a person's stated name is sent to the agency."""
        return (
            self.endpoint.protocol is Protocol.LICENCE_STORE
            and self.licence_store.name_member != ""
        )

    @property
    def shares_calls(self) -> bool:
        """Whether questions of several requests may go in one call.

        A signature over the whole body would put the people of one into the evidence of
        another, and an agency that is told of questions is told of each.
        """
        endpoint, asked = self.endpoint, self.request
        return (
            endpoint.shares_calls
            and endpoint.batch_limit > 1
            and endpoint.protocol is not Protocol.COLLECTED
            and self.signature.form is not SignatureForm.RESPONSE
            and not asked.elements
            and not asked.element_headers
        )


def read_manifest(text: str) -> Manifest:
    """Read one manifest from TOML.

    Raises:
        ManifestError: not TOML, a key that is unknown (with the nearest known one),
            missing or of a wrong type, or two settings that contradict each other.
    """
    try:
        manifest = read_table(text, Manifest)
    except TableError as error:
        raise ManifestError(in_words(str(error))) from None
    if manifest.endpoint.protocol is Protocol.COLLECTED:
        _refuse_needless_address(manifest)
    else:
        _refuse_unusable_addresses(manifest.endpoint)
    refuse_unusable_exchange(
        manifest.national_exchange,
        is_asked=manifest.endpoint.protocol is Protocol.NATIONAL_EXCHANGE,
        is_http_allowed=manifest.endpoint.unsafe_plain_http,
    )
    refuse_unusable_tif(
        manifest.tif, is_asked=manifest.endpoint.protocol is Protocol.TIF
    )
    refuse_unusable_store(
        manifest.licence_store,
        {*manifest.request.elements, *manifest.request.element_headers},
        is_asked=manifest.endpoint.protocol is Protocol.LICENCE_STORE,
    )
    _refuse_unusable_list(manifest)
    _refuse_unusable_codes(manifest.record)
    _refuse_taken_names(manifest)
    _refuse_contradictions(manifest)
    _refuse_unusable_binding(manifest)
    _refuse_what_never_stands_in(manifest)
    return manifest


def _refuse_unusable_addresses(endpoint: Endpoint) -> None:
    """Refuse what cannot be asked, or not without harm, and what is asked twice."""
    if not endpoint.url:
        raise ManifestError("endpoint.url is missing")
    for name, url in endpoint.addresses.items():
        refuse_unusable_address(name, url)
        refuse_soap_address(name, url)
        refuse_plain_http(name, url, is_allowed=endpoint.unsafe_plain_http)
    if endpoint.second_url == endpoint.url:
        raise ManifestError("endpoint.second_url is endpoint.url; leave it out")


def _refuse_needless_address(manifest: Manifest) -> None:
    """Refuse settings that ask somebody where nobody is asked."""
    if stated := list(manifest.endpoint.addresses):
        raise ManifestError(
            f"{stated[0]} is set, but endpoint.protocol is 'collected': nobody is "
            "asked; remove it, or name the protocol it speaks and set "
            "collection.answers_when_silent"
        )
    if manifest.collection.answers_when_silent:
        raise ManifestError(
            "collection.answers_when_silent is set, but endpoint.protocol is "
            "'collected': what was collected answers always; remove it"
        )
    if manifest.request.elements or manifest.request.element_headers:
        raise ManifestError(
            "request.elements or request.element_headers is set, but "
            "endpoint.protocol is 'collected': nobody is told; remove both"
        )


def _refuse_unusable_list(manifest: Manifest) -> None:
    """Refuse a status list that cannot be asked for, or of which nothing is read."""
    url = manifest.status_list.url
    if (url is None) is not (manifest.record.status_index is None):
        raise ManifestError(
            "status_list.url and record.status_index go together: a record's state is "
            "found in the list by its index; set both or neither"
        )
    if url is None:
        return
    refuse_unusable_list_address(url)


def _refuse_unusable_codes(record: Record) -> None:
    """Refuse codes that map to no row of the annex, or in two ways, or are not read."""
    codes = record.values.item_code
    if codes and record.item_code is None:
        raise ManifestError(
            "record.values.item_code is set, but record.item_code is not: no code is "
            "read; set both or neither"
        )
    items = load_catalogue().items
    meanings: dict[str, str] = {}
    for stated, meant in codes.items():
        if meant not in items:
            raise ManifestError(
                f"record.values.item_code maps {stated!r} to {meant!r}, which is no "
                "code of the annex; see catalogue.items"
            )
        plain = normal_form.code(stated)
        if not plain or meanings.setdefault(plain, meant) != meant:
            raise ManifestError(
                f"record.values.item_code has {stated!r}, which is blank or is another "
                "entry's code in another spelling"
            )


def _refuse_taken_names(manifest: Manifest) -> None:
    """Refuse names under which an agency would be told something else."""
    asked, binding = manifest.request, manifest.binding
    taken = [asked.holders, asked.nonce]
    headers = list(asked.element_headers.values())
    if binding.audience is not None and binding.nonce_header is None:
        taken.append(binding.nonce)
    if manifest.endpoint.protocol is Protocol.LICENCE_STORE:
        taken = [*members_of(manifest.licence_store)]
    refuse_taken_names(asked.elements, asked.element_headers, taken)
    header = (binding.nonce_header or "").lower()
    if header in OURS or header in [name.lower() for name in headers]:
        raise ManifestError(
            f"binding.nonce_header is {binding.nonce_header!r}, which stands for "
            "something else; take another name"
        )
    is_rest = manifest.endpoint.protocol in (Protocol.REST, *THROUGH_A_PLATFORM)
    if is_rest and binding.audience is not None and binding.nonce == asked.holders:
        raise ManifestError(
            f"binding.nonce is {binding.nonce!r}, which is the list of people; take "
            "another name"
        )


def _refuse_unusable_binding(manifest: Manifest) -> None:
    """Refuse a binding of nothing, of nobody's answers, or beside another nonce."""
    binding = manifest.binding
    if binding.audience is None:
        if binding != Binding():
            raise ManifestError(
                "[binding] has no audience, so nothing is bound; set "
                "binding.audience, or remove the table"
            )
        return
    if manifest.endpoint.protocol is Protocol.COLLECTED:
        raise ManifestError(
            "binding.audience is set, but endpoint.protocol is 'collected': nobody is "
            "asked, so nothing is bound; remove it"
        )
    if manifest.request.nonce is not None:
        raise ManifestError(
            "binding.audience and request.nonce are set: a bound answer repeats a "
            "nonce already; remove request.nonce and response.nonce"
        )


def _refuse_what_never_stands_in(manifest: Manifest) -> None:
    """Refuse settings of kept answers where none is kept, or none that decides."""
    cache, asked = manifest.cache, manifest.request
    if cache.stale_decides_seconds > cache.stale_if_error_seconds + cache.ttl_seconds:
        raise ManifestError(
            "cache.stale_decides_seconds is longer than answers are kept "
            "(cache.ttl_seconds and cache.stale_if_error_seconds together): shorten it"
        )
    if not cache.stale_if_error_seconds:
        return
    if manifest.endpoint.protocol is Protocol.COLLECTED:
        raise ManifestError(
            "cache.stale_if_error_seconds is set, but endpoint.protocol is "
            "'collected': nobody is asked, so nobody is silent; remove it"
        )
    if asked.elements or asked.element_headers:
        raise ManifestError(
            "cache.stale_if_error_seconds is set, but the agency is told of each "
            "question by request.elements, so that no answer is kept; remove it"
        )


def _refuse_contradictions(manifest: Manifest) -> None:
    """Refuse settings that are each allowed but not together."""
    form = manifest.signature.form
    through = manifest.endpoint.protocol
    if form is SignatureForm.RESPONSE and through in THROUGH_A_PLATFORM:
        raise ManifestError(
            "signature.form is 'response', but the platform puts the agency's body "
            "into an answer of its own, which no signature covers: sign each record"
        )
    if form is SignatureForm.NONE:
        _refuse_what_is_never_signed(manifest)
        return
    if manifest.signature.unsigned is not UnsignedUse.WITHHELD:
        raise ManifestError(
            "signature.unsigned is set, but signature.form says that the agency signs: "
            "what it does not sign is refused; remove it, or set signature.form = "
            "'none'"
        )
    if through is Protocol.LICENCE_STORE:
        raise ManifestError(
            "endpoint.protocol is 'licence-store', whose rows nobody signs: set "
            "signature.form = 'none'; what its agency signs of them is found by "
            "licence_store.signed, or sent"
        )
    if form is SignatureForm.RESPONSE and manifest.response.absence is not None:
        raise ManifestError(
            "response.absence is set, but signature.form is 'response': the signed "
            "body says itself that there is none; remove response.absence"
        )
    if (manifest.request.nonce is None) is not (manifest.response.nonce is None):
        raise ManifestError(
            "request.nonce and response.nonce go together: what is sent must be found "
            "in the signed answer; set both or neither"
        )
    if manifest.request.nonce and through is Protocol.GRAPHQL:
        raise ManifestError(
            "request.nonce is set, but an _entities query has no place for it; "
            "remove it and response.nonce, and keep signature.max_age_seconds short"
        )
    if manifest.response.nonce is not None and form is SignatureForm.RECORD:
        raise ManifestError(
            "response.nonce is set, but signature.form is 'record': a nonce outside "
            "the signed bytes proves nothing; remove it"
        )


def _refuse_what_is_never_signed(manifest: Manifest) -> None:
    """Refuse settings of signed answers where nobody signs, or has to."""
    signs = "signature.form is 'none': nobody signs"
    if manifest.endpoint.protocol in (Protocol.GRAPHQL, Protocol.COLLECTED):
        raise ManifestError(
            f"{signs}, but endpoint.protocol is '{manifest.endpoint.protocol}', which "
            "has no place for plain rows, or for nobody's"
        )
    for is_set, name in (
        (manifest.binding.audience is not None, "binding.audience"),
        (manifest.request.nonce is not None, "request.nonce"),
        (manifest.response.absence is not None, "response.absence"),
        (manifest.cache.stale_if_error_seconds > 0, "cache.stale_if_error_seconds"),
    ):
        if is_set:
            raise ManifestError(f"{name} is set, but {signs}; remove it")
