"""Emergency Management: REST, field names in abbreviated pinyin, one JWS a record."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from policy.certificate import STATE_CODES, CertificateRecord
from policy.examination import Examination
from policy.identity import Identity
from sandbox.binding import Binding
from sandbox.endpoint import Answer
from sandbox.faults import Fault
from sandbox.question import read_holders
from sandbox.registry import Registry
from sandbox.sealing import Sealer, padded, to_json
from sandbox.signed_records import SignedRecords, Words

_STATE_CODES = {state: code for code, state in STATE_CODES.items()}


class EmergencyManagement:
    """Answers ``{"holders": [...]}`` with ``{"results": [...]}`` in the same order."""

    path = "/v1/certificates/query"

    def __init__(self, registry: Registry, sealer: Sealer) -> None:
        self._records = SignedRecords(registry, sealer, Words(record_words, _absence))

    async def answer(
        self,
        question: Mapping[str, Any],
        fault: Fault | None,
        binding: Binding | None = None,
    ) -> Answer:
        """See ``Endpoint.answer``."""
        holders = read_holders(question.get("holders"))
        results = [
            {
                "idNumber": signed.holder.number,
                "records": signed.records,
                "absence": signed.absence,
            }
            for signed in self._records.answer(holders, fault, binding)
        ]
        return Answer(padded(to_json({"results": results}), fault), len(holders))


def record_words(record: CertificateRecord, held: int) -> dict[str, object]:
    """Return a record as the agency puts it."""
    return {
        "zsbh": record.number,
        "xm": record.holder_name,
        "zjlx": record.holder.type,
        "zjhm": record.holder.number,
        "zsmc": record.title,
        "zylb": record.category,
        "czxm": record.item,
        "xmdm": record.item_code,
        "clrq": _day(record.first_issued_on),
        "fzrq": _day(record.issued_on),
        "yxqq": _day(record.valid_from),
        "yxqz": _day(record.valid_until),
        "fsrq": _day(record.review_due_on),
        "zt": None if record.state is None else _STATE_CODES[record.state],
        "fzjg": record.authority,
        "pjjg": record.evaluation_body,
        "gjjg": record.collection_body,
        "dzzzbm": record.licence_id,
        "czzss": held,
        **_examination_words(record.examination),
    }


def _examination_words(examination: Examination | None) -> dict[str, object]:
    """Return what is put of an examination: nothing, where nothing is on file."""
    if examination is None:
        return {}
    return {
        "khrq": _day(examination.held_on),
        "khdd": examination.site,
        "khpc": examination.batch,
        "kpybh": examination.assessor,
        "llcj": examination.theory,
        "sccj": examination.practice,
    }


def _absence(holder: Identity) -> dict[str, object]:
    return {"zjlx": holder.type, "zjhm": holder.number, "zs": []}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
