"""Decide what a text, a word, a code, a number, a name and a day are, however spelt.

Registries, sheets and terminals write one thing in many ways: padded with white space
of any kind, in full width, with characters nobody sees, in GBK's private use, with
another of a dozen middle dots. Each function here returns the one form in which all of
these are equal, and "" for what is blank, which states nothing. Records, claims,
questions, filters and changes of state come through here before anything of them is
compared, counted or made a key of; the signed bytes stay as they came.

A form of a form is the form itself. Nothing is guessed: no typing error is put right,
no traditional character simplified, no order of words changed.
``docs/decisions/normal-form.md`` has the reasons.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from policy.private_use import PRIVATE_USE

MAX_KEPT = 500
"""No text of a record is longer; what is longer is folded and not kept."""
MAX_CODE = 32
"""No code is longer, so that nobody's number is kept for one."""

MAX_FOLDED = 4_096
"""What is longer is no text of a record, and is not folded: a character may be eighteen
in NFKC. Whoever reads it refuses it by its length."""

_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""They choose among the shapes of one character, which may be shown."""
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""The rest of Unicode's Default_Ignorable_Code_Point, and marks of annotations."""
_IGNORED = re.compile(f"[{_SELECTORS}{_UNSEEN}]")
_NOT_SHOWN = re.compile(f"[{_UNSEEN}]")
_LINE_ENDS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_BLANKS = "\u2800"
"""Braille's blank, the one that is no white space to Unicode and looks like one."""

_DOTS = (
    "\u00b7\u0387\u02d9\u1427\u16eb\u2022\u2024\u2027\u2218\u2219\u22c5\u25cf"
    "\u25e6\u26ab\u2981\u2b24\u2e30\u2e31\u2e33\u3002\u30fb\u318d\u119e\ua78f"
    "\ufe12\ufe52\uff0e\uff61\uff65\U00010101."
)
"""Whatever is set, or was ever drawn, for the middle dot of a name, and full stops."""
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d\u2500"
_APOSTROPHES = (
    "\u0060\u00b4\u02b9\u02bb\u02bc\u02be\u02bf\u02c8\u2018\u2019\u201b\u2032\uff07"
)


_PLAIN_NUMBER = re.compile("[0-9A-Z.-]*")
"""Most numbers, which are in their form already."""


def _table(*rows: tuple[str, str]) -> Mapping[int, str]:
    """Return what is another character: by the private use, by ``rows``."""
    replaced = {
        **PRIVATE_USE,
        ord(_BLANKS): " ",
        **{ord(one): other for ones, other in rows for one in ones},
    }
    return MappingProxyType(replaced)


_WORDS = _table()
_CODE = _table((_DOTS, "."), (_DASHES, "-"))
_NAME = _table((_DOTS, ""), (_DASHES, "-"), (_APOSTROPHES, "'"))


def text(stated: str) -> str:
    """Return a text as it is kept and shown: nothing around it, nothing unseen in it.

    What turns the direction of writing is gone, and what ends a line is a space: it
    is read as it is compared. Other control characters stay, for others to refuse.
    """
    if stated.isprintable():
        return stated.strip()
    plain = _LINE_ENDS.sub(" ", _NOT_SHOWN.sub("", stated))
    return plain.strip()


def without_unseen(stated: str) -> str:
    """Return ``stated`` without the characters that nobody sees."""
    return _IGNORED.sub("", stated)


def seen(stated: str) -> str:
    """Return ``stated`` without what nobody sees, and without white space around."""
    return without_unseen(stated).translate(_WORDS).strip()


def is_blank(stated: str) -> bool:
    """Say whether ``stated`` states nothing: nobody would see a character of it."""
    return not seen(stated)


def words(stated: str) -> str:
    """Return the form of a title, an item or a body: without white space, in NFKC."""
    return _words(stated) if len(stated) <= MAX_KEPT else _folded(stated, _WORDS)


@lru_cache(maxsize=4096)
def _words(stated: str) -> str:
    return _folded(stated, _WORDS)


def word(stated: str) -> str:
    """Return the form of a word that a table lists, of a state or a level."""
    return _folded(stated, _WORDS)


def code(stated: str) -> str:
    """Return the form of an item's code: its dots are ".", its dashes "-"."""
    return _code(stated) if len(stated) <= MAX_CODE else number(stated)


@lru_cache(maxsize=1024)
def _code(stated: str) -> str:
    return _folded(stated, _CODE, in_capitals=True)


def number(stated: str) -> str:
    """Return the form of a certificate's, a licence's or an identity's number."""
    if _PLAIN_NUMBER.fullmatch(stated):
        return stated
    return _folded(stated, _CODE, in_capitals=True)


def name(stated: str) -> str:
    """Return the form of a person's name, in capitals, without white space and dots.

    Middle dots do not count (●, •, ·, or none at all), nor do blanks between words:
    whose name it is, the identity number beside it says.
    """
    return _folded(stated, _NAME, in_capitals=True)


def day(stated: str) -> str:
    """Return the form of a day's digits and separators."""
    return _folded(stated, _CODE)


def _folded(stated: str, table: Mapping[int, str], *, in_capitals: bool = False) -> str:
    """Return ``stated`` in NFKC by ``table``, without white space and the unseen.

    Again until nothing changes: what is left out may bring others together.
    """
    if len(stated) > MAX_FOLDED:
        return stated
    while True:
        plain = stated if stated.isascii() else _IGNORED.sub("", stated)
        plain = plain.translate(table)
        if not plain.isascii():
            plain = unicodedata.normalize("NFKC", plain)
        plain = "".join(plain.split())
        if in_capitals:
            plain = plain.upper()
        if plain == stated:
            return plain
        stated = plain
