"""Say of which fields a finding is, and no more of a person than the plan does."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from connectors.answer import RecordFault, RefusedRecord
from connectors.manifest import Manifest
from connectors.manifest_signature import SignatureForm
from policy.catalogue import Catalogue, Item
from policy.certificate import CertificateRecord
from policy.identity_numbers import without_identity_numbers
from policy.row import row_of
from signing.errors import Refusal

_UNTOLD = frozenset({Refusal.OUT_OF_SCOPE, RecordFault.INCOMPLETE})
"""Their reasons say which row somebody holds, or how many certificates."""
_NUMBERS = re.compile("[0-9]+")
_READ_FROM: Mapping[str, str] = MappingProxyType(
    {
        Refusal.OUT_OF_SCOPE: "`record.item_code`, `record.item`",
        RecordFault.INCOMPLETE: "`record.held`",
        RecordFault.WRONG_HOLDER: "`record.id_number`",
        RecordFault.NOT_BOUND: "`binding.signed`",
        RecordFault.OTHER_QUESTION: "`binding.signed`.question",
        RecordFault.OTHER_AUDIENCE: "`binding.audience`",
    }
)
"""Of which names of the manifest a refusal is, where its reason does not say."""

MOST_ROWS = 3
"""Beyond so many rows that a record may be about, none is meant rather than another."""


def fields_of_row(record: CertificateRecord, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the names of fields that have to be put right, at least one.

    A field is to blame if the record had its row with that one as the annex has it. If
    no field is to blame alone, code and name of the item are.
    """
    candidates = sorted(row_of(record, catalogue).candidates)
    rows = [catalogue.items[code] for code in candidates[: MOST_ROWS + 1]]
    if len(rows) <= MOST_ROWS:
        for item in rows:
            for name, mended in _mended(record, item).items():
                if row_of(mended, catalogue).item is item:
                    return (name,)
    return ("item_code", "item")


def _mended(record: CertificateRecord, item: Item) -> dict[str, CertificateRecord]:
    """Return the record with one field as the annex has it, by the field."""
    return {
        "item_code": replace(record, item_code=item.code),
        "item": replace(record, item=item.name.zh),
        "title": replace(record, title=item.title.zh),
        "category": replace(record, category=None),
    }


def told(refusal: RefusedRecord, rules: Manifest) -> str:
    """Return why something was refused, unless that says more than the plan does."""
    reason = without_identity_numbers(refusal.reason)
    if refusal.code == RecordFault.CONTRADICTION:
        reason = _NUMBERS.sub("…", reason)
    told = "" if refusal.code in _UNTOLD else reason
    return ": ".join(filter(None, (_read_from(refusal, rules), told)))


def _read_from(refusal: RefusedRecord, rules: Manifest) -> str:
    if refusal.code == RecordFault.UNSIGNED_ABSENCE:
        is_whole = rules.signature.form is SignatureForm.RESPONSE
        return "`response.results`" if is_whole else "`response.absence`"
    if refusal.code == RecordFault.REPLAYED:
        is_bound = rules.binding.audience is not None
        return "`binding.signed`.nonce" if is_bound else "`response.nonce`"
    return _READ_FROM.get(refusal.code, "")
