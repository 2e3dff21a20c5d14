"""Build the page on which people check bundles: one file that asks nobody.

``python -m gateway.evidence.page`` makes ``verify.html`` of the page's own files, of
the program's, and of a reader of QR codes (``decoder``). Each module becomes a function
that returns what it exports, with what it imports as arguments; the browser's
cryptography stands in for Node's, and what runs the program at a command line is left
out. Nothing is minified: who reads the page reads the files. Its policy lets in this
one script and this one style, by their hashes, and no address at all.
"""

import base64
import hashlib
import re
from pathlib import Path

from gateway.evidence.decoder import decoder

FOLDER = Path(__file__).parent
PAGE = FOLDER / "verify.html"
MODULES = (
    "crypto-browser.mjs",
    "sm2.mjs",
    "statement.mjs",
    "verdict.mjs",
    "verify-bundle.mjs",
    "words.mjs",
    "page.mjs",
)
"""In an order in which each comes after what it imports."""
_IMPORT = re.compile(
    r'^import (\{[^}]+\}) from "\./([a-z0-9-]+)\.mjs";\n', re.MULTILINE
)
_EXPORT = re.compile(r"^export ((?:async )?function|const) (\w+)", re.MULTILINE)
_COMMAND_LINE = "\nasync function main("
_INSTEAD = {"crypto-node": "crypto-browser"}


class UnbuildableError(ValueError):
    """A module is written in a way that the page cannot take."""


def build() -> str:
    """Return the page, made of its files.

    Raises:
        UnbuildableError: a module imports or exports in another way than ours do, or
            would end the script's element.
    """
    style = _read("page.css")
    script = f"\n{decoder()}" + "".join(_function_of(name) for name in MODULES)
    for text, end in ((script, "</script"), (style, "</style")):
        if end in text.lower() or "<!--" in text:
            raise UnbuildableError(f"{end} would end what the page runs")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; "
        f"style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page = _read("page.html")
    for name, text in (("csp", policy), ("style", style), ("script", script)):
        page = page.replace(f"{{{name}}}", text, 1)
    return page


def read_page() -> bytes:
    """Return the page as it is packaged."""
    return PAGE.read_bytes()


def _function_of(name: str) -> str:
    """Return a module as a constant: what it exports."""
    text = re.sub(r"\A#!.*\n", "", _read(name)).partition(_COMMAND_LINE)[0]
    imported = [
        f"const {names} = {_name_of(_INSTEAD.get(module, module))};\n"
        for names, module in _IMPORT.findall(text)
    ]
    text = _IMPORT.sub("", text)
    exported = [one for _, one in _EXPORT.findall(text)]
    text = _EXPORT.sub(r"\1 \2", text)
    left = re.search(r"^(?:import|export)\b|\bimport\(|\beval\(", text, re.MULTILINE)
    if left is not None:
        raise UnbuildableError(f"{name}: the page cannot take {left.group()!r}")
    returned = f"return {{ {', '.join(exported)} }};\n" if exported else ""
    body = "".join(imported) + text + returned
    return f"// {name}\nconst {_name_of(name)} = (() => {{\n{body}}})();\n"


def _name_of(name: str) -> str:
    return "the_" + name.removesuffix(".mjs").replace("-", "_")


def _read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


if __name__ == "__main__":
    PAGE.write_text(build(), "utf-8", newline="\n")
