"""Commands say the same of themselves in Chinese and English, by the locale."""

import re

import pytest
from typer.testing import CliRunner

from gateway.cli import Commands, app
from gateway.help.language import is_chinese
from gateway.help.translated import chinese, paragraphs
from tests.architecture.commands_page import commands

HANZI = re.compile("[\u4e00-\u9fff]")
SAME = re.compile(
    r"--[a-z-]+|\.[a-z]+\b|\d+|\b[A-Z][A-Z_]{2,}\b|[a-z_]+\.[a-z_]+|/[a-z/-]+"
)
"""Options, endings, figures, codes, names and paths: the same in both languages."""
TYPERS_OWN = {
    "Install completion for the current shell.",
    "Show completion for the current shell, to copy it or customize the installation.",
    "Show this message and exit.",
}


def english() -> set[str]:
    """Return every paragraph that a command or an option of one says."""
    ours = {paragraph for _, one in commands() for paragraph in paragraphs(one.help)}
    ours |= {named.help for named in Commands.table}
    ours |= {named.job for named in Commands.table}
    for _, one in commands():
        for option in one.params:
            ours |= set(paragraphs(option.help))
    callback = app.registered_callback
    assert callback is not None
    assert callback.callback is not None
    return ours | {callback.callback.__doc__ or "", "Print the version and exit."}


def test_every_paragraph_has_its_chinese_and_no_other_has_one() -> None:
    assert chinese().keys() == english() | TYPERS_OWN


def test_what_is_chinese_is_chinese() -> None:
    assert [en for en, zh in chinese().items() if not HANZI.search(zh)] == []


def test_options_figures_and_codes_are_the_same_in_both() -> None:
    differ = {
        en: (set(SAME.findall(en)), set(SAME.findall(zh)))
        for en, zh in chinese().items()
        if set(SAME.findall(en)) != set(SAME.findall(zh))
    }

    assert differ == {}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, False, id="nothing is said"),
        pytest.param({"LANG": "C.UTF-8"}, False, id="C"),
        pytest.param({"LANG": "en_GB.UTF-8"}, False, id="English"),
        pytest.param({"LANG": "zh_CN.UTF-8"}, True, id="Chinese"),
        pytest.param({"LANG": "zh"}, True, id="no country"),
        pytest.param({"LANG": "zha"}, False, id="another language that begins so"),
        pytest.param({"LC_ALL": "en_GB", "LANG": "zh_CN"}, False, id="all"),
        pytest.param({"LC_ALL": "", "LANG": "zh_CN"}, True, id="an empty one"),
        pytest.param({"LC_MESSAGES": "zh_TW", "LANG": "C"}, True, id="messages"),
        pytest.param({"GATEWAY_LANG": "zh", "LC_ALL": "C"}, True, id="ours is first"),
        pytest.param({"GATEWAY_LANG": "en", "LANG": "zh_CN"}, False, id="ours, too"),
    ],
)
def test_the_language_is_the_locales(
    environment: dict[str, str], expected: bool
) -> None:
    assert is_chinese(environment) is expected


@pytest.mark.parametrize(
    ("words", "there"),
    [
        pytest.param([], ["选项", "各部门", "运营方", "申领文件"], id="the list"),
        pytest.param(["database"], ["命令", "备份", "显示本说明后退出"], id="a group"),
        pytest.param(
            ["connector", "submit"], ["参数", "选项", "提交草稿"], id="one of a group"
        ),
        pytest.param(["check"], ["退出码", "--case", "案号"], id="one command"),
    ],
)
def test_help_is_chinese_where_that_is_spoken(
    words: list[str], there: list[str]
) -> None:
    runner = CliRunner(env={"GATEWAY_LANG": "", "LANG": "zh_CN.UTF-8", "LC_ALL": ""})

    shown = runner.invoke(app, [*words, "--help"])

    assert shown.exit_code == 0
    assert [word for word in there if word not in shown.output] == []
    assert "Options ─" not in shown.output


def test_help_stays_english_elsewhere_after_it_was_chinese() -> None:
    chinese_one = CliRunner(env={"GATEWAY_LANG": "zh"}).invoke(app, ["check", "-h"])
    english_one = CliRunner(env={"GATEWAY_LANG": "en"}).invoke(app, ["check", "-h"])

    assert "选项" in chinese_one.output
    assert "选项" not in english_one.output
    assert "The claims: .csv or .xlsx." in english_one.output
