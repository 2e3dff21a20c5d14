"""The annex as data: 31 items, 41 item-level pairs, and who answers for each."""

import pytest

from policy.catalogue import Catalogue, load_catalogue, read_catalogue
from policy.errors import AnnexError
from policy.level import Level
from policy.table import read_annex
from policy.text import same_words

UNGRADED = (Level.UNGRADED,)


@pytest.fixture
def catalogue() -> Catalogue:
    return load_catalogue()


def test_the_annex_has_thirty_one_items(catalogue: Catalogue) -> None:
    assert len(catalogue.items) == 31


def test_the_annex_has_forty_one_pairs_of_item_and_level(
    catalogue: Catalogue,
) -> None:
    assert sum(len(item.levels) for item in catalogue.items.values()) == 41


@pytest.mark.parametrize(
    ("category", "count"),
    [
        ("电工作业", 6),
        ("焊接与热切割作业", 1),
        ("高处作业", 2),
        ("制冷与空调作业", 2),
        ("冶金(有色)生产安全作业", 1),
        ("危险化学品安全作业", 16),
        ("轨道交通司机", 1),
        ("消防设施操作员", 2),
    ],
)
def test_each_category_has_as_many_items_as_the_annex(
    catalogue: Catalogue, category: str, count: int
) -> None:
    found = [item for item in catalogue.items.values() if item.category.zh == category]

    assert len(found) == count


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("1.1", "高压电工作业"),
        ("1.2", "低压电工作业"),
        ("1.3", "防爆电气作业"),
        ("SH-CABLE", "电力电缆作业"),
        ("SH-RELAY", "继电保护作业"),
        ("SH-TEST", "电气试验作业"),
        ("2.1", "熔化焊接与热切割作业"),
        ("3.1", "登高架设作业"),
        ("3.2", "高处安装、维护、拆除作业"),
        ("4.1", "制冷与空调设备运行操作作业"),
        ("4.2", "制冷与空调设备安装修理作业"),
        ("8.1", "煤气作业"),
        ("9.1", "光气及光气化工艺作业"),
        ("9.2", "氯碱电解工艺作业"),
        ("9.3", "氯化工艺作业"),
        ("9.4", "硝化工艺作业"),
        ("9.5", "合成氨工艺作业"),
        ("9.6", "裂解(裂化)工艺作业"),
        ("9.7", "氟化工艺作业"),
        ("9.8", "加氢工艺作业"),
        ("9.9", "重氮化工艺作业"),
        ("9.10", "氧化工艺作业"),
        ("9.11", "过氧化工艺作业"),
        ("9.12", "胺基化工艺作业"),
        ("9.13", "磺化工艺作业"),
        ("9.14", "聚合工艺作业"),
        ("9.15", "烷基化工艺作业"),
        ("9.16", "化工自动化控制仪表作业"),
    ],
)
def test_each_special_operation_is_ungraded_and_stands_under_its_code(
    catalogue: Catalogue, code: str, name: str
) -> None:
    item = catalogue.items[code]

    assert (item.name.zh, item.levels, item.title.zh) == (
        name,
        UNGRADED,
        "特种作业人员",
    )


@pytest.mark.parametrize(
    ("code", "name", "levels"),
    [
        pytest.param(
            "4-02-01-01",
            "轨道交通司机（城市轨道交通列车司机）",
            ("LEVEL_5", "LEVEL_4", "LEVEL_3", "LEVEL_2", "LEVEL_1"),
            id="rail driver, all five",
        ),
        pytest.param(
            "4-07-05-04.1",
            "消防设施操作员（消防设施监控操作）",
            ("LEVEL_5", "LEVEL_4", "LEVEL_3", "LEVEL_2"),
            id="fire monitoring, no level 1",
        ),
        pytest.param(
            "4-07-05-04.2",
            "消防设施操作员（消防设施检测维修保养）",
            ("LEVEL_4", "LEVEL_3", "LEVEL_2", "LEVEL_1"),
            id="fire maintenance, no level 5",
        ),
    ],
)
def test_each_graded_item_has_the_levels_of_the_annex(
    catalogue: Catalogue, code: str, name: str, levels: tuple[str, ...]
) -> None:
    item = catalogue.items[code]

    assert (item.name.zh, item.levels) == (name, levels)


@pytest.mark.parametrize(
    ("code", "evaluation", "collection", "authority"),
    [
        (
            "1.2",
            "上海市安全生产科学研究所",
            "上海市安全生产科学研究所",
            "上海市应急管理局",
        ),
        (
            "4-02-01-01",
            "上海地铁职业技能培训学校",
            "上海市交通委员会职业资格中心（上海市交通委员会干部学校）",
            "上海市交通委员会",
        ),
        (
            "4-07-05-04.1",
            "上海市消防救援总队训练与战勤保障支队",
            "上海市消防救援总队训练与战勤保障支队",
            "上海市消防救援总队",
        ),
    ],
)
def test_each_title_has_the_bodies_of_the_annex(
    catalogue: Catalogue, code: str, evaluation: str, collection: str, authority: str
) -> None:
    item = catalogue.items[code]

    assert (
        item.evaluation_body.name.zh,
        item.collection_body.name.zh,
        item.authority.name.zh,
    ) == (evaluation, collection, authority)


def test_codes_that_could_not_be_confirmed_say_so(catalogue: Catalogue) -> None:
    unconfirmed = [i.code for i in catalogue.items.values() if not i.code_confirmed]

    assert unconfirmed == [
        "SH-CABLE",
        "SH-RELAY",
        "SH-TEST",
        "4-07-05-04.1",
        "4-07-05-04.2",
    ]


@pytest.mark.parametrize("id_", [look.id for look in load_catalogue().look_alikes])
def test_no_look_alike_word_stands_in_a_name_of_the_annex(
    catalogue: Catalogue, id_: str
) -> None:
    look_alike = next(look for look in catalogue.look_alikes if look.id == id_)

    clashes = [
        name
        for name in catalogue.codes_bearing
        if any(word in name for word in look_alike.words)
    ]

    assert clashes == []


def test_an_item_is_found_by_its_name_whatever_the_width_of_its_brackets() -> None:
    assert same_words("裂解（裂化） 工艺作业") == same_words("裂解(裂化)工艺作业")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        pytest.param(
            'levels = ["UNGRADED"]',
            'level = ["UNGRADED"]',
            "levels",
            id="misspelt key",
        ),
        pytest.param(
            'aliases = ["低压电工"]',
            'alias = ["低压电工"]',
            "unknown key alias, did you mean aliases",
            id="unknown key with a near one",
        ),
        pytest.param(
            'code = "1.1"', 'code = "1.2"', "1.2 is there twice", id="code twice"
        ),
        pytest.param(
            'aliases = ["高压电工"]',
            'aliases = ["低压电工"]',
            "低压电工 is there twice",
            id="one alias for two items",
        ),
        pytest.param(
            'category = "metallurgy"',
            'category = "metalurgy"',
            "metalurgy is none of",
            id="category that is not there",
        ),
        pytest.param(
            'authority = "transport"',
            'authority = "transit"',
            "transit is none of",
            id="body that is not there",
        ),
        pytest.param(
            'levels = ["UNGRADED"]',
            'levels = ["LEVEL_6"]',
            "LEVEL_6",
            id="level that is not there",
        ),
        pytest.param(
            'levels = ["UNGRADED"]', "levels = []", "levels []", id="no level"
        ),
        pytest.param("code_confirmed = true", "code_confirmed = 1", "int", id="type"),
        pytest.param("[[item]]", "[[item]", "is no TOML", id="no TOML"),
    ],
)
def test_a_broken_catalogue_is_refused_with_what_is_wrong(
    before: str, after: str, complaint: str
) -> None:
    broken = read_annex("catalogue.toml").replace(before, after, 1)

    with pytest.raises(AnnexError) as refusal:
        read_catalogue(broken)

    assert complaint in str(refusal.value)
