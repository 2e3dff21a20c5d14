"""The console in a browser: signed in, filled in, looked at."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from selenium.common.exceptions import (
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from gateway.console.cookies import LANGUAGE, SESSION
from tests.browser.people import token_of

WAIT_SECONDS = 60
SESSIONS: dict[tuple[str, str], str] = {}
"""Cookies of those who signed in, by where and as whom."""


@dataclass(frozen=True, slots=True)
class Console:
    """A console, and a browser on it."""

    url: str
    browser: Chrome
    axe: Path
    pictures: Path

    def open(self, path: str) -> None:
        """Open a page."""
        self.browser.get(f"{self.url}{path}")

    def sign_in(self, role: str, token: str | None = None) -> None:
        """Be signed in by a role's token, or by another one, and see the first page.

        A session that was begun so before is gone on with, if it did not end.
        """
        self.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
        known = SESSIONS.get((self.url, role))
        if known is not None:
            for name, value in ((SESSION, known), (LANGUAGE, "ZH")):
                cookie = {"name": name, "value": value, "url": self.url}
                self.browser.execute_cdp_cmd("Network.setCookie", cookie)
            self.open("/console/claim")
            if self.browser.find_elements(By.CSS_SELECTOR, "form.out"):
                return
        self.open("/console/sign-in?language=ZH")
        self.field("token").send_keys(token or token_of(role))
        self.field("token").submit()
        self.wait_for("form.out")
        begun = self.browser.get_cookie(SESSION)
        assert begun is not None
        SESSIONS[self.url, role] = begun["value"]

    def field(self, name: str) -> WebElement:
        """Return a field of the page."""
        return self.browser.find_element(By.NAME, name)

    def fill(self, **fields: str) -> None:
        """Fill in fields."""
        for name, value in fields.items():
            field = self.field(name)
            if field.tag_name == "select":
                Select(field).select_by_value(value)
            else:
                field.clear()
                field.send_keys(value)

    def send(self, form: str, until: str) -> None:
        """Send a form, and wait for what is shown then."""
        button = f"form{form} button[type=submit]"
        self.browser.find_element(By.CSS_SELECTOR, button).click()
        self.wait_for(until)

    def wait_for(self, selector: str) -> WebElement:
        """Return an element as soon as it is there."""
        found = WebDriverWait(self.browser, WAIT_SECONDS).until(
            lambda browser: browser.find_elements(By.CSS_SELECTOR, selector)
        )
        element: WebElement = found[0]
        return element

    def wait_until_gone(self, element: WebElement) -> None:
        """Wait until another page is there."""
        WebDriverWait(self.browser, WAIT_SECONDS).until(lambda _: _is_gone(element))

    def data(self, selector: str, name: str) -> list[str | None]:
        """Return what stands in ``data-name`` of all elements."""
        found = self.browser.find_elements(By.CSS_SELECTOR, selector)
        return [one.get_attribute(f"data-{name}") for one in found]

    @property
    def focused(self) -> str:
        """Return the id of the element that has the focus."""
        return str(self.browser.switch_to.active_element.get_attribute("id"))

    def violations(self) -> object:
        """Return what is wrong with the page for who cannot see or point."""
        package = self.axe.parent / "node_modules/axe-core/axe.min.js"
        # By the debugger, since the page's policy lets in no script but its own.
        script = package.read_text("utf-8")
        self.browser.execute_cdp_cmd("Runtime.evaluate", {"expression": script})
        return self.browser.execute_async_script(self.axe.read_text("utf-8"))

    def picture(self, name: str) -> None:
        """Take a picture of the whole page, as an artefact of the run."""
        size = self.browser.execute_cdp_cmd("Page.getLayoutMetrics", {})
        clip = {**size["cssContentSize"], "scale": 1}
        asked = {"captureBeyondViewport": True, "clip": clip}
        taken = self.browser.execute_cdp_cmd("Page.captureScreenshot", asked)
        self.pictures.mkdir(parents=True, exist_ok=True)
        picture = self.pictures / f"{name}.png"
        picture.write_bytes(base64.b64decode(taken["data"]))

    def refused(self) -> object:
        """Return what the page's policy refused."""
        return json.loads(
            str(self.browser.execute_script("return JSON.stringify(window.violations)"))
        )


def _is_gone(element: WebElement) -> bool:
    """Say whether the page that an element was on is there no more."""
    try:
        element.is_enabled()
    except StaleElementReferenceException:
        return True
    except WebDriverException as error:
        # What the driver says of one that goes while it is looked at.
        if "does not belong to the document" in str(error):
            return True
        raise
    return False
