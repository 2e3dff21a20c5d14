"""The closed choices of payments and recoveries, in both languages for the graph."""

from collections.abc import Mapping
from types import MappingProxyType

from bureau.ledger.entries import MAX_YUAN, DecisionOutcome, DecisionRefusal
from bureau.ledger.sums import TotalsBy
from policy.recovery import (
    FalsePart,
    Objection,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
)
from policy.text import Text
from resolvers.bilingual import both, described_enum

__all__ = [
    "DecisionOutcome",
    "DecisionRefusal",
    "FalsePart",
    "RecoveryCause",
    "RecoverySource",
    "RecoveryState",
    "RecoveryStep",
    "TotalsBy",
]

OTHER_OFFICER = Text(
    "所述经办人不是令牌所指之人",
    "the officer that is stated is not whom the token names",
)
"""The meaning of a refusal that several steps have."""
DECISION_REFUSALS: Mapping[DecisionRefusal, Text] = MappingProxyType(
    {
        DecisionRefusal.BAD_KEY: Text(
            "请求键为1至128个可见ASCII字符，且不得含证件号码",
            "a key has 1 to 128 visible ASCII characters and no identity number",
        ),
        DecisionRefusal.BAD_CLAIM: Text(
            "申领编号为1至64个汉字、字母、数字或 ()[]〔〕._/- ，且不得含证件号码",
            "a claim's id has 1 to 64 letters, digits, Chinese characters or "
            "()[]〔〕._/- and no identity number",
        ),
        DecisionRefusal.BAD_DISTRICT: Text(
            "区代码不是本市十六区之一（GB/T 2260）",
            "the code is none of Shanghai's sixteen districts (GB/T 2260)",
        ),
        DecisionRefusal.NOT_YOUR_DISTRICT: Text(
            "调用方不代表该区，请以该区的调用方办理",
            "the caller does not act for the district; ask as one that does",
        ),
        DecisionRefusal.BAD_AMOUNT: Text(
            f"已支付须有1至{MAX_YUAN}元的金额，不予补贴则不得有金额",
            f"what was paid is 1 to {MAX_YUAN} yuan; what was refused has no amount",
        ),
        DecisionRefusal.BAD_DAY: Text(
            "决定日期不得晚于今日（上海），也不得早于申领之日或通知发文之日",
            "the day is not after today in Shanghai, nor before the claim's or the "
            "notice's",
        ),
        DecisionRefusal.BAD_RULING: Text(
            "认定须注明理由（1至500字）、认定人（1至64字）和条款，每条至多认定一次，"
            "且不得含证件号码",
            "a ruling has a reason of 1 to 500 characters, an officer of 1 to 64, and "
            "clauses of policy.clauses, each ruled on once; and no identity number",
        ),
        DecisionRefusal.BAD_CLAIMANT: Text(
            "申领人证件号码或类型有误",
            "the claimant's identity number, or its type, cannot be",
        ),
        DecisionRefusal.UNKNOWN_ITEM: Text(
            "seen.itemCode 不是附件项目代码", "seen.itemCode is no item of the annex"
        ),
        DecisionRefusal.KEY_USED: Text(
            "此请求键已用于另一内容的请求",
            "this key was used for a request that said something else",
        ),
        DecisionRefusal.CATEGORY_DIFFERS: Text(
            "decision 与 claim 所述人员类别不一致",
            "the decision and the claim state different categories",
        ),
        DecisionRefusal.BEFORE_ISSUE: Text(
            "决定日期早于证书的发证日期",
            "the day is before the certificate's day of issue",
        ),
        DecisionRefusal.CLAIM_OF_ANOTHER_CERTIFICATE: Text(
            "此申领编号此前的决定涉及另一证书",
            "earlier decisions on this claim are about another certificate",
        ),
        DecisionRefusal.CLAIM_OF_ANOTHER_DISTRICT: Text(
            "此申领属另一区；请先以 moveClaim 移交",
            "the claim is another district's; have it moved first (moveClaim)",
        ),
        DecisionRefusal.CLAIM_PAID: Text(
            "此申领已支付，不再记录其他决定",
            "this claim was paid; nothing else is decided on it",
        ),
        DecisionRefusal.CLAIM_UNDER_WAY: Text(
            "此申领已审核通过，请用 takePaymentStep 办理下一步，或先取消",
            "this claim is approved already; take its next step by takePaymentStep, or "
            "cancel it first",
        ),
        DecisionRefusal.NOT_PUBLISHED: Text(
            "须先公示再支付", "what is paid has to be published first"
        ),
        DecisionRefusal.PUBLICATION_RUNNING: Text(
            "公示期未满", "it has not been published for long enough"
        ),
        DecisionRefusal.NOT_IN_FORCE: Text(
            "证书今日不具效力（219-3b），不得支付",
            "the certificate is not in force today (219-3b) and is not paid for",
        ),
        DecisionRefusal.PROVED_FALSE: Text(
            "该证书的记录已查实不真实，不得支付",
            "the certificate's record was proved false; it is not paid for",
        ),
        DecisionRefusal.CLAIM_FALSE: Text(
            "此申领已查实不真实，不得审核通过或支付",
            "the claim was proved false; it is neither approved nor paid",
        ),
        DecisionRefusal.INELIGIBLE: Text(
            "不符合规定，不得审核通过或支付，认定亦不能改变",
            "a clause is not met; it is neither approved nor paid, whatever is ruled",
        ),
        DecisionRefusal.AMOUNT_DIFFERS: Text(
            "金额与按规定计算所得不同；确有认定的，请在 rulings 中对 17-amount 注明",
            "the amount is not the computed one; if the bureau ruled on it, say so in "
            "rulings, on 17-amount",
        ),
        DecisionRefusal.UNDETERMINED: Text(
            "有条款无法确定；经人力资源社会保障部门认定后，请在 rulings 中注明",
            "a clause is undetermined; once the bureau has ruled on it, say so in "
            "rulings",
        ),
        DecisionRefusal.NO_EVIDENCE_KEY: Text(
            "本网关未设置 evidence_key_file，无法留存所凭原文，不记录任何决定",
            "this gateway has no evidence_key_file, so it cannot keep what a decision "
            "rests on, and records none",
        ),
    }
)
OBJECTIONS: Mapping[Objection, Text] = MappingProxyType(
    {
        Objection.WRONG_STATE: Text(
            "所处阶段不允许此步骤", "it cannot be done from the state it is in"
        ),
        Objection.BAD_AMOUNT: Text(
            "登记还款须有正数金额，其他步骤不得有金额",
            "a repayment has an amount above zero, and no other step has one",
        ),
        Objection.MORE_THAN_OWED: Text(
            "累计还款将超过应追回金额", "more would be paid back than is owed"
        ),
    }
)

described_enum(
    DecisionOutcome,
    both("对一次申领的决定", "What was decided on a claim"),
    {
        DecisionOutcome.APPROVED: both("审核通过", "Approved, not paid yet"),
        DecisionOutcome.REFUSED: both("不予补贴", "Refused"),
        DecisionOutcome.PAID: both("已支付", "Paid"),
    },
)
described_enum(
    DecisionRefusal,
    both("决定未予记录的原因", "Why a decision was not recorded"),
    {code: both(text.zh, text.en) for code, text in DECISION_REFUSALS.items()},
)
described_enum(
    RecoveryCause,
    both("追回的起因", "Why a payment is claimed back"),
    {
        RecoveryCause.REVOKED: both("证书被撤销", "The certificate was revoked"),
        RecoveryCause.FALSE_RECORD: both(
            "查实记录不真实", "Its record was proved false"
        ),
        RecoveryCause.FALSE_CLAIM: both("查实申领不真实", "The claim was proved false"),
    },
)
described_enum(
    FalsePart,
    both("申领中不真实的部分", "The part of a claim that was false"),
    {
        FalsePart.CATEGORY: both("人员类别", "The claimant's category"),
        FalsePart.HUKOU: both("户籍", "The hukou"),
        FalsePart.IDENTITY: both("身份", "Who the claimant is"),
    },
)
described_enum(
    RecoverySource,
    both("由何得知应予追回", "What says that a payment is to be claimed back"),
    {
        RecoverySource.CHANGE: both("机构推送的状态变更", "A change that was sent"),
        RecoverySource.COLLECTED_RECORD: both(
            "归集的较新记录", "A newer record that was sent"
        ),
        RecoverySource.STATUS_LIST: both("机构的状态列表", "The agency's status list"),
        RecoverySource.LIVE_ANSWER: both(
            "机构的实时答复", "An answer of the agency, when it was asked"
        ),
        RecoverySource.PROOF: both("查实结论", "A proof by an officer"),
    },
)
described_enum(
    RecoveryState,
    both("追回的进度", "How far a recovery has come"),
    {
        RecoveryState.OPEN: both("待办", "Nothing was done yet"),
        RecoveryState.NOTIFIED: both("已通知当事人", "The claimant was told"),
        RecoveryState.PARTLY_RECOVERED: both("部分追回", "Part was paid back"),
        RecoveryState.RECOVERED: both("全部追回", "All was paid back"),
        RecoveryState.REFERRED: both("已移送公安机关", "Referred to the police"),
        RecoveryState.CLOSED: both("已结案，未全部追回", "Closed, not all paid back"),
        RecoveryState.WITHDRAWN: both(
            "撤销已解除，不再追回", "Not owed: the revocation was lifted"
        ),
    },
)
described_enum(
    RecoveryStep,
    both("对一笔追回办理的步骤", "Something that was done about a recovery"),
    {
        RecoveryStep.OPEN: both("立案（系统）", "Opened, by the gateway"),
        RecoveryStep.NOTIFY: both("通知当事人", "The claimant is told"),
        RecoveryStep.REPAY: both("登记还款", "Something was paid back"),
        RecoveryStep.REFER: both("移送公安机关", "Referred to the police"),
        RecoveryStep.CLOSE: both("结案", "Closed without the rest"),
        RecoveryStep.WITHDRAW: both("撤回（系统）", "Withdrawn, by the gateway"),
        RecoveryStep.REOPEN: both("重新立案（系统）", "Opened again, by the gateway"),
        RecoveryStep.REVERSE: both(
            "该笔支付已退票或冲销（系统）",
            "The payment came back or was reversed, by the gateway",
        ),
        RecoveryStep.CORRECT: both(
            "应追回金额改为更正后的支付（系统）",
            "What is owed is that of the corrected payment, by the gateway",
        ),
    },
)
described_enum(
    TotalsBy,
    both("汇总的维度", "By what totals are told apart"),
    {
        TotalsBy.MONTH: both("月份（上海）", "The month, in Shanghai"),
        TotalsBy.AUTHORITY: both("行业主管部门", "The authority"),
        TotalsBy.DISTRICT: both("区", "The district"),
        TotalsBy.ITEM: both("证书项目", "The item of the annex"),
        TotalsBy.LEVEL: both("等级", "The grade"),
    },
)
