"""Read a form that has a file with it (``multipart/form-data``, RFC 7578).

Browsers alone send such forms, in one spelling (the WHATWG's), and this is all that is
read: fields in UTF-8 and one file, whose name says no more than which kind it is of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.console.forms import MAX_FIELDS
from gateway.graphql_http.refusals import Code, RefusedRequestError

MULTIPART = "multipart/form-data"
MAX_FILE_BYTES = 4_000_000
MAX_UPLOAD_BYTES = MAX_FILE_BYTES + 32_768
"""Of a whole form: its file, and what stands around it."""
MAX_DRAINED_BYTES = 50_000_000
"""Of a form that is too large, so much is let pass before it is told so."""
MAX_NAME = 200
_BOUNDARY = re.compile(r'multipart/form-data; *boundary="?([0-9A-Za-z_\-]{1,70})"?')
_HEADER = re.compile(
    rb'content-disposition: *form-data; *name="([^"\r\n]{1,64})"'
    rb'(?:; *filename="([^"\r\n]*)")?',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes = field(repr=False)


def is_multipart(content_type: str) -> bool:
    """Say whether a form is of the kind that has files."""
    return content_type.partition(";")[0].strip().lower() == MULTIPART


def parts_of(content_type: str, body: bytes) -> tuple[Mapping[str, str], Upload | None]:
    """Return the fields of a form, and its file if one was chosen.

    Raises:
        RefusedRequestError: it is no form, or has more than one file.
    """
    found = _BOUNDARY.fullmatch(content_type.strip())
    if found is None:
        raise _no_form()
    delimiter = b"\r\n--" + found[1].encode()
    begin, *parts = (b"\r\n" + body).split(delimiter, MAX_FIELDS + 1)
    if begin or not parts or parts.pop().rstrip(b"\r\n") != b"--":
        raise _no_form()
    fields: dict[str, str] = {}
    upload: Upload | None = None
    for part in parts:
        name, file_name, content = _part(part)
        if file_name is None:
            fields[name] = _text(content)
        elif upload is not None:
            raise _no_form()
        elif file_name or content:
            upload = Upload(file_name[-MAX_NAME:], content)
    return fields, upload


def _part(part: bytes) -> tuple[str, str | None, bytes]:
    """Return a part's name, the name of its file if it has one, and its content."""
    head, separator, content = part.partition(b"\r\n\r\n")
    if not separator or not head.startswith(b"\r\n"):
        raise _no_form()
    for line in head[2:].split(b"\r\n"):
        found = _HEADER.fullmatch(line)
        if found is not None:
            name, file_name = found.groups()
            return (
                _text(name),
                None if file_name is None else _text(file_name),
                content,
            )
    raise _no_form()


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise _no_form() from None


def _no_form() -> RefusedRequestError:
    return RefusedRequestError(Code.BAD_REQUEST, "this is no form")
