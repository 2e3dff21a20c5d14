"""The page that checks bundles, opened from a file as an auditor opens it."""

import base64
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from gateway.evidence.page import read_page
from tests.browser.logs import addresses_asked, console
from tests.gateway.evidence.forged import flipped, mutated
from tests.gateway.evidence.logs import bundles, policy_text, rewritten
from tests.gateway.evidence.programs import by_node
from tests.gateway.evidence.test_verifiers import CHANGES

WAIT_SECONDS = 30
FOUND = """
return [...document.querySelectorAll('tr[data-check]')].map(row => row.dataset)
  .map(({check, outcome, code}) => [check, outcome, code]);
"""
DROP = """
document.getElementById('conclusion').dataset.conclusion = 'CHECKING';
const dropped = new DataTransfer();
for (const [name, encoded] of arguments[0]) {
  const raw = Uint8Array.from(atob(encoded), one => one.charCodeAt(0));
  dropped.items.add(new File([raw], name));
}
document.body.dispatchEvent(new DragEvent('drop',
  {dataTransfer: dropped, bubbles: true, cancelable: true}));
"""
WITHOUT_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = async (form, key, how, ...more) => {
  if (how.name === 'Ed25519') throw new DOMException('', 'NotSupportedError');
  return importKey(form, key, how, ...more);
};
"""
NAME = "证据包（.json） The bundle (.json)"
WITHOUT_CRYPTOGRAPHY = "Object.defineProperty(crypto, 'subtle', {value: undefined});"


@pytest.fixture(scope="module", name="honest")
def _honest() -> list[bytes]:
    return bundles(20260303, 12)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "verify.html").write_bytes(read_page())
    (tmp_path / "policy.txt").write_text(policy_text(), "utf-8")
    return tmp_path


@pytest.fixture(name="page")
def _page(chromium: Chrome, folder: Path) -> Iterator[Chrome]:
    """The page; at its end, that nothing was refused, said or asked for."""
    chromium.get("about:blank")
    addresses_asked(chromium)
    console(chromium)
    address = (folder / "verify.html").as_uri()
    chromium.get(address)
    yield chromium
    assert chromium.execute_script("return window.violations") == []
    assert console(chromium) == []
    assert {*addresses_asked(chromium)} <= {address, "about:blank"}


def conclusion(page: Chrome) -> str:
    """Return what the page concludes, once it has."""
    heading = page.find_element(By.ID, "conclusion")
    said = WebDriverWait(page, WAIT_SECONDS).until(
        lambda _: (
            (one := heading.get_attribute("data-conclusion")) != "CHECKING" and one
        )
    )
    return str(said)


def choose(page: Chrome, name: str, path: Path) -> str:
    page.find_element(By.ID, name).send_keys(str(path))
    return conclusion(page)


def checked(page: Chrome, folder: Path, bundle: bytes) -> str:
    """Choose a bundle, and return what is concluded of it."""
    path = folder / "bundle.json"
    path.write_bytes(bundle)
    # To choose the same name again is a change only after it was none.
    page.execute_script("document.getElementById('bundle').value = ''")
    return choose(page, "bundle", path)


def found(page: Chrome) -> list[tuple[str, str, str]]:
    """Return check, outcome and code of each step that is not VALID."""
    steps = page.execute_script(FOUND)
    return [tuple(one) for one in steps if one[1] != "VALID"]


def content(page: Chrome) -> str:
    return page.find_element(By.ID, "content").text


@pytest.mark.long
def test_it_says_of_bundles_what_the_program_says(
    page: Chrome, folder: Path, honest: list[bytes]
) -> None:
    rng = random.Random(4)  # noqa: S311 - an example, no secret
    changed = [mutated(rng.choice(honest), rng)[0] for _ in range(15)]
    known = []
    for change, _ in CHANGES.values():
        whole = json.loads(honest[0])
        change(whole)
        known.append(rewritten(whole))
    tried = [*honest, *changed, *known, b"{}\n", b"null\n", b"\xff\n"]
    reports = by_node(tried, folder / "policy.txt")
    choose(page, "policy", folder / "policy.txt")

    for place, (bundle, report) in enumerate(zip(tried, reports, strict=True)):
        said = checked(page, folder, bundle)

        assert said == ("RELEASED" if report.is_released else "REFUSED")
        assert report.is_released is (place < len(honest))
        assert bool(content(page)) is report.is_released
        assert found(page) == [
            (one.check, one.outcome, one.code.partition(":")[0]) for one in report.found
        ]


def test_what_is_proved_is_shown_in_both_languages(
    page: Chrome, folder: Path, honest: list[bytes]
) -> None:
    choose(page, "policy", folder / "policy.txt")
    assert checked(page, folder, honest[0]) == "RELEASED"
    shown = json.loads(honest[0])

    said = content(page)

    for finding in shown["verdict"]["findings"]:
        assert finding["zh"] in said
        assert finding["en"] in said
    assert shown["log"]["origin"] in said
    assert '"certificate":1' in said
    Select(page.find_element(By.ID, "shown")).select_by_value("en")
    assert "核验" not in page.find_element(By.TAG_NAME, "h1").text
    assert "核验" not in page.find_element(By.ID, "conclusion").text
    Select(page.find_element(By.ID, "shown")).select_by_value("zh-Hans")
    assert page.find_element(By.TAG_NAME, "h1").text == "核验证据包"
    assert page.find_element(By.ID, "conclusion").text.startswith("核验通过")


def test_without_a_policy_nothing_of_a_bundle_is_shown(
    page: Chrome, folder: Path, honest: list[bytes]
) -> None:
    assert checked(page, folder, honest[0]) == "SELF"
    assert ("POLICY", "UNKNOWN", "OF_THE_BUNDLE") in found(page)
    assert content(page) == ""
    assert "w1" not in page.find_element(By.ID, "steps").text

    assert choose(page, "policy", folder / "policy.txt") == "RELEASED"
    assert "w1" in page.find_element(By.ID, "steps").text
    assert content(page) != ""


def test_a_policy_of_another_log_refuses_and_clears_what_was_shown(
    page: Chrome, folder: Path, honest: list[bytes]
) -> None:
    choose(page, "policy", folder / "policy.txt")
    assert checked(page, folder, honest[0]) == "RELEASED"
    other = folder / "other.txt"
    other.write_text(policy_text().replace("log ", "# log "), "utf-8")

    assert choose(page, "policy", other) == "REFUSED"
    assert ("POLICY", "INVALID", "BAD_POLICY") in found(page)
    assert content(page) == ""
    other.write_bytes(b"\xff")
    page.execute_script("document.getElementById('policy').value = ''")
    assert choose(page, "policy", other) == "NO_TEXT"
    assert found(page) == []


def test_files_are_dropped_on_it(page: Chrome, honest: list[bytes]) -> None:
    def drop(bundle: bytes) -> str:
        files = [("policy.txt", policy_text().encode()), ("17.json", bundle)]
        encoded = [[name, base64.b64encode(raw).decode()] for name, raw in files]
        page.execute_script(DROP, encoded)
        return conclusion(page)

    assert drop(honest[1]) == "RELEASED"
    name = "return document.getElementById('bundle').files[0].name"
    assert page.execute_script(name) == "17.json"
    rng = random.Random(8)  # noqa: S311 - an example, no secret
    assert drop(flipped(honest[1], rng)) == "REFUSED"


@pytest.mark.parametrize(
    "markup", ["<img/src=x/onerror=document.title='x'>", "<script>document.title='x'"]
)
def test_markup_in_a_bundle_is_never_markup(
    page: Chrome, folder: Path, honest: list[bytes], markup: str
) -> None:
    whole = json.loads(honest[0])
    whole["log"]["policy"] = whole["log"]["policy"].replace("w1", markup)
    whole["trace"]["clauses"][0]["clause"] = markup
    whole["verdict"]["findings"][0]["zh"] = markup
    whole["log"]["origin"] = markup

    assert checked(page, folder, rewritten(whole)) == "REFUSED"
    assert markup not in page.find_element(By.TAG_NAME, "main").text
    assert page.title != "x"


def test_it_is_used_by_keyboard_and_read_aloud(
    page: Chrome, folder: Path, honest: list[bytes]
) -> None:
    reached = []
    for _ in range(3):
        ActionChains(page).send_keys(Keys.TAB).perform()
        reached.append(page.switch_to.active_element.get_attribute("id"))
    assert reached == ["shown", "bundle", "policy"]
    choose(page, "policy", folder / "policy.txt")
    checked(page, folder, honest[0])

    assert page.find_element(By.ID, "bundle").accessible_name == NAME
    assert page.find_element(By.ID, "said").aria_role == "status"
    assert page.find_element(By.ID, "conclusion").aria_role == "heading"
    table = page.find_element(By.CSS_SELECTOR, "#steps table")
    assert "All" in table.accessible_name
    for head in table.find_elements(By.TAG_NAME, "th"):
        assert head.get_attribute("scope") in {"col", "row"}


def colours(page: Chrome, scheme: str) -> tuple[str, str]:
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    body = page.find_element(By.TAG_NAME, "body")
    return (
        body.value_of_css_property("color"),
        body.value_of_css_property("background-color"),
    )


def test_it_is_light_or_dark_as_the_reader_s_machine_is(page: Chrome) -> None:
    light, dark = colours(page, "light"), colours(page, "dark")

    assert light == ("rgba(26, 26, 26, 1)", "rgba(255, 255, 255, 1)")
    assert dark == ("rgba(236, 236, 236, 1)", "rgba(22, 22, 22, 1)")


Opened = Callable[[str], Chrome]


@pytest.fixture(name="crippled")
def _crippled(page: Chrome) -> Opened:
    """The page in a browser that lacks something."""

    def opened(script: str) -> Chrome:
        page.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument", {"source": script}
        )
        page.refresh()
        return page

    return opened


def test_a_browser_without_ed25519_says_so_and_shows_nothing(
    crippled: Opened, folder: Path, honest: list[bytes]
) -> None:
    page = crippled(WITHOUT_ED25519)
    choose(page, "policy", folder / "policy.txt")

    assert checked(page, folder, honest[0]) == "REFUSED"
    steps: list[Any] = found(page)
    assert steps
    assert {tuple(one[1:]) for one in steps} <= {
        ("UNKNOWN", "UNSUPPORTED"),
        *(("SKIPPED", code) for code in ("NOT_SEEN", "REFUSED", "NOT_KNOWN_THEN")),
        *(("SKIPPED", code) for code in ("NO_ITEM", "ERASED")),
    }
    assert ("INCLUSION", "UNKNOWN", "UNSUPPORTED") in steps
    assert content(page) == ""


def test_a_browser_without_any_cryptography_is_told(
    crippled: Opened, folder: Path, honest: list[bytes]
) -> None:
    page = crippled(WITHOUT_CRYPTOGRAPHY)

    assert conclusion(page) == "UNABLE"
    assert checked(page, folder, honest[0]) == "UNABLE"
    assert found(page) == []
