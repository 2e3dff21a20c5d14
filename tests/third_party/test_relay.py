"""Relay's compiler takes the schema, and what it writes is run as it is.

It writes the queries that have a page, or an object, again (``@refetchable``), and a
manifest of all by their SHA-256, which is the one of trusted documents.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bureau.caller import Caller
from resolvers.authorization.variants import SCOPES, Role, Variant
from resolvers.documents.documents import Documents, Question
from resolvers.documents.limits import Limits
from resolvers.documents.trusted import digest_of, read_manifest
from resolvers.schema import schema
from tests.gateway.callers.known import READER, sha256
from tests.node import install
from tests.running import Agencies, Gateway, running_gateway

HERE = Path(__file__).parent / "relay"
HR = Caller("pudong-hr", SCOPES[Role.HR])
TABLES = f"""
[[tokens]]
caller = "pudong-hr"
sha256 = "{sha256(READER.encode())}"
scopes = ["certificates:read"]
purpose = "SUBSIDY_CLAIM"
case_number = "17-2026-1"
"""


@pytest.fixture(scope="module", name="manifest")
def _manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest that the compiler writes of a screen."""
    folder = tmp_path_factory.mktemp("relay")
    install(HERE, "relay.config.json", folder)
    shutil.copytree(HERE / "src", folder / "src")
    text = schema.printed(Variant(scopes=SCOPES[Role.HR]))
    (folder / "schema.graphql").write_text(text, "utf-8")
    manifest = folder / "documents.json"
    manifest.write_text("{}", "utf-8")
    done = subprocess.run(
        ["node", "node_modules/relay-compiler/cli.js"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return manifest


@pytest.fixture(scope="module", name="named")
def _named(manifest: Path) -> dict[str, str]:
    """The digest of each query, by its name."""
    return {
        text.split("(")[0].removeprefix("query "): digest
        for digest, text in read_manifest(manifest.read_bytes()).items()
    }


@pytest.fixture(scope="module", name="gateway")
def _gateway(
    running_agencies: Agencies, manifest: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path_factory.mktemp("gateway-relay"),
        running_agencies,
        settings=f"trusted_documents = {json.dumps(str(manifest))}\n",
        tables=TABLES,
        mode="production",
    ) as gateway:
        yield gateway


def asked(gateway: Gateway, digest: str, **variables: object) -> Any:
    """Return the data of a question that is named by its digest."""
    _, answer, _ = gateway.post(
        {"documentId": f"sha256:{digest}", "variables": variables}, token=READER
    )
    assert "errors" not in answer
    return answer["data"]


def test_what_can_be_had_again_is_compiled(named: dict[str, str]) -> None:
    assert named.keys() == {
        "CertificatesQuery",
        "CertificatesPageQuery",
        "CertificatesRowQuery",
    }


@pytest.mark.parametrize("name", ["CertificatesQuery", "CertificatesPageQuery"])
def test_what_is_written_is_trusted_as_it_is(manifest: Path, name: str) -> None:
    documents = Documents(schema.core, Limits(), is_open=False)
    texts = read_manifest(manifest.read_bytes()).values()

    for text in texts:
        documents.trust(text)

    (asked,) = [text for text in texts if f"{name}(" in text]
    prepared = documents.prepare(Question(query=asked), HR)
    assert (prepared.people, prepared.trusted_as) == (1, digest_of(asked))


@pytest.mark.long
def test_a_page_and_a_certificate_are_had_again(
    gateway: Gateway, agencies: Agencies, named: dict[str, str]
) -> None:
    number = agencies.person("all-three")["idNumber"]
    holder = asked(gateway, named["CertificatesQuery"], idNumber=number)["holder"]
    page = holder["certificates"]
    after = page["pageInfo"]["endCursor"]

    more = asked(gateway, named["CertificatesPageQuery"], id=holder["id"], after=after)[
        "node"
    ]
    last = more["certificates"]["edges"][0]["node"]
    again = asked(gateway, named["CertificatesRowQuery"], id=last["id"])["node"]

    assert len(page["edges"]) == 2
    assert (more["id"], more["__typename"]) == (holder["id"], "Holder")
    assert last["id"] not in [edge["node"]["id"] for edge in page["edges"]]
    assert again == last
