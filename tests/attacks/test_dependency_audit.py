"""The audit tells a vulnerable package, and never takes the unknown for clean."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.audit import Verdict, audit, main, pinned

CLEAN = {"info": {"version": "2.0"}, "vulnerabilities": []}
KNOWN = {"id": "PYSEC-1", "fixed_in": ["2.1"], "withdrawn": None}
VULNERABLE = {"info": {"version": "2.0"}, "vulnerabilities": [KNOWN]}
WITHDRAWN = {
    "info": {"version": "2.0"},
    "vulnerabilities": [{**KNOWN, "withdrawn": "2026-01-01T00:00:00Z"}],
}
YANKED = {
    "info": {"version": "2.0", "yanked": True, "yanked_reason": "broken"},
    "vulnerabilities": [],
}
SILENT = {"info": {"version": "2.0"}}


@contextmanager
def index_of(pages: dict[str, object]) -> Iterator[str]:
    """Serve an index with ``pages``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.end_headers()
            self.wfile.write(
                page if isinstance(page, bytes) else json.dumps(page).encode()
            )

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("pages", "verdict", "detail"),
    [
        pytest.param({"/a/2.0/json": CLEAN}, Verdict.CLEAN, "", id="clean"),
        pytest.param(
            {"/a/2.0/json": VULNERABLE},
            Verdict.VULNERABLE,
            "PYSEC-1 (fixed in 2.1)",
            id="vulnerable",
        ),
        pytest.param({"/a/2.0/json": WITHDRAWN}, Verdict.CLEAN, "", id="withdrawn"),
        pytest.param({"/a/2.0/json": YANKED}, Verdict.YANKED, "broken", id="yanked"),
        pytest.param(
            {"/a/json": VULNERABLE}, Verdict.VULNERABLE, "PYSEC-1", id="newest"
        ),
        pytest.param(
            {"/a/json": {**CLEAN, "info": {"version": "2.1"}}},
            Verdict.NOT_AUDITED,
            "tells of 2.1 only",
            id="an older one",
        ),
        pytest.param({}, Verdict.NOT_AUDITED, "no such name", id="unknown"),
        pytest.param(
            {"/a/json": SILENT}, Verdict.NOT_AUDITED, "no such data", id="silent"
        ),
        pytest.param(
            {"/a/2.0/json": b"<html>"}, Verdict.NOT_AUDITED, "JSON", id="HTML"
        ),
    ],
)
def test_a_package_is_judged_by_what_the_index_says(
    pages: dict[str, object], verdict: Verdict, detail: str
) -> None:
    with index_of(pages) as index:
        finding = audit("a", "2.0", index)

    assert finding.verdict is verdict
    assert detail in finding.detail


def test_an_index_that_is_not_there_says_nothing_of_a_package() -> None:
    assert audit("a", "2.0", "http://127.0.0.1:1").verdict is Verdict.NOT_AUDITED


@pytest.mark.parametrize(
    ("pages", "arguments", "code"),
    [
        pytest.param({"/a/2.0/json": CLEAN}, ["--strict"], 0, id="clean"),
        pytest.param({"/a/2.0/json": VULNERABLE}, [], 1, id="vulnerable"),
        pytest.param({}, [], 0, id="unknown"),
        pytest.param({}, ["--strict"], 1, id="unknown, strictly"),
    ],
)
def test_the_audit_fails_for_what_must_be_changed(
    pages: dict[str, object],
    arguments: list[str],
    code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==2.0 \\\n    --hash=sha256:00\n", "utf-8")

    with index_of(pages) as index:
        found = main([str(lock), "--index", index, *arguments])

    assert found == code
    assert (
        f"{int(code == 0 and bool(pages))} of 1 packages clean"
        in capsys.readouterr().out
    )


def test_every_package_of_the_lock_is_asked_about() -> None:
    lock = Path("requirements.lock").read_text("utf-8")

    assert len(pinned(lock)) == sum(
        not line.startswith((" ", "#")) for line in lock.splitlines() if line
    )


def test_a_lock_without_packages_is_no_clean_one(tmp_path: Path) -> None:
    (tmp_path / "empty.lock").write_text("# nothing\n", "utf-8")

    assert main([str(tmp_path / "empty.lock")]) == 1
