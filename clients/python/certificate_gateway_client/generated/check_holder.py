from datetime import date, datetime
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    Actor,
    CertificateState,
    EligibilityOutcome,
    FindingOutcome,
    IdentityProblem,
    Level,
    ProvenanceVerdict,
    SourceOutcome,
)


class CheckHolder(BaseModel):
    holder: Optional[
        Annotated[
            Union[
                "CheckHolderHolderHolderAnswer",
                "CheckHolderHolderHolder",
                "CheckHolderHolderInvalidIdentity",
            ],
            Field(discriminator="typename__"),
        ]
    ]


class CheckHolderHolderHolderAnswer(BaseModel):
    typename__: Literal["HolderAnswer"] = Field(alias="__typename")
    certificates: Optional["CheckHolderHolderHolderAnswerCertificates"]
    sources: list["CheckHolderHolderHolderAnswerSources"]


class CheckHolderHolderHolderAnswerCertificates(BaseModel):
    nodes: list["CheckHolderHolderHolderAnswerCertificatesNodes"]


class CheckHolderHolderHolderAnswerCertificatesNodes(BaseModel):
    id: str
    title: str
    item: str
    item_code: Optional[str] = Field(alias="itemCode")
    level: Optional[Level]
    issued_on: Optional[date] = Field(alias="issuedOn")
    valid_until: Optional[date] = Field(alias="validUntil")
    state: Optional[CertificateState]
    authority: Optional["CheckHolderHolderHolderAnswerCertificatesNodesAuthority"]
    provenance: "CheckHolderHolderHolderAnswerCertificatesNodesProvenance"


class CheckHolderHolderHolderAnswerCertificatesNodesAuthority(BaseModel):
    name: str


class CheckHolderHolderHolderAnswerCertificatesNodesProvenance(BaseModel):
    verdict: ProvenanceVerdict


class CheckHolderHolderHolderAnswerSources(BaseModel):
    agency: str
    outcome: SourceOutcome
    as_of: Optional[datetime] = Field(alias="asOf")
    reason: Optional[str]


class CheckHolderHolderHolder(BaseModel):
    typename__: Literal["Holder"] = Field(alias="__typename")
    certificates: Optional["CheckHolderHolderHolderCertificates"]
    sources: list["CheckHolderHolderHolderSources"]
    claim_eligibility: Optional[
        Annotated[
            Union[
                "CheckHolderHolderHolderClaimEligibilityEligibility",
                "CheckHolderHolderHolderClaimEligibilityClaimInFuture",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="claimEligibility")


class CheckHolderHolderHolderCertificates(BaseModel):
    nodes: list["CheckHolderHolderHolderCertificatesNodes"]


class CheckHolderHolderHolderCertificatesNodes(BaseModel):
    id: str
    title: str
    item: str
    item_code: Optional[str] = Field(alias="itemCode")
    level: Optional[Level]
    issued_on: Optional[date] = Field(alias="issuedOn")
    valid_until: Optional[date] = Field(alias="validUntil")
    state: Optional[CertificateState]
    authority: Optional["CheckHolderHolderHolderCertificatesNodesAuthority"]
    provenance: "CheckHolderHolderHolderCertificatesNodesProvenance"


class CheckHolderHolderHolderCertificatesNodesAuthority(BaseModel):
    name: str


class CheckHolderHolderHolderCertificatesNodesProvenance(BaseModel):
    verdict: ProvenanceVerdict


class CheckHolderHolderHolderSources(BaseModel):
    agency: str
    outcome: SourceOutcome
    as_of: Optional[datetime] = Field(alias="asOf")
    reason: Optional[str]


class CheckHolderHolderHolderClaimEligibilityEligibility(BaseModel):
    typename__: Literal["Eligibility"] = Field(alias="__typename")
    outcome: EligibilityOutcome
    amount_yuan: Optional[int] = Field(alias="amountYuan")
    findings: list["CheckHolderHolderHolderClaimEligibilityEligibilityFindings"]


class CheckHolderHolderHolderClaimEligibilityEligibilityFindings(BaseModel):
    clause: str
    outcome: FindingOutcome
    reason: str
    next_step: Optional[
        "CheckHolderHolderHolderClaimEligibilityEligibilityFindingsNextStep"
    ] = Field(alias="nextStep")


class CheckHolderHolderHolderClaimEligibilityEligibilityFindingsNextStep(BaseModel):
    actor: Actor
    words: str


class CheckHolderHolderHolderClaimEligibilityClaimInFuture(BaseModel):
    typename__: Literal["ClaimInFuture"] = Field(alias="__typename")
    message: str


class CheckHolderHolderInvalidIdentity(BaseModel):
    typename__: Literal["InvalidIdentity"] = Field(alias="__typename")
    certificates: Optional["CheckHolderHolderInvalidIdentityCertificates"]
    sources: list["CheckHolderHolderInvalidIdentitySources"]
    problem: IdentityProblem
    message: str


class CheckHolderHolderInvalidIdentityCertificates(BaseModel):
    nodes: list["CheckHolderHolderInvalidIdentityCertificatesNodes"]


class CheckHolderHolderInvalidIdentityCertificatesNodes(BaseModel):
    id: str
    title: str
    item: str
    item_code: Optional[str] = Field(alias="itemCode")
    level: Optional[Level]
    issued_on: Optional[date] = Field(alias="issuedOn")
    valid_until: Optional[date] = Field(alias="validUntil")
    state: Optional[CertificateState]
    authority: Optional["CheckHolderHolderInvalidIdentityCertificatesNodesAuthority"]
    provenance: "CheckHolderHolderInvalidIdentityCertificatesNodesProvenance"


class CheckHolderHolderInvalidIdentityCertificatesNodesAuthority(BaseModel):
    name: str


class CheckHolderHolderInvalidIdentityCertificatesNodesProvenance(BaseModel):
    verdict: ProvenanceVerdict


class CheckHolderHolderInvalidIdentitySources(BaseModel):
    agency: str
    outcome: SourceOutcome
    as_of: Optional[datetime] = Field(alias="asOf")
    reason: Optional[str]


CheckHolder.model_rebuild()
CheckHolderHolderHolderAnswer.model_rebuild()
CheckHolderHolderHolderAnswerCertificates.model_rebuild()
CheckHolderHolderHolderAnswerCertificatesNodes.model_rebuild()
CheckHolderHolderHolder.model_rebuild()
CheckHolderHolderHolderCertificates.model_rebuild()
CheckHolderHolderHolderCertificatesNodes.model_rebuild()
CheckHolderHolderHolderClaimEligibilityEligibility.model_rebuild()
CheckHolderHolderHolderClaimEligibilityEligibilityFindings.model_rebuild()
CheckHolderHolderInvalidIdentity.model_rebuild()
CheckHolderHolderInvalidIdentityCertificates.model_rebuild()
CheckHolderHolderInvalidIdentityCertificatesNodes.model_rebuild()
