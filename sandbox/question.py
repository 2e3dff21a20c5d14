"""Read what an agency is asked, and refuse what it would refuse.

Identity numbers are not checked: a number that can be nobody's is answered like one
that holds nothing, as a registry would.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from policy.identity import Identity, IdType
from sandbox.errors import BadQuestionError

BATCH_LIMIT = 100
MAX_NUMBER_LENGTH = 64
BAD_REQUEST = 400
TOO_LARGE = 413


def read_question(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a request's body.

    Raises:
        BadQuestionError: it is none.
    """
    try:
        question = json.loads(body)
    except (ValueError, RecursionError):
        raise BadQuestionError(BAD_REQUEST, "the body is not JSON") from None
    if not isinstance(question, dict):
        raise BadQuestionError(BAD_REQUEST, "the body is no JSON object")
    return question


def read_holders(holders: object) -> list[Identity]:
    """Return the people asked about.

    Raises:
        BadQuestionError: no list, one longer than ``BATCH_LIMIT``, or an entry that
            is no ``{"idType": ..., "idNumber": ...}``.
    """
    if not isinstance(holders, list):
        raise BadQuestionError(BAD_REQUEST, "there is no list of people")
    refuse_long_batch(holders)
    return [read_holder(holder) for holder in holders]


def refuse_long_batch(holders: Sequence[object]) -> None:
    """Refuse more people than are answered for at once.

    Raises:
        BadQuestionError: there are more than ``BATCH_LIMIT``.
    """
    if len(holders) > BATCH_LIMIT:
        raise BadQuestionError(
            TOO_LARGE, f"{len(holders)} people asked about, at most {BATCH_LIMIT}"
        )


def read_holder(holder: object) -> Identity:
    """Return one person asked about.

    Raises:
        BadQuestionError: not of the form above, or of an unknown type.
    """
    match holder:
        case {"idType": str(type_), "idNumber": str(number)}:
            pass
        case _:
            raise BadQuestionError(BAD_REQUEST, "a person has idType and idNumber")
    if not (number.isascii() and number.isprintable()) or (
        len(number) > MAX_NUMBER_LENGTH
    ):
        raise BadQuestionError(BAD_REQUEST, "an idNumber is short and ASCII")
    try:
        return Identity(IdType(type_), number)
    except ValueError:
        raise BadQuestionError(
            BAD_REQUEST, f"unknown idType, one of {', '.join(IdType)} allowed"
        ) from None
