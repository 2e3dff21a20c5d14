"""Ask the graph for a page: a trusted document, in the name of who is signed in.

The answer is the graph's, refusals included. Nothing else of the gateway is read for a
page, but for what ``gateway.console.reconciled`` asks in the same way, so that its
budget, audit log and masks see the person and no page of ours.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from graphql import ExecutionResult
from starlette.requests import Request
from starlette.types import Receive, Scope

from gateway.batch.query import QUERY as OF_BATCHES
from gateway.documents.operations import Document, read_operations
from gateway.graphql_http.refusals import RefusedRequestError
from gateway.registration.documents import DOCUMENTS as OF_REGISTRATION
from resolvers.documents.documents import Question
from resolvers.documents.validation import RefusedDocumentError
from resolvers.execution.execute import Shown, shown

Ask = Callable[[Scope, Receive, Question], Awaitable[ExecutionResult]]
"""Executes a document in the name of a request's caller."""

DOCUMENTS: Mapping[str, Document] = MappingProxyType(
    {
        document.name: document
        for document in read_operations(
            files(__package__).joinpath("documents.graphql").read_text("utf-8")
        )
    }
)
"""What the pages alone ask, by the names of their operations."""
_ALL: Mapping[str, Document] = {
    **OF_REGISTRATION,
    **DOCUMENTS,
    **{document.name: document for document in read_operations(OF_BATCHES)},
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of an answer that was refused."""

    code: str
    message: str
    scopes: tuple[str, ...] = ()
    """Of which one is needed, where that is why."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the graph answered."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """Empty if nothing was executed."""
    problems: Sequence[Problem] = ()

    @property
    def said(self) -> Mapping[str, Any] | None:
        """What a step that was taken gives; ``None`` if it was refused as a whole."""
        return next((one for one in self.data.values() if one is not None), None)


async def answer_of(
    ask: Ask,
    request: Request,
    name: str,
    variables: Mapping[str, object],
    extensions: Mapping[str, object],
) -> Answered:
    """Return the answer to a document of the pages, of registration or of batches.

    ``extensions`` say why people are looked up, as those of a question over HTTP do.

    Raises:
        ClientGoneError: nobody is left to answer.
    """
    question = Question(
        query=_ALL[name].text,
        operation_name=name,
        variables=variables,
        extensions=extensions,
    )
    try:
        result = await ask(request.scope, request.receive, question)
    except RefusedRequestError as refusal:
        return Answered(problems=[Problem(refusal.code, str(refusal))])
    except RefusedDocumentError as refusal:
        return Answered(problems=[_problem(shown(one)) for one in refusal.errors])
    errors = [_problem(shown(error, name)) for error in result.errors or ()]
    return Answered(result.data or {}, errors)


def _problem(error: Shown) -> Problem:
    extensions = error["extensions"]
    needed = extensions.get("requiredScopes") or ()
    scopes = {scope for group in needed for scope in _listed(group)}
    return Problem(extensions["code"], error["message"], tuple(sorted(scopes)))


def _listed(group: object) -> Sequence[str]:
    return [group] if isinstance(group, str) else [str(one) for one in group or ()]  # type: ignore[attr-defined]  # a list of JSON
