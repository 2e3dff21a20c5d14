"""Compile a manifest's fields into one function, which makes a record of an object.

One record after the other is read by the same fields. What is the same for all of
them, which member is looked up, what is known of its texts and where its value goes,
is written down once as code; what a field says is read by its reader alone.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from connectors.decoding.readers import Field
from policy.certificate import CertificateRecord

Read = Callable[..., CertificateRecord]
"""Takes a JSON object, and by name what ``elsewhere`` was read of it."""


def compiled(
    fields: Sequence[Field], elsewhere: Iterable[str], not_stated: Iterable[str]
) -> Read:
    """Return what reads ``fields`` in their order, and makes a record of them.

    It raises what their readers raise. What is ``not_stated`` is ``None``.
    """
    given = list(elsewhere)
    names: dict[str, Any] = {"CertificateRecord": CertificateRecord}
    body = []
    for place, (name, member, find, known, read) in enumerate(fields):
        names[f"find_{place}"] = find
        names[f"known_{place}"] = known.get
        names[f"read_{place}"] = read
        found = f"find_{place}(content)" if member is None else f"get({member!r})"
        body += [
            f"    found = {found}",
            f"    {name} = known_{place}(found) if type(found) is str else None",
            f"    if {name} is None:",
            f"        {name} = read_{place}(found)",
        ]
    stated = [*given, *(one.name for one in fields)]
    arguments = [f"{name}={name}" for name in stated]
    arguments += [f"{name}=None" for name in not_stated if name not in stated]
    source = [
        f"def read(content, {', '.join(given)}):",
        "    get = content.get",
        *body,
        f"    return CertificateRecord({', '.join(arguments)})",
    ]
    # Members are written as Python writes a text; all else is of our own names.
    exec("\n".join(source), names)  # noqa: S102
    read_record: Read = names["read"]
    return read_record
