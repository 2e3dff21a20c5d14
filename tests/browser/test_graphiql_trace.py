"""What the page adds to GraphiQL: the trace, story links, a builder, what changes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from store.store import open_store
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
from tests.browser.logs import console
from tests.gateway.subscriptions.following import change, write
from tests.running import Agencies, Gateway, eventually

FOLLOWERS = 'gateway_subscriptions{transport="sse"}'


def row_of(browser: Chrome, agency: str) -> list[str]:
    """Return the cells of an agency's row below the answer."""
    row = f"tr[data-agency='{agency}']"
    found = WebDriverWait(browser, WAIT_SECONDS).until(
        lambda page: page.find_elements(By.CSS_SELECTOR, f".trace {row}")
    )
    return [cell.text for cell in found[0].find_elements(By.CSS_SELECTOR, "th, td")]


def type_into(browser: Chrome, editor: str, value: object) -> None:
    browser.execute_script(TYPE, editor, json.dumps(value))
    # GraphiQL takes over what was typed after a moment, without a sign.
    browser.execute_async_script("setTimeout(arguments[0], 500)")


@pytest.fixture(scope="module", name="revoked")
def _revoked(browser: Chrome, gateway_url: str) -> Iterator[str]:
    """The handle of a tab that a story link opened, and that was run."""
    with tab(browser) as chromium:
        page = open_page(chromium, gateway_url, "#person=revoked")
        press_run(page)
        wait_for_answer(page)
        yield page.current_window_handle


@pytest.fixture(name="page")
def _page(browser: Chrome, revoked: str) -> Chrome:
    browser.switch_to.window(revoked)
    return browser


def test_a_story_link_opens_the_tab_of_its_person(
    page: Chrome, running_agencies: Agencies
) -> None:
    variables = json.loads(text_of(page, "variables.json"))

    person = running_agencies.person("revoked")
    assert tab_names(page)[0] == "Trace"
    assert variables == {"idNumber": person["idNumber"], "idType": person["idType"]}


def test_each_agency_has_a_row_with_outcome_time_cache_age_attempts_and_checks(
    page: Chrome,
) -> None:
    data = json.loads(text_of(page, "response.json"))["data"]["holder"]
    (certificate,) = data["certificates"]["nodes"]
    checks = certificate["provenance"]["checks"]
    valid = sum(check["result"] == "VALID" for check in checks)
    of_agency = {source["agency"]: source for source in data["sources"]}
    (answered,) = [a for a, one in of_agency.items() if one["outcome"] == "ANSWERED"]

    cells = row_of(page, answered)

    source = of_agency[answered]
    assert cells[:5] == [
        source["authority"]["name"],
        "ANSWERED",
        f"{source['latencyMilliseconds']:g} ms",
        f"{source['cacheAgeSeconds']:g} s",
        str(source["attempts"]),
    ]
    assert cells[5].startswith(f"{valid} VALID")
    assert {row_of(page, agency)[1] for agency in of_agency} == {"ANSWERED", "NONE"}


def test_each_finding_stands_beside_the_words_of_its_clause(page: Chrome) -> None:
    words = WebDriverWait(page, WAIT_SECONDS).until(
        lambda shown: (
            shown.find_element(
                By.CSS_SELECTOR, "[data-clause='219-1b'] td:nth-of-type(3)"
            ).text
        )
    )

    (finding,) = page.find_elements(By.CSS_SELECTOR, "[data-clause='219-3b']")
    assert finding.get_attribute("data-outcome") == "UNMET"
    assert "after the date of this notice" in words


def test_the_trace_is_clean_for_who_cannot_see_or_point(
    page: Chrome, axe: Path
) -> None:
    package = axe.parent / "node_modules/axe-core/axe.min.js"
    script = package.read_text("utf-8")
    page.execute_cdp_cmd("Runtime.evaluate", {"expression": script})

    trace = axe.read_text("utf-8").replace("axe.run(document", 'axe.run(".trace"')

    assert page.execute_async_script(trace) == []


def test_another_story_link_opens_another_tab(
    chromium: Chrome, gateway_url: str, running_agencies: Agencies
) -> None:
    page = open_page(chromium, gateway_url)
    press_run(page)
    WebDriverWait(page, WAIT_SECONDS).until(
        lambda shown: shown.find_elements(By.CSS_SELECTOR, ".trace")
    )
    before = len(tab_names(page))

    page.execute_script("location.hash = '#person=expired'")

    number = running_agencies.person("expired")["idNumber"]
    WebDriverWait(page, WAIT_SECONDS).until(
        lambda shown: number in text_of(shown, "variables.json")
    )
    assert len(tab_names(page)) == before + 1
    assert "query Trace" in text_of(page, "operation.graphql")
    # What was not asked yet has no trace, whatever the tab before it has.
    WebDriverWait(page, WAIT_SECONDS).until(
        lambda shown: not shown.find_elements(By.CSS_SELECTOR, ".trace")
    )


def test_a_link_to_nobody_opens_what_is_always_opened(
    chromium: Chrome, gateway_url: str
) -> None:
    page = open_page(chromium, gateway_url, "#person=nobody-at-all")

    assert tab_names(page)[0] == "HolderCheck"
    page.execute_script("location.hash = '#person=nobody-else'")
    page.execute_async_script("setTimeout(arguments[0], 300)")
    assert tab_names(page)[0] == "HolderCheck"
    assert violations(page) == []
    assert console(page) == []


def test_a_malformed_number_is_told_with_its_problem_and_sources(
    chromium: Chrome, gateway_url: str
) -> None:
    page = open_page(chromium, gateway_url)
    open_tab(page, "Trace")
    type_into(page, "variables.json", {"idNumber": "310101"})
    press_run(page)

    answer = json.loads(wait_for_answer(page))

    assert answer["data"]["holder"]["problem"] == "BAD_LENGTH"
    cells = row_of(page, "transport")
    assert cells[1:5] == ["SKIPPED", "", "", "0"]
    assert page.find_elements(By.CSS_SELECTOR, "[data-clause]") == []


def test_what_the_builder_ticks_is_written_into_the_question(
    chromium: Chrome, gateway_url: str
) -> None:
    page = open_page(chromium, gateway_url)
    open_tab(page, "AgencyHealth")
    page.find_element(By.CSS_SELECTOR, "[aria-label='Show GraphiQL Explorer']").click()
    field = WebDriverWait(page, WAIT_SECONDS).until(
        lambda shown: shown.find_elements(
            By.CSS_SELECTOR,
            "[data-field-name='policy'] > .graphiql-explorer-field-view",
        )
    )

    page.execute_script("arguments[0].scrollIntoView()", field[0])
    field[0].click()

    WebDriverWait(page, WAIT_SECONDS).until(
        lambda shown: "policy" in text_of(shown, "operation.graphql")
    )
    assert violations(page) == []


async def test_a_change_is_shown_as_soon_as_it_comes(
    chromium: Chrome, open_gateway: Gateway
) -> None:
    page = open_page(chromium, open_gateway.url)
    open_tab(page, "StateChanges")
    press_run(page)
    eventually(lambda: f"{FOLLOWERS} 1.0" in open_gateway.get("/metrics")[1])

    async with open_store(f"sqlite:///{open_gateway.folder}/gateway.db") as store:
        await write(store, change(811))

    told = json.loads(wait_for_answer(page))["data"]["certificateStateChanged"]
    assert (told["certificateId"], told["state"]) == ("sealed-811", "REVOKED")
    press_run(page)
    eventually(lambda: f"{FOLLOWERS} 0.0" in open_gateway.get("/metrics")[1])
    assert violations(page) == []


def test_a_stranger_who_follows_is_told_why_not(
    chromium: Chrome, gateway_url: str
) -> None:
    page = open_page(chromium, gateway_url)
    open_tab(page, "StateChanges")
    type_into(page, "request-headers.json", {"Authorization": "Bearer nobody's"})
    press_run(page)

    WebDriverWait(page, WAIT_SECONDS).until(
        lambda shown: "Unauthorized" in text_of(shown, "response.json")
    )
