"""Ask a gateway over HTTP, as every command does that is a client of one.

A token comes from a file or a variable, never from an argument: those are in the list
of processes. It goes to the address that was stated and to no other: redirections are
not followed, and no proxy stands between a command and its own machine.
"""

import http.client
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import SplitResult, urlsplit

import msgspec

from gateway.errors import StartError
from gateway.unreached import unreached

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MAX_ANSWER_BYTES = 20_000_000
CA_FILE_HELP = "A PEM file of who may vouch for the gateway, instead of the system's."


class NotAnsweredError(Exception):
    """A question was sent and no whole answer came; what became of it is not known."""


class Extensions(msgspec.Struct, frozen=True):
    """The extensions of an error of the graph."""

    code: str = ""


class GraphError(msgspec.Struct, frozen=True):
    """One error of the graph."""

    message: str
    extensions: Extensions = Extensions()


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """Answers a redirection with the redirection."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing."""


def opened(
    address: str,
    headers: Mapping[str, str],
    body: bytes | IO[bytes] | None,
    *,
    timeout_seconds: float,
    tls: ssl.SSLContext | None = None,
) -> http.client.HTTPResponse:
    """Send one request to an address that ``address_of`` let pass.

    A ``body`` that is a file stands at its start, and its length is in ``headers``.

    ``tls`` says whose certificates are believed; without, those the system believes.

    Raises:
        urllib.error.HTTPError: the answer is a refusal, or leads elsewhere.
        OSError: nobody is there, or they do not answer in time.
        http.client.HTTPException: what comes is no HTTP.
    """
    request = urllib.request.Request(address, body, dict(headers))  # noqa: S310 - see above
    handlers: list[urllib.request.BaseHandler] = [_NoRedirection()]
    if tls is not None:
        handlers.append(urllib.request.HTTPSHandler(context=tls))
    if urlsplit(address).hostname in LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    response: http.client.HTTPResponse = opener.open(request, timeout=timeout_seconds)
    return response


def post(
    url: str,
    token: str,
    body: bytes,
    *,
    timeout_seconds: float,
    tls: ssl.SSLContext | None = None,
) -> tuple[int, bytes]:
    """Send one question to the gateway at ``url``; return status and text.

    Raises:
        NotReachedError: nobody is there.
        NotAnsweredError: the answer did not come, or not to its end.
    """
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/graphql-response+json",
        "Authorization": f"Bearer {token}",
    }
    try:
        address = f"{url}/graphql"
        with _answer(address, headers, body, timeout_seconds, tls) as answer:
            text = answer.read(MAX_ANSWER_BYTES)
            if getattr(answer, "length", 0):
                raise NotAnsweredError(f"{url} did not answer in full")
            return answer.status or 0, text
    except urllib.error.URLError as error:
        raise unreached(url, error) from None
    except (OSError, http.client.HTTPException) as error:
        raise NotAnsweredError(f"{url} does not answer: {error}") from None


def _answer(
    address: str,
    headers: Mapping[str, str],
    body: bytes,
    timeout_seconds: float,
    tls: ssl.SSLContext | None,
) -> http.client.HTTPResponse | urllib.error.HTTPError:
    """Return the answer; a refusal is one."""
    try:
        return opened(address, headers, body, timeout_seconds=timeout_seconds, tls=tls)
    except urllib.error.HTTPError as error:
        return error


def tls_by(ca_file: Path | None) -> ssl.SSLContext | None:
    """Return whose certificates are believed, if a file says so.

    Raises:
        StartError: there is no certificate in it.
    """
    if ca_file is None:
        return None
    try:
        # Python takes no text beyond ASCII, and comments are nobody's certificate.
        text = ca_file.read_bytes().decode("ascii", "ignore")
    except OSError as error:
        raise StartError(f"--ca-file: {ca_file}: {error.strerror}") from None
    try:
        # Of no text at all the system's certificates would be taken.
        return ssl.create_default_context(cadata=text or "nothing")
    except ssl.SSLError:
        raise StartError(f"--ca-file: {ca_file} has no certificate in PEM") from None


def address_of(url: str, *, unsafe_plain_http: bool) -> str:
    """Return the address of a gateway, without its path.

    Raises:
        StartError: it is none, or would carry token and people in the open.
    """
    parts = _parts_of(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise StartError(f"{url!r} is no address; state --url https://host")
    if parts.username is not None or parts.query or parts.fragment:
        raise StartError("the address has more than a host and a path")
    is_open = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if is_open and not unsafe_plain_http:
        raise StartError(
            "http to another machine shows the token and people to everybody on the "
            "way; use https, or state --unsafe-plain-http"
        )
    return url.rstrip("/").removesuffix("/graphql")


def _parts_of(url: str) -> SplitResult | None:
    """Return the parts of an address, if a request can be sent to it."""
    if " " in url or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port  # which is read when it is asked for
    except ValueError:
        return None
    return parts if parts.path.isascii() else None


def read_token(file: Path | None, variable: str | None = None) -> str:
    """Return the token in ``file``, else in the environment's ``variable``.

    Raises:
        StartError: there is none, or what is there is no token.
    """
    if file is not None:
        try:
            token = file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise StartError(f"--token-file: {error}") from None
    else:
        token = os.environ.get(variable, "") if variable is not None else ""
    token = token.strip()
    if not token:
        other = f", or {variable}" if variable is not None else ""
        raise StartError(f"state a token: --token-file FILE{other}")
    if not (token.isascii() and token.isprintable()):
        raise StartError("the token has characters that no token has")
    return token
