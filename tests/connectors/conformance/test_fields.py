"""Whatever is wrong with one field, each finding names that field."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import msgspec
import pytest

from connectors.conformance.report import Report
from connectors.manifest import Manifest
from tests.connectors.conformance.kit import QUICKLY, checked
from tests.connectors.conformance.registry import Registry, serving

MEMBERS: Mapping[str, tuple[str, object]] = {
    "id_number": ("id", None),
    "id_type": ("idType", "RESIDENT_ID"),
    "number": ("number", None),
    "holder_name": ("name", None),
    "title": ("title", None),
    "category": ("category", "交通运输服务"),
    "item": ("item", None),
    "item_code": ("code", None),
    "level": ("level", None),
    "first_issued_on": ("first", "2025-06-01"),
    "issued_on": ("issued", "2025-06-01"),
    "valid_from": ("from", "2025-06-01"),
    "valid_until": ("until", "2031-05-31"),
    "review_due_on": ("review", "2028-05-31"),
    "state": ("state", None),
    "state_since": ("since", "2025-06-01"),
    "authority": ("authority", "上海市交通委员会"),
    "evaluation_body": ("examiner", None),
    "collection_body": ("collector", "上海市交通行业职业技能鉴定中心"),
    "licence_id": ("licence", "1.2.156.3005.2.11.1"),
    "held": ("held", None),
}
"""Each field's member in a record, and what stands there if the registry has none."""
NEEDED = {"id_number", "number", "title", "item"}
"""Without one of them there is no record."""
ASKED_FOR = {"holder_name", "level", "issued_on", "state", "evaluation_body", "held"}
"""That one of them is not stated is a warning."""
TEXTS = NEEDED | {
    *("holder_name", "category", "item_code", "authority", "evaluation_body"),
    *("collection_body", "licence_id"),
}
DAYS = {
    *("first_issued_on", "issued_on", "valid_from", "valid_until", "review_due_on"),
    "state_since",
}
MISSING, NULL, BLANK = "missing", "null", "blank"
DAMAGES: Mapping[str, object] = {
    NULL: None,
    BLANK: " \u200b",
    "a list": ["张三"],
    "an object": {"of": "张三"},
    "a number": 20250601,
    "a truth value": True,
    "another text": "张三丰",
    "a long text": "张" * 501,
    "a control character": "张\x07三",
}


def manifest_of(registry: Registry, **other: str) -> Manifest:
    """Return a manifest that has every field, some under other names."""
    rules = registry.manifest
    names = {field: member for field, (member, _) in MEMBERS.items()} | other
    return msgspec.structs.replace(
        rules, record=msgspec.structs.replace(rules.record, **names)
    )


def registry_of(**changes: object) -> Registry:
    stated = {member: value for member, value in MEMBERS.values() if value is not None}
    return Registry(changes={**stated, **changes})


async def report_of(field: str, damage: str) -> Report:
    """Check a registry of which one field is wrong, in its records or its manifest."""
    member, _ = MEMBERS[field]
    changes: dict[str, object] = {}
    if damage != MISSING:
        changes[member] = DAMAGES[damage]
    renamed = {field: "entries"} if damage == MISSING else {}
    async with serving(registry_of(**changes)) as registry:
        return await checked(
            manifest_of(registry, **renamed),
            registry.bundle(),
            registry.plan,
            effort=replace(QUICKLY, requests=1),
        )


def must_be_found(field: str, damage: str) -> bool:
    """Say whether something has to be found."""
    if damage in {MISSING, NULL, BLANK}:
        return field in NEEDED | (ASKED_FOR if damage != BLANK else set())
    if damage in {"a list", "an object", "a long text"}:
        return field not in {"level", "state"} or field in ASKED_FOR
    return field in NEEDED & {"id_number"}


async def test_with_every_field_in_order_nothing_is_found() -> None:
    async with serving(registry_of()) as registry:
        report = await checked(manifest_of(registry), registry.bundle(), registry.plan)

    assert report.findings == []


def cases() -> Iterator[tuple[str, str]]:
    """Yield each field with three damages, which go round, and without its name."""
    damages = list(DAMAGES)
    for place, field in enumerate(MEMBERS):
        yield field, MISSING
        for step in range(0, len(damages), 3):
            yield field, damages[(place + step) % len(damages)]


@pytest.mark.parametrize(("field", "damage"), list(cases()))
async def test_each_finding_names_the_field_it_is_about(
    field: str, damage: str
) -> None:
    report = await report_of(field, damage)

    if must_be_found(field, damage):
        assert report.findings != []
    # Two certificates that have one number are one, and one of two is missing.
    named = {field, "held"} if field == "number" else {field}
    for finding in report.findings:
        assert any(name in f"{finding.place} {finding.detail}" for name in named), (
            finding
        )
        assert "张" not in f"{finding.place} {finding.detail}"
