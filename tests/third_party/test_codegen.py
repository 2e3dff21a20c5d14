"""GraphQL Code Generator's manifest is one of trusted documents as it is.

``persisted-documents.json`` of the client preset names each document by ``sha256:`` and
the digest, and writes fragments and fields in an order of its own.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from resolvers.authorization.variants import SCOPES, Role, Variant
from resolvers.documents.trusted import read_manifest
from resolvers.schema import schema
from tests.gateway.callers.known import READER, sha256
from tests.node import install
from tests.running import Agencies, Gateway, running_gateway

# Three hundred packages are installed.
pytestmark = pytest.mark.long

HERE = Path(__file__).parent / "codegen"
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
    """The manifest that is written of a screen."""
    folder = tmp_path_factory.mktemp("codegen")
    install(HERE, "codegen.mjs", folder)
    shutil.copytree(HERE / "src", folder / "src")
    text = schema.printed(Variant(scopes=SCOPES[Role.HR]))
    (folder / "schema.graphql").write_text(text, "utf-8")
    done = subprocess.run(
        ["npx", "--no-install", "graphql-codegen", "--config", "codegen.mjs"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "src" / "gql" / "persisted-documents.json"


@pytest.fixture(scope="module", name="gateway")
def _gateway(
    running_agencies: Agencies, manifest: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path_factory.mktemp("gateway-codegen"),
        running_agencies,
        settings=f"trusted_documents = {json.dumps(str(manifest))}\n",
        tables=TABLES,
        mode="production",
    ) as gateway:
        yield gateway


def test_every_name_is_the_digest_of_its_text(manifest: Path) -> None:
    written = json.loads(manifest.read_text("utf-8"))

    texts = read_manifest(manifest.read_bytes())

    assert [f"sha256:{digest}" for digest in texts] == list(written)
    assert len(texts) == 2


def test_a_document_is_run_by_the_name_in_the_code(
    gateway: Gateway, agencies: Agencies, manifest: Path
) -> None:
    written = json.loads(manifest.read_text("utf-8"))
    (name,) = [one for one, text in written.items() if "holder(" in text]
    variables = {"idNumber": agencies.person("all-three")["idNumber"]}

    _, answer, _ = gateway.post(
        {"documentId": name, "variables": variables}, token=READER
    )

    assert answer.get("errors") is None
    assert len(answer["data"]["holder"]["certificates"]["nodes"]) == 2


def test_another_document_is_run_by_nobody(gateway: Gateway) -> None:
    _, answer, _ = gateway.post({"query": "{ policy { notice } }"}, token=READER)

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "UNKNOWN_DOCUMENT"
