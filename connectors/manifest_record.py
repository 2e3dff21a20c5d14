"""What a manifest says of a signed record: where its fields are, and its words."""

from typing import Annotated, Literal

import msgspec

from connectors.errors import ManifestError
from connectors.manifest_limits import Expression
from policy import normal_form
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from policy.identity import IdType
from policy.level import Level

ItemCode = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class Values(msgspec.Struct, frozen=True, kw_only=True):
    """The agency's words mapped to ours; a word not listed is unknown."""

    id_type: dict[str, IdType] = {}
    item_code: dict[str, ItemCode] = {}
    level: dict[str, Level] = {}
    state: dict[str, CertificateState] = {}


class ExaminationPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """The places of what is signed of the examination (JMESPath)."""

    held_on: Expression | None = None
    site: Expression | None = None
    batch: Expression | None = None
    assessor: Expression | None = None
    theory: Expression | None = None
    practice: Expression | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The places of a signed record's fields (JMESPath); absent means never stated."""

    id_number: Expression
    number: Expression
    title: Expression
    item: Expression
    id_type: Expression | None = None
    holder_name: Expression | None = None
    category: Expression | None = None
    item_code: Expression | None = None
    level: Expression | None = None
    first_issued_on: Expression | None = None
    issued_on: Expression | None = None
    valid_from: Expression | None = None
    valid_until: Expression | None = None
    review_due_on: Expression | None = None
    state: Expression | None = None
    state_since: Expression | None = None
    state_reason: Expression | None = None
    status_index: Expression | None = None
    authority: Expression | None = None
    evaluation_body: Expression | None = None
    collection_body: Expression | None = None
    licence_id: Expression | None = None
    held: Expression | None = None
    examination: ExaminationPlaces = ExaminationPlaces()
    date_format: Literal["YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD"] = "YYYY-MM-DD"
    values: Values = Values()


def refuse_unusable_codes(record: Record) -> None:
    """Refuse codes that map to no row of the annex, or in two ways, or are not read.

    Raises:
        ManifestError: which, and why.
    """
    codes = record.values.item_code
    if codes and record.item_code is None:
        raise ManifestError(
            "record.values.item_code is set, but record.item_code is not: no code is "
            "read; set both or neither"
        )
    items = load_catalogue().items
    meanings: dict[str, str] = {}
    for stated, meant in codes.items():
        if meant not in items:
            raise ManifestError(
                f"record.values.item_code maps {stated!r} to {meant!r}, which is no "
                "code of the annex; see catalogue.items"
            )
        plain = normal_form.code(stated)
        if not plain or meanings.setdefault(plain, meant) != meant:
            raise ManifestError(
                f"record.values.item_code has {stated!r}, which is blank or is another "
                "entry's code in another spelling"
            )
