"""An agency as data: where it is asked, how it signs, what its fields are called.

A protocol is code, an agency is a manifest: a new agency that speaks a known
protocol needs one TOML file and no Python. Field expressions are JMESPath
(https://jmespath.org/specification.html); ``docs/agencies.md`` describes each key
and a test compares the two.
"""

from typing import Annotated

import msgspec

from connectors.elements import OURS, refuse_taken_names
from connectors.errors import ManifestError
from connectors.manifest_cache import Cache, Collection
from connectors.manifest_endpoint import (
    THROUGH_A_PLATFORM,
    Binding,
    Endpoint,
    Protocol,
    Request,
    Response,
    refuse_unusable_addresses,
)
from connectors.manifest_exchange import NationalExchange, refuse_unusable_exchange
from connectors.manifest_licence_store import (
    LicenceStore,
    in_words,
    members_of,
    refuse_unusable_store,
)
from connectors.manifest_record import Record, refuse_unusable_codes
from connectors.manifest_signature import (
    Signature,
    SignatureForm,
    StatusList,
    UnsignedUse,
    refuse_unusable_list,
)
from connectors.manifest_tif import Tif, refuse_unusable_tif
from connectors.strict_toml import TableError, read_table
from policy.evidence import AccountState


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
        refuse_unusable_addresses(manifest.endpoint)
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
    refuse_unusable_list(manifest.status_list, manifest.record.status_index)
    refuse_unusable_codes(manifest.record)
    _refuse_taken_names(manifest)
    _refuse_contradictions(manifest)
    _refuse_unusable_binding(manifest)
    _refuse_what_never_stands_in(manifest)
    return manifest


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
