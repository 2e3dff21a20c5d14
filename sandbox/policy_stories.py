"""Story persons about what the notice says: rows, levels, days, bodies, standing.

Dates are counted back from ``today`` where a fixed one would rot. Where the date is
the point it is fixed, on a certificate that never runs out.
"""

from dataclasses import replace
from datetime import date

from policy.certificate import CertificateState
from policy.eligibility import EligibilityOutcome
from policy.level import Level
from sandbox.certificates import EXAMINED_BEFORE, examined, years_after
from sandbox.stories import Story, Verdict
from sandbox.story_drafts import (
    CHLOR_ALKALI,
    DRIVER,
    FIRE_MAINTENANCE,
    FIRE_MONITORING,
    HIGH_VOLTAGE,
    LOW_VOLTAGE,
    SCAFFOLDING,
    WELDING,
    ago,
    as_item,
    graded,
    in_state,
    ineligible,
    licence,
    resident,
    story,
)

NOT_ANNEX = ("219-1a", "219-2a", "219-2b")
"""What a certificate outside the annex misses: its row, and so the row's bodies."""


def of_the_annex(today: date) -> tuple[Story, ...]:
    """Return the stories about rows, levels, days and bodies of the annex."""
    return (
        story(
            1,
            "all-three",
            "三家主管部门各有一本证书，均符合条件",
            "holds one certificate at each agency, all three eligible",
            resident("310199199304120011", "沈嘉禾"),
            licence(LOW_VOLTAGE, ago(today, 200)),
            graded(DRIVER, Level.LEVEL_4, ago(today, 150)),
            graded(FIRE_MONITORING, Level.LEVEL_4, ago(today, 120)),
        ),
        story(
            2,
            "renewed-2019",
            "2019年初领、近期换证的特种作业证：以初领日期为准，不予补贴",
            "a special-operations licence first issued in 2019 and lately renewed: "
            "the first issue counts",
            resident("31019919710305002X", "陆建安"),
            licence(
                LOW_VOLTAGE,
                date(2019, 6, 12),
                renewed_on=ago(today, 60),
                verdict=ineligible("219-n2"),
            ),
        ),
        story(
            3,
            "issued-on-notice-day",
            "2022年8月22日（发文当日）发证：不属于“发文之日后”",
            "issued on 2022-08-22, the very day of the notice: one day too early",
            resident("310199198809170036", "顾明远"),
            graded(
                DRIVER,
                Level.LEVEL_5,
                date(2022, 8, 22),
                verdict=ineligible("219-1b"),
            ),
        ),
        story(
            4,
            "issued-day-after",
            "2022年8月23日发证：符合条件的第一天",
            "issued on 2022-08-23, the first eligible day",
            resident("310199199011210048", "顾思清"),
            graded(DRIVER, Level.LEVEL_5, date(2022, 8, 23)),
        ),
        story(
            5,
            "unlisted-level",
            "等级不在附件之列：检测维修保养五级、监控操作一级",
            "levels the annex does not list: maintenance level 5, monitoring level 1",
            resident("310199199507080056", "许文杰"),
            graded(
                FIRE_MAINTENANCE,
                Level.LEVEL_5,
                ago(today, 700),
                verdict=ineligible("219-1a"),
            ),
            graded(
                FIRE_MONITORING,
                Level.LEVEL_1,
                ago(today, 90),
                verdict=ineligible("219-1a"),
            ),
        ),
        story(
            6,
            "look-alike",
            "形似而不在附件之列：压力焊作业、煤矿井下电气作业",
            "look-alikes outside the annex: pressure welding, coal-mine electrics",
            resident("310199198602140067", "何志强"),
            licence(
                WELDING,
                ago(today, 300),
                change=as_item("2.2", "焊接与热切割作业", "压力焊作业"),
                verdict=ineligible(*NOT_ANNEX),
            ),
            licence(
                LOW_VOLTAGE,
                ago(today, 250),
                change=as_item("5.1", "煤矿安全作业", "煤矿井下电气作业"),
                verdict=ineligible(*NOT_ANNEX),
            ),
        ),
        story(
            7,
            "other-examiner",
            "评价机构不是附件所列机构",
            "examined by a body that is not the annex's",
            resident("310199198306140214", "金海波"),
            licence(
                SCAFFOLDING,
                ago(today, 240),
                change=lambda record: replace(
                    record, evaluation_body="苏州某安全技术培训中心"
                ),
                verdict=ineligible("219-2a"),
            ),
        ),
        story(
            8,
            "misspelt-item",
            "项目名称有已知的错字（氧碱电解工艺），代码正确：予以认定",
            "the item's name has a known typing error, its code is right: believed",
            resident("310199199802060226", "魏晓琳"),
            licence(
                CHLOR_ALKALI,
                ago(today, 220),
                change=lambda record: replace(record, item="氧碱电解工艺"),
            ),
        ),
    )


def of_examinations(today: date) -> tuple[Story, ...]:
    """Return the stories about the assessment (鉴定) that a certificate rests on."""
    issued_on = ago(today, 150)
    after_issue = replace(examined(issued_on, 7), held_on=issued_on + EXAMINED_BEFORE)
    return (
        story(
            30,
            "examined",
            "登记机构签有鉴定信息：考核日期、地点、批次、考评员编码、理论和实操成绩",
            "the registry signs the assessment: day, site, batch, assessor's code, "
            "theory and practice",
            resident("310199199501230121", "戚文轩"),
            licence(
                LOW_VOLTAGE,
                issued_on,
                change=lambda record: replace(
                    record, examination=examined(issued_on, 7)
                ),
            ),
        ),
        story(
            31,
            "examined-after-issue",
            "考核日期晚于发证日期：登记信息自相矛盾，发证日期存疑",
            "examined after it was issued: the record contradicts itself, and the day "
            "of issue is in doubt",
            resident("310199199306150142", "谢安琪"),
            licence(
                HIGH_VOLTAGE,
                issued_on,
                change=lambda record: replace(record, examination=after_issue),
                verdict=Verdict(EligibilityOutcome.UNDETERMINED, ("219-1b",)),
            ),
        ),
    )


def of_standing(today: date) -> tuple[Story, ...]:
    """Return the stories about what a certificate is worth today."""
    not_in_force = ineligible("219-3b")
    not_known = Verdict(EligibilityOutcome.UNDETERMINED, ("219-3b",))
    return (
        story(
            20,
            "revoked",
            "证书已撤销",
            "the licence is revoked",
            resident("310199198405300076", "吕永军"),
            licence(
                HIGH_VOLTAGE,
                ago(today, 320),
                change=in_state(CertificateState.REVOKED),
                verdict=not_in_force,
            ),
        ),
        story(
            21,
            "suspended",
            "证书已暂扣",
            "the certificate is suspended",
            resident("310199199208160080", "施雨涵"),
            graded(
                DRIVER,
                Level.LEVEL_3,
                ago(today, 280),
                change=in_state(CertificateState.SUSPENDED),
                verdict=not_in_force,
            ),
        ),
        story(
            22,
            "expired",
            "证书十天前已过有效期（到龄，有效期缩短）",
            "the licence ran out ten days ago, shortened by the age limit",
            resident("31019919661123009X", "张建华"),
            licence(
                SCAFFOLDING,
                ago(today, 800),
                change=lambda record: replace(
                    record,
                    valid_until=ago(today, 10),
                    review_due_on=ago(today, 10),
                ),
                verdict=not_in_force,
            ),
        ),
        story(
            23,
            "review-overdue",
            "证书逾期二十天未复审",
            "the review of the licence is twenty days overdue",
            resident("310199198111090106", "孔春燕"),
            licence(
                WELDING,
                years_after(ago(today, 20), -3),
                reviewed=False,
                verdict=not_in_force,
            ),
        ),
        story(
            24,
            "state-unknown",
            "证书状态为“其他”：不能认定有效",
            "the state is stated as 'other': not known to be good",
            resident("310199198910020112", "曹若兰"),
            licence(
                LOW_VOLTAGE,
                ago(today, 180),
                change=in_state(CertificateState.OTHER),
                verdict=not_known,
            ),
        ),
        story(
            25,
            "transferred",
            "证书已转出：状态须向转入地查询",
            "the licence moved to another register, which alone knows its state",
            resident("310199199003030207", "严清航"),
            licence(
                HIGH_VOLTAGE,
                ago(today, 260),
                change=in_state(CertificateState.TRANSFERRED),
                verdict=not_known,
            ),
        ),
    )
