"""Put what Typer says by itself into Chinese: headings, usage, what is typed wrong.

Typer has most of its sentences in its code, where no catalogue of gettext reaches them,
and shows each by the module variables of ``typer.rich_utils``: its headings, and the
highlighters that every usage line, error and type is given to. So these are others for
as long as a command runs. Importing this module takes a tenth of a second, since it
takes what Typer shows help with: ``gateway.lazy`` imports it where Chinese is spoken.

Where Typer is told to do without rich (``TYPER_USE_RICH=0``) they stay English.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files

import rich.text
from typer import rich_utils

TYPE = re.compile(r"[^<|>]+(?=[|>])")


def typers_own() -> dict[str, dict[str, str]]:
    """Return what Typer says by itself, with its Chinese, by the kind of word."""
    file = files("gateway.help") / "typer.toml"
    return tomllib.loads(file.read_text("utf-8"))


def translated_sentence(sentence: str, sentences: Mapping[str, str]) -> str:
    """Return a usage line or an error in Chinese; any other sentence as it is."""
    for english, chinese in sentences.items():
        if found := re.fullmatch(english, sentence, re.DOTALL):
            return chinese.format(*found.groups())
    return sentence


class ChineseSentences(rich_utils.OptionHighlighter):
    """Typer's colours, on its sentences in Chinese.

    A line of Chinese has no spaces to be broken at: it goes on in the next one.
    """

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._sentences = sentences

    def __call__(self, text: str | rich.text.Text) -> rich.text.Text:
        """Return the text, with its colours."""
        if isinstance(text, str):
            text = translated_sentence(text, self._sentences)
        shown = super().__call__(text)
        shown.overflow = "fold"
        return shown


class ChineseTypes(rich_utils.TypesHighlighter):
    """Typer's colours, on its words for types in Chinese."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self._types = types

    def __call__(self, text: str | rich.text.Text) -> rich.text.Text:
        """Return the type, with its colours."""
        plain = text if isinstance(text, str) else text.plain
        named = TYPE.sub(lambda it: self._types.get(it[0], it[0]), plain)
        style = "" if isinstance(text, str) else text.style
        return super().__call__(rich.text.Text(named, style, overflow="fold"))


@contextmanager
def in_chinese() -> Iterator[None]:
    """Have Typer speak Chinese until the end."""
    words = typers_own()
    shown = words["headings"] | {
        "highlighter": ChineseSentences(words["sentences"]),
        "types_highlighter": ChineseTypes(words["types"]),
    }
    # A newer Typer may show less, or by other names: it is no reason not to run.
    before = {name: was for name, was in vars(rich_utils).items() if name in shown}
    vars(rich_utils).update((name, shown[name]) for name in before)
    try:
        yield
    finally:
        vars(rich_utils).update(before)
