"""Inputs of steps: a submission, a key, the version that was seen and a reason."""

from datetime import datetime
from typing import Annotated

import strawberry

from bureau.caller import Caller
from bureau.scopes import actor_of
from connectors.registration import submission as stated
from connectors.registration.keys import StatedKey
from connectors.registration.rules import StepRequest
from policy import normal_form
from resolvers.bilingual import both
from resolvers.registration.enums import Algorithm
from signing.sm2.keys import SignatureForm


@strawberry.input(description=both("联系方式", "Whom to call: rather an office"))
class ContactInput:
    """A contact."""

    name: str = strawberry.field(description=both("名称", "The name"))
    phone: str = strawberry.field(default="", description=both("电话", "Telephone"))
    email: str = strawberry.field(default="", description=both("邮箱", "For mail"))


@strawberry.input(
    description=both("申报材料（密钥另行证明）", "A submission; keys are proved apart")
)
class ConnectorSubmission:
    """A submission."""

    credit_code: str = strawberry.field(
        description=both(
            "统一社会信用代码；校验不符仅提示",
            "The unified social credit code; a wrong one is warned of",
        )
    )
    items: list[str] = strawberry.field(
        description=both("所申报的附件项目代码", "The annex items it claims, by code")
    )
    contacts: list[ContactInput] = strawberry.field(
        description=both("联系方式（1至10个）", "Whom to call, 1 to 10")
    )
    manifest: str = strawberry.field(
        description=both(
            "清单（TOML）：协议、地址、字段映射、限额，见 docs/agencies.md",
            "The manifest (TOML): protocol, address, mapping, limits; docs/agencies.md",
        )
    )
    plan: str | None = strawberry.field(
        default=None,
        description=both(
            "符合性检查所用测试人员（TOML）",
            "Whom the conformance kit asks about, TOML",
        ),
    )
    replaces: strawberry.ID | None = strawberry.field(
        default=None,
        description=both("拟替换的连接器", "The connector whose place it is to take"),
    )

    def stated(self) -> stated.Submission:
        """Return it as it is kept."""
        return stated.Submission(
            credit_code=normal_form.number(self.credit_code),
            items=tuple(map(normal_form.code, self.items)),
            contacts=tuple(
                stated.Contact(name=c.name, phone=c.phone, email=c.email)
                for c in self.contacts
            ),
            manifest=self.manifest,
            plan=self.plan,
            replaces=self.replaces,
        )


@strawberry.input(description=both("一把公钥", "A public key"))
class KeyInput:
    """A key."""

    key_id: str = strawberry.field(description=both("编号（kid）", "The id (kid)"))
    algorithm: Algorithm = strawberry.field(description=both("算法", "The algorithm"))
    public_key: str = strawberry.field(
        description=both("公钥（PEM）", "The public key, PEM")
    )
    not_before: datetime = strawberry.field(
        description=both("有效期起", "The first moment in force")
    )
    not_after: datetime = strawberry.field(
        description=both("有效期止", "The last moment in force")
    )

    sm2_signer_id: str | None = strawberry.field(
        default=None,
        description=both(
            "SM2 密钥的签名者标识（user ID）；空文本即空标识，省略即默认值",
            "Of a key of SM2, the id it signs under; an empty text for an empty id, "
            "left out for the default one",
        ),
    )
    sm2_signature: SignatureForm | None = strawberry.field(
        default=None,
        description=both(
            "SM2 签名的编码；省略即 RAW",
            "Of a key of SM2, how its signatures are written; left out for RAW",
        ),
    )

    def stated(self) -> StatedKey:
        """Return it as it is kept."""
        return StatedKey(
            kid=self.key_id,
            algorithm=self.algorithm,
            public_key=self.public_key,
            not_before=self.not_before,
            not_after=self.not_after,
            sm2_signer_id=self.sm2_signer_id,
            sm2_signature=self.sm2_signature,
        )


@strawberry.input(
    description=both(
        "对哪个连接器的哪个版本办理、为何", "On which version of what, and why"
    )
)
class ConnectorStepInput:
    """The input of every step."""

    id: strawberry.ID = strawberry.field(
        description=both("连接器编号", "The connector's id")
    )
    version: int = strawberry.field(
        description=both(
            "所见版本；已被他人变更时不予办理",
            "The version that was seen; refused if somebody changed it meanwhile",
        )
    )
    reason: str = strawberry.field(
        description=both("理由（1至500字）", "Why, 1 to 500 characters")
    )

    def asked_by(self, caller: Caller) -> StepRequest:
        """Return what is asked for, and by whom."""
        return StepRequest(actor_of(caller), self.id, self.version, self.reason)


StepArgument = Annotated[
    ConnectorStepInput,
    strawberry.argument(
        description=both("对象、版本与理由", "On what, which version, and why")
    ),
]
ReasonArgument = Annotated[
    str, strawberry.argument(description=both("理由（1至500字）", "Why"))
]
SubmissionArgument = Annotated[
    ConnectorSubmission,
    strawberry.argument(description=both("申报材料", "The submission")),
]
KeyIdArgument = Annotated[
    str, strawberry.argument(description=both("密钥编号（kid）", "The key's id"))
]
