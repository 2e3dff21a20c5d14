from datetime import date, datetime

from pydantic import Field

from .base_model import BaseModel
from .enums import CertificateState


class FollowChanges(BaseModel):
    certificate_state_changed: "FollowChangesCertificateStateChanged" = Field(
        alias="certificateStateChanged"
    )


class FollowChangesCertificateStateChanged(BaseModel):
    cursor: str
    at: datetime
    certificate_id: str = Field(alias="certificateId")
    agency_id: str = Field(alias="agencyId")
    state: CertificateState
    effective_on: date = Field(alias="effectiveOn")


FollowChanges.model_rebuild()
