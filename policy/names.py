"""Compare two spellings of a person's name.

Normalisation is only this: Unicode NFKC, every kind of middle dot becomes "·",
letters become upper-case, white space at the ends is dropped and inside becomes
one space, or none where the name has no Latin letter. No order of words is
changed and nothing is transliterated.
"""

import unicodedata

_MIDDLE_DOTS = dict.fromkeys(map(ord, "•‧・∙⋅."), "·")


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are of one name."""
    return one == other or folded_name(one) == folded_name(other)


def folded_name(name: str) -> str:
    """Return the form in which two spellings of one name are equal."""
    plain = unicodedata.normalize("NFKC", name).upper()
    if any(character.isascii() and character.isalpha() for character in plain):
        return " ".join(plain.split())
    return "".join(plain.split()).translate(_MIDDLE_DOTS)
