"""What a platform between us and an agency puts around the agency's own answer.

Its HTTP status is 200 whatever happened. A code says what did, and beside it stands
what the agency said: JSON, or JSON in a text.
"""

from collections.abc import Callable, Collection
from typing import Any

from connectors.decoding.expression import ExpressionError, compile_expression
from connectors.decoding.interpreter import ANSWER_STEPS, Allowance
from connectors.errors import RefusedError, UnreadableError
from connectors.protocols.exchange import parse_json

MOST_SHOWN = 32
"""How much of a refusal's code is repeated."""


class Places:
    """Finds what the manifest says where, in an answer that nobody believes."""

    def __init__(self) -> None:
        self._steps = Allowance(ANSWER_STEPS)

    def finder(self, expression: str) -> Callable[[object], Any]:
        """Return what finds ``expression``.

        It raises ``UnreadableError`` where an answer has another shape.
        """
        find = compile_expression(expression, self._steps)

        def found(answer: object) -> Any:  # noqa: ANN401 - whatever is there
            self._steps.renew()
            try:
                return find(answer)
            except (ExpressionError, TypeError) as error:
                kind = error if isinstance(error, ExpressionError) else "TypeError"
                raise UnreadableError(
                    f"the answer does not fit the manifest: {kind}"
                ) from None

        return found


class PlatformAnswers:
    """Reads answers by the places of their code and data."""

    def __init__(self, code: str, data: str, good_codes: Collection[str]) -> None:
        places = Places()
        self._code = places.finder(code)
        self._data = places.finder(data)
        self._good_codes = good_codes

    def code_of(self, answer: object) -> str:
        """Return the code of an answer; the empty text if it has none."""
        return as_text(self._code(answer))

    def data_of(self, answer: object) -> object:
        """Return what the agency said.

        Raises:
            RefusedError: the platform says that something else happened.
            UnreadableError: it is a text, and no JSON.
        """
        code = self.code_of(answer)
        if code not in self._good_codes:
            raise RefusedError(f"code {code[:MOST_SHOWN]!r}")
        data = self._data(answer)
        return parse_json(data.encode()) if isinstance(data, str) else data


def as_text(value: object) -> str:
    """Return a code or a number as text; a truth value is neither."""
    is_plain = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if is_plain else ""
