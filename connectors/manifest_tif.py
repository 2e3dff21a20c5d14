"""What a manifest says of a provincial gateway that is called by ``x-tif`` headers.

As with the national exchange, the names are those of clients that are known, and each
is a key with that as its default.
"""

from typing import Annotated, Literal

import msgspec

from connectors.errors import ManifestError
from connectors.manifest_exchange import Code, Header, KeyName, Place, Printable
from signing.sm2.keys import DEFAULT_SIGNER_ID, SignatureForm

Member = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Tif(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, under which token, and whether bodies are sealed."""

    caller: Printable = ""
    """Who asks (paasid)."""
    token: KeyName = ""
    """The token under which questions are signed, by its name."""
    service: Printable = ""
    """The id of the service; with it signatures are written in capitals."""
    caller_header: Header = "x-tif-paasid"
    time_header: Header = "x-tif-timestamp"
    nonce_header: Header = "x-tif-nonce"
    signature_header: Header = "x-tif-signature"
    service_header: Header = "x-tif-serviceId"
    application: Printable = ""
    """The code of the application, in a sealed body (appCode)."""
    body_key: KeyName = ""
    """The SM4 key of bodies, by its name; without it they are not sealed."""
    body_key_form: Literal["text", "hex", "base64"] = "hex"
    signing_key: KeyName = ""
    """The SM2 key in PEM that signs sealed bodies, by its name."""
    signed_members: Annotated[tuple[Member, ...], msgspec.Meta(min_length=1)] = (
        "encData",
    )
    """The members of a sealed body that are signed, joined in this order."""
    signer_id: Annotated[str, msgspec.Meta(max_length=1000)] = DEFAULT_SIGNER_ID
    """The id under which sealed bodies are signed; empty for an empty one."""
    signature_form: SignatureForm = SignatureForm.RAW
    """How the signature of a sealed body is written."""
    code: Place = "code"
    """The place of the code in an answer (JMESPath)."""
    good_codes: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)] = ("200",)
    """The codes of an answer that is one."""
    data: Place = "data"
    """The place of what the agency itself answered: JSON, JSON in a text, or sealed."""


def refuse_unusable_tif(table: Tif, *, is_asked: bool) -> None:
    """Refuse a table of which something is missing, or that nobody is asked by.

    Raises:
        ManifestError: it names the key.
    """
    if not is_asked:
        if table != Tif():
            raise ManifestError(
                "[tif] is set, but endpoint.protocol is not 'tif': remove the table"
            )
        return
    for name in ("caller", "token"):
        if not getattr(table, name):
            raise ManifestError(f"tif.{name} is missing")
    sealed = {name: getattr(table, name) for name in ("body_key", "signing_key")}
    if any(sealed.values()) and not all((*sealed.values(), table.application)):
        raise ManifestError(
            "tif.body_key, tif.signing_key and tif.application go together: a sealed "
            "body is signed, and says whose it is; set all or none"
        )
    headers = [
        *(table.caller_header, table.time_header, table.nonce_header),
        *(table.signature_header, table.service_header),
    ]
    if len({header.lower() for header in headers}) < len(headers):
        raise ManifestError(
            "[tif] sends two things in one header: give the headers names of their own"
        )
