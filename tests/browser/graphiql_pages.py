"""GraphiQL in a browser: opened, typed into, run, read."""

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.logs import addresses_asked, console

WAIT_SECONDS = 30
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
        lambda _: f" {name}" in text_of(browser, "operation.graphql")
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


def open_page(chromium: Chrome, gateway_url: str, fragment: str = "") -> Chrome:
    """Open the page and wait for its editors and its schema."""
    # The browser's own start page must not be taken for ours, nor another tab.
    chromium.get("about:blank")
    addresses_asked(chromium)
    console(chromium)

    chromium.get(f"{gateway_url}/graphql{fragment}")
    WebDriverWait(chromium, WAIT_SECONDS).until(
        lambda browser: (
            text_of(browser, "operation.graphql")
            and browser.find_elements(By.CSS_SELECTOR, ".graphiql-execute-button")
            and not browser.find_elements(By.CSS_SELECTOR, ".graphiql-spinner")
        )
    )
    return chromium
