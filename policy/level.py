"""The grades of a qualification, as note 1 of the annex names them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from policy.text import Text


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
