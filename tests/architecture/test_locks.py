"""Whatever tests install is locked by hashes, and no lock says where it is from."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.documents import ROOT

LOCKS = (
    "benchmarks/peers",
    "clients/typescript",
    "tests/gateway/batch/npm",
    "tests/http_audit",
    "tests/signing/sm2/npm",
    "tests/third_party/composers",
    "tests/third_party/npm",
    "tests/third_party/relay",
    "tests/third_party/routers",
    "tests/third_party/wallets",
    "tools/graphiql",
)


def packages_of(folder: Path) -> dict[str, dict[str, Any]]:
    lock = json.loads((folder / "package-lock.json").read_text("utf-8"))
    packages: dict[str, dict[str, Any]] = lock["packages"]
    return packages


@pytest.mark.parametrize("folder", LOCKS)
def test_npm_s_lock_names_no_address_to_download_from(folder: str) -> None:
    packages = packages_of(ROOT / folder)

    assert [name for name, one in packages.items() if "resolved" in one] == []


@pytest.mark.parametrize("folder", LOCKS)
def test_npm_s_lock_has_a_hash_for_every_package(folder: str) -> None:
    packages = packages_of(ROOT / folder)

    assert [n for n, one in packages.items() if n and "integrity" not in one] == []


PIP_LOCKS = (
    "requirements.lock",
    "benchmarks/requirements.lock",
    "tests/third_party/pypi/requirements.lock",
    "tests/third_party/clients/requirements.lock",
    "tests/third_party/deploy/requirements.lock",
    "tests/third_party/wallets/requirements.lock",
)


@pytest.mark.parametrize("path", PIP_LOCKS)
def test_pip_s_lock_has_names_versions_and_hashes_alone(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if line and not line.startswith(("#", "--hash="))]

    assert "://" not in text
    assert [line for line in said if "==" not in line or not line.endswith("\\")] == []
