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
from tests.browser.graphiql_pages import (
    TYPE,
    WAIT_SECONDS,
    open_page,
    open_tab,
    press_run,
    tab_names,
    text_of,
    violations,
    wait_for_answer,
)
from tests.browser.logs import addresses_asked, console, hear_browser
from tests.personal_data import LISTENER
from tests.running import Agencies, Gateway

FOLLOWED = "StateChanges"
TABS = [
    *("HolderCheck", "AgencyHealth", "PolicyAndProvenance", "Trace", FOLLOWED),
    *("Claim", "RecordDecision", "DraftConnector", "Connectors", "Recoveries"),
    "AuditLog",
]
RUN = [name for name in TABS if name != FOLLOWED]


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
        for name in RUN:
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


@pytest.mark.parametrize("tab", RUN)
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
