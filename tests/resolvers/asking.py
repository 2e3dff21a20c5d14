"""Ask for a document as the front door does, without a front door."""

from typing import Any

from bureau.caller import Caller, Scope
from resolvers.documents.documents import Documents, Prepared, Question
from resolvers.documents.limits import Limits
from resolvers.documents.validation import RefusedDocumentError
from resolvers.schema import schema

STRANGER = Caller(id="pudong-hr", scopes=frozenset())
DEVELOPER = Caller(id="developer", scopes=frozenset({Scope.INTROSPECT}))


def prepare(text: str, limits: dict[str, int], **variables: object) -> Prepared:
    """Prepare ``text`` where everybody may run anything."""
    question = Question(query=text, variables=variables)
    asked = Documents(schema.core, Limits(**limits), is_open=True)
    return asked.prepare(question, STRANGER)


def refusals(
    text: str, limits: dict[str, int], **variables: object
) -> list[dict[str, Any]]:
    """Return the extensions of the errors that ``text`` is refused with, if it is."""
    try:
        prepare(text, limits, **variables)
    except RefusedDocumentError as refused:
        return [dict(error.extensions or {}) for error in refused.errors]
    return []
