"""Words people read, always in both languages, and how words are compared.

Names of titles, items and bodies are compared in their normal form
(``policy.normal_form``) and in no other. Nothing is cut off, translated or guessed.
"""

from typing import NamedTuple

from policy import normal_form


# A tuple: findings are looked up by their reasons, and a tuple's hash takes a tenth.
class Text(NamedTuple):
    """One thing said twice: in Chinese and in English."""

    zh: str
    en: str


same_words = normal_form.words
"""Return the form in which two spellings of one name are equal."""
