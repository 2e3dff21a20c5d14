"""Describe a value by its form: what is wrong with it, and nothing of what it says.

``2026-06-01`` is ``0000-00-00``: whoever made it sees what was sent, and nobody a day
of somebody's.
"""

MOST = 24
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a number"),
    (list, "a list"),
    (dict, "an object"),
)


def form_of(value: object) -> str:
    """Return the form of a value of JSON: 0 for digits, a and A for letters, 字, ?."""
    if isinstance(value, str):
        more = "…" if len(value) > MOST else ""
        return f"`{''.join(map(_form_of_character, value[:MOST]))}{more}`"
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "null")


def _form_of_character(character: str) -> str:
    if character.isdecimal():
        return "0" if character.isascii() else "０"
    if character.isascii():
        if not character.isalpha():
            return character if character.isprintable() else "?"
        return "A" if character.isupper() else "a"
    return "字" if character.isalpha() else "?"
