"""What the browser noted, searched for people as it is read.

Answers are heard at the gateway. Here are the addresses a page asked for, which must
name nobody (they are kept by whoever passes them on), what it wrote on its console and
what it left on the machine; and what it shows, unless its token may see people.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from selenium.webdriver import Chrome

from tests.personal_data import LISTENER, may_see_people, page_token

# The editor draws the lines in sight only; its models have the whole text. What a user
# typed is the user's.
SHOWN = """
const models = globalThis.__MONACO?.editor.getModels() ?? [];
const answers = models.filter(model => model.uri.path.endsWith('response.json'));
return [document.title, document.querySelector('.result-window')?.innerText ?? '',
        ...answers.map(model => model.getValue())].join('\\n');
"""
LEFT = """
return [...Object.entries(localStorage), ...Object.entries(sessionStorage),
        document.cookie, location.href, history.state].join('\\n');
"""


def console(browser: Chrome) -> list[dict[str, Any]]:
    """Return what stands on the console since it was last asked for."""
    entries: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium's
    LISTENER.hear("console", "of the browser", json.dumps(entries, ensure_ascii=False))
    return entries


def addresses_asked(browser: Chrome) -> list[str]:
    """Return every address asked for since then.

    ``data:`` addresses ask nobody, and ``chrome:`` ones are the browser's own pages.
    """
    events = [
        json.loads(entry["message"])["message"]
        for entry in browser.get_log("performance")  # type: ignore[no-untyped-call]  # selenium's
    ]
    asked = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    LISTENER.hear("addresses", "of the browser", "\n".join(asked))
    return [url for url in asked if not url.startswith(("data:", "chrome:"))]


def hear_page(browser: Chrome) -> None:
    """Hear what the page shows, if its token sees nobody, and what it left behind."""
    address = urlsplit(browser.current_url)
    if address.scheme not in {"http", "file"}:
        return
    left: str = browser.execute_script(LEFT)
    LISTENER.hear("left by a page", browser.current_url, left)
    if address.scheme == "file":
        # What it shows, its user gave it.
        return
    folder = LISTENER.folders[f"http://{address.netloc}"]
    if may_see_people(folder, page_token(folder)):
        LISTENER.heard["page with identity:read"] += 1
    else:
        shown: str = browser.execute_script(SHOWN)
        LISTENER.hear("page", browser.current_url, shown)


def hear_browser(browser: Chrome) -> None:
    """Hear what no test has read."""
    console(browser)
    addresses_asked(browser)
    hear_page(browser)
