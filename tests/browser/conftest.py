"""A gateway to open and a Chromium to open it with, cut off from every network."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

START_SECONDS = 20.0

# Collects what the page's policy refused, from before the first script on.
RECORD_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return when the port answers; fail when the server ends or takes too long."""
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        assert server.poll() is None, "the server ended before it listened"
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nothing listened on port {port} after {START_SECONDS} s")


@pytest.fixture(scope="session")
def gateway_url() -> Iterator[str]:
    """The address of a running gateway, without a final slash."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    command += ["small_gateway:app"]
    with subprocess.Popen(command, cwd=Path(__file__).parent) as server:
        try:
            wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    """A Chromium with an empty profile that can reach 127.0.0.1 only."""
    binary = shutil.which("chromium")
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        reason = "chromium and chromedriver are not both installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = Options()
    options.binary_location = binary
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1600,1000",
        f"--user-data-dir={tmp_path}/profile",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ):
        options.add_argument(argument)
    options.set_capability(
        "goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"}
    )
    browser = webdriver.Chrome(options=options, service=Service(driver))
    try:
        browser.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument", {"source": RECORD_VIOLATIONS}
        )
        yield browser
    finally:
        browser.quit()
