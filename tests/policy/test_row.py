"""Which annex row a record is about: by code, by exact name, never by likeness."""

from dataclasses import replace

import pytest

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord
from policy.finding import FindingOutcome
from policy.row import Row, row_of
from tests.policy.factories import FIRE_MONITORING, LOW_VOLTAGE, RAIL_DRIVER

MET, UNMET = FindingOutcome.MET, FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED

UNNAMED = replace(LOW_VOLTAGE, title="特种作业操作证", category=None)


def row(record: CertificateRecord) -> Row:
    return row_of(record, load_catalogue())


def code_found(record: CertificateRecord) -> str | None:
    item = row(record).item
    return None if item is None else item.code


def test_a_code_of_the_annex_finds_its_row() -> None:
    assert code_found(LOW_VOLTAGE) == "1.2"


@pytest.mark.parametrize(
    ("field", "name", "outcome"),
    [
        pytest.param("item", "低压电工", MET, id="item: a known short form"),
        pytest.param("item", "低压电工作叶", UNDETERMINED, id="item: a typing error"),
        pytest.param("item", "挖掘机驾驶", UNDETERMINED, id="item: of something else"),
        pytest.param("item", "电工作业", UNDETERMINED, id="item: only the category"),
        pytest.param("item", "", UNDETERMINED, id="item: empty"),
        pytest.param("title", "特种作业人员", MET, id="title: the annex's"),
        pytest.param("title", "中华人民共和国特种作业操作证", MET, id="title: in full"),
        pytest.param("title", "特种作业操作正", UNDETERMINED, id="title: typing error"),
        pytest.param(
            "title", "某培训公司结业证书", UNDETERMINED, id="title: of something else"
        ),
        pytest.param(
            "title", "低压电工作业", UNDETERMINED, id="title: the item's name"
        ),
        pytest.param(
            "title", "职业资格证书", UNDETERMINED, id="title: of graded ones only"
        ),
        pytest.param("title", "", UNDETERMINED, id="title: empty"),
        pytest.param("category", "电工", MET, id="category: no part of the clause"),
    ],
)
def test_the_title_and_the_item_must_be_known_beside_a_code_that_fits(
    field: str, name: str, outcome: FindingOutcome
) -> None:
    record = replace(LOW_VOLTAGE, **{field: name})  # type: ignore[arg-type] # one of three text fields

    assert row(record).outcome is outcome


def test_a_certificate_of_a_training_company_says_what_is_not_known() -> None:
    record = replace(
        RAIL_DRIVER, title="某培训公司结业证书", category=None, item="挖掘机驾驶"
    )

    assert row(record).reason.zh == (
        "代码4-02-01-01在附件之列，但“挖掘机驾驶”不是其项目的已知名称"
    )
    assert row(replace(record, item="轨道列车司机")).reason.zh == (
        "代码4-02-01-01在附件之列，但“某培训公司结业证书”不是其证书的已知名称"
    )


@pytest.mark.parametrize("title", ["职业资格证书", "国家职业资格证书"])
@pytest.mark.parametrize("record", [RAIL_DRIVER, FIRE_MONITORING])
def test_every_graded_qualification_may_bear_the_common_title(
    record: CertificateRecord, title: str
) -> None:
    assert row(replace(record, title=title)).outcome is MET


def test_a_code_outside_the_annex_is_unmet() -> None:
    assert row(replace(UNNAMED, item="某作业", item_code="1.9")).outcome is UNMET


def test_a_code_is_compared_as_text_so_nine_ten_is_not_nine_one() -> None:
    record = replace(UNNAMED, item="氧化工艺作业", item_code="9.10")

    assert code_found(record) == "9.10"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("低压电工作业", "1.2", id="official name"),
        pytest.param("氧碱电解工艺", "9.2", id="typing error"),
        pytest.param("氧碱电解工艺作业", "9.2", id="typing error, in full"),
        pytest.param("裂解（裂化）工艺作业", "9.6", id="full-width brackets"),
        pytest.param(" 煤气 作业 ", "8.1", id="white space"),
        pytest.param("过氧化工艺作业", "9.11", id="peroxidation, not oxidation"),
        pytest.param("电力电缆作业", "SH-CABLE", id="own code"),
    ],
)
def test_without_a_code_an_exact_spelling_finds_its_row(name: str, code: str) -> None:
    record = replace(UNNAMED, item=name, item_code=None)

    assert code_found(record) == code


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("低压电工作", id="one character short"),
        pytest.param("低压电工作业证", id="one character long"),
        pytest.param("氧化工艺作业、过氧化工艺作业", id="two items in one"),
        pytest.param("特种作业", id="a title is no item"),
        pytest.param("", id="empty"),
    ],
)
def test_without_a_code_an_unknown_spelling_is_undetermined(name: str) -> None:
    record = replace(UNNAMED, item=name, item_code=None)

    assert row(record).outcome is UNDETERMINED


@pytest.mark.parametrize(
    ("field", "name", "reason"),
    [
        ("item", "压力焊作业", "压力焊"),
        ("item", "钎焊作业", "钎焊"),
        ("item", "煤矿井下电气作业", "煤矿"),
        ("category", "金属非金属矿山安全作业", "金属非金属矿山"),
        ("category", "石油天然气安全作业", "石油天然气"),
        ("category", "烟花爆竹安全作业", "烟花爆竹"),
        ("title", "建筑施工特种作业操作资格证书", "建筑施工特种作业"),
        ("title", "特种设备作业人员证", "特种设备作业"),
        ("title", "职业技能等级证书", "职业技能等级证书"),
        ("item", "压 力 焊 作业", "压力焊"),
    ],
)
@pytest.mark.parametrize("code", ["1.2", "7.7", None])
def test_a_named_look_alike_is_refused_by_name_whatever_its_code(
    field: str, name: str, reason: str, code: str | None
) -> None:
    record = replace(LOW_VOLTAGE, **{field: name}, item_code=code)  # type: ignore[arg-type] # one of three text fields

    found = row(record)

    assert (found.outcome, found.item) == (UNMET, None)
    assert reason in found.reason.zh


def test_a_look_alike_is_refused_in_english_too() -> None:
    record = replace(LOW_VOLTAGE, item="压力焊作业")

    assert row(record).reason.en == (
        "pressure welding is under the same authority, but the annex lists fusion "
        "welding and thermal cutting only"
    )


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        pytest.param("S00003100000119100000", MET, id="21 characters"),
        pytest.param("S000031000001191000001", UNMET, id="22: another scheme"),
        pytest.param("S0000310000011910000012", MET, id="23 characters"),
    ],
)
def test_a_22_character_number_belongs_to_another_scheme(
    number: str, outcome: FindingOutcome
) -> None:
    assert row(replace(LOW_VOLTAGE, number=number)).outcome is outcome


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        pytest.param(
            replace(LOW_VOLTAGE, item="高压电工作业"),
            UNDETERMINED,
            id="code of low voltage, name of high voltage",
        ),
        pytest.param(
            replace(FIRE_MONITORING, item="消防设施检测维修保养"),
            UNDETERMINED,
            id="code of one fire direction, name of the other",
        ),
        pytest.param(
            replace(LOW_VOLTAGE, category="高处作业"),
            UNDETERMINED,
            id="category of another row",
        ),
        pytest.param(
            replace(LOW_VOLTAGE, title="消防设施操作员"),
            UNDETERMINED,
            id="title of another row",
        ),
        pytest.param(
            replace(FIRE_MONITORING, item="消防设施操作员"),
            UNDETERMINED,
            id="title as item",
        ),
        pytest.param(
            replace(FIRE_MONITORING, title="消防设施操作员证书"), MET, id="one row"
        ),
    ],
)
def test_a_code_and_a_name_of_different_rows_are_undetermined(
    record: CertificateRecord, outcome: FindingOutcome
) -> None:
    assert row(record).outcome is outcome


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("消防设施监控操作", "4-07-05-04.1", id="direction stated"),
        pytest.param("消防设施检测维修保养", "4-07-05-04.2", id="the other direction"),
        pytest.param("消防设施操作员", None, id="direction not stated"),
    ],
)
def test_the_national_fire_code_needs_the_direction(
    name: str, found: str | None
) -> None:
    record = replace(FIRE_MONITORING, item=name, item_code="4-07-05-04")

    assert code_found(record) == found


def test_the_national_fire_code_without_direction_is_undetermined() -> None:
    record = replace(FIRE_MONITORING, item="消防设施操作员", item_code="4-07-05-04")

    assert row(record).outcome is UNDETERMINED


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        pytest.param("电力电缆作业", UNDETERMINED, id="official code not confirmed"),
        pytest.param("防爆电气作业", UNDETERMINED, id="official code known, another"),
        pytest.param("电工作业", UNDETERMINED, id="a category of the annex"),
        pytest.param("低压电工作业 ", UNDETERMINED, id="a name in another spelling"),
    ],
)
@pytest.mark.parametrize("code", ["1.4", "1102", "无", "—", "0", "特1"])
def test_a_strange_code_beside_a_name_of_the_annex_is_not_known(
    code: str, name: str, outcome: FindingOutcome
) -> None:
    record = replace(UNNAMED, item=name, item_code=code)

    assert row(record).outcome is outcome


@pytest.mark.parametrize(
    "code",
    ["1.2 ", "１．２", "\u200b1.2", " 1.2", "1．2", "1。2", "1·2", "\u202d1.2\u202c"],
)
def test_a_code_in_another_spelling_is_the_code(code: str) -> None:
    assert code_found(replace(LOW_VOLTAGE, item_code=code)) == "1.2"
    assert code_found(replace(LOW_VOLTAGE, item="高压电工作业", item_code=code)) is None


@pytest.mark.parametrize("code", ["", " ", "\u3000", "\u200b"])
def test_a_blank_code_is_not_stated(code: str) -> None:
    assert code_found(replace(LOW_VOLTAGE, item_code=code)) == "1.2"
    assert code_found(replace(LOW_VOLTAGE, item="低压电工作", item_code=code)) is None


BOTH_DIRECTIONS = {"4-07-05-04.1", "4-07-05-04.2"}


@pytest.mark.parametrize(
    ("record", "candidates"),
    [
        pytest.param(LOW_VOLTAGE, {"1.2"}, id="found"),
        pytest.param(replace(LOW_VOLTAGE, item="某作业"), {"1.2"}, id="unknown item"),
        pytest.param(replace(LOW_VOLTAGE, title="某证书"), {"1.2"}, id="unknown title"),
        pytest.param(
            replace(LOW_VOLTAGE, item="高压电工作业"), {"1.1", "1.2"}, id="two rows"
        ),
        pytest.param(
            replace(FIRE_MONITORING, item="消防设施操作员", item_code="4-07-05-04"),
            BOTH_DIRECTIONS,
            id="direction not stated",
        ),
        pytest.param(
            replace(UNNAMED, item="电力电缆作业", item_code="1.4"),
            {"SH-CABLE"},
            id="official code not confirmed",
        ),
        pytest.param(
            replace(UNNAMED, item="某作业", item_code=None),
            set(load_catalogue().items),
            id="any",
        ),
        pytest.param(
            replace(UNNAMED, item="某作业", item_code="1.9"), set(), id="not listed"
        ),
        pytest.param(replace(LOW_VOLTAGE, item="压力焊作业"), set(), id="look-alike"),
    ],
)
def test_a_record_may_be_about_these_rows(
    record: CertificateRecord, candidates: set[str]
) -> None:
    assert row(record).candidates == candidates


@pytest.mark.parametrize("code", ["1.4", "1102", "0", "特1"])
def test_a_strange_code_beside_no_name_of_the_annex_is_unmet(code: str) -> None:
    record = replace(UNNAMED, item="挖掘机驾驶", item_code=code)

    assert row(record).outcome is UNMET


@pytest.mark.parametrize("code", ["无", "—", "/", "－"])
def test_what_is_no_code_at_all_leaves_an_unknown_name_unknown(code: str) -> None:
    record = replace(UNNAMED, item="低压电工作叶", item_code=code)

    assert row(record).outcome is UNDETERMINED
    assert row(record).candidates == set(load_catalogue().items)
    assert row(replace(record, item="压力焊作业")).outcome is UNMET
