"""Invented evidence: certificates, claims and rules, most facts of them right."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState, StateChange
from policy.edition import Edition, edition_of
from policy.eligibility import Absence
from policy.evidence import (
    AccountState,
    Acquisition,
    Attestation,
    Claim,
    Claimant,
    ClaimantCategory,
    Evidence,
    Fund,
    HeldLevel,
    Hukou,
    Payment,
)
from policy.level import Level
from policy.parameters import Parameters, read_parameters
from policy.table import read_annex
from tests.policy.factories import (
    BY_FIRE_DETACHMENT,
    BY_TRANSPORT_CENTRE,
    BY_WORK_SAFETY_INSTITUTE,
    FIRE_MONITORING,
    HOLDER,
    LOW_VOLTAGE,
    RAIL_DRIVER,
    SOMEBODY_ELSE,
    TODAY,
)

Pools = Mapping[str, Callable[[random.Random], object]]
SIGNED = (
    (LOW_VOLTAGE, BY_WORK_SAFETY_INSTITUTE),
    (RAIL_DRIVER, BY_TRANSPORT_CENTRE),
    (FIRE_MONITORING, BY_FIRE_DETACHMENT),
)
DAYS = (
    *("0001-01-01", "2019-05-06", "2022-08-22", "2022-08-23", "2024-02-29"),
    *("2024-06-01", "2025-02-01", "2025-02-28", "2025-03-01", "2025-03-02"),
    *("2027-05-31", "2028-02-29", "2030-05-31", "2030-06-02", "9999-12-31"),
)
CODES = (
    *("1.1", "1.2", "9.2", "SH-CABLE", "4-02-01-01", "4-07-05-04", "4-07-05-04.1"),
    *("4-07-05-04.2", "1.9", "无", " １．２ ", "4-03-02-01", "6-31-01-03", "6-31-01"),
    *("3-02-03-01", "6-29-02-01", "4-02-01-1", "0"),
)
NUMBERS = (
    *("T310101199001010012", "T310101199001010020", "2409000000300001"),
    *("2309000000400001", "0900000030001", "R-300001", "2409000000" * 2 + "30"),
    *("t 3101 0119 9001 0100 12", "24090000００３00001"),
)
TITLES = (
    *("特种作业操作证", "职业资格证书", "消防设施操作员", "轨道交通运输服务人员"),
    *("某培训公司结业证书", "特种作业 操作证", "特种作业\u200b人员"),
)
CATEGORIES = ("电工作业", "消防设施操作员", "轨道交通司机", "煤矿安全作业", None)
ITEMS = (
    *("低压电工作业", "高压电工", "压力焊作业", "消防设施监控操作", "挖掘机驾驶"),
    *("氧碱电解工艺", "消防设施检测维修保养", "轨道交通司机", "低压 电工作业 "),
)
BODIES = (
    *("上海市安全生产科学研究所", "上海地铁职业技能培训学校"),
    *("江苏省安全生产科学研究院", "上海市消防救援总队训练与战勤保障支队", None),
)


def day(rng: random.Random) -> date:
    """Return a day that something begins or ends on, or any near today."""
    if rng.random() < 0.7:
        return date.fromisoformat(rng.choice(DAYS))
    return TODAY + timedelta(days=rng.randrange(-900, 2200))


def day_or_none(rng: random.Random) -> date | None:
    return None if rng.random() < 0.25 else day(rng)


def one_of(*values: object) -> Callable[[random.Random], object]:
    return lambda rng: rng.choice(values)


def changes(rng: random.Random) -> tuple[StateChange, ...] | None:
    if rng.random() < 0.1:
        return None
    return tuple(
        StateChange(
            state=rng.choice([*CertificateState, CertificateState.VALID]),
            effective_on=day(rng),
            received_at=datetime(2026, 2, 28, 0, 0, 0, 5, tzinfo=UTC),
        )
        for _ in range(rng.randrange(4))
    )


def payments(rng: random.Random) -> tuple[Payment, ...] | None:
    if rng.random() < 0.1:
        return None
    return tuple(
        Payment(
            item_code=rng.choice([*CODES, None]),
            level=rng.choice([*Level, None]),
            category=rng.choice([*ClaimantCategory, None]),
            fund=rng.choice([*Fund, None]),
            paid_on=day_or_none(rng),
            amount_yuan=rng.choice([800, 1000, 2000, None]),
            is_recovered=rng.random() < 0.2,
        )
        for _ in range(rng.randrange(4))
    )


def held(rng: random.Random) -> tuple[HeldLevel, ...] | None:
    if rng.random() < 0.1:
        return None
    return tuple(
        HeldLevel(
            item_code=rng.choice([*CODES, None]), level=rng.choice([*Level, None])
        )
        for _ in range(rng.randrange(3))
    )


def record_pools() -> Pools:
    return {
        "number": one_of(*NUMBERS),
        "title": one_of(*TITLES),
        "category": one_of(*CATEGORIES),
        "item": one_of(*ITEMS),
        "item_code": one_of(*CODES, None),
        "level": one_of(*Level, None),
        "first_issued_on": day_or_none,
        "issued_on": day_or_none,
        "valid_from": day_or_none,
        "valid_until": day_or_none,
        "review_due_on": day_or_none,
        "state": one_of(*CertificateState, None),
        "state_since": day_or_none,
        "changes": changes,
        "holder_name": one_of("王晓明", None, "·"),
        "evaluation_body": one_of(*BODIES),
    }


ATTESTATION_POOLS: Pools = {
    "institution": one_of("shanghai-metro-training-school"),
    "scope": one_of(frozenset({"9.1"}), frozenset()),
    "key_in_force": one_of(False, None),
    "account": one_of(*AccountState, None),
    "is_outdated": one_of(True),
}
CLAIM_POOLS: Pools = {
    "claimed_on": day_or_none,
    "category": one_of(*ClaimantCategory, None),
    "hukou": one_of(*Hukou, None),
    "studies_in_shanghai": one_of(True, False, None),
    "discharged_on": day_or_none,
    "payments": payments,
    "held": held,
    "is_civil_servant": one_of(True, False, None),
    "acquisition": one_of(*Acquisition, None),
}


def spoilt(rng: random.Random, pools: Pools, most: int) -> dict[str, Any]:
    names = rng.sample(sorted(pools), rng.randrange(most + 1))
    return {name: pools[name](rng) for name in names}


def claim(rng: random.Random) -> Claim:
    """Return a claim that may well be paid."""
    known = Claim(
        claimed_on=date(2025, 2, 1),
        category=rng.choice(list(ClaimantCategory)),
        hukou=Hukou.SHANGHAI,
        studies_in_shanghai=True,
        discharged_on=date(2024, 6, 1),
        payments=(),
        held=(),
        is_civil_servant=False,
        acquisition=Acquisition.EXAMINATION,
    )
    return replace(known, **spoilt(rng, CLAIM_POOLS, 3))


def record(rng: random.Random) -> tuple[CertificateRecord, Attestation]:
    """Return a certificate and who signs it, some of it spoilt."""
    one, signer = rng.choice(SIGNED)
    most = rng.choice([0, 1, 2, 5])
    attestation = signer
    if rng.random() < 0.3:
        attestation = replace(signer, **spoilt(rng, ATTESTATION_POOLS, 2))
    return replace(one, **spoilt(rng, record_pools(), most)), attestation


def evidence(rng: random.Random) -> Evidence:
    """Return all that one verdict is computed from."""
    certificate, attestation = record(rng)
    claimant = Claimant(
        rng.choice([HOLDER, HOLDER, HOLDER, SOMEBODY_ELSE]),
        rng.choice(["王小明", "王 小明", None]),
    )
    today = TODAY if rng.random() < 0.7 else day(rng)
    return Evidence(
        record=certificate,
        attestation=attestation,
        claimant=None if rng.random() < 0.3 else claimant,
        claim=None if rng.random() < 0.1 else claim(rng),
        as_of=today if rng.random() < 0.8 else day(rng),
        today=today,
    )


def absence(rng: random.Random) -> Absence:
    return rng.choice(list(Absence))


_OTHERS: tuple[Mapping[str, str], ...] = (
    {},
    {"yearly_payments": "1", "occupation_grouping": '"ONE"'},
    {"yearly_payments": "2", "yearly_yuan": "2000", "transferred": '"UNMET"'},
    {
        "yearly_yuan": "1800",
        "held_higher_bars": "true",
        "review_overdue": '"MET"',
        "occupation_grouping": '"SEPARATE"',
        "recovered_payment_bars": "false",
    },
    {
        "excluding_funds": '["EMPLOYMENT", "SKILLS"]',
        "days_between_payments": "30",
        "review_overdue": '"UNDETERMINED"',
        "claimant_has_to_be_stated": "true",
    },
)
"""Figures as an operator may set them, each from a day on."""


@cache
def editions() -> tuple[Edition, ...]:
    """Return the rules as they are, and as they may be one day."""
    return tuple(map(_edition, _OTHERS))


def _edition(changed: Mapping[str, str]) -> Edition:
    text = read_annex("clauses.toml")
    for name, value in changed.items():
        text += (
            f'\n[[parameter.{name}]]\nclause = "17-amount"\nfrom = 2024-06-01\n'
            f'source = "open"\nvalue = {value}\n'
        )
    figures: Parameters = read_parameters(text)
    return edition_of(load_catalogue(), figures)
