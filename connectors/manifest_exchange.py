"""What a manifest says of the national data exchange (国家数据共享交换平台).

The names and forms are those that several independent clients of the platform use; its
own description is not public. So each of them is a key with that as its default, and a
wrong guess is one line of a manifest.
"""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from connectors.decoding.interpreter import MAX_CHARACTERS
from connectors.errors import ManifestError
from connectors.manifest_addresses import refuse_plain_http, refuse_unusable_address

Printable = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{0,128}\Z")]
Header = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
Place = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CHARACTERS)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
KeyName = Annotated[str, msgspec.Meta(pattern=r"\A(secret:[a-z0-9][a-z0-9-]{0,62})?\Z")]


class Wrapping(StrEnum):
    """The way in which the key service wraps a secret, under the application's key."""

    AES_ECB = "aes-ecb"
    """With PKCS #7 padding: what Java calls AES and nothing more."""
    AES_CBC = "aes-cbc"
    """With PKCS #7 padding, after 16 bytes of initialization vector."""
    AES_KW = "aes-kw"
    """RFC 3394."""


class NationalExchange(msgspec.Struct, frozen=True, kw_only=True):
    """The service that is asked for, who asks, and how a question is signed."""

    requester: Printable = ""
    """Who asks (rid)."""
    service: Printable = ""
    """What is asked for (sid): the address is the platform's, and the same for all."""
    key_url: Annotated[str, msgspec.Meta(pattern=r"\A(https?://[!-?A-\[\]-~]+)?\Z")] = (
        ""
    )
    """Where the secret of signatures is had."""
    application_key: KeyName = ""
    """The application's own key, by its name."""
    application_key_form: Literal["text", "hex", "base64"] = "text"
    wrapping: Wrapping = Wrapping.AES_ECB
    requester_header: Header = "gjgxjhpt_rid"
    service_header: Header = "gjgxjhpt_sid"
    time_header: Header = "gjgxjhpt_rtime"
    signature_header: Header = "gjgxjhpt_sign"
    secret: Place = "data.secret"  # noqa: S105 - a place
    """The place of the secret in the key service's answer, in Base64 (JMESPath)."""
    secret_ends: Place = "data.secretEndTime"  # noqa: S105 - likewise
    """The place of its end, in milliseconds since 1970 (JMESPath)."""
    refresh_seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 60.0
    """How long before its end another one is asked for."""
    code: Place = "code"
    """The place of the code in an answer, whose HTTP status is 200 always."""
    good_codes: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)] = ("200",)
    stale_codes: tuple[Code, ...] = ("401",)
    """The codes of a signature by a secret, or at a time, that is none any more."""
    data: Place = "data"
    """The place of what the agency itself answered: JSON, or JSON in a text."""


def refuse_unusable_exchange(
    table: NationalExchange, *, is_asked: bool, is_http_allowed: bool
) -> None:
    """Refuse a table of which something is missing, or that nobody is asked by.

    Raises:
        ManifestError: it names the key.
    """
    if not is_asked:
        if table != NationalExchange():
            raise ManifestError(
                "[national_exchange] is set, but endpoint.protocol is not "
                "'national-exchange': remove the table"
            )
        return
    for name in ("requester", "service", "key_url", "application_key"):
        if not getattr(table, name):
            raise ManifestError(f"national_exchange.{name} is missing")
    name = "national_exchange.key_url"
    refuse_unusable_address(name, table.key_url)
    if not (is_http_allowed and table.key_url.startswith("https:")):
        refuse_plain_http(name, table.key_url, is_allowed=is_http_allowed)
    headers = [
        *(table.requester_header, table.service_header),
        *(table.time_header, table.signature_header),
    ]
    if len({header.lower() for header in headers}) < len(headers):
        raise ManifestError(
            "[national_exchange] sends two things in one header: "
            "give the four headers four names"
        )
    if both := set(table.good_codes) & set(table.stale_codes):
        raise ManifestError(
            f"national_exchange.good_codes and stale_codes both have {min(both)!r}"
        )
