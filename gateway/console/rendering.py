"""Write pages: templates of Jinja2 that escape all, and the headers that go with them.

No script and no style stands in a page (``POLICY``). Enum values, and the names of what
the graph answers, are shown in the words by which the schema describes them.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.templating import Jinja2Templates

from gateway.console.language import Language
from gateway.console.static_files import addresses
from gateway.console.words import WORDS
from policy.calendar import SHANGHAI
from policy.text import Text
from resolvers.schema import schema

SEE_OTHER = 303
FOLDER = Path(str(files(__package__)))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    # With no-referrer a browser says "Origin: null" of a form of ours.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept-Language, Cookie",
}
"""Beside those of every answer (``gateway.graphql_http.security_headers``)."""


class Drawn:
    """A drawing of ours, which is markup already."""

    def __init__(self, svg: str) -> None:
        self._svg = svg

    def __html__(self) -> str:
        """Return it as it is."""
        return self._svg


def described(name: str) -> Text:
    """Return the schema's words for ``Type.field`` or ``Enum.VALUE``.

    Raises:
        KeyError: the schema has none of that name.
    """
    type_name, _, member = name.partition(".")
    type_ = schema.core.type_map[type_name]
    description: str | None = None
    match type_:
        case GraphQLEnumType():
            description = type_.values[member].description
        case GraphQLObjectType() | GraphQLInputObjectType():
            description = type_.fields[member].description
        case _:
            raise KeyError(name)
    zh, _, en = (description or "").partition("\n")
    return Text(zh, en)


_described = lru_cache(maxsize=1_000)(described)


def in_language(message: str, language: Language) -> str:
    """Return the half of a message of the graph that is in ``language``."""
    zh, separator, en = message.partition(" / ")
    if not separator or zh.isascii():
        return message
    return language.of(Text(zh, en))


def _before_semicolon(words: str) -> str:
    """Return what a field is, without what else is to be known of it."""
    return re.split("[;；]", words, maxsplit=1)[0]


def moment(value: str | None) -> str:
    """Return a moment as people of Shanghai read it; nothing if there is none."""
    if not value:
        return ""
    return f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _templates() -> Jinja2Templates:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = moment
    return Jinja2Templates(env=environment)


TEMPLATES = _templates()


def rendered(
    template: str,
    language: Language,
    context: Mapping[str, object],
    status: int = 200,
) -> HTMLResponse:
    """Return the page that ``template`` makes of ``context``."""

    def word(key: str) -> str:
        return language.of(WORDS[key])

    def said(enum: str, value: str | None) -> str:
        return "" if value is None else language.of(_described(f"{enum}.{value}"))

    def named(field: str) -> str:
        return language.of(_described(field))

    text = TEMPLATES.get_template(template).render(
        {
            "word": word,
            "said": said,
            "named": named,
            "brief": lambda field: _before_semicolon(named(field)),
            "language": language,
            "colon": "：" if language is Language.ZH else ": ",
            "static": addresses(),
            "in_language": lambda message: in_language(message, language),
            **context,
        }
    )
    return HTMLResponse(text, status, HEADERS)
