"""The closed choices of registration, described in both languages for the graph."""

from connectors.registration.keys import RegisteredKeyState
from connectors.registration.lifecycle import ConnectorState, Step
from connectors.registration.refusals import MEANINGS, RefusalCode
from connectors.registration.sanctions import (
    ProposalCause,
    SanctionKind,
    SanctionState,
    SanctionStep,
)
from resolvers.bilingual import both, described_enum
from signing.algorithms import Algorithm
from signing.sm2.keys import SignatureForm

__all__ = [
    "Algorithm",
    "ConnectorState",
    "ProposalCause",
    "RefusalCode",
    "RegisteredKeyState",
    "SanctionKind",
    "SanctionState",
    "SanctionStep",
    "Step",
]

described_enum(
    ConnectorState,
    both("连接器所处阶段", "How far a connector has come"),
    {
        ConnectorState.DRAFT: both("草稿", "Being drafted"),
        ConnectorState.SUBMITTED: both("已提交，待检查", "Submitted, to be checked"),
        ConnectorState.CHECKED: both(
            "已通过符合性检查，待审批", "Checked, to be approved by another operator"
        ),
        ConnectorState.APPROVED: both(
            "已审批，待启用", "Approved, and not asked by anybody yet"
        ),
        ConnectorState.ACTIVE: both("在用", "Asked by every gateway"),
        ConnectorState.SUSPENDED: both("已停用，可恢复", "Not asked until resumed"),
        ConnectorState.RETIRED: both("已退出", "Gone for good"),
    },
)
described_enum(
    Step,
    both("对连接器办理的一个步骤", "Something that was done to a connector"),
    {
        Step.DRAFT: both("起草", "Drafted"),
        Step.SUBMIT: both("提交", "Submitted"),
        Step.CHECK: both("检查", "Checked"),
        Step.RETURN: both("退回", "Sent back"),
        Step.APPROVE: both("审批", "Approved"),
        Step.ACTIVATE: both("启用", "Activated"),
        Step.SUSPEND: both("停用", "Suspended"),
        Step.RESUME: both("恢复", "Resumed"),
        Step.RETIRE: both("退出", "Retired"),
        Step.ADD_KEY: both("证明持有一把密钥", "A key was proved"),
        Step.APPROVE_KEY: both("审批密钥", "A key was approved"),
        Step.ROTATE_KEY: both("轮换密钥", "A key was rotated"),
        Step.RETIRE_KEY: both("密钥退役", "A key was retired"),
        Step.COMPROMISE_KEY: both("声明密钥泄露", "A key was declared compromised"),
    },
    name="ConnectorStep",
)
described_enum(
    RegisteredKeyState,
    both("已登记密钥的状态", "The state of a registered key"),
    {
        RegisteredKeyState.PROVED: both(
            "已证明持有，待审批", "Possession proved, to be approved"
        ),
        RegisteredKeyState.ACTIVE: both("在用", "Believed, within its window"),
        RegisteredKeyState.RETIRED: both("已退役", "Believed no more since a moment"),
        RegisteredKeyState.COMPROMISED: both(
            "已泄露", "In strange hands since a moment"
        ),
    },
)
described_enum(
    RefusalCode,
    both("未予办理的原因", "Why a step was not taken"),
    {code: both(text.zh, text.en) for code, text in MEANINGS.items()},
    name="RegistrationRefusalCode",
)
described_enum(
    SanctionKind,
    both("处置措施（通知三(一)）", "A sanction of the notice, 3(1)"),
    {
        SanctionKind.WARNING: both("警告", "A warning"),
        SanctionKind.RECTIFICATION: both(
            "限期整改", "Things are to be put right by a day"
        ),
        SanctionKind.FREEZE: both("冻结账号", "The account is frozen"),
        SanctionKind.CANCEL_COLLECTION: both(
            "取消数据归集权限", "The right to collect is cancelled"
        ),
    },
)
described_enum(
    SanctionState,
    both("处置所处阶段", "How far a sanction has come"),
    {
        SanctionState.PROPOSED: both(
            "已提出，待另一人确认；尚未生效",
            "Proposed, for another person to confirm; not in force",
        ),
        SanctionState.UNCONFIRMED: both(
            "紧急冻结，已生效，待另一人在一日内确认",
            "An urgent freeze, in force; another person confirms it within a day",
        ),
        SanctionState.IN_FORCE: both("生效中", "In force"),
        SanctionState.OVERDUE: both(
            "限期整改逾期", "A rectification whose last day is over"
        ),
        SanctionState.LIFTED: both("已解除", "Lifted"),
        SanctionState.REJECTED: both("未获确认，已驳回", "Rejected, never in force"),
        SanctionState.LAPSED: both(
            "未在一日内确认，已自动解除", "Not confirmed within a day, and so ended"
        ),
    },
)
described_enum(
    SanctionStep,
    both("对处置办理的步骤", "Something that was done to a sanction"),
    {
        SanctionStep.IMPOSE: both("作出", "Imposed"),
        SanctionStep.PROPOSE: both("提出", "Proposed"),
        SanctionStep.CONFIRM: both("确认", "Confirmed by another person"),
        SanctionStep.REJECT: both("驳回", "Rejected"),
        SanctionStep.LIFT: both("解除", "Lifted"),
        SanctionStep.FALL_DUE: both("逾期", "Its last day is over"),
        SanctionStep.LAPSE: both("自动解除", "Ended, since nobody confirmed it"),
    },
)
described_enum(
    ProposalCause,
    both("建议处置的缘由", "What passed a threshold"),
    {
        ProposalCause.SIGNATURE_FAILURES: both(
            "签名核验失败过多", "Too many signatures did not verify"
        ),
        ProposalCause.ALTERED_RECORDS: both(
            "已见证书被改动", "Records that were seen before came altered"
        ),
        ProposalCause.BACK_DATED_RECORDS: both(
            "出现倒签的证书", "Records came that were dated back"
        ),
    },
)
described_enum(
    Algorithm,
    both("签名算法（JOSE 名称见说明）", "A signature algorithm, by its JOSE name"),
    {
        Algorithm.ED25519: both("EdDSA，曲线 Ed25519", "EdDSA with Ed25519"),
        Algorithm.ES256: both("ES256，曲线 P-256", "ES256 with P-256"),
        Algorithm.PS256: both("PS256，采用 RSA-PSS 填充", "PS256, RSA-PSS"),
        Algorithm.SM2: both(
            "SM2，杂凑算法为 SM3；签名者标识与签名编码另行申报",
            "SM2 with SM3; signer id and form of signatures are stated beside it",
        ),
    },
    name="SignatureAlgorithm",
)
described_enum(
    SignatureForm,
    both("SM2 签名的编码", "How the two numbers of a signature by SM2 are written"),
    {
        SignatureForm.RAW: both("r 与 s，各 32 字节", "r and s, 32 bytes each"),
        SignatureForm.DER: both(
            "DER 编码：SEQUENCE { r, s }（GM/T 0009）",
            "DER, SEQUENCE { r, s } (GM/T 0009)",
        ),
        SignatureForm.SIGNED_DATA: both(
            "SignedData 结构（GB/T 35275）", "SignedData (GB/T 35275)"
        ),
    },
    name="Sm2SignatureForm",
)
