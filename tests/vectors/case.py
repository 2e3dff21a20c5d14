"""One vector: bytes that came, the question asked about them, the expected answer."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.vectors import mint

RECORD = "certificate-record+jws"
RESPONSE = "certificate-response+jws"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A vector. ``refused`` is the check and the code; ``None`` means believed."""

    name: str
    what: str  # what is wrong with it, or what is believed of it
    jws: str | bytes
    body: bytes | None = None
    refused: tuple[str, str] | None = None
    at: datetime = mint.ASKED_AT
    item_code: str | None = None
    origin: str = "ours"

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return f"{self.name}.json"

    def document(self) -> dict[str, Any]:
        """Return the content of the file.

        ``jws`` has one character a byte (ISO 8859-1), so that every byte can be said.
        """
        jws = self.jws if isinstance(self.jws, str) else self.jws.decode("latin-1")
        document: dict[str, Any] = {"what": self.what, "jws": jws}
        if self.body is not None:
            document["body_base64"] = base64.b64encode(self.body).decode()
        document["question"] = {
            "types": [RECORD if self.body is None else RESPONSE],
            "at": self.at.isoformat(),
            "max_age_seconds": 3600,
            "skew_seconds": 60,
            "item_code": self.item_code,
        }
        check, refusal = self.refused or (None, None)
        document["refused"] = (
            None if check is None else {"check": check, "refusal": refusal}
        )
        return document
