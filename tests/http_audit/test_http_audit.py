"""All 61 audits of graphql-http pass: the MUSTs, the SHOULDs and the MAYs."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.node import SECONDS, install
from tests.running import Agencies, running_gateway

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module", name="audit")
def _audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script with the locked package beside it, in a folder of its own."""
    return install(FOLDER, "audit.mjs", tmp_path_factory.mktemp("http-audit"))


def results_of(audit: Path, url: str, token: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["node", str(audit), url],
        env={**os.environ, "AUDIT_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_audit_of_graphql_over_http_passes(
    audit: Path, agencies: Agencies, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, agencies) as gateway:
        results = results_of(audit, f"{gateway.url}/graphql", gateway.token)

    assert [result for result in results if result["status"] != "ok"] == []
    kinds = Counter(result["name"].split()[0] for result in results)
    assert kinds == {"MUST": 13, "SHOULD": 23, "MAY": 25}


def test_a_server_that_does_not_speak_graphql_is_seen(
    audit: Path, agencies: Agencies, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, agencies) as gateway:
        results = results_of(audit, f"{gateway.url}/health/live", gateway.token)

    assert "notice" in {result["status"] for result in results}
