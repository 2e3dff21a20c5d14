"""Ask a running gateway to verify claims, as any client does: over HTTP.

What may pass (no connection, too busy, too slow) is tried again for a while; what will
not (a wrong token, a spent budget) ends the run with what the gateway said. The token
goes to the address that was stated and to no other: redirections are not followed.
"""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec
import orjson

from bureau.caller import LookUp
from gateway.batch.claims import Claim
from gateway.batch.query import QUERY
from gateway.errors import StartError
from policy.stated import ClaimOutcome, FieldOutcome, StatedField
from resolvers.claims.enums import ClaimProblem

LANGUAGES = {"zh": "ZH", "en": "EN"}
RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""How long to wait before each new attempt."""
TIMEOUT_SECONDS = 60.0
MAX_ANSWER_BYTES = 20_000_000
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PASSING_STATUS = frozenset({408, 429, 502, 503, 504})
_PASSING_CODES = frozenset({"AUDIT_UNAVAILABLE", "TIMED_OUT"})


class Refused(msgspec.Struct, tag="RefusedClaim", tag_field="__typename", frozen=True):
    """A claim that was not compared."""

    problem: ClaimProblem
    message: str


class FieldResult(msgspec.Struct, frozen=True):
    """One field of a claim."""

    field: StatedField
    outcome: FieldOutcome


class SourceResult(msgspec.Struct, frozen=True):
    """How one agency answered."""

    agency: str
    outcome: str


class Checked(msgspec.Struct, tag="ClaimCheck", tag_field="__typename", frozen=True):
    """A claim that was compared, or could not be."""

    outcome: ClaimOutcome
    standing: str | None
    reason: str
    fields: tuple[FieldResult, ...]
    sources: tuple[SourceResult, ...]


class _Nodes(msgspec.Struct):
    nodes: tuple[Checked | Refused, ...] | None = None
    allowed: int | None = None


class _Data(msgspec.Struct, rename="camel"):
    verify_claims: _Nodes | None


class _Extensions(msgspec.Struct):
    code: str = ""


class _Error(msgspec.Struct):
    message: str
    extensions: _Extensions = field(default_factory=_Extensions)


class _Body(msgspec.Struct):
    data: _Data | None = None
    errors: tuple[_Error, ...] = ()


class _PassingError(Exception):
    """It may go well the next time."""


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """Answers a redirection with the redirection."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Which gateway is asked, by whom and why."""

    url: str
    token: str = field(repr=False)
    look_up: LookUp
    language: str
    wait: Callable[[float], None] = time.sleep

    def verify(self, claims: Sequence[Claim]) -> Sequence[Checked | Refused]:
        """Return the gateway's answers, in the order of ``claims``.

        Raises:
            StartError: the gateway will not answer, or not in time.
        """
        body = orjson.dumps(
            {
                "query": QUERY,
                "variables": {
                    "claims": claims,
                    "language": LANGUAGES[self.language],
                },
                "extensions": {
                    "purpose": self.look_up.purpose,
                    "caseNumber": self.look_up.case_number,
                },
            }
        )
        reason = ""
        for seconds in (*RETRY_SECONDS, None):
            try:
                return self._asked(body, len(claims))
            except _PassingError as error:
                reason = str(error)
            if seconds is not None:
                self.wait(seconds)
        raise StartError(f"{reason}; tried {len(RETRY_SECONDS) + 1} times")

    def _asked(self, body: bytes, count: int) -> Sequence[Checked | Refused]:
        status, text = self._posted(body)
        try:
            answer = msgspec.json.decode(text, type=_Body)
        except msgspec.DecodeError:
            raise _failed(status, f"status {status} without an answer") from None
        if answer.errors:
            error = answer.errors[0]
            code = error.extensions.code
            raise _failed(status, f"the gateway says {code}: {error.message}", code)
        found = answer.data and answer.data.verify_claims
        if not found or found.nodes is None:
            allowed = "fewer" if not found else f"at most {found.allowed}"
            raise StartError(f"the gateway takes {allowed} claims; state --at-once")
        if len(found.nodes) != count:
            raise StartError(f"{len(found.nodes)} answers came for {count} claims")
        return found.nodes

    def _posted(self, body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(  # noqa: S310 - its scheme is looked at
            f"{self.url}/graphql",
            body,
            {
                "Content-Type": "application/json",
                "Accept": "application/graphql-response+json",
                "Authorization": f"Bearer {self.token}",
            },
        )
        opener = urllib.request.build_opener(_NoRedirection)
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                text = response.read(MAX_ANSWER_BYTES)
                if response.length:
                    raise _PassingError(f"{self.url} did not answer in full")
                return response.status, text
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(MAX_ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _PassingError(f"{self.url} does not answer: {error}") from None


def _failed(status: int, words: str, code: str = "") -> Exception:
    is_passing = status in _PASSING_STATUS or code in _PASSING_CODES
    return _PassingError(words) if is_passing else StartError(words)


def address_of(url: str, *, unsafe_plain_http: bool) -> str:
    """Return the address of a gateway, without its path.

    Raises:
        StartError: it is none, or would carry token and people in the open.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
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
