"""Ask an issuer's own addresses (OpenID Connect Core 1.0, Discovery 1.0) for a token.

The issuer is one of the configuration, whose keys and audience stay those stated
there; what it says of itself is where its pages and its token endpoint are. Answers are
bounded in time and size, and no redirect is followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from gateway.callers.claims import require_audience, require_in_time, require_word
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.signed_token import read_signed_token
from gateway.callers.wiring import LOOPBACK
from gateway.graphql_http.strict_json import StrictJSONError, read_json

SECONDS = 5.0
MAX_BYTES = 256 * 1024
HTTP_OK = 200
ID_TOKEN = "jwt"  # noqa: S105 - a type
"""What an ID token's ``typ`` is, where it says so."""


class IssuerAwayError(Exception):
    """The issuer did not answer as it has to; the message names the kind of trouble."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where an issuer is asked."""

    authorization: str
    token: str


async def discover(issuer: str) -> Addresses:
    """Return the addresses that ``issuer`` states.

    Raises:
        IssuerAwayError: it does not answer, or as somebody else, or names an address
            whose answers anybody on the way could write.
    """
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    stated = await _asked("GET", _safe(url), {})
    if stated.get("issuer") != issuer:
        raise IssuerAwayError("another issuer")
    return Addresses(
        _safe(stated.get("authorization_endpoint")), _safe(stated.get("token_endpoint"))
    )


async def tokens_for(addresses: Addresses, form: Mapping[str, str]) -> tuple[str, str]:
    """Return the access token and the ID token that a code is exchanged for.

    Raises:
        IssuerAwayError: it is not exchanged.
    """
    answer = await _asked("POST", addresses.token, form)
    access, id_ = answer.get("access_token"), answer.get("id_token")
    if not isinstance(access, str) or not isinstance(id_, str):
        raise IssuerAwayError("no tokens")
    return access, id_


def require_same_person(access_token: str, id_token: str) -> str:
    """Return the ID token's subject, whom the access token has to name, too.

    Raises:
        AuthenticationError: it names somebody else.
    """
    subject = require_word(read_signed_token(id_token, ID_TOKEN).claims, "sub")
    if read_signed_token(access_token).claims.get("sub") != subject:
        raise AuthenticationError(Reason.MISSING_CLAIM)
    return subject


def require_id_claims(
    claims: Mapping[str, object], *, client: str, nonce: str, now: float
) -> None:
    """Refuse an ID token that is not the answer to what we asked (Core, 3.1.3.7).

    Raises:
        AuthenticationError: it is for another client, another attempt, or another time.
    """
    require_audience(claims, client)  # type: ignore[arg-type]  # claims are JSON
    require_in_time(claims, now)  # type: ignore[arg-type]  # likewise
    if claims.get("azp", client) != client or claims.get("nonce") != nonce:
        raise AuthenticationError(Reason.WRONG_AUDIENCE)


def _safe(url: object) -> str:
    """Return an address that nobody on the way answers for."""
    try:
        parts = urlsplit(str(url))
        is_safe = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in LOOPBACK
        )
    except ValueError:
        is_safe = False
    if not is_safe:
        raise IssuerAwayError("an open address")
    return str(url)


async def _asked(
    method: str, url: str, form: Mapping[str, str]
) -> Mapping[str, object]:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    try:
        async with (
            aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=SECONDS),
            ) as session,
            session.request(
                method,
                url,
                data=dict(form) or None,
                headers=headers,
                allow_redirects=False,
            ) as response,
        ):
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise IssuerAwayError(f"over {MAX_BYTES} bytes")
            if response.status != HTTP_OK:
                raise IssuerAwayError(f"HTTP {response.status}")
        answer = read_json(bytes(body))
    except (aiohttp.ClientError, TimeoutError, StrictJSONError) as error:
        raise IssuerAwayError(type(error).__name__) from None
    if not isinstance(answer, dict):
        raise IssuerAwayError("no object")
    return answer
