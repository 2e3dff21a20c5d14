"""Every fact that a clause looks at, under one name, and in words for people.

A screen puts what a clause expects beside what is registered by these names
(``policy.compared``), and a verdict says by them what it would have to rest on to come
out otherwise (``policy.what_if``).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from policy.text import Text


class Fact(StrEnum):
    """One fact of a certificate, of who vouches for it, of a claimant or a claim."""

    CERTIFICATE = "CERTIFICATE"
    SIGNATURE = "SIGNATURE"
    FRESHNESS = "FRESHNESS"
    NUMBER = "NUMBER"
    ITEM = "ITEM"
    ITEM_NAME = "ITEM_NAME"
    LEVEL = "LEVEL"
    FIRST_ISSUED_ON = "FIRST_ISSUED_ON"
    ISSUED_ON = "ISSUED_ON"
    VALID_FROM = "VALID_FROM"
    VALID_UNTIL = "VALID_UNTIL"
    REVIEW_DUE_ON = "REVIEW_DUE_ON"
    STATE = "STATE"
    EVALUATION_BODY = "EVALUATION_BODY"
    COLLECTION_BODY = "COLLECTION_BODY"
    KEY_SCOPE = "KEY_SCOPE"
    KEY = "KEY"
    ACCOUNT = "ACCOUNT"
    CLAIMANT_NUMBER = "CLAIMANT_NUMBER"
    CLAIMANT_ID_TYPE = "CLAIMANT_ID_TYPE"
    CLAIMANT_NAME = "CLAIMANT_NAME"
    HOLDER_NAME = "HOLDER_NAME"
    CLAIMED_ON = "CLAIMED_ON"
    CATEGORY = "CATEGORY"
    HUKOU = "HUKOU"
    STUDIES_IN_SHANGHAI = "STUDIES_IN_SHANGHAI"
    DISCHARGED_ON = "DISCHARGED_ON"
    PAYMENTS = "PAYMENTS"
    HELD = "HELD"
    CIVIL_SERVANT = "CIVIL_SERVANT"
    ACQUISITION = "ACQUISITION"
    SHARE_PERCENT = "SHARE_PERCENT"
    AMOUNT_YUAN = "AMOUNT_YUAN"
    PAYMENTS_AS_STUDENT = "PAYMENTS_AS_STUDENT"
    PAYMENTS_IN_YEAR = "PAYMENTS_IN_YEAR"
    YUAN_IN_YEAR = "YUAN_IN_YEAR"
    DAYS_BETWEEN_PAYMENTS = "DAYS_BETWEEN_PAYMENTS"


FACT_NAMES: Mapping[Fact, Text] = MappingProxyType(
    {
        Fact.CERTIFICATE: Text("证书", "the certificate"),
        Fact.SIGNATURE: Text("归集机构的签名", "the collection body's signature"),
        Fact.FRESHNESS: Text("登记机构目前的答复", "an answer of its registry now"),
        Fact.NUMBER: Text("证书编号", "the certificate's number"),
        Fact.ITEM: Text("证书项目", "the item"),
        Fact.ITEM_NAME: Text("项目名称", "the item's name"),
        Fact.LEVEL: Text("等级", "the level"),
        Fact.FIRST_ISSUED_ON: Text("初领日期", "the day of first issue"),
        Fact.ISSUED_ON: Text("发证日期", "the day of issue"),
        Fact.VALID_FROM: Text("有效期起", "the first valid day"),
        Fact.VALID_UNTIL: Text("有效期止", "the last valid day"),
        Fact.REVIEW_DUE_ON: Text("应复审日期", "the day by which a review is due"),
        Fact.STATE: Text("证书状态", "the certificate's state"),
        Fact.EVALUATION_BODY: Text("评价机构", "the evaluation body"),
        Fact.COLLECTION_BODY: Text("证书数据归集机构", "the collection body"),
        Fact.KEY_SCOPE: Text("签名密钥可证明的项目", "what the key may attest"),
        Fact.KEY: Text("签名密钥", "the signing key"),
        Fact.ACCOUNT: Text("归集机构账号", "the agency's account"),
        Fact.CLAIMANT_NUMBER: Text("申请人证件号码", "the claimant's identity number"),
        Fact.CLAIMANT_ID_TYPE: Text(
            "申请人证件类型", "the kind of the claimant's document"
        ),
        Fact.CLAIMANT_NAME: Text("申请人姓名", "the claimant's name"),
        Fact.HOLDER_NAME: Text("持证人姓名", "the holder's name"),
        Fact.CLAIMED_ON: Text("申请日期", "the day of the claim"),
        Fact.CATEGORY: Text("人员类别", "the claimant's category"),
        Fact.HUKOU: Text("户籍", "the hukou"),
        Fact.STUDIES_IN_SHANGHAI: Text("在沪就读", "studies in Shanghai"),
        Fact.DISCHARGED_ON: Text("退役日期", "the day of discharge"),
        Fact.PAYMENTS: Text("此前的补贴", "what was paid before"),
        Fact.HELD: Text("所持其他证书", "what else is held"),
        Fact.CIVIL_SERVANT: Text("是否公务员", "whether a civil servant"),
        Fact.ACQUISITION: Text("证书取得方式", "how it was acquired"),
        Fact.SHARE_PERCENT: Text("补贴比例（%）", "the share in percent"),
        Fact.AMOUNT_YUAN: Text("补贴标准（元）", "the amount in yuan"),
        Fact.PAYMENTS_AS_STUDENT: Text(
            "作为中职毕业学年学生的补贴次数", "payments as a vocational student"
        ),
        Fact.PAYMENTS_IN_YEAR: Text("当年补贴次数", "payments of the year"),
        Fact.YUAN_IN_YEAR: Text(
            "当年补贴金额（元），含本次", "yuan of the year, this claim's among them"
        ),
        Fact.DAYS_BETWEEN_PAYMENTS: Text(
            "距最近一次补贴的天数", "days from the nearest payment"
        ),
    }
)
