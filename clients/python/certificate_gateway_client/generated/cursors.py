from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Cursors(BaseModel):
    event_cursors: "CursorsEventCursors" = Field(alias="eventCursors")


class CursorsEventCursors(BaseModel):
    certificate_states: Optional[str] = Field(alias="certificateStates")


Cursors.model_rebuild()
