"""What a Chinese page and its English one have to share, section by section."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.architecture.documents import ROOT

ENGLISH = ROOT / "docs"
CHINESE = ROOT / "docs/zh"
AT_THE_ROOT = ("README", "CONTRIBUTING")
"""Pages beside ``docs``; the Chinese one is called ``NAME.zh.md``."""

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ANCHOR = re.compile(r'^<a id="([^"]+)"></a>$')
_HEADING = re.compile(r"^(#{1,6}) (.+)$")
_ITEM = re.compile(r"(-|\d+\.) ")
_FIGURE = re.compile(r"\d[\d,.]*\d")
_CHINESE_FIRST = re.compile(r"<!-- in Chinese -->.*?<!-- in English -->", re.DOTALL)
"""What the README says to who reads Chinese; it is no part of the English page."""
_LANGUAGES = re.compile(r"^\[(中文|English)\]\([^)]+\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it, as far as both languages share it."""

    level: int
    title: str
    anchor: str
    fences: list[str] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    """The rows of each table, the head's and the rule's counted."""
    code: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    """By the English page's path, with the anchor."""
    outline: list[str] = field(default_factory=list)
    """What stands below it, in order: ``p``, ``-``, ``1.``, ``table``, ``code``."""
    figures: set[str] = field(default_factory=set)
    """The numbers of two digits and more, outside code."""
    texts: list[str] = field(default_factory=list)
    """Its lines outside code blocks."""


def page_of(name: str, folder: Path) -> Path:
    """Return the path of a page that is there in both languages."""
    if name in AT_THE_ROOT:
        return ROOT / (f"{name}.md" if folder == ENGLISH else f"{name}.zh.md")
    return folder / f"{name}.md"


@cache
def sections(page: Path) -> Sequence[Section]:
    """Return a page's sections, in order; a page begins with its heading."""
    made: list[Section] = []
    seen: Counter[str] = Counter()
    anchor, lines = "", list[str]()
    text = _CHINESE_FIRST.sub("", page.read_text("utf-8"))
    for line in _marked(text):
        if stated := _ANCHOR.match(line):
            anchor = stated[1]
        elif heading := _HEADING.match(line):
            _fill(made, lines, page)
            title = heading[2]
            made.append(Section(len(heading[1]), title, anchor or _slug(title, seen)))
            anchor, lines = "", []
        else:
            lines.append(line)
    _fill(made, lines, page)
    return made


def prose(page: Path) -> str:
    """Return the page's words: without code, targets of links, and comments."""
    text = _COMMENT.sub("", _FENCE.sub("", page.read_text("utf-8")))
    text = _LANGUAGES.sub("", text)
    text = _LINK.sub("]", _CODE.sub("`", text))
    return re.sub(r"<[^>\n]+>|https?://\S+", "`", text)


def links_of(page: Path) -> list[tuple[Path, str]]:
    """Return the file and the anchor of every link to a file of ours."""
    text = _CHINESE_FIRST.sub("", page.read_text("utf-8"))
    text = _CODE.sub("", _FENCE.sub("", text))
    parts = (
        target.partition("#")
        for target in _LINK.findall(text)
        if not target.startswith(("http:", "https:"))
    )
    return [
        ((page.parent / path).resolve() if path else page, anchor)
        for path, _, anchor in parts
    ]


def _marked(text: str) -> list[str]:
    """Return lines, each code block as one."""
    lines, inside = list[str](), list[str]()
    for line in text.splitlines():
        if inside:
            inside.append(line)
            if line == "```":
                lines.append("\n".join(inside))
                inside = []
        elif line.startswith("```"):
            inside = [line]
        else:
            lines.append(line)
    return lines + inside


def _fill(made: list[Section], lines: list[str], page: Path) -> None:
    if not made:
        return
    section = made[-1]
    words = "\n".join([section.title, *(_ for _ in lines if not _.startswith("```"))])
    words = _LANGUAGES.sub("", _COMMENT.sub("", words))
    section.fences.extend(line for line in lines if line.startswith("```"))
    rows = 0
    for line in [*lines, ""]:
        if line.startswith("|"):
            rows += 1
        elif rows:
            section.tables.append(rows)
            rows = 0
    section.texts.append(words)
    section.outline.extend(_outline(lines))
    section.figures.update(_FIGURE.findall(_LINK.sub("]", _CODE.sub("`", words))))
    section.code.update(" ".join(found[1].split()) for found in _CODE.findall(words))
    for target in _LINK.findall(_CODE.sub("", words)):
        section.links[_shared(target, page)] += 1


def _outline(lines: list[str]) -> list[str]:
    kinds, within = list[str](), ""
    for line in lines:
        kind = _kind(line)
        # An item begins anew in each line; what wraps belongs to what is there.
        if kind in {"-", "1.", "code"} or (kind and not within):
            kinds.append(kind)
        within = kind and (within or kind)
    return kinds


def _kind(line: str) -> str:
    if not line.strip() or line.startswith("<!--") or _LANGUAGES.match(line):
        return ""
    if line.startswith("```"):
        return "code"
    if line.startswith("|"):
        return "table"
    item = _ITEM.match(line)
    return "p" if item is None else "-" if item[1] == "-" else "1."


def _shared(target: str, page: Path) -> str:
    if target.startswith(("http:", "https:")):
        return target
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if file.is_relative_to(CHINESE):
        file = ENGLISH / file.relative_to(CHINESE)
    if file.name in {f"{name}.zh.md" for name in AT_THE_ROOT}:
        file = file.with_name(file.name.replace(".zh", ""))
    return f"{file.relative_to(ROOT).as_posix()}#{anchor}"


def _slug(title: str, seen: Counter[str]) -> str:
    """Return the anchor that GitHub gives a heading."""
    bare = re.sub(r"[^\w\- ]", "", _LINK.sub("", title).lower()).replace(" ", "-")
    seen[bare] += 1
    return bare if seen[bare] == 1 else f"{bare}-{seen[bare] - 1}"
