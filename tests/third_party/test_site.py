"""The site of the pages: every link leads somewhere, nothing comes from elsewhere."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from tests.architecture.documents import ROOT
from tests.node import unavailable
from tests.third_party.environment import make_environment

# Its packages are installed.
pytestmark = pytest.mark.long

REQUIREMENTS = ROOT / "docs" / "site" / "requirements.lock"
SECONDS = 300
PAGES_AT_LEAST = 100


class Page(HTMLParser):
    """What a page can be linked by, and what it links to and loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value:
                (self.links if tag == "a" else self.loaded).append(value)


@pytest.fixture(scope="module", name="site")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as ``make docs`` builds it."""
    folder = tmp_path_factory.mktemp("site")
    python = make_environment(REQUIREMENTS, folder / "tools")
    built = subprocess.run(
        [python, ROOT / "tools" / "site.py", folder / "site"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert built.returncode == 0, built.stderr
    return folder / "site"


@pytest.fixture(scope="module", name="pages")
def _pages(site: Path) -> Mapping[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_there_in_chinese_first(site: Path) -> None:
    chinese = {page.stem for page in (ROOT / "docs" / "zh").glob("*.md")}

    assert chinese <= {page.stem for page in (site / "zh").glob("*.html")}
    assert "url=zh/index.html" in (site / "index.html").read_text("utf-8")


def test_every_link_leads_to_a_page_and_its_anchor(pages: Mapping[Path, Page]) -> None:
    astray = []
    for path, page in pages.items():
        for link in page.links:
            if link.startswith(("http:", "https:", "mailto:")):
                continue
            name, _, anchor = unquote(link).partition("#")
            goal = (path.parent / name).resolve() if name else path
            if not goal.is_file() or (anchor and anchor not in pages[goal].anchors):
                astray.append(f"{path}: {link}")

    assert len(pages) > PAGES_AT_LEAST
    assert astray == []


def test_nothing_is_loaded_from_elsewhere(pages: Mapping[Path, Page]) -> None:
    assert [
        f"{path}: {source}"
        for path, page in pages.items()
        for source in page.loaded
        if source.startswith(("http:", "https:", "//"))
    ] == []


@pytest.mark.parametrize(
    ("language", "asked", "found"),
    [
        pytest.param("zh", "归集机构", "registration.html", id="Chinese"),
        pytest.param("en", "revocation", "collection.html", id="English"),
    ],
)
def test_the_search_finds_without_a_server(
    site: Path, tmp_path: Path, language: str, asked: str, found: str
) -> None:
    if (chromium := shutil.which("chromium")) is None:
        unavailable("chromium not found; the search runs in it")
    address = (site / language / "search.html").as_uri()
    shown = subprocess.run(
        [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu"),
            *(f"--user-data-dir={tmp_path}", "--virtual-time-budget=60000"),
            *("--dump-dom", f"{address}?q={quote(asked)}"),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    ).stdout

    assert re.search(rf'href="{re.escape(found)}[^"]*" data-score=', shown)
