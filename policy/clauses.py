"""The clauses of notice 219, one small function each.

A function is named for what it demands and returns an outcome with a reason;
the ids stand in ``CLAUSES`` alone, whose order is the order of the findings. A
fact that is not known makes a clause undetermined unless the clause comes out
the same whatever the fact is.

Results that depend on few values are made in ``clause_results`` and kept.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from policy import clause_results
from policy.case import Case, Clause, ClauseResult
from policy.catalogue import Item
from policy.clause_results import MET, UNDETERMINED, UNMET
from policy.contradictions import (
    FIRST_ISSUE_IN_DOUBT,
    HOLDER_IN_DOUBT,
    ISSUE_IN_DOUBT,
    LEVEL_IN_DOUBT,
    VALIDITY_IN_DOUBT,
)
from policy.evidence import AccountState, Attestation
from policy.names import same_name, stated_name
from policy.standing import Standing, standing
from policy.text import Text


def listed_in_annex(case: Case) -> ClauseResult:
    """219-1a: title, item and level are a row of the annex."""
    item = case.row.item
    if item is None:
        return case.row.outcome, case.row.reason
    if not LEVEL_IN_DOUBT.isdisjoint(case.warnings):
        return UNDETERMINED, clause_results.LEVEL_CONTRADICTED
    return clause_results.level_listed(item, case.evidence.record.level)


def issued_after_notice(case: Case) -> ClauseResult:
    """219-1b: the day of issue is the first eligible day or a later one.

    A lost document is made again (补发) with a new day of issue. Where the row is not
    known to count from the first issue anyway (219-n2), one that was first issued
    before that day is undetermined [O].
    """
    record, first = case.evidence.record, case.figures.first_eligible_day
    day, began = record.issued_on, record.first_issued_on
    if day is None:
        return UNDETERMINED, Text(
            "登记信息未注明发证日期", "the registry does not state the day of issue"
        )
    if not ISSUE_IN_DOUBT.isdisjoint(case.warnings):
        return UNDETERMINED, clause_results.ISSUE_CONTRADICTED
    is_made_again = began is not None and began < first <= day
    if is_made_again and _may_be_made_again(case):
        return UNDETERMINED, clause_results.MADE_AGAIN
    return clause_results.issued(day, first)


def _may_be_made_again(case: Case) -> bool:
    item = case.row.item
    if item is None:
        return case.row.outcome is not UNMET
    return not item.anchored_on_first_issue


NOT_UNGRADED = Text(
    "本条仅适用于特种作业（不区分等级）证书",
    "this clause concerns special operations (ungraded licences) only",
)


def first_issued_after_notice(case: Case) -> ClauseResult:
    """219-n2: a special operation counts from 初领日期, so a renewal never does."""
    item = case.row.item
    if item is None and case.row.outcome is UNDETERMINED:
        return UNDETERMINED, Text(
            "附件项目未确定，不知是否适用初领日期",
            "the row is not known, so neither is whether the first issue counts",
        )
    if item is None or not item.anchored_on_first_issue:
        return MET, NOT_UNGRADED
    record, first = case.evidence.record, case.figures.first_eligible_day
    anchor = record.first_issued_on
    if anchor is None:
        return UNDETERMINED, Text(
            "登记信息未注明初领日期",
            "the registry does not state the day of first issue",
        )
    if not FIRST_ISSUE_IN_DOUBT.isdisjoint(case.warnings):
        return UNDETERMINED, clause_results.ISSUE_CONTRADICTED
    return clause_results.first_issued(anchor, first)


def examined_by_evaluation_body(case: Case) -> ClauseResult:
    """219-2a: the stated evaluation body is the annex's."""
    item, stated = case.row.item, case.evidence.record.evaluation_body
    if item is None:
        if case.row.outcome is UNMET:
            return UNMET, Text(
                "附件未为该证书指定评价机构",
                "the annex appoints no evaluation body for this certificate",
            )
        return UNDETERMINED, Text(
            "附件项目未确定，无法核对评价机构",
            "the row is not known, so the evaluation body cannot be compared",
        )
    body = item.evaluation_body
    if stated is None:
        return UNDETERMINED, Text(
            f"登记信息未注明评价机构，应为{body.name.zh}",
            f"the registry states no evaluation body, the annex has {body.name.en}",
        )
    if not body.is_named(stated):
        return UNMET, Text(
            f"评价机构为{stated}，附件所列为{body.name.zh}",
            f"examined by {stated}, the annex has {body.name.en} ({body.name.zh})",
        )
    return clause_results.examined(item)


def collected_and_verified(case: Case) -> ClauseResult:
    """219-2b: the annex's collection body signed, with a key fit for this row."""
    attestation, item = case.evidence.attestation, case.row.item
    if item is None and case.row.outcome is UNMET:
        return UNMET, Text(
            "附件未为该证书指定证书数据归集机构",
            "the annex appoints no collection body for this certificate",
        )
    signer = _objection_to_signer(attestation, item)
    account = _objection_to_account(attestation)
    if signer is None and account is not None and case.evidence.is_ahead:
        # A key may be in force and an account thawed by then.
        return UNDETERMINED, clause_results.DAY_NOT_COME
    if (objection := signer or account) is not None:
        return UNMET, objection
    if item is None:
        return UNDETERMINED, Text(
            "附件项目未确定，无法核对归集机构",
            "the row is not known, so the collection body cannot be compared",
        )
    if attestation.key_in_force is None or attestation.account is None:
        return UNDETERMINED, Text(
            "签名密钥或归集机构账号的状态未知",
            "the state of the signing key or of the agency's account is not known",
        )
    return clause_results.collected(item)


def _objection_to_signer(attestation: Attestation, item: Item | None) -> Text | None:
    if item is None:
        return None
    if attestation.institution != item.collection_body.id:
        body = item.collection_body.name
        return Text(
            f"签名机构为{attestation.institution}，附件所列归集机构为{body.zh}",
            f"signed by {attestation.institution}, the annex has {body.en}",
        )
    if item.code not in attestation.scope:
        return Text(
            f"签名密钥无权证明项目{item.code}",
            f"the signing key may not attest item {item.code}",
        )
    return None


def _objection_to_account(attestation: Attestation) -> Text | None:
    if attestation.key_in_force is False:
        return Text("签名密钥不在有效期内", "the signing key is not in force")
    if attestation.account is AccountState.FROZEN:
        return Text("归集机构账号已冻结", "the agency's account is frozen")
    if attestation.account is AccountState.COLLECTION_CANCELLED:
        return Text(
            "归集机构的数据归集权限已取消", "the agency's right to collect is cancelled"
        )
    return None


def in_good_standing(case: Case) -> ClauseResult:
    """219-3b: not revoked, suspended, cancelled or lapsed on the day asked about."""
    evidence = case.evidence
    record = evidence.record
    found = standing(record, evidence.as_of, evidence.today)
    weight, reason = _weight_of(found, case)
    if found is Standing.REVIEW_OVERDUE and weight is not UNMET:
        # What is forgiven a review is forgiven nothing else.
        reviewed = replace(record, review_due_on=date.max)
        but_for = standing(reviewed, evidence.as_of, evidence.today)
        other, why = _weight_of(but_for, case)
        if other is not MET:
            return other, why
    return weight, reason


def _weight_of(found: Standing, case: Case) -> ClauseResult:
    """Return what a standing weighs by itself."""
    evidence = case.evidence
    reason = clause_results.STANDING_REASONS[found]
    match found:
        case Standing.VALID:
            return MET, reason
        case Standing.UNKNOWN:
            if not VALIDITY_IN_DOUBT.isdisjoint(case.warnings):
                reason = clause_results.VALIDITY_CONTRADICTED
            elif evidence.is_ahead:
                reason = clause_results.DAY_NOT_COME
            return UNDETERMINED, reason
        case Standing.REVIEW_OVERDUE:
            return case.figures.review_overdue, reason
        case Standing.TRANSFERRED:
            return case.figures.transferred, reason
        case (
            Standing.NOT_YET_VALID
            | Standing.EXPIRED
            | Standing.SUSPENDED
            | Standing.REVOKED
            | Standing.CANCELLED
            | Standing.LAPSED
            | Standing.WITHDRAWN
        ):
            return UNMET, reason


def claimed_by_holder(case: Case) -> ClauseResult:
    """219-2c: the claimant's number is the holder's, and so is a stated name."""
    record, claimant = case.evidence.record, case.evidence.claimant
    is_in_doubt = not HOLDER_IN_DOUBT.isdisjoint(case.warnings)
    if claimant is None and case.figures.claimant_has_to_be_stated:
        return clause_results.NOBODY_CLAIMED
    if claimant is None:
        doubt = clause_results.HOLDER_CONTRADICTED
        return doubt if is_in_doubt else clause_results.HOLDER_MEANT
    if claimant.identity.number != record.holder.number:
        return clause_results.ANOTHER_NUMBER
    if claimant.identity.type is not record.holder.type:
        return clause_results.ANOTHER_DOCUMENT
    by_name = _by_name(stated_name(claimant.name), record.holder_name)
    if is_in_doubt and by_name is not clause_results.ANOTHER_NAME:
        return clause_results.HOLDER_CONTRADICTED
    return by_name


def _by_name(claimed: str | None, registered: str | None) -> ClauseResult:
    if claimed is None:
        return clause_results.NO_NAME_CLAIMED
    if registered is None or stated_name(registered) is None:
        return clause_results.NO_NAME_REGISTERED
    if not same_name(claimed, registered):
        return clause_results.ANOTHER_NAME
    return clause_results.NUMBER_AND_NAME


CLAUSES: Mapping[str, Clause] = MappingProxyType(
    {
        "219-1a": listed_in_annex,
        "219-1b": issued_after_notice,
        "219-n2": first_issued_after_notice,
        "219-2a": examined_by_evaluation_body,
        "219-2b": collected_and_verified,
        "219-3b": in_good_standing,
        "219-2c": claimed_by_holder,
    }
)
