"""Options of who keeps the gateway's signing keys: the tables ``[providers.NAME]``."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import msgspec

from gateway.errors import StartError
from signing.sm2.keys import SignatureForm

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Reference = Annotated[str, msgspec.Meta(pattern=r"\Asecret:[a-z0-9][a-z0-9-]{0,62}\Z")]
NAME = r"[a-z0-9][a-z0-9-]{0,62}"
"""How a provider is called."""


class Kind(StrEnum):
    """A way to have something signed."""

    FILE = "file"
    """A folder with a private key a file, PEM."""
    PKCS11 = "pkcs11"
    """A token of a PKCS#11 module."""
    HTTP = "http"
    """A server for signatures (签名验签服务器), over HTTPS."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a server for signatures calls things in its JSON."""

    key: Text = "keyIndex"
    method: Text = "signMethod"
    data: Text = "inData"
    length: Text = "inDataLen"
    result: Text = "respValue"
    """Where it says how it went."""
    good: Text = "0"
    """What it says there if all is well; a number is compared as text."""
    signature: Text = "signature"


class ProviderOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Who keeps keys, how it is reached, and how long it is waited for."""

    kind: Kind
    folder: Text | None = None
    """``file``: the folder; the name of a key is its file's, without ``.pem``."""
    module: Text | None = None
    """``pkcs11``: the vendor's shared library."""
    token: Text | None = None
    """``pkcs11``: the token's label; the name of a key is its label there."""
    pin: Reference | None = None
    """``pkcs11``: the user's PIN, ``secret:NAME``."""
    sessions: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2
    """``pkcs11``: how many signatures may be made at once."""
    url: Text | None = None
    """``http``: where signatures are asked for, ``https``, or ``http`` here."""
    bearer_token: Reference | None = None
    """``http``: what is shown to it, ``secret:NAME``."""
    ca_file: Text | None = None
    """``http``: who may vouch for it, PEM; else whom this machine believes."""
    sm2_signature: SignatureForm = SignatureForm.DER
    """``http``: how it writes signatures by SM2."""
    words: Words = Words()
    """``http``: what it calls things."""
    timeout_seconds: Annotated[float, msgspec.Meta(ge=0.05, le=10)] = 1.0
    """How long one signature may take."""
    rest_seconds: Annotated[float, msgspec.Meta(ge=0.1, le=600)] = 5.0
    """How long nothing is asked of it after it failed."""
    product_certificate: Text | None = None
    """The number of its certificate as a commercial cryptography product."""

    def in_folder(self, folder: Path) -> Self:
        """Return the same, with files found from the configuration's folder."""
        names = ("folder", "ca_file")
        found = {name: getattr(self, name) for name in names}
        return msgspec.structs.replace(
            self,
            **{
                name: None if stated is None else str(folder / stated)
                for name, stated in found.items()
            },
        )


NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.FILE: ("folder",),
    Kind.PKCS11: ("module", "token", "pin"),
    Kind.HTTP: ("url",),
}
"""What each kind cannot do without."""
ALLOWED: Mapping[Kind, tuple[str, ...]] = {
    Kind.FILE: ("folder",),
    Kind.PKCS11: ("module", "token", "pin", "product_certificate"),
    Kind.HTTP: ("url", "bearer_token", "ca_file", "product_certificate"),
}
"""What may be stated of each kind, of what has no default."""
_HERE = ("http://127.0.0.1:", "http://[::1]:", "http://localhost:")


def require_whole(providers: Mapping[str, ProviderOptions]) -> None:
    """Refuse a provider that says too little, or what is another kind's.

    Raises:
        StartError: naming what is missing, or too much.
    """
    stated_by_kind = sorted({name for names in ALLOWED.values() for name in names})
    for name, options in providers.items():
        place, kind = f"providers.{name}", options.kind
        for needed in NEEDED[kind]:
            if getattr(options, needed) is None:
                raise StartError(f"{place}: a provider of kind {kind} needs {needed}")
        for stated in stated_by_kind:
            if getattr(options, stated) is not None and stated not in ALLOWED[kind]:
                raise StartError(
                    f"{place}: {stated} means nothing to a provider of kind {kind}"
                )
        if options.url is not None and not options.url.startswith(("https://", *_HERE)):
            raise StartError(
                f"{place}: url begins with https://, or is on this machine"
            )
