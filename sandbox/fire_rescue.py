"""Fire Rescue: REST, a nonce, and one detached JWS (RFC 7797) over the whole body."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from policy.certificate import STATE_CODES, CertificateRecord
from policy.level import Level
from sandbox.binding import MAX_NONCE_LENGTH, OLD_NONCE, Binding
from sandbox.endpoint import Answer
from sandbox.errors import BadQuestionError
from sandbox.faults import Fault
from sandbox.question import BAD_REQUEST, read_holders
from sandbox.registry import Registry
from sandbox.sealing import Sealer, padded, to_json
from sandbox.signed_records import tampered

SIGNATURE_HEADER = "JWS-Signature"

_STATE_CODES = {state: code for code, state in STATE_CODES.items()}
_GRADES: Mapping[Level, str] = MappingProxyType(
    {
        Level.LEVEL_5: "五级",
        Level.LEVEL_4: "四级",
        Level.LEVEL_3: "三级",
        Level.LEVEL_2: "二级",
        Level.LEVEL_1: "一级",
    }
)


class FireRescue:
    """Answers ``{"people": [...], "nonce": ...}`` with both in one signed body."""

    path = "/api/certificates/batch"

    def __init__(self, registry: Registry, sealer: Sealer) -> None:
        self._registry = registry
        self._sealer = sealer

    async def answer(
        self,
        question: Mapping[str, Any],
        fault: Fault | None,
        binding: Binding | None = None,
    ) -> Answer:
        """See ``Endpoint.answer``."""
        holders = read_holders(question.get("people"))
        nonce = question.get("nonce")
        if not isinstance(nonce, str) or not 0 < len(nonce) <= MAX_NONCE_LENGTH:
            raise BadQuestionError(BAD_REQUEST, "there is no nonce")
        if fault in {Fault.REPLAYED, Fault.OLD_NONCE}:
            nonce = OLD_NONCE
        found = self._registry.find(holders)
        people = []
        for holder in holders:
            held = [stored.entry.record for stored in found[holder]]
            if fault is Fault.WRONG_HOLDER:
                held = [self._registry.find_other(holder).entry.record]
            if held or fault is not Fault.UNSIGNED_ABSENCE:
                people.append((holder.number, held))
        faults = {stored.entry.fault for held in found.values() for stored in held}
        if fault is None and Fault.WRONG_SIGNER_ID in faults:
            # One signature is over all of it: a person's fault is everybody's.
            fault = Fault.WRONG_SIGNER_ID
        asked = {"nonce": nonce} | ({} if binding is None else {"binding": binding})
        body = padded(_body(asked, people), fault)
        headers = {SIGNATURE_HEADER: self._sealer.detached(body, fault)}
        if fault is Fault.TAMPERED:
            people = [(number, list(map(tampered, held))) for number, held in people]
            # Where nobody holds anything, a line break is all there is to change.
            body = _body(asked, people) + b"\n"
        return Answer(body, len(holders), headers)


def _body(
    asked: Mapping[str, object], people: list[tuple[str, list[CertificateRecord]]]
) -> bytes:
    return to_json(
        {
            **asked,
            "people": [
                {"idNumber": number, "certificates": list(map(record_words, held))}
                for number, held in people
            ],
        }
    )


def record_words(record: CertificateRecord) -> dict[str, object]:
    """Return a record as the agency puts it."""
    # The last part of the item's code is the direction, of which there are two.
    code, _, direction = (record.item_code or "").rpartition(".")
    return {
        "serial": record.number,
        "name": record.holder_name,
        "document": {"type": record.holder.type, "number": record.holder.number},
        "qualification": record.title,
        "direction": {"name": record.item, "code": direction},
        "occupationCode": code,
        "grade": None if record.level is None else _GRADES[record.level],
        "dates": {
            "first": _day(record.first_issued_on),
            "issued": _day(record.issued_on),
            "from": _day(record.valid_from),
            "to": _day(record.valid_until),
        },
        "status": None if record.state is None else _STATE_CODES[record.state],
        "issuer": record.authority,
        "examiner": record.evaluation_body,
        "collector": record.collection_body,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y/%m/%d}"
