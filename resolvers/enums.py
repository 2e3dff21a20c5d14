"""The closed choices of the domain, described in both languages for the graph.

The choices are made where they belong (``policy``, ``signing``, ``connectors``);
here each value gets its words. Resolvers import them from here, so that none can
be used before it is described.
"""

from bureau.caller import PURPOSE_NAMES, Purpose
from bureau.look_ups.audit import AuditEvent
from connectors.answer import SourceOutcome
from connectors.manifest_endpoint import Protocol
from connectors.manifest_signature import SignatureForm
from policy.certificate import STATE_CODES, STATE_NAMES, CertificateState
from policy.eligibility import EligibilityOutcome
from policy.evidence import (
    AccountState,
    Acquisition,
    ClaimantCategory,
    Fund,
    Hukou,
)
from policy.facts import FACT_NAMES
from policy.facts import Fact as FindingFact
from policy.finding import FindingOutcome
from policy.identifiers import LICENCE_ID_PROBLEMS, LicenceIdProblem
from policy.identity import IdentityProblem, IdType
from policy.level import LEVEL_NAMES, Level
from policy.next_steps import Actor
from policy.parameters import Source as RuleSource
from policy.standing import Standing
from resolvers.bilingual import both, described_enum
from signing.errors import Check
from signing.trust import KeyState

__all__ = [
    "AccountState",
    "Acquisition",
    "Actor",
    "AuditEvent",
    "CertificateState",
    "Check",
    "ClaimantCategory",
    "EligibilityOutcome",
    "FindingFact",
    "FindingOutcome",
    "Fund",
    "Hukou",
    "IdType",
    "IdentityProblem",
    "KeyState",
    "Level",
    "LicenceIdProblem",
    "Protocol",
    "Purpose",
    "RuleSource",
    "SignatureForm",
    "SourceOutcome",
    "Standing",
]
_CODES = {state: code for code, state in STATE_CODES.items()}

described_enum(
    Level,
    both("职业资格证书等级（附件注1）", "The grade of a certificate (annex, note 1)"),
    {level: both(name.zh, name.en) for level, name in LEVEL_NAMES.items()},
)
described_enum(
    CertificateState,
    both("登记机构所述的证书状态", "The state of a certificate as its registry says"),
    {
        state: both(f"{_CODES[state]} {name.zh}", f"{_CODES[state]} {name.en}")
        for state, name in STATE_NAMES.items()
    },
)
described_enum(
    Standing,
    both(
        "某日的效力：登记状态与各日期合并判断",
        "What a certificate is worth on a day: its state and its dates together",
    ),
    {
        Standing.VALID: both("有效", "Valid"),
        Standing.NOT_YET_VALID: both("尚未生效", "Not valid yet"),
        Standing.EXPIRED: both("已过有效期", "Past its last valid day"),
        Standing.REVIEW_OVERDUE: both("逾期未复审", "A review is overdue"),
        Standing.SUSPENDED: both("暂扣", "Suspended"),
        Standing.REVOKED: both("撤销", "Revoked"),
        Standing.CANCELLED: both("注销", "Cancelled"),
        Standing.LAPSED: both("失效", "Lapsed"),
        Standing.WITHDRAWN: both("吊销", "Withdrawn"),
        Standing.TRANSFERRED: both(
            "已转出，效力由转入地判断",
            "Moved to another place's register, which knows what it is worth",
        ),
        Standing.UNKNOWN: both("未知，不等于有效", "Unknown, which is not good"),
    },
)
described_enum(
    Check,
    both("核验项", "A check that a signed envelope passes"),
    {
        Check.SIZE: both("大小", "Size"),
        Check.FORM: both("JWS 形式", "The form of a JWS"),
        Check.HEADER: both("受保护头部为严格 JSON", "A strict JSON header"),
        Check.KEY_SOURCE: both(
            "密钥仅来自信任名册", "The message brings no key of its own"
        ),
        Check.CRITICAL: both("crit 扩展均已知", "No unknown critical extension"),
        Check.TYPE: both("类型（typ）", "The type (typ)"),
        Check.SIGNING_TIME: both("注明签名时间", "A signing time is stated"),
        Check.KEY: both("密钥编号（kid）在册", "The key id is in the trust bundle"),
        Check.ALGORITHM: both("算法与密钥一致", "The algorithm is the key's"),
        Check.SIGNATURE: both("签名与原始字节相符", "The signature fits the bytes"),
        Check.STATE: both("密钥未停用", "The key's state"),
        Check.WINDOW: both("密钥在有效期内", "The key's window"),
        Check.FRESHNESS: both("签名足够新", "The signature is fresh"),
        Check.PAYLOAD: both("内容为严格 JSON", "A strict JSON payload"),
        Check.SCOPE: both("密钥有权证明该项目", "The key may attest the annex row"),
    },
)
described_enum(
    IdType,
    both("证件类型", "The type of an identity document"),
    {
        IdType.RESIDENT_ID: both("居民身份证", "Resident identity card"),
        IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT: both(
            "港澳台居民居住证（81、82、83 开头）",
            "Residence permit of Hong Kong, Macao and Taiwan residents (81, 82, 83)",
        ),
        IdType.FOREIGN_PERMANENT_RESIDENT_CARD: both(
            "外国人永久居留身份证", "Foreign permanent resident card"
        ),
        IdType.HOME_RETURN_PERMIT: both(
            "港澳居民来往内地通行证（回乡证）",
            "Mainland travel permit for Hong Kong and Macao residents",
        ),
        IdType.TAIWAN_COMPATRIOT_PERMIT: both(
            "台湾居民来往大陆通行证（台胞证）",
            "Mainland travel permit for Taiwan residents",
        ),
        IdType.PASSPORT: both("护照", "Passport"),
    },
)
described_enum(
    SourceOutcome,
    both("查询一个机构的结果", "How asking one agency ended"),
    {
        SourceOutcome.ANSWERED: both(
            "已答复，且全部通过核验", "Answered, and everything verified"
        ),
        SourceOutcome.NONE: both(
            "已答复并签名证明：没有证书", "Answered and signed: there is none"
        ),
        SourceOutcome.TIMED_OUT: both(
            "超时，结果未知", "No answer within the deadline: not known"
        ),
        SourceOutcome.UNREACHABLE: both(
            "无法取得完整答复，结果未知", "No complete answer came: not known"
        ),
        SourceOutcome.CIRCUIT_OPEN: both(
            "该机构近来未作答，暂不查询，结果未知",
            "It did not answer lately and is not asked for a while: not known",
        ),
        SourceOutcome.REFUSED: both(
            "该机构拒绝答复，结果未知", "The agency would not answer: not known"
        ),
        SourceOutcome.UNVERIFIED: both(
            "部分或全部内容未通过核验，未采信",
            "Some or all of what came did not verify and was not believed",
        ),
        SourceOutcome.UNSIGNED: both(
            "已答复，但所送内容无人签名，不作依据",
            "Answered, and nobody signed what came: it decides nothing",
        ),
        SourceOutcome.SUSPENDED: both(
            "账号冻结或归集权限已取消，未查询",
            "The account is frozen or may not collect; not asked",
        ),
        SourceOutcome.SKIPPED: both(
            "与本次查询无关或已停用，未查询",
            "Not asked: it cannot answer this, or its connector is suspended",
        ),
    },
)
described_enum(
    EligibilityOutcome,
    both("总结论：最差的一条决定", "The verdict: the worst finding decides"),
    {
        EligibilityOutcome.ELIGIBLE: both("符合", "Eligible: every clause is met"),
        EligibilityOutcome.INELIGIBLE: both(
            "不符合：至少一条不满足", "Ineligible: at least one clause is not met"
        ),
        EligibilityOutcome.UNDETERMINED: both(
            "无法判断：有事实未知，不等于不符合",
            "Undetermined: a fact is not known, which is not a no",
        ),
    },
)
described_enum(
    Actor,
    both("办理人", "Whoever has to act"),
    {
        Actor.HOLDER: both("持证人", "The holder"),
        Actor.OFFICE: both("受理申领的区级部门", "The office that examines the claim"),
        Actor.COLLECTION_BODY: both("证书数据归集机构", "The collection body"),
        Actor.AUTHORITY: both("行业主管部门", "The authority"),
        Actor.OPERATOR: both("网关运营方", "Whoever runs the gateway"),
        Actor.NOBODY: both(
            "无须办理，除非登记有误", "Nobody, unless what is registered is wrong"
        ),
    },
)
described_enum(
    FindingOutcome,
    both("单条结论", "One clause's outcome"),
    {
        FindingOutcome.MET: both("满足", "Met"),
        FindingOutcome.UNMET: both("不满足", "Not met"),
        FindingOutcome.UNDETERMINED: both("无法判断", "Undetermined"),
    },
)
described_enum(
    ClaimantCategory,
    both("申领人员类别（17号文件）", "The claimant's category (notice 17)"),
    {
        ClaimantCategory.EMPLOYED: both("在职", "Employed"),
        ClaimantCategory.COLLEGE_FINAL_YEAR: both(
            "高校毕业学年学生", "College student in the final year"
        ),
        ClaimantCategory.VOCATIONAL_FINAL_YEAR: both(
            "中职毕业学年学生", "Vocational school student in the final year"
        ),
        ClaimantCategory.DISABLED: both("残疾人", "Disabled person"),
        ClaimantCategory.VETERAN: both("退役士兵", "Discharged soldier"),
        ClaimantCategory.FLEXIBLE: both("灵活就业", "Flexibly employed"),
        ClaimantCategory.HARD_TO_EMPLOY: both("就业困难人员", "Hard to employ"),
        ClaimantCategory.UNEMPLOYED: both("失业人员", "Unemployed"),
        ClaimantCategory.LAID_OFF_INSURED: both("协保人员", "Laid off and insured"),
        ClaimantCategory.FORMER_RURAL_SURPLUS: both(
            "原农村富余劳动力", "Former rural surplus labour"
        ),
        ClaimantCategory.OTHER_UNREGISTERED: both(
            "未登记其他人员", "Others not registered"
        ),
    },
)
described_enum(
    Hukou,
    both("户籍", "Household registration"),
    {
        Hukou.SHANGHAI: both("本市户籍", "Shanghai"),
        Hukou.ELSEWHERE: both("非本市户籍", "Elsewhere"),
    },
)
described_enum(
    Acquisition,
    both("证书取得方式", "How the certificate was come by"),
    {
        Acquisition.EXAMINATION: both("考核鉴定", "Examination"),
        Acquisition.EMPLOYER_RECOGNITION: both("企业直接认定", "Employer recognition"),
        Acquisition.COMPETITION: both("竞赛晋升", "Promotion by competition"),
        Acquisition.COMMENDATION: both("表彰", "Commendation"),
    },
)
described_enum(
    Fund,
    both("资金渠道", "The fund that a subsidy is paid from"),
    {
        Fund.UNEMPLOYMENT_INSURANCE: both("失业保险基金", "Unemployment insurance"),
        Fund.EMPLOYMENT: both("就业补助资金", "The employment subsidies"),
        Fund.SKILLS: both("职业技能提升行动专账资金", "The skills account"),
        Fund.LOCAL_EDUCATION: both("地方教育附加专项资金", "The education surcharge"),
        Fund.OTHER: both("其他资金", "Another fund"),
    },
)
described_enum(
    IdentityProblem,
    both("证件号码有何问题", "What is wrong with an identity number"),
    {
        IdentityProblem.EMPTY: both("为空", "It is empty"),
        IdentityProblem.TOO_LONG: both("过长", "It is too long"),
        IdentityProblem.BAD_CHARACTERS: both("含不允许的字符", "Bad characters"),
        IdentityProblem.BAD_LENGTH: both("位数不对", "A wrong length"),
        IdentityProblem.OLD_FORM: both(
            "已停用的15位号码", "The 15 digits that are out of use"
        ),
        IdentityProblem.BAD_CHECK_CHARACTER: both(
            "校验码不符", "The check character does not fit"
        ),
        IdentityProblem.BAD_BIRTH_DATE: both("出生日期无效", "No birth date"),
        IdentityProblem.UNKNOWN_TYPE: both("无法识别证件类型", "An unknown type"),
        IdentityProblem.WRONG_TYPE: both(
            "号码不属于所述证件类型", "Not a number of the stated type"
        ),
    },
)
described_enum(
    LicenceIdProblem,
    both("电子证照标识有误之处", "What is wrong with an electronic licence id"),
    {
        problem: both(text.zh, f"{text.en[:1].upper()}{text.en[1:]}")
        for problem, text in LICENCE_ID_PROBLEMS.items()
    },
)
described_enum(
    RuleSource,
    both("条款或数值的出处", "Where a clause or a figure was read"),
    {
        RuleSource.NOTICE: both("219号通知原文", "The text of notice 219"),
        RuleSource.PUBLIC_COPY: both(
            "17号文件及官方问答的公开副本，非官方页面",
            "Public copies of notice 17 and its Q&A, not the official page",
        ),
        RuleSource.OPEN: both(
            "两份文件均未规定，由本项目选定并说明",
            "Both notices are silent: chosen by this project, with its reasons",
        ),
    },
    name="RuleSource",
)
described_enum(
    Protocol,
    both("查询协议", "How an agency is asked"),
    {
        Protocol.REST: both("REST/JSON 批量接口", "A REST/JSON batch endpoint"),
        Protocol.NATIONAL_EXCHANGE: both(
            "经国家数据共享交换平台的 JSON 接口",
            "A JSON service behind the national data exchange",
        ),
        Protocol.TIF: both(
            "经省级网关（x-tif）的 JSON 接口",
            "A JSON service behind a provincial gateway (x-tif)",
        ),
        Protocol.GRAPHQL: both(
            "GraphQL 联邦子图（_entities）", "A GraphQL federation subgraph (_entities)"
        ),
        Protocol.LICENCE_STORE: both(
            "电子证照库：登录、核验身份、按持证人代码查询；其答复无人签名",
            "A store of electronic licences: log in, identify, ask by holder code; "
            "nobody signs its rows",
        ),
        Protocol.COLLECTED: both(
            "不查询，以其归集（报送）的数据作答",
            "Not asked; what it sent before answers",
        ),
    },
)
described_enum(
    SignatureForm,
    both("签名覆盖的范围", "What one signature covers"),
    {
        SignatureForm.RECORD: both("每张证书一个 JWS", "One JWS a certificate"),
        SignatureForm.RESPONSE: both(
            "整个 HTTP 正文一个分离 JWS", "One detached JWS over the whole body"
        ),
        SignatureForm.NONE: both("无人签名", "Nobody signs"),
    },
)
described_enum(
    AccountState,
    both("账号状态（通知三(一)）", "The account's state (notice, 3(1))"),
    {
        AccountState.ACTIVE: both("正常", "Active"),
        AccountState.FROZEN: both("已冻结", "Frozen"),
        AccountState.COLLECTION_CANCELLED: both(
            "数据归集权限已取消", "The right to collect is cancelled"
        ),
    },
)
described_enum(
    KeyState,
    both("密钥状态", "The state of a key"),
    {
        KeyState.ACTIVE: both("在用", "In force"),
        KeyState.RETIRED: both("已退役", "Retired"),
        KeyState.SUSPENDED: both("已暂停", "Suspended"),
        KeyState.COMPROMISED: both("已泄露", "Compromised"),
    },
)
described_enum(
    Purpose,
    both("查询个人信息的目的", "Why a person is looked up"),
    {purpose: both(name.zh, name.en) for purpose, name in PURPOSE_NAMES.items()},
)
described_enum(
    AuditEvent,
    both("审计记录所记之事", "What an audit record is about"),
    {
        AuditEvent.LOOKED_UP: both(
            "查询了一个人并已答复", "A person was looked up and answered about"
        ),
        AuditEvent.ABANDONED: both(
            "查询了一个人但未答复；可能已向机构查询",
            "A person was looked up and not answered about; agencies may have been "
            "asked",
        ),
        AuditEvent.UNCONFIRMED: both(
            "已向机构查询一个人，网关随后中断，未记下结果；可能已答复",
            "Agencies were asked about a person, and the gateway ended before it said "
            "how that ended; the caller may have been answered",
        ),
        AuditEvent.OVER_BUDGET: both(
            "已向机构查询一个人，随后查明人数额度已由其他网关用完，未答复",
            "Agencies were asked about a person; then other gateways turned out to "
            "have spent the budget of people, and the caller was not answered",
        ),
        AuditEvent.READ: both(
            "查阅了审计日志，或（注明目的及其人的）索取了证据包",
            "The audit log was read; with a purpose and a person, an evidence bundle",
        ),
        AuditEvent.RETENTION_APPLIED: both(
            "删除了保存期满的记录", "Records whose time had passed were removed"
        ),
    },
)
described_enum(
    FindingFact,
    both("条款所看的一项事实", "A fact that a clause looks at"),
    {fact: both(name.zh, name.en) for fact, name in FACT_NAMES.items()},
    name="FindingFact",
)
