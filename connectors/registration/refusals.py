"""Refusals of steps: a closed list, each with words and what to do.

A refused step has changed nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from policy.text import Text


class RefusalCode(StrEnum):
    """A reason why a step was not taken."""

    UNKNOWN_CONNECTOR = "UNKNOWN_CONNECTOR"
    ID_TAKEN = "ID_TAKEN"
    NOT_YOURS = "NOT_YOURS"
    WRONG_STATE = "WRONG_STATE"
    CHANGED_MEANWHILE = "CHANGED_MEANWHILE"
    REASON_MISSING = "REASON_MISSING"
    SAME_OPERATOR = "SAME_OPERATOR"
    SUBMISSION_TOO_LARGE = "SUBMISSION_TOO_LARGE"
    SUBMISSION_UNUSABLE = "SUBMISSION_UNUSABLE"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    UNKNOWN_INSTITUTION = "UNKNOWN_INSTITUTION"
    ITEMS_OF_ANOTHER = "ITEMS_OF_ANOTHER"
    OVERLAPPING_CLAIM = "OVERLAPPING_CLAIM"
    REPLACES_UNUSABLE = "REPLACES_UNUSABLE"
    ROWS_LEFT_OUT = "ROWS_LEFT_OUT"
    NO_KEY = "NO_KEY"
    KEY_UNUSABLE = "KEY_UNUSABLE"
    KEY_ID_TAKEN = "KEY_ID_TAKEN"
    KEY_KNOWN = "KEY_KNOWN"
    KEY_OF_ANOTHER_INSTITUTION = "KEY_OF_ANOTHER_INSTITUTION"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    KEY_STATE = "KEY_STATE"
    MOMENT_UNUSABLE = "MOMENT_UNUSABLE"
    UNKNOWN_CHALLENGE = "UNKNOWN_CHALLENGE"
    CHALLENGE_LATE = "CHALLENGE_LATE"
    CHALLENGE_USED = "CHALLENGE_USED"
    PROOF_REFUSED = "PROOF_REFUSED"
    PLAN_UNUSABLE = "PLAN_UNUSABLE"
    NOT_CONFORMING = "NOT_CONFORMING"
    UNKNOWN_BODY = "UNKNOWN_BODY"
    ALREADY_SANCTIONED = "ALREADY_SANCTIONED"
    UNKNOWN_SANCTION = "UNKNOWN_SANCTION"
    UNKNOWN_PROPOSAL = "UNKNOWN_PROPOSAL"
    SAME_OFFICER = "SAME_OFFICER"
    SANCTION_STATE = "SANCTION_STATE"
    CONFIRMATION_LATE = "CONFIRMATION_LATE"
    LAST_DAY_UNUSABLE = "LAST_DAY_UNUSABLE"
    KIND_NOT_PROPOSED = "KIND_NOT_PROPOSED"


C = RefusalCode
MEANINGS: Mapping[RefusalCode, Text] = MappingProxyType(
    {
        C.UNKNOWN_CONNECTOR: Text("没有此连接器", "there is no such connector"),
        C.ID_TAKEN: Text(
            "编号已被占用，请换一个", "the id is taken; choose another one"
        ),
        C.NOT_YOURS: Text(
            "该连接器由他人登记；须由登记者、该机构或审批人办理",
            "somebody else drafted it; its drafter, its agency or an approver may",
        ),
        C.WRONG_STATE: Text(
            "当前状态不允许此步骤", "the connector's state does not have this step"
        ),
        C.CHANGED_MEANWHILE: Text(
            "其间已被他人变更；请重新读取后再办理",
            "somebody changed it meanwhile; read it again",
        ),
        C.REASON_MISSING: Text(
            "须说明理由（1至500字），且不得含证件号码",
            "state a reason of 1 to 500 characters and no identity number",
        ),
        C.SAME_OPERATOR: Text(
            "须由另一位操作员审批，登记、提交或证明密钥者不得自批",
            "another operator has to approve: not who drafted, submitted or proved",
        ),
        C.SUBMISSION_TOO_LARGE: Text("申报材料过大", "the submission is too large"),
        C.SUBMISSION_UNUSABLE: Text(
            "申报材料无法使用", "the submission cannot be used"
        ),
        C.ADDRESS_REFUSED: Text("该地址不可登记", "the address cannot be registered"),
        C.UNKNOWN_INSTITUTION: Text(
            "附件中没有此机构", "the annex has no such institution"
        ),
        C.ITEMS_OF_ANOTHER: Text(
            "所列项目不归该归集机构，不能审批",
            "the annex gives these items to no such collection body",
        ),
        C.OVERLAPPING_CLAIM: Text(
            "所列项目已由其他连接器提供；如拟替换，请写明 replaces",
            "another connector answers for these items; name it in replaces to "
            "replace it",
        ),
        C.REPLACES_UNUSABLE: Text(
            "拟替换者须为同一归集机构在用的连接器，或其账号正常的本地清单",
            "what is replaced has to be an active connector of the same body, or its "
            "agency of the operator's files with an active account",
        ),
        C.ROWS_LEFT_OUT: Text(
            "替换本地清单中的机构须申报其全部项目，否则无人提供",
            "to replace an agency of the operator's files, claim all of its rows: "
            "nobody would answer for those left out",
        ),
        C.NO_KEY: Text(
            "没有经证明且在用的密钥", "no key was proved, or none is in force"
        ),
        C.KEY_UNUSABLE: Text("密钥无法使用", "the key cannot be used"),
        C.KEY_ID_TAKEN: Text("密钥编号（kid）已被占用", "the key id (kid) is taken"),
        C.KEY_KNOWN: Text(
            "该密钥已登记过；每次登记须用新密钥",
            "the key was registered before; make a new one",
        ),
        C.KEY_OF_ANOTHER_INSTITUTION: Text(
            "该密钥已由另一机构使用", "the key is another institution's"
        ),
        C.UNKNOWN_KEY: Text("该连接器没有此密钥", "the connector has no such key"),
        C.KEY_STATE: Text(
            "密钥当前状态不允许此步骤", "the key's state does not have this step"
        ),
        C.MOMENT_UNUSABLE: Text("所述时间不可用", "the moment cannot be used"),
        C.UNKNOWN_CHALLENGE: Text("没有此质询", "there is no such challenge"),
        C.CHALLENGE_LATE: Text(
            "质询已过期，请重新申请", "the challenge has expired; ask for another"
        ),
        C.CHALLENGE_USED: Text(
            "质询已用过，请重新申请", "the challenge was answered; ask for another"
        ),
        C.PROOF_REFUSED: Text(
            "签名未能证明持有该密钥", "the signature does not prove that key"
        ),
        C.PLAN_UNUSABLE: Text("测试计划无法使用", "the test plan cannot be used"),
        C.NOT_CONFORMING: Text(
            "未通过符合性检查，见 report",
            "the conformance kit found failures; see the report",
        ),
        C.UNKNOWN_BODY: Text(
            "附件中没有此主管部门或归集机构",
            "no authority or collection body of the annex has this id",
        ),
        C.ALREADY_SANCTIONED: Text(
            "该措施已在执行，或已有建议待确认",
            "this sanction is in force already, or waits to be confirmed",
        ),
        C.UNKNOWN_SANCTION: Text(
            "没有此措施，或已解除", "there is no such sanction, or it has ended"
        ),
        C.UNKNOWN_PROPOSAL: Text(
            "没有此建议，或已处理", "there is no such open proposal"
        ),
        C.SAME_OFFICER: Text(
            "须由另一人确认；提出者或责令整改者不得自行确认",
            "another person has to confirm: not who proposed it or ordered the "
            "rectification",
        ),
        C.SANCTION_STATE: Text(
            "该措施当前状态不允许此步骤", "the sanction's state does not have this step"
        ),
        C.CONFIRMATION_LATE: Text(
            "紧急冻结未在一日内确认，已自动解除；仍需冻结的请重新提出",
            "the urgent freeze was not confirmed within a day and has ended; propose a "
            "freeze anew if one is needed",
        ),
        C.LAST_DAY_UNUSABLE: Text(
            "整改期限须在明日起一年之内",
            "the last day is tomorrow at the earliest, and within a year",
        ),
        C.KIND_NOT_PROPOSED: Text(
            "警告和限期整改由一人作出，无须确认",
            "a warning or a rectification needs no second person; impose it",
        ),
    }
)


class RegistrationError(Exception):
    """A step was not taken, and nothing was changed.

    ``detail`` says what was found, the same in every language; no secret and no
    person is in it.
    """

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        self.meaning = MEANINGS[code]
        super().__init__(f"{code}: {self.meaning.en}" + (f": {detail}" * bool(detail)))
