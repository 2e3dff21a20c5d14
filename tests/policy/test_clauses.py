"""The clauses of notice 219: last allowed, first refused, not known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from policy.certificate import CertificateRecord, CertificateState
from policy.evidence import AccountState, Attestation, Claimant
from policy.finding import FindingOutcome
from policy.identity import Identity, IdType
from policy.level import Level
from tests.policy.factories import (
    BY_FIRE_DETACHMENT,
    BY_TRANSPORT_CENTRE,
    BY_WORK_SAFETY_INSTITUTE,
    FIRE_MONITORING,
    HOLDER,
    LOW_VOLTAGE,
    PLAIN_NUMBER,
    RAIL_DRIVER,
    SOMEBODY_ELSE,
    evidence,
    finding,
)

MET, UNMET = FindingOutcome.MET, FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED

UNKNOWN_ITEM = replace(LOW_VOLTAGE, category=None, item="某作业", item_code=None)
LOOK_ALIKE = replace(LOW_VOLTAGE, item="压力焊作业")


@pytest.mark.parametrize(
    ("record", "level", "expected"),
    [
        pytest.param(LOW_VOLTAGE, Level.UNGRADED, MET, id="ungraded"),
        pytest.param(LOW_VOLTAGE, Level.LEVEL_5, UNMET, id="graded special operation"),
        pytest.param(RAIL_DRIVER, Level.LEVEL_5, MET, id="rail 5"),
        pytest.param(RAIL_DRIVER, Level.LEVEL_1, MET, id="rail 1"),
        pytest.param(RAIL_DRIVER, Level.UNGRADED, UNMET, id="rail ungraded"),
        pytest.param(FIRE_MONITORING, Level.LEVEL_2, MET, id="fire monitoring 2"),
        pytest.param(FIRE_MONITORING, Level.LEVEL_1, UNMET, id="fire monitoring 1"),
        pytest.param(FIRE_MONITORING, None, UNDETERMINED, id="level not stated"),
        pytest.param(LOW_VOLTAGE, None, UNDETERMINED, id="ungraded not stated"),
    ],
)
def test_the_level_must_be_listed_for_the_item(
    record: CertificateRecord, level: Level | None, expected: FindingOutcome
) -> None:
    judged = evidence(replace(record, number=PLAIN_NUMBER, level=level))

    assert finding("219-1a", judged).outcome is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(LOOK_ALIKE, UNMET, id="look-alike with a code of the annex"),
        pytest.param(
            replace(LOW_VOLTAGE, item="某作业", item_code="6.1"), UNMET, id="other code"
        ),
        pytest.param(UNKNOWN_ITEM, UNDETERMINED, id="unknown name and no code"),
    ],
)
def test_the_item_must_be_in_the_annex(
    record: CertificateRecord, expected: FindingOutcome
) -> None:
    assert finding("219-1a", evidence(record)).outcome is expected


def test_a_level_that_is_not_listed_is_told_which_are() -> None:
    level_1 = replace(FIRE_MONITORING, number=PLAIN_NUMBER, level=Level.LEVEL_1)
    judged = evidence(level_1)

    assert finding("219-1a", judged).reason.zh == (
        "附件未列消防设施操作员（消防设施监控操作）（4-07-05-04.1）的高级技师（一级），"
        "所列为初级工（五级）、中级工（四级）、高级工（三级）、技师（二级）"
    )


@pytest.mark.parametrize(
    ("issued_on", "expected"),
    [
        pytest.param(date(2022, 8, 21), UNMET, id="day before the notice"),
        pytest.param(date(2022, 8, 22), UNMET, id="the notice's own day"),
        pytest.param(date(2022, 8, 23), MET, id="first eligible day"),
        pytest.param(None, UNDETERMINED, id="absent"),
    ],
)
@pytest.mark.parametrize("record", [LOW_VOLTAGE, RAIL_DRIVER], ids=["licence", "rail"])
def test_a_certificate_must_be_issued_after_the_notice(
    record: CertificateRecord, issued_on: date | None, expected: FindingOutcome
) -> None:
    issued = replace(
        record, number=PLAIN_NUMBER, first_issued_on=issued_on, issued_on=issued_on
    )
    judged = evidence(issued)

    assert finding("219-1b", judged).outcome is expected


@pytest.mark.parametrize(
    ("first_issued_on", "expected"),
    [
        pytest.param(date(2019, 5, 6), UNMET, id="renewal of a 2019 licence"),
        pytest.param(date(2022, 8, 22), UNMET, id="the notice's own day"),
        pytest.param(date(2022, 8, 23), MET, id="first eligible day"),
        pytest.param(None, UNDETERMINED, id="absent"),
    ],
)
def test_a_special_operation_counts_from_its_first_issue(
    first_issued_on: date | None, expected: FindingOutcome
) -> None:
    renewed = replace(LOW_VOLTAGE, first_issued_on=first_issued_on)

    assert finding("219-n2", evidence(renewed)).outcome is expected


def test_a_renewal_after_the_notice_meets_the_day_of_issue_all_the_same() -> None:
    renewed = replace(LOW_VOLTAGE, first_issued_on=date(2019, 5, 6))

    assert finding("219-1b", evidence(renewed)).outcome is MET


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            replace(RAIL_DRIVER, first_issued_on=date(2019, 5, 6)), MET, id="graded"
        ),
        pytest.param(LOOK_ALIKE, MET, id="not in the annex"),
        pytest.param(UNKNOWN_ITEM, UNDETERMINED, id="row not known"),
    ],
)
def test_first_issue_counts_for_special_operations_of_the_annex_only(
    record: CertificateRecord, expected: FindingOutcome
) -> None:
    assert finding("219-n2", evidence(record)).outcome is expected


@pytest.mark.parametrize(
    ("record", "stated", "expected"),
    [
        pytest.param(LOW_VOLTAGE, "上海市安全生产科学研究所", MET, id="annex"),
        pytest.param(LOW_VOLTAGE, "上海市安全生产 科学研究所", MET, id="white space"),
        pytest.param(
            LOW_VOLTAGE, "江苏省安全生产科学研究院", UNMET, id="other province"
        ),
        pytest.param(LOW_VOLTAGE, "上海市安全生产科学研究", UNMET, id="cut short"),
        pytest.param(LOW_VOLTAGE, "", UNMET, id="empty"),
        pytest.param(LOW_VOLTAGE, None, UNDETERMINED, id="absent"),
        pytest.param(RAIL_DRIVER, "上海地铁职业技能培训学校", MET, id="metro school"),
        pytest.param(
            RAIL_DRIVER,
            "上海市交通委员会职业资格中心",
            UNMET,
            id="collects, not examines",
        ),
        pytest.param(LOOK_ALIKE, "上海市安全生产科学研究所", UNMET, id="look-alike"),
        pytest.param(
            UNKNOWN_ITEM, "上海市安全生产科学研究所", UNDETERMINED, id="row not known"
        ),
    ],
)
def test_the_evaluation_body_must_be_the_annexs(
    record: CertificateRecord, stated: str | None, expected: FindingOutcome
) -> None:
    judged = evidence(replace(record, evaluation_body=stated))

    assert finding("219-2a", judged).outcome is expected


INSTITUTE = BY_WORK_SAFETY_INSTITUTE


@pytest.mark.parametrize(
    ("record", "attestation", "expected"),
    [
        pytest.param(LOW_VOLTAGE, INSTITUTE, MET, id="the annex's body"),
        pytest.param(RAIL_DRIVER, BY_TRANSPORT_CENTRE, MET, id="rail's body"),
        pytest.param(
            LOW_VOLTAGE,
            replace(BY_FIRE_DETACHMENT, scope=frozenset({"1.2"})),
            UNMET,
            id="another body, even with the row in scope",
        ),
        pytest.param(
            RAIL_DRIVER,
            replace(BY_TRANSPORT_CENTRE, institution="shanghai-metro-training-school"),
            UNMET,
            id="the body that examines does not collect",
        ),
        pytest.param(
            LOW_VOLTAGE,
            replace(INSTITUTE, scope=frozenset({"1.1"})),
            UNMET,
            id="another row in scope",
        ),
        pytest.param(
            LOW_VOLTAGE, replace(INSTITUTE, scope=frozenset()), UNMET, id="no scope"
        ),
        pytest.param(
            LOW_VOLTAGE, replace(INSTITUTE, key_in_force=False), UNMET, id="key ended"
        ),
        pytest.param(
            LOW_VOLTAGE,
            replace(INSTITUTE, key_in_force=None),
            UNDETERMINED,
            id="key not known",
        ),
        pytest.param(
            LOW_VOLTAGE,
            replace(INSTITUTE, account=AccountState.FROZEN),
            UNMET,
            id="account frozen",
        ),
        pytest.param(
            LOW_VOLTAGE,
            replace(INSTITUTE, account=AccountState.COLLECTION_CANCELLED),
            UNMET,
            id="right to collect cancelled",
        ),
        pytest.param(
            LOW_VOLTAGE,
            replace(INSTITUTE, account=None),
            UNDETERMINED,
            id="account not known",
        ),
        pytest.param(
            LOW_VOLTAGE,
            replace(INSTITUTE, account=AccountState.FROZEN, key_in_force=None),
            UNMET,
            id="frozen outweighs a key not known",
        ),
        pytest.param(LOOK_ALIKE, INSTITUTE, UNMET, id="no body for a look-alike"),
        pytest.param(UNKNOWN_ITEM, INSTITUTE, UNDETERMINED, id="row not known"),
        pytest.param(
            UNKNOWN_ITEM,
            replace(INSTITUTE, key_in_force=False),
            UNMET,
            id="row not known, key ended",
        ),
    ],
)
def test_the_collection_body_must_have_signed_within_its_rights(
    record: CertificateRecord, attestation: Attestation, expected: FindingOutcome
) -> None:
    assert finding("219-2b", evidence(record, attestation)).outcome is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, MET, id="valid"),
        pytest.param({"state": CertificateState.SUSPENDED}, UNMET, id="suspended"),
        pytest.param({"state": CertificateState.REVOKED}, UNMET, id="revoked"),
        pytest.param({"state": CertificateState.CANCELLED}, UNMET, id="cancelled"),
        pytest.param({"state": CertificateState.LAPSED}, UNMET, id="lapsed"),
        pytest.param({"state": CertificateState.WITHDRAWN}, UNMET, id="withdrawn"),
        pytest.param({"valid_until": date(2025, 2, 28)}, UNMET, id="expired"),
        pytest.param({"valid_from": date(2025, 3, 2)}, UNMET, id="not yet valid"),
        pytest.param({"review_due_on": date(2025, 2, 28)}, UNMET, id="review overdue"),
        pytest.param(
            {"state": CertificateState.TRANSFERRED}, UNDETERMINED, id="transferred"
        ),
        pytest.param({"state": CertificateState.OTHER}, UNDETERMINED, id="other"),
        pytest.param({"state": None}, UNDETERMINED, id="state absent"),
        pytest.param({"valid_until": None}, UNDETERMINED, id="end absent"),
    ],
)
def test_the_certificate_must_be_good_on_the_day_asked_about(
    changes: Mapping[str, object], expected: FindingOutcome
) -> None:
    record = replace(LOW_VOLTAGE, **changes)  # type: ignore[arg-type] # fields by name

    assert finding("219-3b", evidence(record)).outcome is expected


@pytest.mark.parametrize(
    ("claimant", "expected"),
    [
        pytest.param(Claimant(HOLDER, "王小明"), MET, id="number and name"),
        pytest.param(Claimant(HOLDER, " 王 小明"), MET, id="name with white space"),
        pytest.param(Claimant(HOLDER), MET, id="name not stated"),
        pytest.param(Claimant(HOLDER, "王晓明"), UNMET, id="other name"),
        pytest.param(Claimant(HOLDER, ""), MET, id="empty name, which is not stated"),
        pytest.param(Claimant(HOLDER, "\u3000\u200b"), MET, id="blank name"),
        pytest.param(Claimant(SOMEBODY_ELSE, "王小明"), UNMET, id="other number"),
        pytest.param(
            Claimant(Identity(IdType.PASSPORT, "310101199001010012")),
            UNDETERMINED,
            id="same number on another document",
        ),
    ],
)
def test_the_claimant_must_be_the_holder(
    claimant: Claimant, expected: FindingOutcome
) -> None:
    assert finding("219-2c", evidence(claimant=claimant)).outcome is expected


@pytest.mark.parametrize(
    ("claimant", "expected"),
    [
        pytest.param(Claimant(HOLDER, "王小明"), UNDETERMINED, id="name stated"),
        pytest.param(Claimant(HOLDER), MET, id="name not stated"),
        pytest.param(Claimant(SOMEBODY_ELSE, "王小明"), UNMET, id="other number"),
    ],
)
def test_a_registry_without_names_leaves_a_stated_name_open(
    claimant: Claimant, expected: FindingOutcome
) -> None:
    record = replace(LOW_VOLTAGE, holder_name=None)

    assert finding("219-2c", evidence(record, claimant=claimant)).outcome is expected


def test_an_unstated_name_is_said_not_to_have_been_compared() -> None:
    found = finding("219-2c", evidence(claimant=Claimant(HOLDER)))

    assert found.reason.en == (
        "the identity numbers agree; no name was stated, so none was compared"
    )
