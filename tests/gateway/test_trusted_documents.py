"""What is trusted from the start, and how an operator's manifest is made."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from gateway.batch.query import QUERY
from gateway.cli import app
from gateway.console.asking import DOCUMENTS as OF_CONSOLE
from gateway.credentials.asking import QUERY as CREDENTIAL
from gateway.documents.trusted import BUILT_IN, open_documents
from gateway.errors import StartError
from gateway.registration.documents import DOCUMENTS
from gateway.settings.console import Console
from gateway.settings.settings import Settings
from resolvers.documents.limits import Limits
from resolvers.documents.trusted import digest_of, read_manifest, write_manifest
from tests.architecture.documents import blocks
from tests.federation.queries import HOLDER_CHECK
from tests.resolvers.asking import STRANGER
from tests.resolvers.documents.test_documents import code
from tests.running import Agencies, running_gateway

PING = "query Ping { policy { notice } }\n"
SETTINGS = Settings(
    manifests="",
    trust_bundle="",
    certificate_id_key_file="",
    pseudonym_key_file="",
    tokens=[],
)


def trusting(manifest: Path) -> Settings:
    return msgspec.structs.replace(SETTINGS, trusted_documents=str(manifest))


def extracted(*arguments: object) -> tuple[int, str]:
    """Run ``gateway documents extract``; return its exit code and what it printed."""
    run = CliRunner().invoke(app, ["documents", "extract", *map(str, arguments)])
    return run.exit_code, run.output


def test_the_first_document_of_two_pages_is_trusted_from_the_start() -> None:
    shown = [
        next(b.text for b in blocks("graphql") if b.page == page)
        for page in ("docs/integrators.md", "docs/batch-check.md")
    ]

    assert list(read_manifest(BUILT_IN.read_bytes()).values()) == shown
    assert shown[1] == QUERY
    assert code(open_documents(SETTINGS), STRANGER, query=QUERY) == "runs"
    assert code(open_documents(SETTINGS), STRANGER, query=HOLDER_CHECK) == "runs"


def test_the_documents_of_registration_are_trusted_from_the_start() -> None:
    documents = open_documents(SETTINGS)
    other = next(iter(DOCUMENTS.values())).text.replace("version", "version owner")

    assert {
        code(documents, STRANGER, query=document.text)
        for document in DOCUMENTS.values()
    } == {"runs"}
    assert code(documents, STRANGER, query=other) == "UNKNOWN_DOCUMENT"


def test_limits_below_the_documents_of_registration_stop_the_start() -> None:
    settings = msgspec.structs.replace(SETTINGS, limits=Limits(fragments=1))

    with pytest.raises(StartError) as refused:
        open_documents(settings)

    assert re.fullmatch(
        "trusted documents of registration: DraftConnector: .*2 fragments.*; "
        "gateway connector and gateway sanction send it; raise the limit",
        str(refused.value),
    )


def test_limits_below_the_documents_of_the_console_stop_the_start_of_one() -> None:
    without = msgspec.structs.replace(SETTINGS, limits=Limits(fragments=2))
    settings = msgspec.structs.replace(without, console=Console(enabled=True))

    open_documents(without)
    with pytest.raises(StartError) as refused:
        open_documents(settings)

    assert re.fullmatch(
        "trusted documents of the console: [A-Z][A-Za-z]+: .*3 fragments.*; "
        "the console sends it; raise the limit",
        str(refused.value),
    )


def test_the_document_of_credentials_is_trusted_from_the_start() -> None:
    documents = open_documents(SETTINGS)
    variables = {"certificate": "c", "form": "SD_JWT"}

    assert code(documents, STRANGER, query=CREDENTIAL, variables=variables) == "runs"


def test_those_of_the_console_are_trusted_where_there_is_one() -> None:
    text = OF_CONSOLE["ConsoleAgencies"].text
    console = msgspec.structs.replace(SETTINGS, console=Console(enabled=True))

    assert code(open_documents(SETTINGS), STRANGER, query=text) == "UNKNOWN_DOCUMENT"
    assert code(open_documents(console), STRANGER, query=text) == "runs"


def test_a_document_of_a_manifest_is_told_by_its_digest(tmp_path: Path) -> None:
    manifest, refused = tmp_path / "trusted.json", "{ nothing }"
    manifest.write_bytes(write_manifest([refused]))
    place = re.escape(f"trusted documents {manifest}: {digest_of(refused)[:12]}: ")

    with pytest.raises(StartError, match=f"^{place}.*; see gateway documents extract$"):
        open_documents(trusting(manifest))


def test_an_operators_manifest_is_trusted_too(tmp_path: Path) -> None:
    manifest = tmp_path / "trusted.json"
    manifest.write_bytes(write_manifest([PING]))

    documents = open_documents(trusting(manifest))

    assert code(documents, STRANGER, query=PING) == "runs"
    assert code(documents, STRANGER, query=HOLDER_CHECK) == "runs"
    assert code(open_documents(SETTINGS), STRANGER, query=PING) == "UNKNOWN_DOCUMENT"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(None, "No such file", id="no file"),
        pytest.param(b"{", "gateway documents extract FILE", id="no JSON"),
        pytest.param(
            b'{"abc": "{ policy { notice } }"}', "stands under 'abc'", id="no digest"
        ),
        pytest.param(
            json.dumps({"8f" * 20: PING}).encode(),
            "SHA-1.*hashAlgorithm: 'sha256'",
            id="what the client preset writes if it is not told",
        ),
        pytest.param(
            json.dumps({"format": "apollo-persisted-query-manifest"}).encode(),
            "stands under 'format'",
            id="another program's manifest",
        ),
        pytest.param(
            write_manifest(["{ nothing }"]), "Cannot query field", id="another schema"
        ),
        pytest.param(
            write_manifest(["{" + "__typename " * 31 + "}"]),
            "31 root fields",
            id="over a limit",
        ),
    ],
)
def test_a_manifest_that_cannot_be_used_stops_the_start(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    manifest = tmp_path / "trusted.json"
    if content is not None:
        manifest.write_bytes(content)

    with pytest.raises(StartError, match=why):
        open_documents(trusting(manifest))


def test_documents_are_collected_from_files_and_pages(tmp_path: Path) -> None:
    (tmp_path / "ping.graphql").write_text(PING, "utf-8")
    (tmp_path / "page.md").write_text(
        "```graphql\n{ agencies { id } }\n```\n```json\n{}\n```\n"
        "```graphql about\n{ catalogue { items { code } } }\n```\n",
        "utf-8",
    )
    out = tmp_path / "trusted.json"

    status, told = extracted(
        tmp_path / "ping.graphql", tmp_path / "page.md", "--out", out
    )

    assert (status, "3 documents in" in told) == (0, True)
    assert sorted(read_manifest(out.read_bytes()).values()) == [
        PING,
        "{ agencies { id } }\n",
        "{ catalogue { items { code } } }\n",
    ]


def test_documents_are_collected_from_the_manifests_of_clients(tmp_path: Path) -> None:
    named = f"sha256:{digest_of(PING)}"
    written = {named: PING, digest_of(HOLDER_CHECK): HOLDER_CHECK}
    (tmp_path / "persisted-documents.json").write_text(json.dumps(written), "utf-8")
    (tmp_path / "again.graphql").write_text(PING, "utf-8")
    out = tmp_path / "trusted.json"

    status, told = extracted(*sorted(tmp_path.iterdir()), "--out", out)

    assert (status, "2 documents in" in told) == (0, True)
    assert read_manifest(out.read_bytes()) == {
        digest_of(text): text for text in (PING, HOLDER_CHECK)
    }


def test_a_client_s_manifest_that_is_none_is_told_of(tmp_path: Path) -> None:
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({digest_of(PING): "{ another }"}), "utf-8")
    arguments = ["documents", "extract", str(manifest), "--out", str(tmp_path / "x")]

    run = CliRunner().invoke(app, arguments)

    assert isinstance(run.exception, StartError)
    assert "persisted-documents.json: a document stands under" in str(run.exception)


def test_the_table_says_what_is_about_to_be_trusted(tmp_path: Path) -> None:
    (tmp_path / "check.graphql").write_text(HOLDER_CHECK, "utf-8")

    _, told = extracted(tmp_path / "check.graphql", "--out", tmp_path / "trusted.json")

    row = next(line for line in told.splitlines() if "HolderCheck" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "check.graphql",
        "HolderCheck",
        digest_of(HOLDER_CHECK)[:12],
        "yes",
        "1313",
        "",
    ]


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param("{ nothing }", id="another schema"),
        pytest.param("{" + "__typename " * 31 + "}", id="over a limit"),
        pytest.param("{ [/red] }", id="no GraphQL, but a table's markup"),
    ],
)
def test_nothing_is_written_if_a_document_is_refused(
    tmp_path: Path, refused: str
) -> None:
    (tmp_path / "ping.graphql").write_text(PING, "utf-8")
    (tmp_path / "other.graphql").write_text(refused, "utf-8")
    out = tmp_path / "trusted.json"

    status, told = extracted(*sorted(tmp_path.glob("*.graphql")), "--out", out)

    assert (status, "nothing was written" in told) == (1, True)
    assert not out.exists()


@pytest.mark.parametrize(
    "name", [pytest.param("none.md", id="no document"), pytest.param("x", id="no file")]
)
def test_where_nothing_is_found_the_command_says_what_to_name(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "none.md").write_text("nothing", "utf-8")

    run = CliRunner().invoke(
        app, ["documents", "extract", str(tmp_path / name), "--out", "x.json"]
    )

    assert isinstance(run.exception, StartError)


def test_the_limits_are_those_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "ping.graphql").write_text(PING, "utf-8")
    config = tmp_path / "gateway.toml"
    config.write_text(
        'manifests = "m"\ntrust_bundle = "t"\ntokens = []\nlimits.selections = 1\n'
        'certificate_id_key_file = "c"\npseudonym_key_file = "p"\n',
        "utf-8",
    )
    out = tmp_path / "trusted.json"

    assert extracted(tmp_path / "ping.graphql", "--out", out)[0] == 0
    assert (
        extracted(tmp_path / "ping.graphql", "--out", out, "--config", config)[0] == 1
    )


def test_an_unusable_manifest_is_told_before_anything_is_served(
    agencies: Agencies, tmp_path: Path
) -> None:
    (tmp_path / "trusted.json").write_text("{}}", "utf-8")
    lines = 'trusted_documents = "trusted.json"\n'

    with (
        pytest.raises(StartError, match=r"trusted documents .*trusted\.json"),
        running_gateway(tmp_path, agencies, settings=lines),
    ):
        pass
