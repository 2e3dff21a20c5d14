"""The keys of a manifest are those of the page, with its defaults."""

import tomllib
from collections.abc import Iterator
from typing import get_type_hints

import msgspec

from connectors.manifest import Manifest
from connectors.manifest_signature import SignatureForm
from tests.architecture.documents import table


def keys(struct: type[msgspec.Struct], place: str = "") -> Iterator[tuple[str, object]]:
    """Yield every key that can be written, dotted, with its default."""
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        hint = hints[field.name]
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield from keys(hint, f"{place}{field.name}.")
        elif field.default_factory is not msgspec.NODEFAULT:
            yield f"{place}{field.name}", field.default_factory()
        else:
            listed = isinstance(field.default, tuple)
            yield f"{place}{field.name}", [*field.default] if listed else field.default


def default(cell: str) -> object:
    """Return what a cell of the table says is the default."""
    match cell:
        case "required":
            return msgspec.NODEFAULT
        case "none":
            return None
        case _:
            return tomllib.loads(f"value = {cell.strip('`')}")["value"]


def test_every_key_of_a_manifest_is_described_with_its_default() -> None:
    told = {
        name.strip("`"): default(cell)
        for name, cell, _ in table("docs/agencies.md", "Key")
    }

    assert told == dict(keys(Manifest))


def test_keys_are_looked_for_in_every_table() -> None:
    found = dict(keys(Manifest))

    assert [
        found["endpoint.timeout_seconds"],
        found["record.values.level"],
        found["signature.form"],
    ] == [1.8, {}, msgspec.NODEFAULT]
    assert "signature" not in found
    assert set(SignatureForm) == {"record", "response", "none"}
