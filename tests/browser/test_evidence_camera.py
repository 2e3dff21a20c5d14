"""The page reads a code through a camera, and takes no other than one of ours."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from bureau.evidence.statement import statement_of
from gateway.evidence.page import read_page
from tests.browser.conftest import chromium_with, tab
from tests.browser.logs import addresses_asked, console
from tests.browser.test_evidence_page import WAIT_SECONDS, choose, content, found
from tests.gateway.evidence.logs import bundles, policy_text

SIDE = 1080
PIXELS_A_MODULE = 6
FRAMES_A_SECOND = 2
FRAMES_OF_ANOTHER = 6
HALTED = """
const camera = document.getElementById('camera');
return camera.getAttribute('aria-pressed') === 'false'
  && document.getElementById('view').srcObject === null;
"""


@pytest.fixture(scope="module", name="bundle")
def _bundle() -> bytes:
    (one,) = bundles(20260305, 1)
    return one


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "verify.html").write_bytes(read_page())
    (tmp_path / "policy.txt").write_text(policy_text(), "utf-8")
    return tmp_path


@pytest.fixture(scope="module", name="browser_with_camera")
def _browser_with_camera(
    tmp_path_factory: pytest.TempPathFactory, bundle: bytes
) -> Iterator[Chrome]:
    """A Chromium before whose camera another code is held, and then ours."""
    film = tmp_path_factory.mktemp("film") / "codes.y4m"
    others = ["HTTPS://ELSEWHERE.EXAMPLE/"] * FRAMES_OF_ANOTHER
    film.write_bytes(filmed(*others, statement_of(json.loads(bundle))))
    with chromium_with(
        tmp_path_factory.mktemp("profile"),
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ) as browser:
        yield browser


def filmed(*texts: str) -> bytes:
    """Return a film of codes, one a frame, in the form of YUV4MPEG2."""
    head = f"YUV4MPEG2 W{SIDE} H{SIDE} F{FRAMES_A_SECOND}:1 Ip A1:1 C420mpeg2\n"
    grey = bytes([128]) * (SIDE * SIDE // 2)
    frames = (b"FRAME\n" + pictured(text) + grey for text in texts)
    return head.encode() + b"".join(frames)


def pictured(text: str) -> bytes:
    """Return the light of a picture with a code in its middle, a byte a pixel."""
    code = segno.make(text, error="l", micro=False)
    rows = [
        b"".join(bytes([16 if dark else 235]) * PIXELS_A_MODULE for dark in row)
        for row in code.matrix
    ]
    white = bytes([235])
    margin = (SIDE - len(rows[0])) // 2
    lines = [row.center(SIDE, white) for row in rows for _ in range(PIXELS_A_MODULE)]
    blank = [white * SIDE]
    below = SIDE - margin - len(lines)
    return b"".join([*blank * margin, *lines, *blank * below])


def opened(browser: Chrome, folder: Path) -> str:
    """Open the page in a tab; return its address."""
    browser.get("about:blank")
    addresses_asked(browser)
    console(browser)
    address = (folder / "verify.html").as_uri()
    browser.get(address)
    return address


def scanned(page: Chrome) -> str:
    """Press the camera's button; return what is concluded once it is over."""
    page.find_element(By.ID, "camera").click()
    heading = page.find_element(By.ID, "conclusion")
    said = WebDriverWait(page, WAIT_SECONDS).until(
        lambda _: (
            (one := heading.get_attribute("data-conclusion"))
            not in ("LOOKING", "CHECKING")
            and one
        )
    )
    return str(said)


def test_a_code_before_the_camera_is_read_and_another_passed_over(
    browser_with_camera: Chrome, folder: Path, bundle: bytes
) -> None:
    with tab(browser_with_camera) as page:
        address = opened(page, folder)

        assert scanned(page) == "NEEDS_POLICY"

        assert page.execute_script(HALTED)
        assert choose(page, "policy", folder / "policy.txt") == "RELEASED"
        assert json.loads(bundle)["digest"] in content(page)
        assert found(page) == [("COSIGNATURE", "SKIPPED", "NOT_SEEN")]
        assert page.execute_script("return window.violations") == []
        assert console(page) == []
        assert {*addresses_asked(page)} <= {address, "about:blank"}


def test_what_is_chosen_meanwhile_ends_the_looking(
    browser_with_camera: Chrome, folder: Path
) -> None:
    with tab(browser_with_camera) as page:
        opened(page, folder)
        page.find_element(By.ID, "camera").click()

        # Nothing is chosen but a policy, so there is nothing to check.
        assert choose(page, "policy", folder / "policy.txt") == "NO_BUNDLE"

        WebDriverWait(page, WAIT_SECONDS).until(lambda _: page.execute_script(HALTED))
        assert content(page) == ""


def test_without_a_camera_that_is_said(chromium: Chrome, folder: Path) -> None:
    opened(chromium, folder)

    assert scanned(chromium) == "NO_CAMERA"
    assert chromium.execute_script(HALTED)
