"""What the pages have a client or a router run is run here."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from graphql import parse, validate
from joserfc import jwk, jwt
from joserfc.jws import JWSRegistry

from connectors.decoding.decode import Decoder
from connectors.manifest import read_manifest
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from resolvers.schema import schema
from signing.envelope import Envelope, PayloadType, verify
from signing.trust import read_trust_bundle
from tests.architecture.documents import Block, blocks, table, with_part
from tests.node import unavailable
from tests.pages.callers import ANYBODY
from tests.pages.desk import Desk
from tests.running import Gateway

AGENCIES, COLLECTION = "docs/agencies.md", "docs/collection.md"
SUPERGRAPH, INTEGRATORS = "docs/supergraph.md", "docs/integrators.md"
OURS, TOKEN = "certificates", "a-router"


def only(page: str, language: str, start: str = "") -> Block:
    """Return the block of a page in a language that begins so."""
    (found,) = (
        one
        for one in blocks(language)
        if one.page == page and one.text.startswith(start)
    )
    return found


def by_node(folder: Path, program: str) -> Any:
    """Run a program; return what it prints as JSON."""
    if shutil.which("node") is None:
        unavailable("node not found; the pages' JavaScript needs it")
    (folder / "program.mjs").write_text(program, "utf-8")
    done = subprocess.run(
        ["node", "program.mjs"],
        cwd=folder,
        env={"ROUTER_TOKEN": TOKEN, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def handed_on() -> set[str]:
    """Return the headers that the page says a router hands on."""
    return {
        name.lower()
        for row in table(SUPERGRAPH, "Header")
        for name in re.findall("`([^`]+)`", row[0])
    }


def asked_by(routers: str) -> str:
    """Return a program that asks a router's code what two subgraphs are sent."""
    return f"""
class RemoteGraphQLDataSource {{ constructor(one) {{ Object.assign(this, one); }} }}
let build;
class ApolloGateway {{ constructor(one) {{ build = one.buildService; }} }}
const supergraphSdl = "";
{routers}
const came = new Headers({json.dumps({name: name for name in handed_on()})});
came.delete("x-router-token");
came.set("cookie", "of nobody's business");
const told = {{}};
for (const name of ["{OURS}", "hr"]) {{
  const request = {{ http: {{ headers: new Headers() }} }};
  const context = {{ headers: came }};
  build({{ name, url: "" }}).willSendRequest({{ request, context }});
  told[name] = [
    Object.fromEntries(request.http.headers),
    gatewayConfig.propagateHeaders.fromClientToSubgraphs({{
      request: {{ headers: came }}, subgraphName: name,
    }}),
  ];
}}
console.log(JSON.stringify(told));
"""


def test_two_routers_hand_on_what_the_page_says_and_nothing_else(
    tmp_path: Path,
) -> None:
    routers = [one.text for one in blocks("js") if one.page == SUPERGRAPH]
    routers = [one.replace("export const", "const") for one in routers]

    told = by_node(tmp_path, asked_by("".join(routers)))

    expected = {name: name for name in handed_on()} | {"x-router-token": TOKEN}
    assert told == {OURS: [expected, expected], "hr": [{}, {}]}


def test_apollo_router_hands_on_what_the_page_says() -> None:
    read = yaml.safe_load(only(SUPERGRAPH, "yaml").text)

    (subgraph,) = read["headers"]["subgraphs"].items()
    *propagated, inserted = subgraph[1]["request"]
    assert subgraph[0] == OURS
    assert {one["propagate"]["named"] for one in propagated} | {
        inserted["insert"]["name"]
    } == handed_on()
    assert inserted["insert"]["from_env"] == "ROUTER_TOKEN"


FOLLOWING = """
export const createClient = (settings) => ({
  async *iterate(asked) {
    const { Authorization } = await settings.connectionParams();
    const { retryAttempts, url } = settings;
    console.log(JSON.stringify({ Authorization, retryAttempts, url, ...asked }));
    yield { data: { certificateStateChanged: { cursor: "c1" } } };
  },
});
"""
"""graphql-ws itself follows in ``tests/third_party/test_followers.py``."""


def test_a_websocket_is_followed_as_the_page_says(tmp_path: Path) -> None:
    page = only(INTEGRATORS, "js").text
    (tmp_path / "graphql-ws.mjs").write_text(FOLLOWING, "utf-8")
    program = page.replace("'graphql-ws'", "'./graphql-ws.mjs'")
    fresh = "async function freshToken() { return 'fresh'; }\n"

    asked = by_node(tmp_path, program + fresh)

    assert asked["Authorization"] == "Bearer fresh"
    assert asked["variables"] == {"after": None}
    assert validate(schema._schema, parse(asked["query"])) == []


def test_events_are_followed_by_the_pages_python(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    page = only(INTEGRATORS, "python", "import asyncio").text
    exec(page, names)  # noqa: S102 - the page's own
    query = "{ eventCursors { certificateStates } }"

    asyncio.run(names["follow"](f"{gateway.url}/graphql", ANYBODY, query))

    shown = capsys.readouterr().out
    assert "'data': {'eventCursors': {'certificateStates': '" in shown


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_receipt_is_checked_by_the_pages_python(desk: Desk) -> None:
    answer = json.loads((desk.folder / "answer.json").read_text("utf-8"))
    published = json.loads((desk.folder / "keys.json").read_text("utf-8"))
    names = {
        "jws": answer["extensions"]["receipt"]["jws"],
        "keys": jwk.KeySet.import_key_set(published),
        "jwt": jwt,
        "JWSRegistry": JWSRegistry,
    }

    page = only(INTEGRATORS, "python", "jwt.decode").text
    read = eval(page, names)  # noqa: S307 - the page's own

    assert read.claims["aud"] == ANYBODY


def test_a_change_of_state_is_signed_by_the_pages_python(desk: Desk) -> None:
    """It is read by the page's manifest, with the part of it that says where it is."""
    write = "pathlib.Path('changed.jws').write_bytes(line['record'])"
    signing = only(AGENCIES, "python").text
    program = f"{signing}\n{only(COLLECTION, 'python').text}\n{write}\n"
    subprocess.run([sys.executable, "-c", program], cwd=desk.folder, check=True)
    manifest = next(one.text for one in blocks("toml") if one.page == AGENCIES)
    part = only(COLLECTION, "toml").text

    proof = verify(
        Envelope((desk.folder / "changed.jws").read_bytes()),
        read_trust_bundle((desk.folder / "trust.toml").read_text("utf-8")),
        types={PayloadType.STATE},
        at=datetime.now(UTC),
        freshness=None,
    )
    whole = read_manifest(with_part(manifest, part))
    record, reason = Decoder(whole, load_catalogue()).decode_change(proof)

    assert isinstance(record, CertificateRecord)
    assert record.state is CertificateState.REVOKED
    assert (record.state_since, reason) == (date(2026, 11, 25), "隐瞒有关情况取得")
