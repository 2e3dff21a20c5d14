"""Story persons about how answers come: signatures, documents, none and many."""

from datetime import date

from policy.catalogue import load_catalogue
from policy.identity import Identity, IdType
from policy.level import Level
from sandbox.certificates import Holder
from sandbox.faults import Fault
from sandbox.stories import Story
from sandbox.story_drafts import (
    DRIVER,
    FIRE_MAINTENANCE,
    FIRE_MONITORING,
    HIGH_VOLTAGE,
    LOW_VOLTAGE,
    SCAFFOLDING,
    WELDING,
    Draft,
    ago,
    graded,
    licence,
    resident,
    story,
)


def of_signatures(today: date) -> tuple[Story, ...]:
    """Return the stories about whether what came is believed."""
    return (
        story(
            40,
            "other-agency-key",
            "应急管理记录由交通部门的有效密钥签名：不予采信",
            "an emergency-management record signed with transport's valid key",
            resident("310199199401270126", "华子轩"),
            licence(LOW_VOLTAGE, ago(today, 140), fault=Fault.OTHER_AGENCY_KEY),
        ),
        story(
            41,
            "tampered",
            "记录在签名后被改动：不予采信",
            "a record that was changed after it was signed",
            resident("31019919970319013X", "秦梓宁"),
            graded(DRIVER, Level.LEVEL_4, ago(today, 130), fault=Fault.TAMPERED),
        ),
        story(
            42,
            "partly-tampered",
            "两份记录，一份完好、一份被改动：只采信完好的一份",
            "two records, one good and one changed: only the good one is believed",
            resident("310199199112050143", "尤秋怡"),
            licence(LOW_VOLTAGE, ago(today, 160)),
            licence(HIGH_VOLTAGE, ago(today, 110), fault=Fault.TAMPERED),
        ),
    )


def of_documents(today: date) -> tuple[Story, ...]:
    """Return the stories about identity documents other than the resident card."""
    permit = IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT
    card = IdType.FOREIGN_PERMANENT_RESIDENT_CARD
    return (
        story(
            60,
            "permit-hong-kong",
            "香港居民居住证（81）",
            "a residence permit for Hong Kong residents (81)",
            Holder(Identity(permit, "810000199005060179"), "陈卓然"),
            licence(SCAFFOLDING, ago(today, 190)),
        ),
        story(
            61,
            "permit-macao",
            "澳门居民居住证（82）",
            "a residence permit for Macao residents (82)",
            Holder(Identity(permit, "820000198511180170"), "梁嘉欣"),
            graded(DRIVER, Level.LEVEL_5, ago(today, 170)),
        ),
        story(
            62,
            "permit-taiwan",
            "台湾居民居住证（83）",
            "a residence permit for Taiwan residents (83)",
            Holder(Identity(permit, "830000199207290179"), "林宥廷"),
            graded(FIRE_MONITORING, Level.LEVEL_5, ago(today, 175)),
        ),
        story(
            63,
            "foreigner-2023",
            "外国人永久居留身份证（2023版，18位）",
            "a foreign permanent resident card of 2023 (18 characters)",
            Holder(Identity(card, "931840198504120170"), "ANNA MARIA LINDQUIST"),
            graded(FIRE_MAINTENANCE, Level.LEVEL_3, ago(today, 145)),
        ),
        story(
            64,
            "foreigner-2017",
            "外国人永久居留身份证（2017版，15位）",
            "a foreign permanent resident card of 2017 (15 characters)",
            Holder(Identity(card, "USA310085041204"), "DANIEL R. OKONJO"),
            licence(WELDING, ago(today, 155)),
        ),
    )


def of_numbers(today: date) -> tuple[Story, ...]:
    """Return the stories about holders of none, of many, and of one number twice."""
    return (
        story(
            80,
            "shared-number",
            "低压、高压两本特种作业证共用一个证号",
            "two special-operations licences that share one number",
            resident("310199198707310157", "姜宏诚"),
            licence(LOW_VOLTAGE, ago(today, 210)),
            licence(HIGH_VOLTAGE, ago(today, 100)),
        ),
        story(
            81,
            "none",
            "三家主管部门均无证书，均有签名的无证声明",
            "holds nothing; every agency signs that there is nothing",
            resident("310199199604220161", "陶思宁"),
        ),
        story(
            82,
            "whole-annex",
            "附件全部31个项目、41个等级各有一本证书（分页）",
            "one certificate for each of the annex's 41 items and levels (paging)",
            resident("310199198509180179", "蒋新华"),
            *_whole_annex(today),
        ),
    )


def of_sm2(today: date) -> tuple[Story, ...]:
    """Return the stories about Fire Rescue where it signs by SM2."""
    return (
        story(
            90,
            "sm2",
            "消防应答以SM2签名（SM3杂凑，签名者标识为该机构名称）：予以采信",
            "fire-rescue's answer, signed by SM2 under an id of its own, is believed",
            resident("310199199301150143", "孔若琳"),
            graded(FIRE_MAINTENANCE, Level.LEVEL_4, ago(today, 135)),
        ),
        story(
            91,
            "sm2-signer-id",
            "消防应答以另一签名者标识签名：不予采信",
            "fire-rescue's answer, signed under another signer id: not believed",
            resident("31019919880922011X", "严子峰"),
            graded(
                FIRE_MONITORING,
                Level.LEVEL_5,
                ago(today, 125),
                fault=Fault.WRONG_SIGNER_ID,
            ),
        ),
    )


def _whole_annex(today: date) -> tuple[Draft, ...]:
    drafts = []
    for item in load_catalogue().items.values():
        for place, level in enumerate(item.levels):
            if level is Level.UNGRADED:
                drafts.append(licence(item.code, ago(today, 230)))
            else:
                issued_on = ago(today, 1000 - 200 * place)
                drafts.append(graded(item.code, level, issued_on))
    return tuple(drafts)
