"""The grades of a qualification, as note 1 of the annex names them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from policy.text import Text, same_words


class Level(StrEnum):
    """A grade, from none at all (special operations) up to level 1."""

    UNGRADED = "UNGRADED"
    LEVEL_5 = "LEVEL_5"
    LEVEL_4 = "LEVEL_4"
    LEVEL_3 = "LEVEL_3"
    LEVEL_2 = "LEVEL_2"
    LEVEL_1 = "LEVEL_1"


LEVEL_NAMES: Mapping[Level, Text] = MappingProxyType(
    {
        Level.UNGRADED: Text("不区分等级（初领证书）", "ungraded (first licence)"),
        Level.LEVEL_5: Text("初级工（五级）", "junior worker (level 5)"),
        Level.LEVEL_4: Text("中级工（四级）", "intermediate worker (level 4)"),
        Level.LEVEL_3: Text("高级工（三级）", "senior worker (level 3)"),
        Level.LEVEL_2: Text("技师（二级）", "technician (level 2)"),
        Level.LEVEL_1: Text("高级技师（一级）", "senior technician (level 1)"),
    }
)

# From the lowest to the highest: what a payment for one level bars (17-once).
LEVEL_RANK: Mapping[Level, int] = MappingProxyType(
    {level: rank for rank, level in enumerate(Level)}
)

_SPELLINGS: Mapping[str, Level] = MappingProxyType(
    {
        same_words(spelling): level
        for level, spellings in {
            Level.UNGRADED: ("不区分等级", "不区分等级（初领证书）", "0"),
            Level.LEVEL_5: ("5", "五", "五级", "初级工", "五级/初级工"),
            Level.LEVEL_4: ("4", "四", "四级", "中级工", "四级/中级工"),
            Level.LEVEL_3: ("3", "三", "三级", "高级工", "三级/高级工"),
            Level.LEVEL_2: ("2", "二", "二级", "技师", "二级/技师"),
            Level.LEVEL_1: ("1", "一", "一级", "高级技师", "一级/高级技师"),
        }.items()
        for spelling in (level.value, LEVEL_NAMES[level].zh, *spellings)
    }
)


def level_of(stated: str) -> Level | None:
    """Return the level a registry's word stands for, ``None`` for no known one."""
    return _SPELLINGS.get(same_words(stated))
