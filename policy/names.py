"""Compare two spellings of a person's name, in their normal form.

White space, width, case, middle dots and characters nobody sees do not count. No order
of words is changed, nothing is transliterated, and no character is taken for another
that only looks or sounds like it.
"""

from policy import normal_form


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are of one name."""
    return one == other or folded_name(one) == folded_name(other)


def folded_name(name: str) -> str:
    """Return the form in which two spellings of one name are equal."""
    return normal_form.name(name)


def stated_name(name: str | None) -> str | None:
    """Return ``name``; ``None`` if nothing in it counts, so that none is stated."""
    if not name:
        return None
    # Most begin with what is left of them anyway.
    return name if "\u4e00" <= name[0] <= "\u9fff" or folded_name(name) else None
