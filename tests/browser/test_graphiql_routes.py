"""What is served for browsers, to whom, under which policy, and nothing beside it."""

import asyncio
import hashlib
import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse, print_ast, validate
from graphql.execution.values import get_variable_values
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from gateway.errors import StartError
from gateway.graphiql.examples import (
    ROLES,
    TABS,
    GraphiQLConfig,
    Person,
    Tab,
    example_tabs,
    read_people,
)
from gateway.graphiql.page import (
    ASSETS,
    graphiql_routes,
    page,
    read_checksums,
    wants_page,
)
from resolvers.schema import schema

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SCRIPT = next(name for name in read_checksums() if name.startswith("main-"))

# Fixed: clients and benchmarks send it.
HOLDER_CHECK = """
query HolderCheck($idNumber: String!) { holder(idNumber: $idNumber) {
  certificates { nodes { number title category item level issuedOn validUntil state authority { name }
    provenance { verdict keyId algorithm signedAt } eligibility { outcome findings { clause outcome reason } } } }
  sources { authority { name } outcome } } }
"""  # noqa: E501


def client_with(token: str | None = None) -> TestClient:
    """A client of the page and its routes."""
    config = GraphiQLConfig(token, (Tab("query One { a }", {"idNumber": "1"}),))
    routes = [Route("/graphql", page), *graphiql_routes(config)]
    return TestClient(Starlette(routes=routes))


def request_with(accept: str | None, method: str = "GET") -> Request:
    headers = [] if accept is None else [(b"accept", accept.encode())]
    return Request({"type": "http", "method": method, "headers": headers})


async def status_of(path: str) -> int:
    """Ask for ``path`` as it stands: a client would tidy it up first."""
    app = Starlette(routes=graphiql_routes(GraphiQLConfig(None, ())))
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()  # stays connected, says nothing more
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    await app(scope, receive, send)
    status: int = sent[0]["status"]
    return status


class Addresses(HTMLParser):
    """Collects every address a page loads, and whether it has scripts of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ``src`` and ``href``, inline handlers and scripts without ``src``."""
        named = dict(attrs)
        self.found += [v for k, v in attrs if k in {"src", "href"} and v is not None]
        self.inline += tag == "script" and "src" not in named
        self.inline += sum(name.startswith("on") for name in named)


def addresses_of(html: str) -> Addresses:
    addresses = Addresses()
    addresses.feed(html)
    return addresses


@pytest.mark.parametrize(
    "accept",
    [
        pytest.param(FIREFOX, id="a browser"),
        pytest.param("text/html", id="HTML only"),
        pytest.param("application/json;q=0.5, text/*", id="any text before JSON"),
        pytest.param("*/*, application/json;q=0, text/html;q=0.1, "
                     "application/graphql-response+json;q=0", id="JSON refused"),
    ],
)  # fmt: skip
def test_a_client_that_prefers_html_gets_the_page(accept: str) -> None:
    assert wants_page(request_with(accept))


@pytest.mark.parametrize(
    "accept",
    [
        pytest.param(None, id="nothing said"),
        pytest.param("", id="empty"),
        pytest.param("*/*", id="anything"),
        pytest.param("application/json", id="JSON"),
        pytest.param("application/graphql-response+json, */*;q=0.1", id="GraphQL"),
        pytest.param("text/html, application/json", id="both alike"),
        pytest.param("text/html;q=0", id="HTML refused"),
        pytest.param("text/html;q=nan", id="a weight that is no number"),
        pytest.param("text/html;q=7, */*;q=0.1", id="a weight out of range"),
        pytest.param(";;,,q=1;=", id="garbage"),
    ],
)
def test_a_client_that_does_not_prefer_html_gets_no_page(accept: str | None) -> None:
    assert not wants_page(request_with(accept))


def test_a_client_that_posts_gets_no_page() -> None:
    assert not wants_page(request_with(FIREFOX, "POST"))


def test_a_browser_may_ask_for_the_head_of_the_page() -> None:
    assert wants_page(request_with(FIREFOX, "HEAD"))


def test_the_page_is_held_by_the_strict_policy() -> None:
    headers = client_with().get("/graphql").headers

    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; worker-src 'self'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-cache"
    assert headers["vary"] == "Accept"
    assert headers["content-type"] == "text/html; charset=utf-8"


def test_the_page_loads_from_this_server_only() -> None:
    addresses = addresses_of(client_with().get("/graphql").text)

    assert len(addresses.found) == 3
    assert [
        a for a in addresses.found if not a.startswith(("/graphiql/", "data:,"))
    ] == []
    assert addresses.inline == 0


def test_an_address_elsewhere_and_an_inline_script_would_be_noticed() -> None:
    addresses = addresses_of('<script>1</script><img src="http://a.test/" onload="1">')

    assert addresses.found == ["http://a.test/"]
    assert addresses.inline == 2


def test_the_styles_load_from_this_server_only() -> None:
    styles = "".join(path.read_text("utf-8") for path in ASSETS.glob("*.css"))
    loaded = re.findall(r"""(?:url\(|@import)\s*["']?([^"')]{1,10})""", styles)

    assert {address[:5] for address in loaded} == {"data:", "./cod"}


def test_what_the_page_loads_is_there() -> None:
    client = client_with()
    addresses = addresses_of(client.get("/graphql").text).found

    answers = [client.get(a) for a in addresses if a.startswith("/graphiql/")]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("name", sorted(read_checksums()))
def test_every_vendored_file_is_as_it_was_built(name: str) -> None:
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()

    assert digest == read_checksums()[name]


def test_no_file_was_added_to_the_vendored_ones() -> None:
    present = {path.name for path in ASSETS.iterdir()} - {"SHA256SUMS"}

    assert present == set(read_checksums())


def test_a_vendored_file_keeps_for_good_as_what_it_is() -> None:
    answer = client_with().get(f"/graphiql/{SCRIPT}")

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        (".js", "text/javascript; charset=utf-8"),
        (".css", "text/css; charset=utf-8"),
        (".ttf", "font/ttf"),
    ],
)
def test_a_vendored_file_says_its_type(suffix: str, media_type: str) -> None:
    name = next(name for name in read_checksums() if name.endswith(suffix))

    assert client_with().get(f"/graphiql/{name}").headers["content-type"] == media_type


async def test_a_vendored_file_is_served_by_its_name() -> None:
    assert await status_of(f"/graphiql/{SCRIPT}") == 200


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/graphiql/../graphiql.py", id="up"),
        pytest.param("/graphiql/../../graphiql.py", id="up twice"),
        pytest.param("/graphiql/%2e%2e%2fgraphiql.py", id="up, escaped twice"),
        pytest.param("/graphiql/..\\graphiql.py", id="up, backslash"),
        pytest.param("/graphiql//etc/passwd", id="absolute"),
        pytest.param(f"/graphiql/./{SCRIPT}", id="here"),
        pytest.param(f"/graphiql/{SCRIPT}\0", id="null"),
        pytest.param(f"/graphiql/{SCRIPT.upper()}", id="other case"),
        pytest.param("/graphiql/SHA256SUMS", id="not an asset"),
        pytest.param("/graphiql/", id="the folder"),
    ],
)
async def test_no_other_file_is_served(path: str) -> None:
    assert await status_of(path) == 404


@pytest.mark.parametrize("path", ["/graphiql/config.json", f"/graphiql/{SCRIPT}"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_what_is_served_cannot_be_written(path: str, method: str) -> None:
    assert client_with().request(method, path).status_code == 405


@pytest.mark.parametrize("path", ["/graphiql/config.json", f"/graphiql/{SCRIPT}"])
def test_the_head_of_what_is_served_has_no_body(path: str) -> None:
    answer = client_with().head(path)

    assert answer.status_code == 200
    assert answer.content == b""


def test_the_configuration_gives_no_token_when_none_is_configured() -> None:
    answer = client_with(None).get("/graphiql/config.json")

    tab = {"query": "query One { a }", "variables": {"idNumber": "1"}, "token": None}
    assert answer.json() == {"token": None, "tabs": [tab], "people": []}


def test_the_configuration_gives_the_demo_token_and_is_kept_by_nobody() -> None:
    answer = client_with("demo").get("/graphiql/config.json")

    assert answer.json()["token"] == "demo"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_printed_configuration_does_not_show_the_tokens() -> None:
    tabs = (Tab("query One { a }", {}, "secret of a role"),)

    assert "secret" not in repr(GraphiQLConfig("secret", tabs))


def named(tabs: Sequence[Tab]) -> list[str]:
    queries = [parse(tab.query) for tab in tabs]
    return [query.definitions[0].to_dict()["name"]["value"] for query in queries]


def test_each_kind_of_user_who_reads_has_a_tab() -> None:
    tabs = example_tabs("1")

    assert named(tabs) == [
        *("HolderCheck", "AgencyHealth", "PolicyAndProvenance"),
        *("Trace", "StateChanges"),
    ]
    assert {tab.token for tab in tabs} == {None}


def test_a_role_with_a_token_has_its_tabs_and_no_other_has() -> None:
    tabs = example_tabs("1", {"payments": "p", "audit": "a"})

    assert named(tabs)[5:] == ["Claim", "RecordDecision", "AuditLog"]
    assert [tab.token for tab in tabs[5:]] == ["p", "p", "a"]


def test_a_token_for_no_role_is_refused() -> None:
    with pytest.raises(StartError, match="graphiql_tokens: payment is none of"):
        example_tabs("1", {"payment": "p"})


def test_every_role_has_tabs_and_no_other_folder_is_there() -> None:
    assert tuple(sorted(folder.name for folder in TABS.iterdir())) == ROLES


def test_the_tabs_fit_the_schema_and_so_do_their_variables() -> None:
    for tab in example_tabs("1", dict.fromkeys(ROLES, "t")):
        document = parse(tab.query)
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        assert validate(schema.core, document) == []
        defined = operation.variable_definitions or ()
        values = get_variable_values(schema.core, defined, dict(tab.variables))
        assert not isinstance(values, list), values


def test_the_examples_show_what_is_wrong_why_and_how_long_it_took() -> None:
    trace = example_tabs("1")[3].query

    for field in ("problem", "reason", "latencyMilliseconds", "findings", "checks"):
        assert f" {field}" in trace


def test_the_first_tab_is_the_holder_check_as_clients_send_it() -> None:
    first = example_tabs("1")[0]

    assert print_ast(parse(first.query)) == print_ast(parse(HOLDER_CHECK))


def test_the_identity_number_goes_to_the_tabs_that_ask_for_one() -> None:
    variables = [tab.variables for tab in example_tabs("310101199001010010")]

    number = {"idNumber": "310101199001010010"}
    assert variables == [number, {}, number, number, {}]


def test_people_are_those_of_a_sandbox_without_their_names(tmp_path: Path) -> None:
    person = {"id": "none", "idType": "PASSPORT", "idNumber": "1", "name": "secret"}
    path = tmp_path / "stories.json"
    path.write_text(json.dumps({"persons": [{**person, "zh": "无", "en": "nothing"}]}))

    assert read_people(path) == (
        Person("none", {"idType": "PASSPORT", "idNumber": "1"}, "无", "nothing"),
    )
    assert read_people(None) == ()


@pytest.mark.parametrize("text", ["", "[]", '{"persons": [{}]}', '{"persons": 1}'])
def test_a_file_without_people_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stories.json"
    path.write_text(text)

    with pytest.raises(StartError, match=r"graphiql_stories: .* has no people"):
        read_people(path)
