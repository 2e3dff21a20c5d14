"""The rows of a licence store, in the two ways that are known of stores."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from policy.certificate import STATE_CODES, CertificateRecord
from policy.identity import IdType

LICENCE_TYPE, LICENCE_TYPE_CODE = "特种作业操作证", "11310000002421128B001"
_STATES = {state: code for code, state in STATE_CODES.items()}
HOLDER_TYPES: Mapping[IdType, str] = MappingProxyType(
    {one: str(111 + place) for place, one in enumerate(IdType)}
)
"""Codes of documents: 111 is that of a resident's identity card (GA/T 517)."""


class Shape(StrEnum):
    """How a store puts a licence."""

    ROWS = "rows"
    """A row of plain fields, in the spirit of GB/T 36903."""
    LICENSE_DATAS = "licensedatas"
    """Few fields, and all else in a text of JSON."""


def gbt_36903(record: CertificateRecord) -> dict[str, object]:
    """Return a licence as a row of plain fields."""
    return {
        "certificate_source_id": record.licence_id or record.number,
        "certificate_name": record.title,
        "certificate_type": LICENCE_TYPE,
        "certificate_type_code": LICENCE_TYPE_CODE,
        "certificate_level": record.level,
        "certificate_item": record.item,
        "certificate_item_code": record.item_code,
        "issue_dept": record.authority,
        "issue_dept_code": "11310000002421128B",
        "certificate_area_code": "310000",
        "certificate_holder": record.holder_name,
        "certificate_holder_code": record.holder.number,
        "certificate_holder_type": HOLDER_TYPES[record.holder.type],
        "certificate_number": record.number,
        "first_issue_date": _plain(record.first_issued_on),
        "issue_date": _plain(record.issued_on),
        "valid_begin": _plain(record.valid_from),
        "valid_end": _plain(record.valid_until),
        "review_date": _plain(record.review_due_on),
        "certificate_status": None if record.state is None else _STATES[record.state],
        "assess_dept": record.evaluation_body,
        "collect_dept": record.collection_body,
        "electronic_id": record.licence_id,
        "cd_operation": "I",
        "cd_time": _plain(record.issued_on),
        "cd_batch": "1",
        "error_remark": "",
        "certificate_file": f"/files/{record.licence_id or 'none'}.ofd",
        "certificate_thumbnail": f"/thumbnails/{record.licence_id or 'none'}.png",
    }


def license_data(record: CertificateRecord) -> dict[str, object]:
    """Return a licence as few fields and a text."""
    fields = {
        "证照名称": record.title,
        "证照编号": record.number,
        "持证人": record.holder_name,
        "作业项目": record.item,
        "项目代码": record.item_code,
        "等级": record.level,
        "发证机关": record.authority,
        "考试机构": record.evaluation_body,
        "归集机构": record.collection_body,
        "初领日期": _dashed(record.first_issued_on),
        "发证日期": _dashed(record.issued_on),
        "有效期起": _dashed(record.valid_from),
        "有效期止": _dashed(record.valid_until),
        "复审日期": _dashed(record.review_due_on),
    }
    return {
        "license_code": record.licence_id,
        "license_status": None if record.state is None else str(record.state),
        "trust_level": "A",
        "holder_identity_type": record.holder.type,
        "holder_identity_num": record.holder.number,
        "issue_org_code": "11310000002421128B",
        "data_fields": json.dumps(fields, ensure_ascii=False),
        "creation_time": f"{record.issued_on} 00:00:00",
        "license_file": {"url": f"https://files.example/{record.licence_id}"},
    }


ROWS: Mapping[Shape, Callable[[CertificateRecord], dict[str, object]]] = (
    MappingProxyType({Shape.ROWS: gbt_36903, Shape.LICENSE_DATAS: license_data})
)


def _plain(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y%m%d}"


def _dashed(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
