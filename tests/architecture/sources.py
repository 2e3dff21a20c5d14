"""What files of ours say, as far as it has to be looked at.

To read all of them as Python takes seconds, for each test that does: what a test looks
for by name is in those files alone in which the name stands.
"""

import ast
import re
from collections.abc import Collection
from pathlib import Path


def tree_of(path: Path, *, saying: Collection[str]) -> ast.Module:
    """Return what a file says; nothing, if none of these words stands in it."""
    text = path.read_text("utf-8")
    return ast.parse(text if any(word in text for word in saying) else "")


def imports_of(path: Path) -> ast.Module:
    """Return the import statements of a file, wherever they stand in it."""
    found = _IMPORT.findall(path.read_text("utf-8"))
    return ast.parse("\n".join(found))


_FROM = r"from +[\w.]+ +import +(?:\([^)]*\)|[^\n(]+)"
_IMPORT = re.compile(rf"^[ \t]*({_FROM}|import +[\w.]+(?: +as +\w+)?)$", re.MULTILINE)


def tree_like(path: Path, pattern: str) -> ast.Module:
    """Return what a file says; nothing, if no line of it begins like ``pattern``."""
    text = path.read_text("utf-8")
    return ast.parse(text if re.search(f"^{pattern}", text, re.MULTILINE) else "")
