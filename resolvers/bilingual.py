"""Chinese and English side by side: descriptions of the schema, and stated texts.

Every type, field, argument and enum value of the schema is described in both; a
test walks the schema. Texts of the domain are asked for in a language.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from policy.text import Text

E = TypeVar("E", bound=type[Enum])


def both(zh: str, en: str) -> str:
    """Return a description in both languages."""
    return f"{zh}\n{en}"


def described_enum(
    enum: E, description: str, values: Mapping[Enum, str], name: str | None = None
) -> E:
    """Put a closed choice of the domain into the graph, each value described.

    ``name`` is the choice's name in the graph where the class's own is taken.

    Raises:
        KeyError: a value has no description; the choice and its words are kept
            together by failing at import.
    """
    strawberry.enum(enum, name=name, description=description)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]  # set by strawberry.enum
    for value in definition.values:
        value.description = values[enum[value.name]]
    return enum


@strawberry.enum(description=both("文字的语言", "The language of a text"))
class Language(Enum):
    """In which language a text is asked for."""

    ZH = strawberry.enum_value("zh", description=both("中文", "Chinese"))
    EN = strawberry.enum_value("en", description=both("英文", "English"))


InLanguage = Annotated[
    Language,
    strawberry.argument(
        description=both("所需文字的语言", "The language the text is asked for in")
    ),
]
"""The argument of every field that is a text of the domain."""


def said(text: Text, language: Language) -> str:
    """Return ``text`` in ``language``."""
    return text.zh if language is Language.ZH else text.en
