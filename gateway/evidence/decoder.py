"""Take the reader of QR codes for the page out of a package that others keep.

``qr/`` has two files of the npm package ``qr`` 0.7.0 as they were published, with its
licences and their SHA-256 (``docs/decisions/printed-extract.md``). The page takes the
tables of the one and the decoder of the other, each up to a line that is named here:
what draws codes and what asks a camera is left out.
"""

import hashlib
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "qr"
NAME = "the_qr"
_TABLES_END = "const TRANSPOSE_TMP"
_DECODER_END = "/** Decode every QR in each image"
_IMPORT = re.compile(r"^import \{([^}]+)\} from './index\.js';\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=class|const|function)", re.MULTILINE)


class OtherDecoderError(ValueError):
    """The files are not those that were looked at."""


def decoder() -> str:
    """Return a script in which ``the_qr`` has ``decodeQR``.

    Raises:
        OtherDecoderError: a file is another, or has no such lines.
    """
    tables = _before(_read("index.js"), _TABLES_END)
    text = _before(_read("decode.js"), _DECODER_END)
    imported = _IMPORT.search(text)
    if imported is None:
        raise OtherDecoderError("decode.js does not begin as it did")
    names = [one.strip().split(" as ") for one in imported[1].split(",") if one.strip()]
    given = ", ".join(f"{theirs}: {ours}" for theirs, ours in names)
    text = _EXPORT.sub("", text.replace(imported[0], ""))
    return (
        f"// qr 0.7.0, MIT OR Apache-2.0, Copyright (c) 2023 Paul Miller\n"
        f"const {NAME} = (() => {{\nconst tables = (() => {{\n{tables}"
        f"return {{ {given} }};\n}})();\nconst {{ {given} }} = tables;\n{text}"
        "return { decodeQR };\n})();\n"
    )


def _before(text: str, end: str) -> str:
    before, found, _ = text.partition(f"\n{end}")
    if not found:
        raise OtherDecoderError(f"there is no line {end!r}")
    return f"{before}\n"


def _read(name: str) -> str:
    raw = (FOLDER / name).read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if f"{digest}  {name}\n" not in (FOLDER / "SHA256SUMS").read_text("ascii"):
        raise OtherDecoderError(f"{name} has another SHA-256 than SHA256SUMS")
    return raw.decode()
