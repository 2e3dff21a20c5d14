"""Grades as people and certificates write them: 四级, 中级工, 四级/中级技能 and others.

A cell is one word or several; each says which grades it may be, and the grade is the
one that all of them may be. 高级 alone may be 高级工 or be short for 高级技师: it is
refused, and 三级/高级 is read. 四级/高级工 says two things and is refused.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from policy.level import LEVEL_NAMES, Level
from policy.text import same_words

_GRADED = tuple(level for level in Level if level is not Level.UNGRADED)
_UNGRADED = frozenset(
    map(
        same_words,
        (
            Level.UNGRADED,
            LEVEL_NAMES[Level.UNGRADED].zh,
            "不区分等级",
            "无等级",
            "不分等级",
        ),
    )
)


def _spellings(level: Level) -> list[str]:
    """Return 四级, 中级工, 4 and 4级 for 中级工（四级）."""
    title, _, grade = LEVEL_NAMES[level].zh.rstrip("）").partition("（")
    digit = level[-1]
    return [level, title, grade, digit, f"{digit}级"]


_WORDS: Mapping[str, frozenset[Level]] = MappingProxyType(
    {
        **{
            same_words(spelling): frozenset({level})
            for level in _GRADED
            for spelling in _spellings(level)
        },
        "初级": frozenset({Level.LEVEL_5}),
        "初级技能": frozenset({Level.LEVEL_5}),
        "中级": frozenset({Level.LEVEL_4}),
        "中级技能": frozenset({Level.LEVEL_4}),
        "高级": frozenset({Level.LEVEL_3, Level.LEVEL_1}),
        "高级技能": frozenset({Level.LEVEL_3}),
    }
)
# The longest first: 高级技师 is not 高级 and 技师.
_WORD = "|".join(
    rf"{re.escape(word)}(?![0-9])" for word in sorted(_WORDS, key=len, reverse=True)
)
_BEFORE = "(?:国家)?职业资格(?:等级)?|(?:职业)?技能等级|职业技能"
_BETWEEN = "[/(、,)-]*"
_WRITTEN = re.compile(rf"(?:{_BETWEEN}(?:(?:{_BEFORE}){_BETWEEN})?(?:{_WORD}))+\)?")
_FOUND = re.compile(_WORD)
_WHOLE = re.compile(r"([0-9])\.0+")


def level_written(text: str) -> Level | None:
    """Return the grade that is written; ``None`` if it is none, or may be two."""
    words = same_words(text).upper()
    if words in _UNGRADED:
        return Level.UNGRADED
    words = _WHOLE.sub(r"\1", words)
    if _WRITTEN.fullmatch(words) is None:
        return None
    may_be = frozenset(_GRADED).intersection(
        *(_WORDS[word] for word in _FOUND.findall(words))
    )
    return next(iter(may_be)) if len(may_be) == 1 else None
