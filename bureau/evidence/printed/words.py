"""What the printed extract says, in Chinese with English beside it."""

from collections.abc import Mapping
from types import MappingProxyType

from policy.text import Text

TITLE = Text("证据摘录", "Extract of evidence")
WHAT_IT_IS = Text(
    "本摘录由证据包生成，供持证人留存。文字仅供阅读；可核验的是证据包，以及末尾的二维码。",
    "Made from an evidence bundle, for the holder to keep. Its words are to be read; "
    "what can be checked is the bundle, and the code at the end.",
)
NOT_PRINTED = Text(
    "姓名与证件号码不印于此，仅见于证据包内机构签名的原文。",
    "Neither name nor identity number is printed; they stand in the bytes that the "
    "agency signed, in the bundle.",
)
ERASED = Text("原文已依法删除", "erased; the log has that")
NO_CODE = Text(
    "未印二维码：证明过长，或其中写有证件号码；请以证据包核验。",
    "No code is printed: the proof is longer than one can hold, or somebody wrote an "
    "identity number into it. Check the bundle.",
)
HOW_TO_CHECK = Text(
    "打开离线核验页（gateway evidence page），选择您信任的日志策略，再选择本二维码的"
    "照片，或粘贴扫码所得文字。二维码证明其所含日志行已列入经见证的日志，不证明本页其他文字。",
    "Open the offline page (gateway evidence page), choose the policy of the log that "
    "you trust, and a picture of this code, or paste the text that a scanner reads. It "
    "proves that its rows are in the witnessed log, and nothing else that is printed.",
)

SECTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "about": Text("摘录", "This extract"),
        "certificate": Text("证书", "The certificate"),
        "vouches": Text("由谁作保", "Who vouches for it"),
        "standing": Text("状态", "Its standing"),
        "verdict": Text("结论", "The verdict"),
        "clauses": Text("逐条结论", "Clause by clause"),
        "history": Text("经过与版本", "History and versions"),
        "checkpoint": Text("日志检查点与见证人", "Checkpoint and witnesses"),
        "code": Text("二维码", "Code"),
    }
)

NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "subject": Text("对象", "of"),
        "asOf": Text("截至", "as of"),
        "madeAt": Text("制作时间", "made at"),
        "digest": Text("证据包摘要（SHA-256）", "digest of the bundle (SHA-256)"),
        "certificate": Text("证书标识", "certificate id"),
        "title": Text("证书名称", "title"),
        "category": Text("作业类别", "category"),
        "item": Text("项目", "item"),
        "itemCode": Text("项目编码", "code of the item"),
        "level": Text("等级", "level"),
        "firstIssuedOn": Text("初领日期", "first issued on"),
        "issuedOn": Text("发证日期", "issued on"),
        "validFrom": Text("有效期自", "valid from"),
        "validUntil": Text("有效期至", "valid until"),
        "reviewDueOn": Text("应复审日期", "review due on"),
        "evaluationBody": Text("评价机构", "examined by"),
        "record": Text("签名原文摘要", "digest of the signed bytes"),
        "institution": Text("归集机构", "collected by"),
        "authority": Text("行业主管部门", "authority that leads"),
        "kid": Text("签名密钥", "signed by the key"),
        "algorithm": Text("算法", "algorithm"),
        "window": Text("密钥有效期", "the key's window"),
        "state": Text("密钥状态", "the key's state"),
        "scope": Text("密钥项目范围", "the key's items"),
        "recordState": Text("证书状态", "state of the certificate"),
        "stateSince": Text("自", "since"),
        "account": Text("归集账户", "the body's account"),
        "outcome": Text("决定", "decision"),
        "amount": Text("金额（元）", "amount (yuan)"),
        "computed": Text("核定金额（元）", "amount computed (yuan)"),
        "verdict": Text("总结论", "verdict"),
        "decidedOn": Text("决定日期", "decided on"),
        "ruling": Text("认定说明", "why it was ruled so"),
        "origin": Text("日志", "log"),
        "size": Text("条目数", "entries"),
        "root": Text("根", "root"),
        "signers": Text("签名与联署", "signed and cosigned by"),
        "at": Text("时间", "when"),
        "what": Text("内容", "what"),
        "place": Text("日志位置", "place in the log"),
        "clause": Text("条款", "clause"),
        "words": Text("通知原文", "the notice's words"),
        "finding": Text("结果", "finding"),
        "effectiveOn": Text("生效日期", "effective on"),
        "reason": Text("原因", "reason"),
    }
)

SUBJECTS: Mapping[str, Text] = MappingProxyType(
    {
        "DECISION": Text("决定", "decision"),
        "CERTIFICATE": Text("证书", "certificate"),
    }
)

SAID: Mapping[str, Text] = MappingProxyType(
    {
        "APPROVED": Text("同意", "approved"),
        "REFUSED": Text("不予补贴", "refused"),
        "PAID": Text("已发放", "paid"),
        "ELIGIBLE": Text("符合", "eligible"),
        "INELIGIBLE": Text("不符合", "ineligible"),
        "UNDETERMINED": Text("无法判断", "undetermined"),
        "MET": Text("满足", "met"),
        "UNMET": Text("不满足", "not met"),
        "VALID": Text("有效", "valid"),
        "SUSPENDED": Text("暂扣", "suspended"),
        "REVOKED": Text("撤销", "revoked"),
        "CANCELLED": Text("注销", "cancelled"),
        "LAPSED": Text("失效", "lapsed"),
        "TRANSFERRED": Text("转出", "transferred"),
        "WITHDRAWN": Text("吊销", "withdrawn"),
        "OTHER": Text("其他", "other"),
        "ACTIVE": Text("正常", "active"),
        "FROZEN": Text("已冻结", "frozen"),
        "COLLECTION_CANCELLED": Text("数据归集权限已取消", "may not collect"),
        "active": Text("在用", "active"),
        "retired": Text("已退役", "retired"),
        "suspended": Text("已暂停", "suspended"),
        "compromised": Text("已泄露", "compromised"),
    }
)
"""Of outcomes, states and accounts; a test compares it with the enumerations."""

SOURCES: Mapping[str, Text] = MappingProxyType(
    {
        "decisions": Text("决定", "decision"),
        "judgements": Text("审核结论", "judgement"),
        "logged_facts": Text("规则、密钥或推演记录", "rules, a key or a trace"),
        "payment_steps": Text("支付步骤", "step of the payment"),
        "claim_moves": Text("申领移转", "move of the claim"),
        "false_claims": Text("虚假申领", "false claim proved"),
        "false_records": Text("虚假证书", "false record proved"),
        "corrections": Text("更正", "correction"),
        "correction_answers": Text("更正答复", "answer to a correction"),
        "recoveries": Text("追回", "recovery"),
        "recovery_events": Text("追回经过", "event of a recovery"),
        "connector_events": Text("机构登记事项", "registration of the agency"),
        "collected_records": Text("归集的证书版本", "version of the record"),
        "state_changes": Text("状态变动", "change of state"),
        "seen_revocations": Text("得知撤销", "revocation seen"),
        "seen_versions": Text("所见版本", "version seen"),
        "evidence_erasures": Text("原文删除", "erasure of bytes"),
        "sanctions": Text("处理措施", "sanction"),
        "sanction_events": Text("处理措施经过", "event of a sanction"),
    }
)
OTHER_SOURCE = Text("其他", "other")
