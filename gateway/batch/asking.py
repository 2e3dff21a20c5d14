"""Ask a running gateway to verify claims, as any client does: over HTTP.

What may pass (a connection that is cut, too busy, too slow) is tried again for a while;
what will not (a wrong address or token, a spent budget) ends the run and is told.
"""

import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import orjson

from bureau.caller import LookUp
from connectors.elements import NOT_STATED, Elements
from gateway.batch.claims import Claim
from gateway.batch.query import QUERY
from gateway.client import (
    GraphError,
    NotAnsweredError,
    post,
)
from gateway.errors import StartError
from gateway.unreached import NotReachedError, Reached
from policy.stated import ClaimOutcome, FieldOutcome, StatedField
from resolvers.claims.enums import ClaimProblem
from resolvers.elements import ELEMENT_EXTENSIONS

LANGUAGES = {"zh": "ZH", "en": "EN"}
RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""How long to wait before each new attempt."""
TIMEOUT_SECONDS = 60.0
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
    """One agency's outcome."""

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


class _Body(msgspec.Struct):
    data: _Data | None = None
    errors: tuple[GraphError, ...] = ()


class _PassingError(Exception):
    """It may go well the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway to ask, by a caller and for a purpose."""

    url: str
    token: str = field(repr=False)
    look_up: LookUp
    elements: Elements = NOT_STATED
    """What is stated of the five; the rest is the token's, by the gateway."""
    language: str
    wait: Callable[[float], None] = time.sleep
    tls: ssl.SSLContext | None = None
    reached: Reached = field(default_factory=Reached)

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
                    **{
                        ELEMENT_EXTENSIONS[one]: value
                        for one, value in self.elements.stated()
                    },
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
        try:
            status, text = post(
                self.url,
                self.token,
                body,
                timeout_seconds=TIMEOUT_SECONDS,
                tls=self.tls,
            )
        except NotReachedError as silence:
            self.reached.require_hope(silence)
            raise _PassingError(str(silence)) from None
        except NotAnsweredError as silence:
            raise _PassingError(str(silence)) from None
        self.reached.once = True
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


def _failed(status: int, words: str, code: str = "") -> Exception:
    is_passing = status in _PASSING_STATUS or code in _PASSING_CODES
    return _PassingError(words) if is_passing else StartError(words)
