"""``/``: a browser is shown where things are; a program is told the graph's address.

The page leads to what is open here, and in a demo to its people. It has no script, and
no style but its own, by its digest.
"""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from gateway.console.language import Language, language_of
from gateway.graphiql.examples import Person
from gateway.graphiql.page import wants_page
from gateway.receipts.endpoint import KEYS
from gateway.transparency.publishing import PREFIX
from policy.text import Text

FOLDER = Path(str(files("gateway"))) / "static" / "front"


class Door(StrEnum):
    """Something to open that not every gateway has, by its address."""

    GRAPHIQL = "/graphql"
    CONSOLE = "/console"
    SCHEMA = "/schema.graphql"
    LOG = f"{PREFIX}/checkpoint"


class Link(NamedTuple):
    """A line of the page."""

    address: str
    name: Text
    words: Text


LINKS = (
    Link(
        Door.GRAPHIQL,
        Text("查询工具 GraphiQL", "GraphiQL"),
        Text(
            "编写并运行查询，附示例和模式文档",
            "write and run questions, with examples and the schema's documentation",
        ),
    ),
    Link(
        Door.CONSOLE,
        Text("控制台", "Console"),
        Text(
            "供经办、监管和审计人员使用的页面",
            "pages for district officers, operators and auditors",
        ),
    ),
    Link(
        Door.SCHEMA,
        Text("模式", "Schema"),
        Text("GraphQL 模式全文", "the whole of the GraphQL schema"),
    ),
    Link(
        "/health/ready",
        Text("健康状况", "Health"),
        Text("网关能否答复", "whether the gateway can answer"),
    ),
    Link(
        "/metrics",
        Text("指标", "Metrics"),
        Text("Prometheus 文本格式", "in Prometheus' text format"),
    ),
    Link(
        KEYS,
        Text("回执密钥", "Keys of receipts"),
        Text("用以核验网关的回执", "to verify this gateway's receipts"),
    ),
    Link(
        Door.LOG,
        Text("透明日志", "Transparency log"),
        Text("日志当前的检查点", "the log's checkpoint of now"),
    ),
)
DOCS = Text(
    "文档随软件包提供，见 docs/zh/；接入方从 docs/zh/integrators.md 开始。",
    "The documentation comes with the package, in docs/; who asks begins with "
    "docs/integrators.md.",
)


def front_page(
    doors: frozenset[Door], people: Sequence[Person]
) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers at ``/``, for ``doors`` that are open and ``people``."""
    closed = frozenset(Door) - doors
    links = [link for link in LINKS if link.address not in closed]
    shown = people if Door.GRAPHIQL in doors else ()

    async def answer(request: Request) -> Response:
        if not wants_page(request):
            return JSONResponse({"graphql": "/graphql"}, headers={"Vary": "Accept"})
        language = language_of(request)
        style = _style()
        text = _template().render(
            language=language,
            is_chinese=language is Language.ZH,
            said=language.of,
            links=links,
            people=shown,
            docs=DOCS,
            style=style,
        )
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        return HTMLResponse(
            text,
            headers={
                "Content-Security-Policy": (
                    f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
                    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                ),
                "Content-Language": language.tag,
                "Vary": "Accept, Accept-Language, Cookie",
            },
        )

    return answer


@cache
def _style() -> str:
    return (FOLDER / "front.css").read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("front.html")
