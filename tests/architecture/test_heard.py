"""Every gateway of a test run is heard: there is one way for a test to start one.

What could start another (a process, the application itself, a client that runs it
without a socket) is named here for each file that may, with what it starts by it. At
the end of the run gateways' own logs are counted against what was heard, too
(``tests/personal_data.py``); this page is for the gateway that leaves no log.

Whoever asks such a gateway is heard at its end. What could ask, or be answered by the
server before anything of ours, is named too, with whom it asks: a new client is to be
one of those that are there (``tests/running.py``, ``wire.py``, ``raw.py``).
"""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import imports_of, tree_like

IMPORTED = {
    *("create_app", "load_app", "serve", "open_gateway", "open_demo", "started"),
    *("subprocess", "multiprocessing", "TestClient", "ASGITransport", "granian"),
    "nursery",
}
TAKEN = {
    *("create_subprocess_exec", "create_subprocess_shell", "system", "popen"),
    *("posix_spawn", "posix_spawnp", "fork", "execv", "execvp"),
}
CLIENTS = {
    *("http.client", "urllib.request", "urllib3", "requests", "httpx", "socket"),
    *("selenium.webdriver", "websockets", "ftplib", "telnetlib", "pycurl"),
}
CONNECTING = {"ClientSession", "open_connection", "create_connection", "urlopen"}
A_COMMAND = "a command that serves nothing"
AN_AGENCY = "agencies"
A_WITNESS = "a witness, which sees hashes and nobody"
A_LISTENER = "gateways that are heard"
MAY_START = {
    "tests/heard.py": A_LISTENER,
    "tests/nursery.py": "what the files that are named here ask it for",
    "tests/forks.py": "what tests/nursery.py asks it for",
    "tests/conftest.py": "nothing; it begins and ends what forks",
    "tests/workers.py": "whoever runs tests, as any runner does",
    "tests/test_workers.py": "tests of its own, of which none asks anybody",
    "tests/postgresql.py": "the database server's own program",
    "tests/store/test_frozen.py": "a writer, of a database alone",
    "tests/running.py": A_LISTENER,
    "tests/gateway/buggy_gateway.py": A_LISTENER,
    "tests/gateway/callers/test_tls.py": A_LISTENER,
    "tests/gateway/collection/test_killed.py": A_LISTENER,
    "tests/gateway/privacy/test_audit_kept.py": A_LISTENER,
    "tests/gateway/demo/test_demo.py": "the demo as its user starts it: its one "
    "caller sees people, and its log is checked for others",
    "tests/gateway/test_serve.py": "gateways refused or stopped before anybody "
    "asks; what they wrote is compared whole",
    "tests/browser/test_front_page.py": "a page about nobody, without a gateway",
    "tests/browser/test_graphiql_routes.py": "the routes of a page, without a graph",
    "tests/gateway/console/front.py": "the routes of pages that ask no graph",
    "tests/gateway/demo/test_told.py": A_COMMAND,
    "tests/gateway/callers/haproxy.py": "a proxy before a gateway that is heard",
    "tests/test_nursery.py": A_COMMAND,
    "tests/gateway/transparency/test_publishing.py": A_COMMAND,
    "tests/store/transparency/test_faults.py": "a process that appends to a database",
    "tests/gateway/newcomer/test_init.py": AN_AGENCY,
    "tests/gateway/registration/desk.py": A_COMMAND,
    "tests/gateway/init/test_init.py": A_COMMAND,
    "tests/architecture/test_commands_page.py": A_COMMAND,
    "tests/architecture/test_deployment.py": A_COMMAND,
    "tests/third_party/test_site.py": "Sphinx, which builds pages",
    "tests/gateway/test_tutorials.py": "the tutorials, typed into a shell",
    "tests/pages/desk.py": "the pages' command lines, before a heard gateway",
    "tests/pages/test_programs.py": "the pages' own programs, which serve nothing",
    "tests/pages/test_servers.py": "the database server's own program",
    "tests/architecture/test_distribution.py": "the demo of an installed wheel, which "
    "asks itself and removes what it wrote",
    "tests/http_audit/test_http_audit.py": A_COMMAND,
    "tests/gateway/evidence/programs.py": "what checks bundles, which asks nobody",
    "tests/gateway/test_prometheus.py": "Prometheus, which reads metrics",
    "tests/architecture/test_sbom.py": "make, which says what it would run",
    "tests/architecture/test_alerts.py": "promtool, which reads files",
    "tests/node.py": "npm, which installs what is locked",
    "tests/architecture/test_imports.py": A_COMMAND,
    "tests/federation/test_killed.py": A_COMMAND,
    "tests/faults/clocked.py": A_LISTENER,
    "tests/faults/town.py": A_LISTENER,
    "tests/faults/parts.py": "what tests/faults/town.py gives it to start",
    "tests/faults/database.py": "the database server's own program",
    "tests/federation/test_recheck.py": A_COMMAND,
    "tests/architecture/test_signing_example.py": A_COMMAND,
    "tests/architecture/test_signing_languages.py": A_COMMAND,
    "tests/architecture/test_sm2_page.py": A_COMMAND,
    "tests/signing/sm2/test_agreement.py": "openssl and node, which verify",
    "tests/gateway/batch/checking.py": A_COMMAND,
    "tests/federation/test_money_story.py": A_COMMAND,
    "tests/federation/test_reconcile_command.py": A_COMMAND,
    "tests/gateway/batch/writers.py": "node, which writes sheets",
    "tests/gateway/callers/test_issue.py": A_COMMAND,
    "tests/gateway/collection/test_command.py": A_COMMAND,
    "tests/gateway/database/test_commands.py": A_COMMAND,
    "tests/gateway/database/test_backup.py": A_COMMAND,
    "tests/store/backup/test_backup.py": A_COMMAND,
    "tests/gateway/collection/test_states.py": A_COMMAND,
    "tests/gateway/subscriptions/test_drain.py": "a process that serves nothing, and "
    "takes signals as a gateway does",
    "tests/gateway/test_trust.py": A_COMMAND,
    "tests/gateway/verify/test_verify.py": A_COMMAND,
    "tests/third_party/environment.py": "pip, which installs what is locked",
    "tests/third_party/test_verifiers.py": "programs of others, which read files",
    "tests/third_party/test_wallets.py": "programs of others, which read text",
    "tests/third_party/test_linters.py": "programs of others, which read files",
    "tests/third_party/test_composers.py": "programs of others, which read files",
    "tests/third_party/test_graphiql_build.py": "npm, which builds a page",
    "tests/third_party/test_relay.py": "a program of others, which reads files",
    "tests/third_party/test_routers.py": "routers of others, before a heard gateway",
    "tests/third_party/test_clients.py": "clients of ours, before a heard gateway",
    "tests/third_party/test_codegen.py": "a program of others, which reads files",
    "tests/third_party/test_followers.py": "clients of others, who are told opaque ids",
    "tests/gateway/witness/running.py": A_WITNESS,
    "tests/gateway/witness/test_commands.py": A_WITNESS,
    "tests/gateway/witness/test_killed.py": A_WITNESS,
    "tests/store/registration/test_killed.py": A_COMMAND,
    "tests/contracts/test_national_exchange.py": "a platform before an agency",
    "tests/contracts/test_tif.py": "a gateway of a province before an agency",
    "tests/contracts/test_licence_store.py": "a store of licences, which is asked",
    "tests/contracts/test_attempts.py": "the same",
    "tests/gateway/providers/conftest.py": "softhsm2-util, which makes a token",
    "tests/gateway/providers/test_release.py": "git; openssl and sha256sum verify",
    "tests/gateway/providers/test_receipts.py": "a server for signatures, beside a "
    "heard gateway",
    "tests/contracts/test_unsigned_rows.py": "platforms before an agency",
    "tests/federation/test_unsigned.py": "a store of licences, beside a heard gateway",
    "tests/sandbox/conftest.py": AN_AGENCY,
    "tests/sandbox/process.py": AN_AGENCY,
    "tests/sandbox/test_process.py": AN_AGENCY,
    "tests/sandbox/test_link.py": "a link before nobody of ours",
}
BYTES = "bytes at heard gateways; what the server itself answers is heard here"
A_GATEWAY = "heard gateways, as a client of an integrator would"
THE_PAGE = "a heard gateway's page; its console, addresses and text are heard here"
NO_GATEWAY = "no gateway: agencies, issuers, ports, what forks"
MAY_ASK = {
    "tests/running.py": A_GATEWAY,
    "tests/pages/story.py": A_GATEWAY,
    "tests/pages/test_answers.py": NO_GATEWAY,
    "tests/ports.py": NO_GATEWAY,
    "tests/store/test_frozen.py": "a database",
    "tests/store/test_failover.py": "a database, and nobody",
    "tests/nursery.py": NO_GATEWAY,
    "tests/forks.py": NO_GATEWAY,
    "tests/attacks/raw.py": BYTES,
    "tests/third_party/test_routers.py": "a router of others, before a heard gateway",
    "tests/third_party/clients/outcomes.py": "no gateway: what answers oddly",
    "tests/gateway/subscriptions/following.py": A_GATEWAY,
    "tests/gateway/graphql_http/wire.py": BYTES,
    "tests/gateway/graphql_http/silent_agency.py": "heard gateways, and leaves",
    "tests/attacks/test_graphql_cop.py": A_GATEWAY,
    "tests/gateway/callers/test_over_http.py": A_GATEWAY,
    "tests/gateway/callers/haproxy.py": "a proxy, whether it is up",
    "tests/gateway/collection/sending.py": A_GATEWAY,
    "tests/gateway/collection/test_command.py": A_GATEWAY,
    "tests/gateway/collection/test_killed.py": A_GATEWAY,
    "tests/gateway/collection/test_transfers.py": A_GATEWAY,
    "tests/gateway/registry/alone.py": "nobody: agencies that are put in force are "
    "not asked",
    "tests/gateway/providers/held.py": NO_GATEWAY,
    "tests/gateway/test_unreached.py": NO_GATEWAY,
    "tests/gateway/test_prometheus.py": "Prometheus, before a heard gateway",
    "tests/gateway/test_ports.py": NO_GATEWAY,
    "tests/gateway/sockets/test_watch.py": NO_GATEWAY,
    "tests/attacks/test_silent_connections.py": A_GATEWAY,
    "tests/federation/test_reconciliation_limits.py": A_GATEWAY,
    "tests/federation/test_silent.py": A_GATEWAY,
    "tests/gateway/admission/test_overload.py": A_GATEWAY,
    "tests/federation/test_killed.py": "only what breaks off when a gateway is killed",
    "tests/faults/asking.py": "only how a question to a heard gateway breaks off",
    "tests/gateway/callers/test_proxy.py": A_GATEWAY,
    "tests/gateway/callers/test_tls.py": A_GATEWAY,
    "tests/gateway/console/visitor.py": A_GATEWAY,
    "tests/gateway/test_front_door.py": A_GATEWAY,
    "tests/gateway/demo/test_demo.py": "the demo, whether it is up",
    "tests/browser/conftest.py": THE_PAGE,
    "tests/browser/logs.py": THE_PAGE,
    "tests/browser/graphiql_pages.py": THE_PAGE,
    "tests/browser/test_graphiql_page.py": THE_PAGE,
    "tests/browser/test_graphiql_trace.py": THE_PAGE,
    "tests/browser/test_front_page.py": THE_PAGE,
    "tests/browser/test_console.py": THE_PAGE,
    "tests/browser/console_pages.py": THE_PAGE,
    "tests/browser/test_console_by_issuer.py": THE_PAGE,
    "tests/browser/test_console_inbox.py": THE_PAGE,
    "tests/browser/test_console_work.py": THE_PAGE,
    "tests/browser/test_evidence_page.py": "a file; what it asks for and leaves is "
    "heard as a page's is",
    "tests/browser/test_evidence_code.py": "files; what they ask for is heard so, too",
    "tests/browser/test_evidence_camera.py": "a file; what it asks for is looked at",
    "tests/attacks/test_hostile_tls.py": NO_GATEWAY,
    "tests/attacks/test_hostile_upstream.py": NO_GATEWAY,
    "tests/attacks/upstream.py": NO_GATEWAY,
    "tests/fuzz/test_files.py": NO_GATEWAY,
    "tests/gateway/callers/test_issuer_keys.py": NO_GATEWAY,
}
WITHOUT_GATEWAYS = (
    "tests/bureau/",
    "tests/connectors/",
    "tests/contracts/",
    "tests/sandbox/",
    "tests/store/quality/",
    "tests/gateway/witness/",
    "tests/gateway/transparency/test_witnessing.py",
    "tests/gateway/transparency/test_lines_of_the_log.py",
)
"""Folders in which nobody has a gateway to ask."""
HEARD = {path for path, what in MAY_START.items() if what is A_LISTENER}


def ways(path: Path) -> set[str]:
    """Return by what a file could start something."""
    imported: set[str] = set()
    for node in ast.walk(imports_of(path)):
        if isinstance(node, ast.ImportFrom):
            imported |= set((node.module or "").split("."))
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported |= {word for n in node.names for word in n.name.split(".")}
    nodes = ast.walk(tree_like(path, rf".*\.({'|'.join(TAKEN)})\b"))
    taken = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return imported & (IMPORTED | TAKEN) | taken & TAKEN


def clients(path: Path) -> set[str]:
    """Return by what a file could ask somebody."""
    found: set[str] = set()
    for node in ast.walk(imports_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{name.name}" for name in node.names}
            found |= {name.name for name in node.names} & CONNECTING
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    for node in ast.walk(tree_like(path, rf".*\.({'|'.join(CONNECTING)})\b")):
        if isinstance(node, ast.Attribute) and node.attr in CONNECTING:
            found.add(node.attr)
    return {
        name
        for name in found
        if name in CONNECTING or any(_is_of(name, module) for module in CLIENTS)
    }


def _is_of(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def askers() -> set[str]:
    """Return the files that could ask a gateway."""
    found = {path.as_posix() for path in Path("tests").rglob("*.py") if clients(path)}
    return {path for path in found if not path.startswith(WITHOUT_GATEWAYS)}


def starters() -> dict[str, set[str]]:
    """Return the files that could start something, and by what."""
    found = {path: ways(path) for path in Path("tests").rglob("*.py")}
    return {path.as_posix(): by for path, by in found.items() if by}


def test_no_other_test_starts_a_gateway() -> None:
    others = starters().keys() - MAY_START.keys()

    assert others == set(), "start gateways with tests.running, where they are heard"


def test_every_file_that_may_does() -> None:
    assert MAY_START.keys() - starters().keys() == set()


@pytest.mark.parametrize("path", sorted(HEARD))
def test_a_file_that_starts_gateways_has_them_heard(path: str) -> None:
    text = Path(path).read_text("utf-8")

    assert "HEARD" in text or "Heard(" in text


def test_no_other_test_has_a_client_of_its_own() -> None:
    others = askers() - MAY_ASK.keys()

    assert others == set(), "ask by tests.running, wire.py or raw.py, which are heard"


def test_every_file_that_may_ask_does() -> None:
    assert MAY_ASK.keys() - askers() == set()


@pytest.mark.parametrize("folder", WITHOUT_GATEWAYS)
def test_a_folder_without_gateways_has_none(folder: str) -> None:
    text = "".join(path.read_text("utf-8") for path in Path(folder).rglob("*.py"))

    assert re.findall(r"\b(?:running_gateway|gateway_by|Gateway)\b", text) == []


@pytest.mark.parametrize(
    ("path", "listening"),
    [
        *((path, "hear_server(") for path, whom in MAY_ASK.items() if whom is BYTES),
        ("tests/browser/conftest.py", "hear_browser("),
        ("tests/browser/logs.py", "LISTENER.hear("),
    ],
)
def test_a_client_that_sees_more_than_answers_is_heard(
    path: str, listening: str
) -> None:
    assert listening in Path(path).read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "import http.client",
        "from urllib.request import urlopen",
        "import urllib.request as u",
        "from http import client",
        "import socket",
        "import aiohttp\naiohttp.ClientSession()",
        "from aiohttp import ClientSession",
        "import asyncio\nasyncio.open_connection('h', 1)",
        "from selenium.webdriver import Chrome",
        "from selenium import webdriver",
        "import httpx",
    ],
)
def test_a_client_is_recognised(tmp_path: Path, text: str) -> None:
    (tmp_path / "test_new.py").write_text(text, "utf-8")

    assert clients(tmp_path / "test_new.py")


@pytest.mark.parametrize(
    "text",
    [
        "from urllib.parse import urlsplit",
        "from aiohttp import web",
        "from tests.attacks.raw import request, send",
        "from tests.running import Gateway",
    ],
)
def test_what_asks_by_others_is_no_client(tmp_path: Path, text: str) -> None:
    (tmp_path / "test_new.py").write_text(text, "utf-8")

    assert clients(tmp_path / "test_new.py") == set()
