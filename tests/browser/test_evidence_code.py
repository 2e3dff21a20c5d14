"""The code that an extract prints is read back by the page, and held to a policy."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from bureau.evidence.printed.page import page_of
from bureau.evidence.statement import PREFIX, statement_of
from gateway.evidence.page import read_page
from tests.browser.logs import addresses_asked, console
from tests.browser.test_evidence_page import choose, conclusion, content, found
from tests.gateway.evidence.logs import bundles, policy_text

TYPED = """
const text = document.getElementById('text');
document.getElementById('conclusion').dataset.conclusion = 'CHECKING';
text.value = arguments[0];
text.dispatchEvent(new Event('change'));
"""


@pytest.fixture(scope="module", name="bundle")
def _bundle() -> bytes:
    (one,) = bundles(20260305, 1)
    return one


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, bundle: bytes) -> Path:
    (tmp_path / "verify.html").write_bytes(read_page())
    (tmp_path / "policy.txt").write_text(policy_text(), "utf-8")
    (tmp_path / "extract.html").write_text(page_of(bundle), "utf-8")
    return tmp_path


@pytest.fixture(name="printed")
def _printed(chromium: Chrome, folder: Path) -> Path:
    """A picture of the code on the extract, as Chromium lays it out."""
    extract = (folder / "extract.html").as_uri()
    chromium.get("about:blank")
    addresses_asked(chromium)
    chromium.get(extract)
    path = folder / "code.png"
    code = chromium.find_element(By.CSS_SELECTOR, "svg.code")
    path.write_bytes(code.screenshot_as_png)
    assert chromium.execute_script("return window.violations") == []
    assert chromium.find_elements(By.TAG_NAME, "script") == []
    assert {*addresses_asked(chromium)} <= {extract, "about:blank"}
    return path


@pytest.fixture(name="page")
def _page(chromium: Chrome, folder: Path) -> Iterator[Chrome]:
    chromium.get("about:blank")
    addresses_asked(chromium)
    console(chromium)
    address = (folder / "verify.html").as_uri()
    chromium.get(address)
    yield chromium
    assert chromium.execute_script("return window.violations") == []
    assert console(chromium) == []
    assert {*addresses_asked(chromium)} <= {address, "about:blank"}


def typed(page: Chrome, text: str) -> str:
    page.execute_script(TYPED, text)
    return conclusion(page)


def spoilt(page: Chrome, folder: Path, text: str, side: int) -> str:
    """Let the page read a code in which a square of modules is turned over."""
    code = segno.make(text, error="l", micro=False)
    for row in code.matrix[50 : 50 + side]:
        for place in range(50, 50 + side):
            row[place] ^= 1
    path = folder / f"spoilt-{side}.png"
    code.save(str(path), scale=6)
    return choose(page, "code", path)


def test_the_printed_code_is_read_back_and_accepted(
    printed: Path, page: Chrome, folder: Path, bundle: bytes
) -> None:
    assert choose(page, "code", printed) == "NEEDS_POLICY"
    assert content(page) == ""

    assert choose(page, "policy", folder / "policy.txt") == "RELEASED"

    whole = json.loads(bundle)
    assert whole["digest"] in content(page)
    assert whole["log"]["origin"] in content(page)
    assert found(page) == [("COSIGNATURE", "SKIPPED", "NOT_SEEN")]


def test_a_code_with_one_byte_changed_is_refused_and_named(
    page: Chrome, folder: Path, bundle: bytes
) -> None:
    text = statement_of(json.loads(bundle))
    place = len(text) // 2
    other = "0" if text[place] != "0" else "1"
    changed = f"{text[:place]}{other}{text[place + 1 :]}"
    choose(page, "policy", folder / "policy.txt")
    assert typed(page, text) == "RELEASED"

    assert typed(page, changed) == "REFUSED"

    assert ("FORM", "INVALID", "MALFORMED") in found(page)
    assert content(page) == ""


def test_a_module_is_mended_and_a_blot_is_no_code(
    page: Chrome, folder: Path, bundle: bytes
) -> None:
    text = statement_of(json.loads(bundle))
    choose(page, "policy", folder / "policy.txt")

    assert spoilt(page, folder, text, 1) == "RELEASED"
    assert spoilt(page, folder, text, 40) == "NO_CODE"
    assert content(page) == ""


def test_a_picture_without_a_code_and_one_of_another_are_told_apart(
    page: Chrome, folder: Path
) -> None:
    choose(page, "policy", folder / "policy.txt")
    blank = folder / "blank.png"
    page.save_screenshot(str(blank))

    assert choose(page, "code", blank) == "NO_CODE"
    assert typed(page, f"{PREFIX}A") == "REFUSED"
    assert typed(page, "HELLO") == "REFUSED"
    assert ("FORM", "INVALID", "MALFORMED") in found(page)
