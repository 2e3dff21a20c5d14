"""Find which place of the manifest's ``[response]`` an answer does not have.

The gateway takes what is not there for nothing that was signed, since a registry may
leave out what it does not hold. The kit knows who holds something, and says instead
which name is wrong. Names of the manifest are told; an answer's own may name a person.
"""

import json

from connectors.decoding.expression import ExpressionError, compile_expression
from connectors.manifest_endpoint import Response


def missing_member(response: Response, body: bytes, number: str) -> str | None:
    """Say what an answer about the person of ``number`` lacks; ``None`` if nothing.

    Only for an answer about somebody who holds something.
    """
    try:
        return _missing(response, json.loads(body), number)
    except (ExpressionError, ValueError, RecursionError):
        return None


def _missing(response: Response, answer: object, number: str) -> str | None:
    results = compile_expression(response.results)(answer)
    if not isinstance(results, list):
        return f"`response.results`: no list at `{response.results}`"
    number_of = compile_expression(response.id_number)
    numbered = [(number_of(result), result) for result in results]
    if numbered and not any(isinstance(stated, str) for stated, _ in numbered):
        return f"`response.id_number`: no result has `{response.id_number}`"
    records_of = compile_expression(response.records)
    mine = [result for stated, result in numbered if stated == number]
    if mine and all(records_of(result) is None for result in mine):
        return f"`response.records`: the result has no `{response.records}`"
    return None
