"""The page as a person meets it: a real browser, the network closed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import tab
from tests.browser.logs import addresses_asked, console, hear_browser
from tests.personal_data import LISTENER
from tests.running import Agencies, Gateway

WAIT_SECONDS = 30
TABS = ["HolderCheck", "AgencyHealth", "PolicyAndProvenance"]

# The editor draws the lines in sight only; its model has the whole text.
MODEL_TEXT = """
const models = globalThis.__MONACO?.editor.getModels() ?? [];
return models.find(model => model.uri.path.endsWith(arguments[0]))?.getValue() ?? '';
"""


TYPE = """
const models = globalThis.__MONACO.editor.getModels();
models.find(model => model.uri.path.endsWith(arguments[0])).setValue(arguments[1]);
"""


def text_of(browser: Chrome, name: str) -> str:
    """Return what the editor called ``name`` holds."""
    text: str = browser.execute_script(MODEL_TEXT, name)
    return text


def tab_names(browser: Chrome) -> list[str]:
    tabs = browser.find_elements(By.CSS_SELECTOR, ".graphiql-tab-button")
    return [tab.text for tab in tabs]


def violations(browser: Chrome) -> list[str]:
    refused: list[str] = browser.execute_script("return window.violations")
    return refused


def open_tab(browser: Chrome, name: str) -> None:
    browser.find_element(By.XPATH, f"//button[text()='{name}']").click()
    WebDriverWait(browser, WAIT_SECONDS).until(
        lambda _: f"query {name}" in text_of(browser, "operation.graphql")
    )
    # GraphiQL learns the operation's name 100 ms after the text, without a sign.
    browser.execute_async_script("setTimeout(arguments[0], 300)")


def press_run(browser: Chrome) -> None:
    browser.find_element(By.CSS_SELECTOR, ".graphiql-execute-button").click()


def wait_for_answer(browser: Chrome) -> str:
    WebDriverWait(browser, WAIT_SECONDS).until(
        lambda _: '"data"' in text_of(browser, "response.json")
    )
    return text_of(browser, "response.json")


def open_page(chromium: Chrome, gateway_url: str) -> Chrome:
    """Open the page and wait for its editors and its schema."""
    # The browser's own start page must not be taken for ours, nor another tab.
    chromium.get("about:blank")
    addresses_asked(chromium)
    console(chromium)

    chromium.get(f"{gateway_url}/graphql")
    WebDriverWait(chromium, WAIT_SECONDS).until(
        lambda browser: (
            text_of(browser, "operation.graphql")
            and browser.find_elements(By.CSS_SELECTOR, ".graphiql-execute-button")
            and not browser.find_elements(By.CSS_SELECTOR, ".graphiql-spinner")
        )
    )
    return chromium


@dataclass(frozen=True, slots=True)
class Session:
    """What was seen of a session of work: every tab run, one of them prettified."""

    answers: Mapping[str, str]
    """By the names of the tabs."""
    asked: Sequence[str]
    violations: Sequence[str]
    console: Sequence[dict[str, Any]]


@pytest.fixture(scope="module", name="session")
def _session(browser: Chrome, gateway_url: str) -> Session:
    """A session that several tests look at: to open the page takes seconds."""
    answers = {}
    with tab(browser) as chromium:
        page = open_page(chromium, gateway_url)
        for name in TABS:
            open_tab(page, name)
            press_run(page)
            answers[name] = wait_for_answer(page)
        page.find_element(By.CSS_SELECTOR, "[aria-label^='Prettify query']").click()
        open_tab(page, TABS[0])
        return Session(answers, addresses_asked(page), violations(page), console(page))


@pytest.fixture(scope="module", name="handle")
def _handle(browser: Chrome, gateway_url: str) -> Iterator[str]:
    """The handle of a tab where the first question was run, for who only looks on."""
    with tab(browser) as chromium:
        page = open_page(chromium, gateway_url)
        press_run(page)
        wait_for_answer(page)
        yield page.current_window_handle


@pytest.fixture
def answered(browser: Chrome, handle: str) -> Chrome:
    """The page that everybody who only looks on shares."""
    browser.switch_to.window(handle)
    return browser


def test_three_kinds_of_user_find_their_tabs(answered: Chrome) -> None:
    assert tab_names(answered) == TABS


def test_the_demo_token_stands_in_the_header_editor(answered: Chrome) -> None:
    headers = json.loads(text_of(answered, "request-headers.json"))

    assert headers["Authorization"].startswith("Bearer ")


def test_the_holder_check_runs_and_shows_an_eligible_certificate(
    answered: Chrome,
) -> None:
    answer = json.loads(wait_for_answer(answered))
    nodes = answer["data"]["holder"]["certificates"]["nodes"]
    outcomes = [node["eligibility"]["outcome"] for node in nodes]
    pane = answered.find_element(By.CSS_SELECTOR, ".result-window").text
    assert "ELIGIBLE" in outcomes
    assert "certificates" in pane


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_runs_as_it_stands(session: Session, tab: str) -> None:
    assert "errors" not in json.loads(session.answers[tab])


def test_the_documentation_opens_on_the_schema(answered: Chrome) -> None:
    answered.find_element(
        By.CSS_SELECTOR, "[aria-label='Show Documentation Explorer']"
    ).click()

    WebDriverWait(answered, WAIT_SECONDS).until(
        lambda browser: (
            "Query"
            in browser.find_element(By.CSS_SELECTOR, ".graphiql-doc-explorer").text
        )
    )


def test_a_session_of_work_asks_nobody_but_the_gateway(
    session: Session, gateway_url: str
) -> None:
    asked = session.asked
    assert [url for url in asked if not url.startswith(f"{gateway_url}/")] == []
    assert [url for url in asked if "/graphiql/json-" in url] != []


def test_a_session_of_work_is_refused_nothing(session: Session) -> None:
    assert session.violations == []
    assert session.console == []


def test_an_inline_script_is_refused(answered: Chrome) -> None:
    before = len(violations(answered))
    answered.execute_script(
        "const script = document.createElement('script');"
        "script.textContent = 'window.slippedIn = true';"
        "document.body.append(script);"
    )

    assert answered.execute_script("return window.slippedIn") is None
    assert violations(answered)[before:] == ["script-src-elem inline"]


def test_another_address_is_refused(answered: Chrome) -> None:
    before = len(violations(answered))
    refused = answered.execute_async_script(
        "const done = arguments[0];"
        "fetch('http://127.0.0.1:9/').then(() => done(false), () => done(true));"
    )

    assert refused is True
    assert violations(answered)[before:] == ["connect-src http://127.0.0.1:9/"]


def test_nothing_typed_is_left_on_the_machine(answered: Chrome) -> None:
    stored = answered.execute_script(
        "return [...Object.entries(localStorage), ...Object.entries(sessionStorage),"
        "        document.cookie]"
    )
    assert stored == [""]


def test_a_page_for_whom_people_are_masked_shows_nobody(
    chromium: Chrome, masking_gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.people[0]["idNumber"]
    page = open_page(chromium, masking_gateway.url)
    page.execute_script(TYPE, "variables.json", json.dumps({"idNumber": number}))
    # GraphiQL takes over what was typed after a moment, without a sign.
    page.execute_async_script("setTimeout(arguments[0], 500)")
    press_run(page)

    answer = json.loads(wait_for_answer(page))

    shown = {
        node["number"] for node in answer["data"]["holder"]["certificates"]["nodes"]
    }
    assert shown
    assert {n for n in shown if "*" not in n} == set()
    heard, leaks = LISTENER.heard.copy(), LISTENER.leaks.copy()
    hear_browser(page)
    assert (LISTENER.heard - heard).keys() == {
        *("page", "console", "addresses", "left by a page")
    }
    assert LISTENER.leaks == leaks
