"""A gateway to open and a Chromium to open it with, cut off from every network."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from gateway.demo.demo import ELEMENTS, HOST, write_configuration
from gateway.demo.roles import callers, new_tokens
from tests.architecture.documents import ROOT
from tests.browser.console_pages import Console
from tests.browser.logs import addresses_asked, console, hear_browser
from tests.browser.people import roles_and_console
from tests.browser.provider import Provider, running_provider
from tests.node import install
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import TOKEN, Agencies, Gateway, gateway_by

AXE = Path(__file__).parent / "axe"
PICTURES = ROOT / "var" / "console"
"""Where pictures of pages are left, as artefacts of the run."""
# Collects what the page's policy refused, from before the first script on.
RECORD_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="package", name="provider")
def _provider() -> Iterator[Provider]:
    """Who signs people in by OpenID Connect."""
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="package", name="open_gateway")
def _open_gateway(
    running_agencies: Agencies,
    provider: Provider,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    """A gateway as the demo sets it up, with a console and people of all roles."""
    port = free_port(HOST)
    config = write_configuration(
        tmp_path_factory.mktemp("gateway-for-browsers"),
        trust_folder=running_agencies.folder,
        port=port,
        agencies=running_agencies.urls,
        token=TOKEN,
        id_number=running_agencies.people[0]["idNumber"],
    )
    stories = running_agencies.folder / "stories.json"
    config.write_text(
        f'graphiql_stories = "{stories}"\n'
        + config.read_text("utf-8")
        + roles_and_console(provider.issuer)
        + callers(new_tokens(), ELEMENTS),
        "utf-8",
    )
    LISTENER.meet(running_agencies.people)
    with gateway_by(config, port) as gateway:
        yield gateway


@pytest.fixture(scope="package", name="gateway_url")
def _gateway_url(open_gateway: Gateway) -> str:
    """The address of that gateway."""
    return open_gateway.url


@pytest.fixture(scope="package", name="masking_gateway")
def _masking_gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway whose page has a token that sees no numbers and no names."""
    port = free_port(HOST)
    config = write_configuration(
        tmp_path_factory.mktemp("gateway-that-masks"),
        trust_folder=running_agencies.folder,
        port=port,
        agencies=running_agencies.urls,
        token=TOKEN,
        id_number="",
    )
    text = config.read_text("utf-8")
    config.write_text(text.replace('"identity:read", ', ""), "utf-8")
    with gateway_by(config, port) as gateway:
        yield gateway


@pytest.fixture(scope="package", name="started_chromium")
def _started_chromium(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[webdriver.Chrome]:
    """A Chromium that can reach 127.0.0.1 only; to start one takes seconds."""
    with chromium_with(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module", name="browser")
def _browser(started_chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """That Chromium, which remembers nothing of other modules' tests."""
    yield started_chromium
    started_chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    started_chromium.execute_cdp_cmd("Network.clearBrowserCache", {})
    everything = {"origin": "*", "storageTypes": "all"}
    started_chromium.execute_cdp_cmd("Storage.clearDataForOrigin", everything)


@contextmanager
def chromium_with(profile: Path, *more: str) -> Iterator[webdriver.Chrome]:
    """Start a Chromium in an empty folder, with more arguments of its own."""
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
        f"--user-data-dir={profile}",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        *more,
    ):
        options.add_argument(argument)
    options.set_capability(
        "goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"}
    )
    browser = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield browser
    finally:
        browser.quit()


@contextmanager
def tab(browser: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """Open a tab; hear what it says, and close it, at the end."""
    before = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": RECORD_VIOLATIONS}
    )
    opened = browser.current_window_handle
    yield browser
    browser.switch_to.window(opened)
    hear_browser(browser)
    browser.close()
    browser.switch_to.window(before)


@pytest.fixture(name="chromium")
def _chromium(browser: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """A tab of its own in a Chromium that starts once, since that takes two seconds.

    Tabs share a profile: what a page left in it is there for those that come later.
    """
    with tab(browser) as opened:
        yield opened


@pytest.fixture(scope="package", name="axe")
def _axe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What looks at pages as screen readers do, installed."""
    return install(AXE, "run.js", tmp_path_factory.mktemp("axe"))


@pytest.fixture(name="pages")
def _pages(
    open_gateway: Gateway,
    chromium: webdriver.Chrome,
    axe: Path,
) -> Iterator[Console]:
    """The console; at the end, that nothing was refused, said, or asked elsewhere."""
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    addresses_asked(chromium)
    console(chromium)
    pages = Console(open_gateway.url, chromium, axe, PICTURES)
    yield pages
    assert pages.refused() == []
    asked = addresses_asked(chromium)
    assert [one for one in asked if not one.startswith(open_gateway.url)] == []


@pytest.fixture(name="number")
def _number(running_agencies: Agencies) -> str:
    """The number of somebody with a certificate at each agency."""
    return str(running_agencies.person("all-three")["idNumber"])
