from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    ClaimOutcome,
    ClaimProblem,
    FieldOutcome,
    SourceOutcome,
    Standing,
    StatedField,
)


class VerifyClaims(BaseModel):
    verify_claims: Optional[
        Annotated[
            Union[
                "VerifyClaimsVerifyClaimsCheckedClaims",
                "VerifyClaimsVerifyClaimsInvalidList",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="verifyClaims")


class VerifyClaimsVerifyClaimsCheckedClaims(BaseModel):
    typename__: Literal["CheckedClaims"] = Field(alias="__typename")
    nodes: list[
        Annotated[
            Union[
                "VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheck",
                "VerifyClaimsVerifyClaimsCheckedClaimsNodesRefusedClaim",
            ],
            Field(discriminator="typename__"),
        ]
    ]


class VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheck(BaseModel):
    typename__: Literal["ClaimCheck"] = Field(alias="__typename")
    outcome: ClaimOutcome
    standing: Optional[Standing]
    reason: str
    fields: list["VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheckFields"]
    sources: list["VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheckSources"]


class VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheckFields(BaseModel):
    field: StatedField
    outcome: FieldOutcome


class VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheckSources(BaseModel):
    agency: str
    outcome: SourceOutcome


class VerifyClaimsVerifyClaimsCheckedClaimsNodesRefusedClaim(BaseModel):
    typename__: Literal["RefusedClaim"] = Field(alias="__typename")
    problem: ClaimProblem
    message: str


class VerifyClaimsVerifyClaimsInvalidList(BaseModel):
    typename__: Literal["InvalidList"] = Field(alias="__typename")
    found: int
    allowed: int


VerifyClaims.model_rebuild()
VerifyClaimsVerifyClaimsCheckedClaims.model_rebuild()
VerifyClaimsVerifyClaimsCheckedClaimsNodesClaimCheck.model_rebuild()
