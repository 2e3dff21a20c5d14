"""Find the signed parts in an agency's answer, holder by holder.

Nothing found here is believed: a wrong place yields bytes that do not verify, and
a missing one yields nothing, which is reported as an unsigned answer. Where the
manifest says that nobody signs, the plain rows beside them are found, too.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from connectors.binding import BoundTo
from connectors.connector import Reply, UnsignedRow, UnsignedRows
from connectors.decoding.expression import ExpressionError, compile_expression
from connectors.decoding.interpreter import ANSWER_STEPS, Allowance
from connectors.errors import UnreadableError
from connectors.manifest_endpoint import Response
from policy import normal_form
from policy.identity import Identity
from signing.envelope import Envelope

MAX_RECORDS = 1000
"""The most records taken for one holder; more are refused, not cut."""
MAX_RESULTS = 1000
"""How many results more than people asked about an answer may have."""


class EnvelopeFinder:
    """Reads an unverified answer by the manifest's ``[response]`` table."""

    def __init__(self, response: Response, *, is_unsigned: bool = False) -> None:
        self._response = response
        self._is_unsigned = is_unsigned
        self._steps = steps = Allowance(ANSWER_STEPS)
        self._results = compile_expression(response.results, steps)
        self._id_number = compile_expression(response.id_number, steps)
        self._records = compile_expression(response.records, steps)
        absence = response.absence
        self._absence = None if absence is None else compile_expression(absence, steps)

    def reply(
        self,
        answer: object,
        holders: Sequence[Identity],
        *,
        nonce: str | None = None,
        bound_to: BoundTo | None = None,
    ) -> Reply:
        """Return what an answer has of each holder, in the order of ``holders``.

        Raises:
            UnreadableError: as ``find``; or a row is too deep.
        """
        if not self._is_unsigned:
            return Reply(self.find(answer, holders), nonce, bound_to=bound_to)
        found = self._tokens(answer, holders)
        return Reply(
            [
                tuple(Envelope(_token_bytes(one)) for one in tokens if not _is_row(one))
                for tokens in found
            ],
            unsigned=[
                UnsignedRows(
                    tuple(
                        UnsignedRow(one, digest_of_row(one))
                        for one in tokens
                        if _is_row(one)
                    )
                )
                for tokens in found
            ],
        )

    def find(
        self, answer: object, holders: Sequence[Identity]
    ) -> list[tuple[Envelope, ...]]:
        """Return each holder's envelopes, in the order of ``holders``.

        Raises:
            UnreadableError: as ``_tokens``; or a token is no text.
        """
        return [
            tuple([Envelope(_token_bytes(token)) for token in tokens])
            for tokens in self._tokens(answer, holders)
        ]

    def _tokens(
        self, answer: object, holders: Sequence[Identity]
    ) -> list[Sequence[Any]]:
        """Return what stands for records in the answer, holder by holder.

        Raises:
            UnreadableError: the answer has another shape than the manifest says, or
                more results than people were asked about and ``MAX_RESULTS``.
        """
        self._steps.renew()
        try:
            results = self._results(answer)
            if not isinstance(results, list):
                where = f"no list at `{self._response.results}`"
                raise UnreadableError(f"`response.results`: {where}")
            if len(results) > (most := len(holders) + MAX_RESULTS):
                raise UnreadableError(f"{len(results)} results, at most {most} allowed")
            found: dict[object, list[Any]] = {}
            for result in results:
                if isinstance(result, dict):
                    whose = _plain(self._id_number(result))
                    found.setdefault(whose, []).extend(self._tokens_in(result))
        except (ExpressionError, TypeError) as error:
            kind = error if isinstance(error, ExpressionError) else "TypeError"
            raise UnreadableError(
                f"the answer does not fit the manifest: {kind}"
            ) from None
        return [found.get(holder.number, ()) for holder in holders]

    def _tokens_in(self, result: object) -> list[Any]:
        tokens = list(self._records(result) or ())
        if self._absence is not None and (absence := self._absence(result)) is not None:
            tokens.append(absence)
        if len(tokens) > MAX_RECORDS:
            raise UnreadableError(
                f"{len(tokens)} records for one holder, at most {MAX_RECORDS} allowed"
            )
        return tokens


def _is_row(token: object) -> bool:
    return isinstance(token, dict)


def digest_of_row(row: Mapping[str, Any]) -> bytes:
    """Return SHA-256 of a row in one way of writing.

    Raises:
        UnreadableError: it is deeper than anything that is written.
    """
    try:
        written = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise UnreadableError("a row is too deep to be read") from None
    return hashlib.sha256(written).digest()


def _plain(number: object) -> object:
    """Return whom an entry is about, as who is asked about is spelt."""
    return normal_form.number(number) if isinstance(number, str) else number


def _token_bytes(token: object) -> bytes:
    """Return a token's bytes; what is no ASCII text verifies as malformed."""
    if not isinstance(token, str):
        raise UnreadableError("a record is no JWS string")
    return token.encode("utf-8", "surrogatepass")


def detached_envelope(headers: Mapping[str, str], name: str, body: bytes) -> Envelope:
    """Join the signature in header ``name`` with the body it covers.

    Raises:
        UnreadableError: the header is missing.
    """
    signature = headers.get(name)
    if signature is None:
        raise UnreadableError(f"the answer has no {name} header, so nothing vouches")
    return Envelope(signature.encode("utf-8", "surrogateescape"), body)
