"""Build the pages as a site that needs no server: Chinese first, English beside it.

    make docs

``docs/zh`` becomes ``zh/``, the rest of ``docs`` ``en/``; each language is a project of
Sphinx by itself, with a search of its own. The pages stay as they are for whoever reads
them in the repository: here they are copied, and three things are put in their place.

- An anchor of every heading, as it is in the repository.
- Links from a page to another become links to what it is on the site.
- A link to a file that is no page (a manifest, a schema, the Makefile) becomes that
  file's path, since the site does not have it.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
CONFIGURATION = DOCS / "site"
LANGUAGES = {"zh": "zh_CN", "en": "en"}
"""What Sphinx calls each."""
ALSO = {
    "CHANGELOG.md": "en/CHANGELOG.md",
    "CONTRIBUTING.md": "en/CONTRIBUTING.md",
    "CONTRIBUTING.zh.md": "zh/CONTRIBUTING.md",
}
"""Pages beside ``docs``, and where they go; the changelog is in English alone."""
FENCE = r"^ *```.*?^ *```$"
HEADING = re.compile(
    rf"{FENCE}|(?P<anchor><a id=\"[^\"]+\"></a>\n)?^#{{1,6}} (?P<title>[^\n]+)$",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(
    # What begins between backticks is no link, but a link's words may stand so.
    rf"{FENCE}|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)|"
    r"(?<!!)\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^()\s]+)\)",
    re.MULTILINE | re.DOTALL,
)
PAGES = ("*.md", "decisions/*.md")
IN_CHINESE = {
    "Next": "下一页",
    "Previous": "上一页",
    "Home": "首页",
    "Back to top": "返回顶部",
    "On this page": "本页内容",
    "Made with": "主题",
    "Skip to content": "跳到正文",
    "Contents": "目录",
    "Menu": "菜单",
    "Expand": "展开",
    "Dark mode": "深色",
    "Light mode": "浅色",
    "Auto light/dark, in light mode": "自动，现为浅色",
    "Auto light/dark, in dark mode": "自动，现为深色",
    "Search": "搜索",
    "Error": "错误",
    "Toggle Light / Dark / Auto color theme": "切换浅色、深色、自动",
    "Toggle site navigation sidebar": "显示或隐藏目录",
    "Toggle table of contents sidebar": "显示或隐藏本页内容",
    "Toggle navigation of": "展开或收起：",
}
"""The theme's words, which it has in English alone."""


def pages() -> dict[Path, Path]:
    """Return where each page goes on the site, without its suffix."""
    english = [page for glob in PAGES for page in sorted(DOCS.glob(glob))]
    found = {page: Path("en") / page.relative_to(DOCS) for page in english}
    found |= {ROOT / name: Path(place) for name, place in ALSO.items()}
    found |= {page: Path("zh") / page.name for page in sorted(DOCS.glob("zh/*.md"))}
    for language in LANGUAGES:
        found[CONFIGURATION / f"index-{language}.md"] = Path(language) / "index.md"
    return {page: place.with_suffix("") for page, place in found.items()}


def slug_of(title: str) -> str:
    """Return the anchor that the repository's viewer gives a heading."""
    words = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def staged(text: str, page: Path, where: dict[Path, Path]) -> str:
    """Return a page as Sphinx is given it."""
    seen: Counter[str] = Counter()

    def anchored(found: re.Match[str]) -> str:
        if found["title"] is None:
            return found[0]
        if found["anchor"]:
            return found[0].replace("\n", "\n\n", 1)
        slug = slug_of(found["title"])
        number = f"-{seen[slug]}" if seen[slug] else ""
        seen[slug] += 1
        return f'<a id="{slug}{number}"></a>\n\n{found[0]}'

    def linked(found: re.Match[str]) -> str:
        path, mark, anchor = (found["target"] or "").partition("#")
        if not path or ":" in path:
            return found[0]
        file = (page.parent / path).resolve()
        if file not in where:
            return f"{found['words']} (`{file.relative_to(ROOT)}`)"
        up = "../" * len(where[page].parent.parts)
        return f"[{found['words']}]({up}{where[file]}.html{mark}{anchor})"

    # Each language has its pictures beside its pages.
    text = text.replace("](../benchmarks/", "](benchmarks/")
    return LINK.sub(linked, HEADING.sub(anchored, text))


def stage(folder: Path) -> None:
    """Write what Sphinx is given into ``folder``."""
    where = pages()
    for page, place in where.items():
        goal = folder / place.with_suffix(".md")
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_text(staged(page.read_text("utf-8"), page, where), "utf-8")
    for language in LANGUAGES:
        shutil.copy(CONFIGURATION / "conf.py", folder / language / "conf.py")
        for picture in (DOCS / "benchmarks").glob("*.svg"):
            goal = folder / language / "benchmarks" / picture.name
            goal.parent.mkdir(exist_ok=True)
            shutil.copy(picture, goal)


def build(sources: Path, site: Path) -> None:
    """Have Sphinx make both languages; a warning is an error."""
    for language, tag in LANGUAGES.items():
        subprocess.run(  # noqa: S603 - ours alone
            [
                *(sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning"),
                *("--builder", "html", "--define", f"language={tag}"),
                *(str(sources / language), str(site / language)),
            ],
            check=True,
        )
    for page in (site / "zh").rglob("*.html"):
        page.write_text(_in_chinese(page.read_text("utf-8")), "utf-8")
    shutil.copy(CONFIGURATION / "redirect.html", site / "index.html")


def _in_chinese(page: str) -> str:
    """Return a page of the site with the theme's words in Chinese."""
    words = "|".join(map(re.escape, sorted(IN_CHINESE, key=len, reverse=True)))
    alone = re.compile(rf'(>\s*|aria-label=")({words})(?=\s*<|"| of )')
    return alone.sub(lambda found: found[1] + IN_CHINESE[found[2]], page)


def main() -> None:
    """Build the site in the folder that is named, anew."""
    site = Path(sys.argv[1])
    sources = site.parent / f"{site.name}-sources"
    for folder in (site, sources):
        shutil.rmtree(folder, ignore_errors=True)
    stage(sources)
    build(sources, site)


if __name__ == "__main__":
    main()
