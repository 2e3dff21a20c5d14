"""Words people read, always in both languages, and how words are compared.

``same_words`` is the only normalisation that names of titles, items and bodies
get: Unicode NFKC (full-width brackets and letters become ASCII) with every
white space removed. Nothing is cut off, translated or guessed.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple


# A tuple: findings are looked up by their reasons, and a tuple's hash takes a tenth.
class Text(NamedTuple):
    """One thing said twice: in Chinese and in English."""

    zh: str
    en: str


@lru_cache(maxsize=4096)
def same_words(name: str) -> str:
    """Return the form in which two spellings of one name are equal."""
    return "".join(unicodedata.normalize("NFKC", name).split())
