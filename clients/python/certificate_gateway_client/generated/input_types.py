from datetime import date
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Acquisition, ClaimantCategory, Fund, Hukou, IdType, Level


class ClaimInput(BaseModel):
    """一次补贴申领的事实；未给出的视为未知
    The facts of one claim; what is left out is not known"""

    claimed_on: Optional[date] = Field(alias="claimedOn", default=None)
    "申领日期，不得晚于今日（上海）\nThe day of the claim, not after today in Shanghai"
    category: Optional[ClaimantCategory] = None
    "人员类别\nThe claimant's category"
    hukou: Optional[Hukou] = None
    "户籍\nHousehold registration"
    studies_in_shanghai: Optional[bool] = Field(alias="studiesInShanghai", default=None)
    "在沪就读（毕业学年学生）\nStudies in Shanghai"
    discharged_on: Optional[date] = Field(alias="dischargedOn", default=None)
    "退役日期（退役士兵）\nThe day of discharge, for veterans"
    payments: Optional[list["PaymentInput"]] = None
    "台账之外此前已发放的补贴；本网关台账所记一并计入，不能以空列表否认\nEarlier payments that the gateway's ledger may lack; those that it has count in any case"
    held: Optional[list["HeldInput"]] = None
    "申请人持有的其他证书；仅在启用 17-held 时使用\nWhat else the claimant holds; looked at where 17-held is on"
    is_civil_servant: Optional[bool] = Field(alias="isCivilServant", default=None)
    "是否公务员或参公人员\nIs the claimant a civil servant"
    acquisition: Optional[Acquisition] = None
    "证书取得方式\nHow the certificate was come by"


class HeldInput(BaseModel):
    """申请人持有的另一证书
    Another certificate that is held"""

    item_code: Optional[str] = Field(alias="itemCode", default=None)
    "项目代码\nThe item's code"
    level: Optional[Level] = None
    "等级\nThe grade"


class PaymentInput(BaseModel):
    """此前已发放的一笔补贴
    A subsidy paid to the claimant before"""

    item_code: Optional[str] = Field(alias="itemCode", default=None)
    "项目代码\nThe item's code"
    level: Optional[Level] = None
    "等级\nThe grade"
    category: Optional[ClaimantCategory] = None
    "当时的人员类别\nThe claimant's category at that time"
    fund: Optional[Fund] = None
    "资金渠道\nThe fund that it was paid from"
    paid_on: Optional[date] = Field(alias="paidOn", default=None)
    "发放日期\nThe day on which it was paid"
    amount_yuan: Optional[int] = Field(alias="amountYuan", default=None)
    "金额（元）\nThe sum in yuan"


class StatedCertificateInput(BaseModel):
    """申领人所述的一张证书；省略的项不比较
    A certificate as an applicant states it; what is left out is not compared"""

    id_number: str = Field(alias="idNumber")
    "证件号码\nThe identity number"
    id_type: Optional[IdType] = Field(alias="idType", default=None)
    "证件类型；省略时按号码推得（护照须注明）\nThe id type; inferred if left out (a passport's must be stated)"
    item: str
    "证书项目：附件代码，或其名称的已知写法\nThe item: its code in the annex, or a known spelling of its name"
    level: Optional[Level] = None
    "等级\nThe grade"
    issued_on: Optional[date] = Field(alias="issuedOn", default=None)
    "发证日期\nThe day of issue"
    number: Optional[str] = None
    "证书编号\nThe certificate's number"
    name: Optional[str] = None
    "姓名\nThe holder's name"


ClaimInput.model_rebuild()
