"""The clauses of notice 219, one small function each.

A function is named for what it demands and returns an outcome with a reason;
the ids stand in ``CLAUSES`` alone, whose order is the order of the findings. A
fact that is not known makes a clause undetermined unless the clause comes out
the same whatever the fact is.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from policy.case import Case, Clause, Ruling
from policy.catalogue import Item
from policy.evidence import AccountState, Attestation
from policy.finding import FindingOutcome
from policy.level import LEVEL_NAMES, Level
from policy.names import same_name
from policy.standing import Standing, standing
from policy.text import Text

MET = FindingOutcome.MET
UNMET = FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED


def listed_in_annex(case: Case) -> Ruling:
    """219-1a: title, item and level are a row of the annex."""
    item = case.row.item
    if item is None:
        return case.row.outcome, case.row.reason
    return _level_listed(item, case.evidence.record.level)


# At most some hundred answers exist: an item by its levels.
@lru_cache(maxsize=512)
def _level_listed(item: Item, level: Level | None) -> Ruling:
    row = f"{item.name.zh}（{item.code}）", f"{item.name.en} ({item.code})"
    if level is None:
        return UNDETERMINED, Text(
            f"附件列有{row[0]}，但证书未注明等级",
            f"{row[1]} is in the annex, but the level is not stated",
        )
    name = LEVEL_NAMES[level]
    if level not in item.levels:
        allowed = [LEVEL_NAMES[listed] for listed in item.levels]
        return UNMET, Text(
            f"附件未列{row[0]}的{name.zh}，所列为"
            + "、".join(text.zh for text in allowed),
            f"{row[1]} is listed for "
            + ", ".join(text.en for text in allowed)
            + f", not for {name.en}",
        )
    return MET, Text(
        f"附件所列：{row[0]}，{name.zh}", f"a row of the annex: {row[1]}, {name.en}"
    )


def issued_after_notice(case: Case) -> Ruling:
    """219-1b: the day of issue is the first eligible day or a later one."""
    issued, first = case.evidence.record.issued_on, case.figures.first_eligible_day
    if issued is None:
        return UNDETERMINED, Text(
            "登记信息未注明发证日期", "the registry does not state the day of issue"
        )
    if issued < first:
        return UNMET, Text(
            f"发证日期{issued}，最早应为{first}",
            f"issued on {issued}, the first eligible day is {first}",
        )
    return MET, Text(
        f"发证日期{issued}，不早于{first}",
        f"issued on {issued}, not before {first}",
    )


NOT_UNGRADED = Text(
    "本条仅适用于特种作业（不区分等级）证书",
    "this clause concerns special operations (ungraded licences) only",
)


def first_issued_after_notice(case: Case) -> Ruling:
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
    if anchor < first:
        return UNMET, Text(
            f"初领日期{anchor}，最早应为{first}；换证不改变初领日期",
            f"first issued on {anchor}, the first eligible day is {first}; "
            "a renewal keeps the day of first issue",
        )
    return MET, Text(
        f"初领日期{anchor}，不早于{first}",
        f"first issued on {anchor}, not before {first}",
    )


def examined_by_evaluation_body(case: Case) -> Ruling:
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
    return MET, Text(f"评价机构为{body.name.zh}", f"examined by {body.name.en}")


def collected_and_verified(case: Case) -> Ruling:
    """219-2b: the annex's collection body signed, with a key fit for this row."""
    attestation, item = case.evidence.attestation, case.row.item
    if item is None and case.row.outcome is UNMET:
        return UNMET, Text(
            "附件未为该证书指定证书数据归集机构",
            "the annex appoints no collection body for this certificate",
        )
    objection = _objection_to_signer(attestation, item) or _objection_to_account(
        attestation
    )
    if objection is not None:
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
    name = item.collection_body.name
    return MET, Text(
        f"由{name.zh}归集，签名已验证",
        f"collected from {name.en}, signature verified",
    )


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


STANDING_REASONS: Mapping[Standing, Text] = MappingProxyType(
    {
        Standing.VALID: Text("证书在该日有效", "the certificate is valid on that day"),
        Standing.NOT_YET_VALID: Text(
            "证书在该日尚未生效", "the certificate is not yet valid on that day"
        ),
        Standing.EXPIRED: Text(
            "证书在该日已过有效期", "the certificate has run out by that day"
        ),
        Standing.REVIEW_OVERDUE: Text(
            "证书在该日已逾期未复审", "the review of the licence is overdue on that day"
        ),
        Standing.SUSPENDED: Text("证书已暂扣", "the certificate is suspended"),
        Standing.REVOKED: Text("证书已撤销", "the certificate is revoked"),
        Standing.CANCELLED: Text("证书已注销", "the certificate is cancelled"),
        Standing.LAPSED: Text("证书已失效", "the certificate has lapsed"),
        Standing.WITHDRAWN: Text("证书已吊销", "the certificate is withdrawn"),
        Standing.TRANSFERRED: Text(
            "证书已转出，状态须向转入地查询",
            "the certificate moved to another register: ask there for its state",
        ),
        Standing.UNKNOWN: Text(
            "登记信息未注明证书状态或所需日期",
            "the registry does not state the certificate's state or a needed date",
        ),
    }
)


def in_good_standing(case: Case) -> Ruling:
    """219-3b: not revoked, suspended, cancelled or lapsed on the day asked about."""
    found = standing(case.evidence.record, case.evidence.as_of)
    reason = STANDING_REASONS[found]
    match found:
        case Standing.VALID:
            return MET, reason
        case Standing.UNKNOWN:
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


def claimed_by_holder(case: Case) -> Ruling:
    """219-2c: the claimant's number is the holder's, and so is a stated name."""
    record, claimant = case.evidence.record, case.evidence.claimant
    if claimant.identity.number != record.holder.number:
        return UNMET, Text(
            "申请人证件号码与持证人不一致",
            "the claimant's identity number is not the holder's",
        )
    if claimant.identity.type is not record.holder.type:
        return UNDETERMINED, Text(
            "号码一致但证件类型不同，不能确定为同一人",
            "the numbers are equal but the kinds of document are not",
        )
    if claimant.name is None:
        return MET, Text(
            "证件号码一致；未提供申请人姓名，姓名未核对",
            "the identity numbers agree; no name was stated, so none was compared",
        )
    if record.holder_name is None:
        return UNDETERMINED, Text(
            "证件号码一致，但登记信息未注明姓名",
            "the identity numbers agree, but the registry states no name",
        )
    if not same_name(claimant.name, record.holder_name):
        return UNMET, Text(
            "证件号码一致，但姓名与持证人不一致",
            "the identity numbers agree, but the name is not the holder's",
        )
    return MET, Text("证件号码和姓名均一致", "identity number and name agree")


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
