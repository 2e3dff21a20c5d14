"""One eligible certificate and one payable claim, to be changed fact by fact."""

import re
from dataclasses import replace
from datetime import date

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.eligibility import Eligibility, EligibilityOutcome, evaluate
from policy.evidence import (
    AccountState,
    Acquisition,
    Attestation,
    Claim,
    Claimant,
    ClaimantCategory,
    Evidence,
    Hukou,
)
from policy.finding import Finding, FindingOutcome
from policy.identity import Identity, IdType
from policy.level import Level
from policy.parameters import load_parameters
from policy.text import Text

TODAY = date(2025, 3, 1)
HOLDER = Identity(IdType.RESIDENT_ID, "310101199001010012")
SOMEBODY_ELSE = Identity(IdType.RESIDENT_ID, "310101199001010020")

LOW_VOLTAGE = CertificateRecord(
    number="T310101199001010012",
    holder=HOLDER,
    holder_name="王小明",
    title="特种作业操作证",
    category="电工作业",
    item="低压电工作业",
    item_code="1.2",
    level=Level.UNGRADED,
    first_issued_on=date(2024, 6, 1),
    issued_on=date(2024, 6, 1),
    valid_from=date(2024, 6, 1),
    valid_until=date(2030, 5, 31),
    review_due_on=date(2027, 5, 31),
    state=CertificateState.VALID,
    authority="上海市应急管理局",
    evaluation_body="上海市安全生产科学研究所",
    collection_body="上海市安全生产科学研究所",
    licence_id=None,
)
BY_WORK_SAFETY_INSTITUTE = Attestation(
    institution="shanghai-work-safety-institute",
    scope=frozenset({"1.1", "1.2"}),
    key_in_force=True,
    account=AccountState.ACTIVE,
)
RAIL_DRIVER = replace(
    LOW_VOLTAGE,
    number="2409000000300001",
    title="轨道交通运输服务人员",
    category="轨道交通司机",
    item="轨道交通司机（城市轨道交通列车司机）",
    item_code="4-02-01-01",
    level=Level.LEVEL_3,
    first_issued_on=date(2024, 6, 1),
    valid_from=None,
    valid_until=None,
    review_due_on=None,
    authority="上海市交通委员会",
    evaluation_body="上海地铁职业技能培训学校",
    collection_body="上海市交通委员会职业资格中心",
)
BY_TRANSPORT_CENTRE = Attestation(
    institution="shanghai-transport-qualification-centre",
    scope=frozenset({"4-02-01-01"}),
    key_in_force=True,
    account=AccountState.ACTIVE,
)
FIRE_MONITORING = replace(
    RAIL_DRIVER,
    number="2409000000400001",
    title="消防设施操作员",
    category="消防设施操作员",
    item="消防设施监控操作",
    item_code="4-07-05-04.1",
    level=Level.LEVEL_4,
    authority="上海市消防救援总队",
    evaluation_body="上海市消防救援总队训练与战勤保障支队",
    collection_body="上海市消防救援总队训练与战勤保障支队",
)
BY_FIRE_DETACHMENT = Attestation(
    institution="shanghai-fire-training-detachment",
    scope=frozenset({"4-07-05-04.1", "4-07-05-04.2"}),
    key_in_force=True,
    account=AccountState.ACTIVE,
)
PLAIN_NUMBER = "R-300001"
"""A number of no form that states a year or a level."""
EMPLOYED_CLAIM = Claim(
    claimed_on=date(2025, 2, 1),
    category=ClaimantCategory.EMPLOYED,
    hukou=Hukou.SHANGHAI,
    payments=(),
    held=(),
    is_civil_servant=False,
    acquisition=Acquisition.EXAMINATION,
)


def evidence(  # noqa: PLR0913 - the parts of a case
    record: CertificateRecord = LOW_VOLTAGE,
    attestation: Attestation | None = None,
    *,
    claimant: Claimant | None = None,
    claim: Claim | None = None,
    as_of: date = TODAY,
    today: date | None = None,
) -> Evidence:
    """Return evidence attested by whoever collects a record of this authority.

    It is asked on the day that is asked about, unless on another.
    """
    attested_by = {
        "上海市应急管理局": BY_WORK_SAFETY_INSTITUTE,
        "上海市交通委员会": BY_TRANSPORT_CENTRE,
        "上海市消防救援总队": BY_FIRE_DETACHMENT,
    }
    return Evidence(
        record=record,
        attestation=attestation or attested_by[record.authority or ""],
        claimant=claimant or Claimant(HOLDER, "王小明"),
        claim=claim,
        as_of=as_of,
        today=as_of if today is None else today,
    )


def is_said_twice(said: Text) -> bool:
    """Say whether a text is in both languages, and counts and dates alike in both.

    A reader of one is told no less than a reader of the other.
    """
    figures = [set(re.findall(r"\d+", words)) for words in said]
    is_chinese = re.search(r"[\u4e00-\u9fff]", said.zh) is not None
    is_english = re.search(r"[a-z]{2}", said.en) is not None
    return is_chinese and is_english and figures[0] <= figures[1]


def told(verdict: Eligibility) -> Eligibility:
    """Return a verdict, of which each finding says why in both languages."""
    assert isinstance(verdict.outcome, EligibilityOutcome)
    for found in verdict.findings:
        assert isinstance(found.outcome, FindingOutcome), found
        assert is_said_twice(found.reason), found
    return verdict


def judge(judged: Evidence) -> Eligibility:
    """Evaluate by the annex and the parameters as they are."""
    return told(
        evaluate(judged, catalogue=load_catalogue(), parameters=load_parameters())
    )


def finding(clause: str, judged: Evidence) -> Finding:
    """Return what one clause finds."""
    return next(found for found in judge(judged).findings if found.clause == clause)
