"""Read JSON from outside so that it can be read in one way only.

What two parsers would read differently is refused, as in what is signed
(``signing.strict_json``), but for fractions: nothing is signed here, and a GraphQL
variable may be a float. A float is refused if it is too large for one. Messages say
where, and never repeat what was sent.
"""

import math
from typing import TypeAlias

from signing.errors import Refusal
from signing.strict_json import RefusedJSONError, read_by, strict_decoder

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_REMEDIES = {Refusal.INTEGER_TOO_LARGE: "; send it as a string"}


class StrictJSONError(Exception):
    """The text is no JSON, or can be read in more than one way."""


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise StrictJSONError("a number is too large")
    return value


_DECODER = strict_decoder(_float)


def read_json(text: bytes) -> Json:
    """Parse ``text``.

    Raises:
        StrictJSONError: see the module.
    """
    try:
        content: Json = read_by(_DECODER, text)
    except RefusedJSONError as error:
        remedy = _REMEDIES.get(error.refusal, "")
        raise StrictJSONError(f"{error.detail}{remedy}") from None
    return content
