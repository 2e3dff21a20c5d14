"""A submitted manifest, entry by entry, for whoever approves it.

It is shown as it would be in force, defaults included; what each expression finds is
said in words. The one secret in it is not repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.decoding.explained import explained
from connectors.manifest import read_manifest
from connectors.manifest_endpoint import REFERENCE, Response
from connectors.manifest_record import ExaminationPlaces, Record
from policy.text import Text

HIDDEN = "***"
_SECRETS = frozenset({"endpoint.bearer_token"})
_NO_EXPRESSIONS = frozenset({"record.date_format"})
_EXPRESSIONS = frozenset(
    {
        *(f"response.{name}" for name in Response.__struct_fields__),
        *(f"record.{name}" for name in Record.__struct_fields__),
        *(f"record.examination.{n}" for n in ExaminationPlaces.__struct_fields__),
        "binding.signed",
    }
    - _NO_EXPRESSIONS
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a manifest."""

    key: str
    value: str
    meaning: Text | None
    """What is found, if the value is an expression."""


def entries_of(manifest: str) -> tuple[Entry, ...]:
    """Return what ``manifest`` says.

    Raises:
        ManifestError: this version cannot read it.
    """
    return tuple(_entries(msgspec.to_builtins(read_manifest(manifest)), ""))


def _entries(table: dict[str, Any], place: str) -> Iterator[Entry]:
    for name, value in table.items():
        key = f"{place}{name}"
        if isinstance(value, dict):
            yield from _entries(value, f"{key}.")
        elif value is not None:
            meaning = explained(value) if key in _EXPRESSIONS else None
            yield Entry(key, _shown(key, value), meaning)


def _shown(key: str, value: object) -> str:
    """Write a value, but for a secret; what a secret is called is none."""
    written = _written(value)
    is_said = key in _SECRETS and not written.startswith(REFERENCE)
    return HIDDEN if is_said else written


def _written(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
