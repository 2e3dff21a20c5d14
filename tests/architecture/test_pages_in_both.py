"""Every page is the same in both languages, but decisions and the changelog.

A heading keeps the anchor it has in English, by an ``<a id>`` before it. Code blocks
are the same byte for byte, and so are settings, metrics, codes and commands.
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.documents import ROOT
from tests.architecture.parallel import (
    AT_THE_ROOT,
    CHINESE,
    ENGLISH,
    Section,
    links_of,
    page_of,
    prose,
    sections,
)

PAGES = (
    *AT_THE_ROOT,
    "tutorial-question",
    "tutorial-agency",
    "tutorial-gateway",
    "registration",
    "agencies",
    "collection",
    "batch-check",
    "console",
    "payments",
    "policy",
    "privacy",
    "integrators",
    "operating",
    "scaling",
    "transparency",
    "evidence",
    "sm2",
    "mlps3",
    "key-ceremony",
    "supergraph",
    "SECURITY",
    "releases",
    "commands",
    "benchmarks",
    "mutants",
    "threat-model",
    "architecture",
    "attacks",
)
HANZI = re.compile("[\u4e00-\u9fff]+")
UNTRANSLATED = re.compile(r"[A-Za-z][\w'’-]*(?:[ \t\n,;:.()*]+[A-Za-z][\w'’-]*){3,}")

each_page = pytest.mark.parametrize("name", PAGES)


def both(name: str, of: Callable[[Section], object]) -> tuple[object, object]:
    """Return what ``of`` says of each section: in English and in Chinese."""
    english, chinese = (
        [(_.anchor, of(_)) for _ in sections(page_of(name, folder))]
        for folder in (ENGLISH, CHINESE)
    )
    return english, chinese


@each_page
def test_headings_have_the_same_levels_and_anchors(name: str) -> None:
    english, chinese = both(name, lambda section: section.level)

    assert chinese == english


@each_page
def test_a_heading_is_chinese_unless_it_is_a_name(name: str) -> None:
    english = {_.title for _ in sections(page_of(name, ENGLISH))}
    chinese = [_.title for _ in sections(page_of(name, CHINESE))]

    assert [
        title
        for title in chinese
        if not HANZI.search(title)
        and not (title in english and ("`" in title or title.startswith("gateway ")))
    ] == []


@each_page
def test_code_blocks_are_the_same(name: str) -> None:
    english, chinese = both(name, lambda section: section.fences)

    assert chinese == english


@each_page
def test_tables_have_as_many_rows(name: str) -> None:
    english, chinese = both(name, lambda section: section.tables)

    assert chinese == english


@each_page
def test_paragraphs_and_items_stand_in_the_same_order(name: str) -> None:
    english, chinese = both(name, lambda section: section.outline)

    assert chinese == english


@each_page
def test_every_figure_of_a_section_is_in_the_chinese_one(name: str) -> None:
    pairs = zip(
        sections(page_of(name, ENGLISH)), sections(page_of(name, CHINESE)), strict=True
    )

    assert {
        english.anchor: english.figures - chinese.figures
        for english, chinese in pairs
        if not english.figures <= chinese.figures
    } == {}


@each_page
def test_chinese_words_of_an_english_page_are_those_of_the_chinese_one(
    name: str,
) -> None:
    pairs = zip(
        sections(page_of(name, ENGLISH)), sections(page_of(name, CHINESE)), strict=True
    )

    assert {
        english.anchor: words
        for english, chinese in pairs
        for words in HANZI.findall(" ".join(english.texts))
        if words not in " ".join(chinese.texts)
    } == {}


@each_page
def test_settings_metrics_codes_and_commands_are_the_same(name: str) -> None:
    english, chinese = both(name, lambda section: sorted(section.code.elements()))

    assert chinese == english


@each_page
def test_links_lead_to_the_same_places(name: str) -> None:
    english, chinese = both(name, lambda section: section.links)

    assert chinese == english


@each_page
def test_nothing_is_left_untranslated(name: str) -> None:
    words = prose(page_of(name, CHINESE))

    assert [found[0] for found in UNTRANSLATED.finditer(words)] == []
    assert HANZI.search(words)


@each_page
def test_each_page_begins_with_a_link_to_the_other(name: str) -> None:
    english, chinese = (page_of(name, folder) for folder in (ENGLISH, CHINESE))
    at_the_root = name in AT_THE_ROOT
    to_chinese = chinese.name if at_the_root else f"zh/{name}.md"
    to_english = english.name if at_the_root else f"../{name}.md"

    assert f"[中文]({to_chinese})" in english.read_text("utf-8").splitlines()[:4]
    assert f"[English]({to_english})" in chinese.read_text("utf-8").splitlines()[:4]


@each_page
def test_links_of_a_chinese_page_stay_in_chinese(name: str) -> None:
    translated = {page_of(other, ENGLISH) for other in PAGES}
    found = {file for file, _ in links_of(page_of(name, CHINESE))}

    # The first is the link to the page in the other language.
    assert found & translated <= {page_of(name, ENGLISH)}
    assert links_of(page_of(name, CHINESE))[1:].count((page_of(name, ENGLISH), "")) == 0


def anchors(page: Path) -> set[str]:
    return {"", *(section.anchor for section in sections(page))}


@pytest.mark.parametrize("folder", [ENGLISH, CHINESE], ids=["English", "Chinese"])
@each_page
def test_an_anchor_that_is_linked_to_exists(name: str, folder: Path) -> None:
    found = [
        (file.relative_to(ROOT).as_posix(), anchor)
        for file, anchor in links_of(page_of(name, folder))
        if file.suffix == ".md" and anchor not in anchors(file)
    ]

    assert found == []


def test_every_chinese_page_is_compared() -> None:
    assert {page.stem for page in CHINESE.glob("*.md")} == {*PAGES} - {*AT_THE_ROOT}


def test_every_page_is_in_both_languages() -> None:
    assert {page.stem for page in ENGLISH.glob("*.md")} == {*PAGES} - {*AT_THE_ROOT}


def write(folder: Path, name: str, text: str) -> Path:
    page = folder / name
    page.write_text(text, "utf-8")
    return page


def test_a_changed_word_of_code_is_seen(tmp_path: Path) -> None:
    one = sections(write(tmp_path, "one.md", "# A\n\nThe `port` of\n`a\nb`.\n"))
    other = sections(write(tmp_path, "other.md", "# A\n\n`ports`，`a b`。\n"))

    assert one[0].code == Counter({"port": 1, "a b": 1})
    assert other[0].code == Counter({"ports": 1, "a b": 1})


def test_a_paragraph_that_is_left_out_is_seen(tmp_path: Path) -> None:
    text = "One\nand on.\n\n- an item\n  of 12\n- 1,000 more\n\n| a |\n|---|\n\nLast.\n"

    only = sections(write(tmp_path, "one.md", f"# A\n\n{text}"))[0]

    assert only.outline == ["p", "-", "-", "table", "p"]
    assert only.figures == {"12", "1,000"}


def test_what_the_readme_says_in_chinese_first_is_no_part_of_it(
    tmp_path: Path,
) -> None:
    text = "<!-- in Chinese -->\n见[一](b.md)，12 项。\n<!-- in English -->\n"
    page = write(tmp_path, "one.md", f"# A\n\n{text}\nSee 34.\n")

    (only,) = sections(page)

    assert (only.outline, only.figures) == (["p"], {"34"})
    assert links_of(page) == []


def test_a_heading_keeps_the_anchor_that_is_stated(tmp_path: Path) -> None:
    text = '# 一\n\n<a id="the-wire"></a>\n## 接口\n\n## `http.port`\n'

    found = [_.anchor for _ in sections(write(tmp_path, "a.md", text))]

    assert found == ["一", "the-wire", "httpport"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("以 the gateway's own key 签名", True, id="four words"),
        pytest.param("以 Bearer token 提交", False, id="two words"),
        pytest.param("`a b c d e` 与 [字](the-long-name.md)", False, id="code, link"),
    ],
)
def test_four_english_words_in_a_row_are_untranslated(
    tmp_path: Path, text: str, *, expected: bool
) -> None:
    words = prose(write(tmp_path, "a.md", f"# 一\n\n{text}\n"))

    assert (UNTRANSLATED.search(words) is not None) == expected
