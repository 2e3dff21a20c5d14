/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/**
 * 证书取得方式
 * How the certificate was come by
 */
export type Acquisition =
  /**
   * 表彰
   * Commendation
   */
  | 'COMMENDATION'
  /**
   * 竞赛晋升
   * Promotion by competition
   */
  | 'COMPETITION'
  /**
   * 企业直接认定
   * Employer recognition
   */
  | 'EMPLOYER_RECOGNITION'
  /**
   * 考核鉴定
   * Examination
   */
  | 'EXAMINATION';

/**
 * 办理人
 * Whoever has to act
 */
export type Actor =
  /**
   * 行业主管部门
   * The authority
   */
  | 'AUTHORITY'
  /**
   * 证书数据归集机构
   * The collection body
   */
  | 'COLLECTION_BODY'
  /**
   * 持证人
   * The holder
   */
  | 'HOLDER'
  /**
   * 无须办理，除非登记有误
   * Nobody, unless what is registered is wrong
   */
  | 'NOBODY'
  /**
   * 受理申领的区级部门
   * The office that examines the claim
   */
  | 'OFFICE'
  /**
   * 网关运营方
   * Whoever runs the gateway
   */
  | 'OPERATOR';

/**
 * 登记机构所述的证书状态
 * The state of a certificate as its registry says
 */
export type CertificateState =
  /**
   * 04 注销
   * 04 cancelled
   */
  | 'CANCELLED'
  /**
   * 05 失效
   * 05 lapsed
   */
  | 'LAPSED'
  /**
   * 99 其他
   * 99 other
   */
  | 'OTHER'
  /**
   * 03 撤销
   * 03 revoked
   */
  | 'REVOKED'
  /**
   * 02 暂扣
   * 02 suspended
   */
  | 'SUSPENDED'
  /**
   * 06 转出
   * 06 transferred
   */
  | 'TRANSFERRED'
  /**
   * 01 有效
   * 01 valid
   */
  | 'VALID'
  /**
   * 07 吊销
   * 07 withdrawn
   */
  | 'WITHDRAWN';

/**
 * 一次补贴申领的事实；未给出的视为未知
 * The facts of one claim; what is left out is not known
 */
export type ClaimInput = {
  /**
   * 证书取得方式
   * How the certificate was come by
   */
  acquisition?: Acquisition | null | undefined;
  /**
   * 人员类别
   * The claimant's category
   */
  category?: ClaimantCategory | null | undefined;
  /**
   * 申领日期，不得晚于今日（上海）
   * The day of the claim, not after today in Shanghai
   */
  claimedOn?: string | null | undefined;
  /**
   * 退役日期（退役士兵）
   * The day of discharge, for veterans
   */
  dischargedOn?: string | null | undefined;
  /**
   * 申请人持有的其他证书；仅在启用 17-held 时使用
   * What else the claimant holds; looked at where 17-held is on
   */
  held?: Array<HeldInput> | null | undefined;
  /**
   * 户籍
   * Household registration
   */
  hukou?: Hukou | null | undefined;
  /**
   * 是否公务员或参公人员
   * Is the claimant a civil servant
   */
  isCivilServant?: boolean | null | undefined;
  /**
   * 台账之外此前已发放的补贴；本网关台账所记一并计入，不能以空列表否认
   * Earlier payments that the gateway's ledger may lack; those that it has count in any case
   */
  payments?: Array<PaymentInput> | null | undefined;
  /**
   * 在沪就读（毕业学年学生）
   * Studies in Shanghai
   */
  studiesInShanghai?: boolean | null | undefined;
};

/**
 * 所述与登记比较的结果
 * How a claim compares with the registry
 */
export type ClaimOutcome =
  /**
   * 一致
   * All that is stated is right
   */
  | 'MATCH'
  /**
   * 至少一项不一致
   * Something stated is not right
   */
  | 'MISMATCH'
  /**
   * 登记机构证明没有此项证书
   * The registry proved that there is no certificate of the item
   */
  | 'NOT_FOUND'
  /**
   * 未知：机构未答复、答复不可信或登记不全，不等于不一致
   * Not known: no answer, none that can be believed, or a registry that does not say; this is no mismatch
   */
  | 'UNKNOWN';

/**
 * 所述为何未予比较
 * Why a claim is not compared
 */
export type ClaimProblem =
  /**
   * 证件号码有误
   * A malformed identity number
   */
  | 'BAD_ID_NUMBER'
  /**
   * 发证日期晚于今日（上海）
   * The day of issue is after today in Shanghai
   */
  | 'ISSUED_IN_FUTURE'
  /**
   * 文字过长
   * A text is too long
   */
  | 'TOO_LONG'
  /**
   * 今日对同一人的不同陈述过多
   * Too many different statements about one person today
   */
  | 'TOO_MANY_STATEMENTS'
  /**
   * 项目不是附件所列代码或名称
   * The item is no code or name of the annex
   */
  | 'UNKNOWN_ITEM';

/**
 * 申领人员类别（17号文件）
 * The claimant's category (notice 17)
 */
export type ClaimantCategory =
  /**
   * 高校毕业学年学生
   * College student in the final year
   */
  | 'COLLEGE_FINAL_YEAR'
  /**
   * 残疾人
   * Disabled person
   */
  | 'DISABLED'
  /**
   * 在职
   * Employed
   */
  | 'EMPLOYED'
  /**
   * 灵活就业
   * Flexibly employed
   */
  | 'FLEXIBLE'
  /**
   * 原农村富余劳动力
   * Former rural surplus labour
   */
  | 'FORMER_RURAL_SURPLUS'
  /**
   * 就业困难人员
   * Hard to employ
   */
  | 'HARD_TO_EMPLOY'
  /**
   * 协保人员
   * Laid off and insured
   */
  | 'LAID_OFF_INSURED'
  /**
   * 未登记其他人员
   * Others not registered
   */
  | 'OTHER_UNREGISTERED'
  /**
   * 失业人员
   * Unemployed
   */
  | 'UNEMPLOYED'
  /**
   * 退役士兵
   * Discharged soldier
   */
  | 'VETERAN'
  /**
   * 中职毕业学年学生
   * Vocational school student in the final year
   */
  | 'VOCATIONAL_FINAL_YEAR';

/**
 * 总结论：最差的一条决定
 * The verdict: the worst finding decides
 */
export type EligibilityOutcome =
  /**
   * 符合
   * Eligible: every clause is met
   */
  | 'ELIGIBLE'
  /**
   * 不符合：至少一条不满足
   * Ineligible: at least one clause is not met
   */
  | 'INELIGIBLE'
  /**
   * 无法判断：有事实未知，不等于不符合
   * Undetermined: a fact is not known, which is not a no
   */
  | 'UNDETERMINED';

/**
 * 一项的比较结果
 * How one field compares
 */
export type FieldOutcome =
  /**
   * 一致
   * As the registry says
   */
  | 'MATCH'
  /**
   * 不一致
   * Not as the registry says
   */
  | 'MISMATCH'
  /**
   * 申领人未填写
   * Not stated
   */
  | 'NOT_STATED'
  /**
   * 登记未注明
   * The registry does not say
   */
  | 'UNKNOWN';

/**
 * 单条结论
 * One clause's outcome
 */
export type FindingOutcome =
  /**
   * 满足
   * Met
   */
  | 'MET'
  /**
   * 无法判断
   * Undetermined
   */
  | 'UNDETERMINED'
  /**
   * 不满足
   * Not met
   */
  | 'UNMET';

/**
 * 资金渠道
 * The fund that a subsidy is paid from
 */
export type Fund =
  /**
   * 就业补助资金
   * The employment subsidies
   */
  | 'EMPLOYMENT'
  /**
   * 地方教育附加专项资金
   * The education surcharge
   */
  | 'LOCAL_EDUCATION'
  /**
   * 其他资金
   * Another fund
   */
  | 'OTHER'
  /**
   * 职业技能提升行动专账资金
   * The skills account
   */
  | 'SKILLS'
  /**
   * 失业保险基金
   * Unemployment insurance
   */
  | 'UNEMPLOYMENT_INSURANCE';

/**
 * 申请人持有的另一证书
 * Another certificate that is held
 */
export type HeldInput = {
  /**
   * 项目代码
   * The item's code
   */
  itemCode?: string | null | undefined;
  /**
   * 等级
   * The grade
   */
  level?: Level | null | undefined;
};

/**
 * 户籍
 * Household registration
 */
export type Hukou =
  /**
   * 非本市户籍
   * Elsewhere
   */
  | 'ELSEWHERE'
  /**
   * 本市户籍
   * Shanghai
   */
  | 'SHANGHAI';

/**
 * 证件类型
 * The type of an identity document
 */
export type IdType =
  /**
   * 外国人永久居留身份证
   * Foreign permanent resident card
   */
  | 'FOREIGN_PERMANENT_RESIDENT_CARD'
  /**
   * 港澳台居民居住证（81、82、83 开头）
   * Residence permit of Hong Kong, Macao and Taiwan residents (81, 82, 83)
   */
  | 'HK_MACAO_TAIWAN_RESIDENCE_PERMIT'
  /**
   * 港澳居民来往内地通行证（回乡证）
   * Mainland travel permit for Hong Kong and Macao residents
   */
  | 'HOME_RETURN_PERMIT'
  /**
   * 护照
   * Passport
   */
  | 'PASSPORT'
  /**
   * 居民身份证
   * Resident identity card
   */
  | 'RESIDENT_ID'
  /**
   * 台湾居民来往大陆通行证（台胞证）
   * Mainland travel permit for Taiwan residents
   */
  | 'TAIWAN_COMPATRIOT_PERMIT';

/**
 * 证件号码有何问题
 * What is wrong with an identity number
 */
export type IdentityProblem =
  /**
   * 出生日期无效
   * No birth date
   */
  | 'BAD_BIRTH_DATE'
  /**
   * 含不允许的字符
   * Bad characters
   */
  | 'BAD_CHARACTERS'
  /**
   * 校验码不符
   * The check character does not fit
   */
  | 'BAD_CHECK_CHARACTER'
  /**
   * 位数不对
   * A wrong length
   */
  | 'BAD_LENGTH'
  /**
   * 为空
   * It is empty
   */
  | 'EMPTY'
  /**
   * 已停用的15位号码
   * The 15 digits that are out of use
   */
  | 'OLD_FORM'
  /**
   * 过长
   * It is too long
   */
  | 'TOO_LONG'
  /**
   * 无法识别证件类型
   * An unknown type
   */
  | 'UNKNOWN_TYPE'
  /**
   * 号码不属于所述证件类型
   * Not a number of the stated type
   */
  | 'WRONG_TYPE';

/**
 * 文字的语言
 * The language of a text
 */
export type Language =
  /**
   * 英文
   * English
   */
  | 'EN'
  /**
   * 中文
   * Chinese
   */
  | 'ZH';

/**
 * 职业资格证书等级（附件注1）
 * The grade of a certificate (annex, note 1)
 */
export type Level =
  /**
   * 高级技师（一级）
   * senior technician (level 1)
   */
  | 'LEVEL_1'
  /**
   * 技师（二级）
   * technician (level 2)
   */
  | 'LEVEL_2'
  /**
   * 高级工（三级）
   * senior worker (level 3)
   */
  | 'LEVEL_3'
  /**
   * 中级工（四级）
   * intermediate worker (level 4)
   */
  | 'LEVEL_4'
  /**
   * 初级工（五级）
   * junior worker (level 5)
   */
  | 'LEVEL_5'
  /**
   * 不区分等级（初领证书）
   * ungraded (first licence)
   */
  | 'UNGRADED';

/**
 * 此前已发放的一笔补贴
 * A subsidy paid to the claimant before
 */
export type PaymentInput = {
  /**
   * 金额（元）
   * The sum in yuan
   */
  amountYuan?: number | null | undefined;
  /**
   * 当时的人员类别
   * The claimant's category at that time
   */
  category?: ClaimantCategory | null | undefined;
  /**
   * 资金渠道
   * The fund that it was paid from
   */
  fund?: Fund | null | undefined;
  /**
   * 项目代码
   * The item's code
   */
  itemCode?: string | null | undefined;
  /**
   * 等级
   * The grade
   */
  level?: Level | null | undefined;
  /**
   * 发放日期
   * The day on which it was paid
   */
  paidOn?: string | null | undefined;
};

/**
 * 来源核验的结论
 * The verdict on where a certificate comes from
 */
export type ProvenanceVerdict =
  /**
   * 无人签名：仅供参考，不据以判断或支付；须有 unsigned:read 权限方予显示
   * Nobody signed it: it is shown to callers with unsigned:read, and decides and pays nothing
   */
  | 'UNSIGNED'
  /**
   * 签名的每项核验均通过；未通过的内容不作为证书显示，见 Source.refusals
   * Every check of its signature passed; what failed one is no certificate, see Source.refusals
   */
  | 'VERIFIED';

/**
 * 查询一个机构的结果
 * How asking one agency ended
 */
export type SourceOutcome =
  /**
   * 已答复，且全部通过核验
   * Answered, and everything verified
   */
  | 'ANSWERED'
  /**
   * 该机构近来未作答，暂不查询，结果未知
   * It did not answer lately and is not asked for a while: not known
   */
  | 'CIRCUIT_OPEN'
  /**
   * 已答复并签名证明：没有证书
   * Answered and signed: there is none
   */
  | 'NONE'
  /**
   * 该机构拒绝答复，结果未知
   * The agency would not answer: not known
   */
  | 'REFUSED'
  /**
   * 与本次查询无关或已停用，未查询
   * Not asked: it cannot answer this, or its connector is suspended
   */
  | 'SKIPPED'
  /**
   * 账号冻结或归集权限已取消，未查询
   * The account is frozen or may not collect; not asked
   */
  | 'SUSPENDED'
  /**
   * 超时，结果未知
   * No answer within the deadline: not known
   */
  | 'TIMED_OUT'
  /**
   * 无法取得完整答复，结果未知
   * No complete answer came: not known
   */
  | 'UNREACHABLE'
  /**
   * 已答复，但所送内容无人签名，不作依据
   * Answered, and nobody signed what came: it decides nothing
   */
  | 'UNSIGNED'
  /**
   * 部分或全部内容未通过核验，未采信
   * Some or all of what came did not verify and was not believed
   */
  | 'UNVERIFIED';

/**
 * 某日的效力：登记状态与各日期合并判断
 * What a certificate is worth on a day: its state and its dates together
 */
export type Standing =
  /**
   * 注销
   * Cancelled
   */
  | 'CANCELLED'
  /**
   * 已过有效期
   * Past its last valid day
   */
  | 'EXPIRED'
  /**
   * 失效
   * Lapsed
   */
  | 'LAPSED'
  /**
   * 尚未生效
   * Not valid yet
   */
  | 'NOT_YET_VALID'
  /**
   * 逾期未复审
   * A review is overdue
   */
  | 'REVIEW_OVERDUE'
  /**
   * 撤销
   * Revoked
   */
  | 'REVOKED'
  /**
   * 暂扣
   * Suspended
   */
  | 'SUSPENDED'
  /**
   * 已转出，效力由转入地判断
   * Moved to another place's register, which knows what it is worth
   */
  | 'TRANSFERRED'
  /**
   * 未知，不等于有效
   * Unknown, which is not good
   */
  | 'UNKNOWN'
  /**
   * 有效
   * Valid
   */
  | 'VALID'
  /**
   * 吊销
   * Withdrawn
   */
  | 'WITHDRAWN';

/**
 * 申领人所述的一张证书；省略的项不比较
 * A certificate as an applicant states it; what is left out is not compared
 */
export type StatedCertificateInput = {
  /**
   * 证件号码
   * The identity number
   */
  idNumber: string;
  /**
   * 证件类型；省略时按号码推得（护照须注明）
   * The id type; inferred if left out (a passport's must be stated)
   */
  idType?: IdType | null | undefined;
  /**
   * 发证日期
   * The day of issue
   */
  issuedOn?: string | null | undefined;
  /**
   * 证书项目：附件代码，或其名称的已知写法
   * The item: its code in the annex, or a known spelling of its name
   */
  item: string;
  /**
   * 等级
   * The grade
   */
  level?: Level | null | undefined;
  /**
   * 姓名
   * The holder's name
   */
  name?: string | null | undefined;
  /**
   * 证书编号
   * The certificate's number
   */
  number?: string | null | undefined;
};

/**
 * 所述的一项
 * A field that is stated
 */
export type StatedField =
  /**
   * 发证日期
   * The day of issue
   */
  | 'ISSUED_ON'
  /**
   * 证书项目
   * The item
   */
  | 'ITEM'
  /**
   * 等级
   * The grade
   */
  | 'LEVEL'
  /**
   * 姓名
   * The name
   */
  | 'NAME'
  /**
   * 证书编号
   * The certificate's number
   */
  | 'NUMBER';

export type CheckHolderQueryVariables = Exact<{
  idNumber: string;
  idType?: IdType | null | undefined;
  name?: string | null | undefined;
  itemCode: string;
  level: Level;
  claim: ClaimInput;
  language?: Language | null | undefined;
}>;


export type CheckHolderQuery = { holder:
    | { __typename: 'Holder', claimEligibility:
        | { __typename: 'ClaimInFuture', message: string }
        | { __typename: 'Eligibility', outcome: EligibilityOutcome, amountYuan: number | null, findings: Array<{ clause: string, outcome: FindingOutcome, reason: string, nextStep: { actor: Actor, words: string } | null }> }
       | null, certificates: { nodes: Array<{ id: string, title: string, item: string, itemCode: string | null, level: Level | null, issuedOn: string | null, validUntil: string | null, state: CertificateState | null, authority: { name: string } | null, provenance: { verdict: ProvenanceVerdict } }> } | null, sources: Array<{ agency: string, outcome: SourceOutcome, asOf: string | null, reason: string | null }> }
    | { __typename: 'InvalidIdentity', problem: IdentityProblem, message: string, certificates: { nodes: Array<{ id: string, title: string, item: string, itemCode: string | null, level: Level | null, issuedOn: string | null, validUntil: string | null, state: CertificateState | null, authority: { name: string } | null, provenance: { verdict: ProvenanceVerdict } }> } | null, sources: Array<{ agency: string, outcome: SourceOutcome, asOf: string | null, reason: string | null }> }
   | null };

export type CursorsQueryVariables = Exact<{ [key: string]: never; }>;


export type CursorsQuery = { eventCursors: { certificateStates: string | null } };

export type FollowChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  states?: Array<CertificateState> | CertificateState | null | undefined;
}>;


export type FollowChangesSubscription = { certificateStateChanged: { cursor: string, at: string, certificateId: string, agencyId: string, state: CertificateState, effectiveOn: string } };

export type VerifyClaimsQueryVariables = Exact<{
  claims: Array<StatedCertificateInput> | StatedCertificateInput;
  language?: Language | null | undefined;
}>;


export type VerifyClaimsQuery = { verifyClaims:
    | { __typename: 'CheckedClaims', nodes: Array<
        | { __typename: 'ClaimCheck', outcome: ClaimOutcome, standing: Standing | null, reason: string, fields: Array<{ field: StatedField, outcome: FieldOutcome }>, sources: Array<{ agency: string, outcome: SourceOutcome }> }
        | { __typename: 'RefusedClaim', problem: ClaimProblem, message: string }
      > }
    | { __typename: 'InvalidList', found: number, allowed: number }
   | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const CheckHolderDocument = new TypedDocumentString(`
    query CheckHolder($idNumber: String!, $idType: IdType, $name: String, $itemCode: String!, $level: Level!, $claim: ClaimInput!, $language: Language = ZH) {
  holder(idNumber: $idNumber, idType: $idType, name: $name) {
    __typename
    certificates {
      nodes {
        id
        title
        item
        itemCode
        level
        issuedOn
        validUntil
        state
        authority {
          name
        }
        provenance {
          verdict
        }
      }
    }
    sources {
      agency
      outcome
      asOf
      reason(language: $language)
    }
    ... on Holder {
      claimEligibility(itemCode: $itemCode, level: $level, claim: $claim) {
        __typename
        ... on Eligibility {
          outcome
          amountYuan
          findings {
            clause
            outcome
            reason(language: $language)
            nextStep {
              actor
              words(language: $language)
            }
          }
        }
        ... on ClaimInFuture {
          message(language: $language)
        }
      }
    }
    ... on InvalidIdentity {
      problem
      message(language: $language)
    }
  }
}
    `) as unknown as TypedDocumentString<CheckHolderQuery, CheckHolderQueryVariables>;
export const CursorsDocument = new TypedDocumentString(`
    query Cursors {
  eventCursors {
    certificateStates
  }
}
    `) as unknown as TypedDocumentString<CursorsQuery, CursorsQueryVariables>;
export const FollowChangesDocument = new TypedDocumentString(`
    subscription FollowChanges($after: String, $states: [CertificateState!]) {
  certificateStateChanged(after: $after, filter: {states: $states}) {
    cursor
    at
    certificateId
    agencyId
    state
    effectiveOn
  }
}
    `) as unknown as TypedDocumentString<FollowChangesSubscription, FollowChangesSubscriptionVariables>;
export const VerifyClaimsDocument = new TypedDocumentString(`
    query VerifyClaims($claims: [StatedCertificateInput!]!, $language: Language = ZH) {
  verifyClaims(claims: $claims) {
    __typename
    ... on CheckedClaims {
      nodes {
        __typename
        ... on ClaimCheck {
          outcome
          standing
          reason(language: $language)
          fields {
            field
            outcome
          }
          sources {
            agency
            outcome
          }
        }
        ... on RefusedClaim {
          problem
          message(language: $language)
        }
      }
    }
    ... on InvalidList {
      found
      allowed
    }
  }
}
    `) as unknown as TypedDocumentString<VerifyClaimsQuery, VerifyClaimsQueryVariables>;