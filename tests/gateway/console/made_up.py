"""A page of the console without a gateway: its graph makes answers up by the schema.

What is asked has to fit the schema, variables as well, and every field of the answer
says which it is: a page shows what it was told, or something else.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_list_type,
    parse,
)
from starlette.requests import Request
from starlette.responses import Response

from bureau.caller import Caller, Scope
from gateway.console.console import HANDLERS
from gateway.console.language import Language
from gateway.console.sections import Section
from gateway.console.sessions import Session, Sessions
from gateway.console.uploads import Upload
from gateway.console.visit import Visit
from gateway.console.words import WORDS
from gateway.settings.console import Console
from resolvers.documents.documents import Question

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
EVERYBODY = Caller("district", frozenset(Scope), subject="idp:浦0017")
NOBODY = Caller("district", frozenset())
VALUES: Mapping[str, object] = {
    "Int": 7,
    "Float": 0.5,
    "Boolean": True,
    "DateTime": "2026-11-01T00:00:00+00:00",
    "Date": "2026-11-01",
    "Time": "00:00:00",
}


@cache
def _schema() -> GraphQLSchema:
    return build_schema(Path("schema.graphql").read_text("utf-8"), assume_valid=True)


@dataclass(slots=True)
class MadeUp:
    """The graph, and what it was asked."""

    known: Mapping[str, object] = field(default_factory=dict)
    """What is not made up, by ``Type.field``, and which type answers for several, where
    no ``__typename`` says it."""
    asked: list[Question] = field(default_factory=list)

    async def ask(
        self, _scope: object, _receive: object, question: Question
    ) -> ExecutionResult:
        """Answer a question."""
        self.asked.append(question)
        return execute_sync(
            _schema(),
            parse(question.query or ""),
            variable_values=dict(question.variables or {}),
            operation_name=question.operation_name,
            field_resolver=self._value,
            type_resolver=self._type,
        )

    def _type(
        self, value: Any, info: GraphQLResolveInfo[Any], of: GraphQLAbstractType
    ) -> str:
        first, *_ = info.schema.get_possible_types(of)
        return str(value.get("__typename") or self.known.get(of.name, first.name))

    def _value(self, parent: Any, info: GraphQLResolveInfo[Any], **_: object) -> object:
        name = f"{info.parent_type.name}.{info.field_name}"
        told = parent.get(info.field_name) if isinstance(parent, dict) else None
        if told is not None:
            return told
        if name in self.known:
            return self.known[name]
        of = get_named_type(info.return_type)
        value: object = VALUES.get(of.name, name)
        if isinstance(of, GraphQLEnumType):
            value = next(iter(of.values))
        elif isinstance(of, GraphQLObjectType) or is_abstract_type(of):
            value = {}
        is_list = is_list_type(get_nullable_type(info.return_type))
        return [value] if is_list else value

    @property
    def said(self) -> list[tuple[str | None, Mapping[str, object]]]:
        """What was asked: the operations, with their variables."""
        return [(one.operation_name, dict(one.variables or {})) for one in self.asked]


async def never(_request: Request) -> Response:
    """Compare nothing: no page is sent a list here."""
    raise AssertionError


def visit_of(  # noqa: PLR0913 - what a visit is made of
    section: Section,
    graph: MadeUp,
    form: Mapping[str, str] | None = None,
    *,
    query: str = "",
    caller: Caller = EVERYBODY,
    language: Language = Language.EN,
    file: Upload | None = None,
    session: Session | None = None,
    headers: Sequence[tuple[bytes, bytes]] = (),
    now: datetime = NOW,
    **more: Any,
) -> Visit:
    """Return a visit of a page; with a form, it was sent."""
    services = SimpleNamespace(clock=lambda: now)
    app = SimpleNamespace(
        state=SimpleNamespace(gateway=SimpleNamespace(services=services))
    )
    scope: dict[str, Any] = {
        "type": "http",
        "app": app,
        "method": "GET" if form is None else "POST",
        "query_string": query.encode(),
        "headers": [*headers],
    }
    stated: dict[str, Any] = {
        "sample": lambda _name, _labels: None,
        "reconcile": never,
        "sessions": Sessions(Console(), lambda: 0.0),
        **more,
    }
    return Visit(
        request=Request(scope),
        caller=caller,
        language=language,
        section=section,
        form_token="0" * 64,
        ask=graph.ask,
        form=form or {},
        file=file,
        session=session or Session("token", 0.0, 0.0, None),
        **stated,
    )


async def opened(visit: Visit) -> tuple[int, str]:
    """Return the page: its status, and its text."""
    response = await HANDLERS[visit.section](visit)
    return response.status_code, bytes(response.body).decode()


async def shown(
    section: Section,
    known: Mapping[str, object] | None = None,
    form: Mapping[str, str] | None = None,
    **more: Any,
) -> tuple[str, list[str]]:
    """Return a page, and what a reader sees of its content, piece by piece."""
    _, text = await opened(visit_of(section, MadeUp(known or {}), form, **more))
    main = text[text.index("<main") : text.index("</main>")]
    pieces = re.sub("<[^>]*>", "\n", html.unescape(main)).splitlines()
    return text, [one.strip() for one in pieces if one.strip()]


def after(seen: list[str], word: str, number: int = 1) -> list[str]:
    """Return what is seen next to a word."""
    at = seen.index(WORDS[word].en if word in WORDS else word)
    return seen[at + 1 : at + 1 + number]
