"""Mask personal data by what a caller may see, and take it out of texts.

Names, certificate numbers and the signed bytes that contain both are shown as they
are to callers with ``identity:read`` only; everybody else sees masks, which keep the
shape: a length, a first character, the last two. Texts that quote what came from
outside (reasons, error messages, log lines) are searched for anything that looks
like a citizen identification number, whoever reads them (``policy.identity_numbers``).
"""

import re
from dataclasses import dataclass

from bureau.caller import Caller, Scope
from policy.certificate import CertificateRecord
from policy.identity import mask
from policy.identity_numbers import has_identity_number, without_identity_numbers
from policy.text import Text

__all__ = [
    "Mask",
    "has_identity_number",
    "mask_of",
    "masked_name",
    "masked_number",
    "without_identity_numbers",
    "without_values",
]

MAX_MESSAGE = 500
_QUOTED_VALUES = (
    # String cannot represent a non string value: 310110199003074514
    (r"(represent[^:]*): .*", r"\1."),
    # Value '310110199003074514' does not exist in 'IdType' enum.
    (r"Value '.*' (does not exist in)", r"Value \1"),
    # Expected value of type ... to include required field 'idNumber', found: {...}.
    (r"(\?) Found: .*", r"\1"),
    (r"(?:, but encountered error .*|[,;]? [Ff]ound: .*)", "."),
    # Syntax Error: Expected Name, found String '310110199003074514'.
    (r"\b(String|BlockString|Int|Float|Comment) '.*'", r"\1"),
)


def without_values(message: str) -> str:
    """Return an error message of GraphQL without the client's values in it.

    GraphQL quotes what does not fit, be it a name or a number. Where it stands is
    said as well, and the client knows what it sent there. What the sentences above do
    not catch is still searched for identity numbers. A long message is cut: only what
    a client made up is that long, and searching takes the square of its length.
    """
    if len(message) > MAX_MESSAGE:
        message = f"{message[:MAX_MESSAGE]}…"
    for quoted, kept in _QUOTED_VALUES:
        message = re.sub(quoted, kept, message, flags=re.DOTALL)
    return without_identity_numbers(message)


def masked_number(number: str) -> str:
    """Return a certificate number fit for display.

    A special-operations number is "T" and the identity number; the letter stays and
    the rest is masked as the identity number is.
    """
    if number[:1] == "T":
        return f"T{mask(number[1:])}"
    return mask(number)


def masked_name(name: str) -> str:
    """Return a name as 张*: its first character, and the length of the rest."""
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*"


@dataclass(frozen=True, slots=True)
class Mask:
    """One caller's mask on personal data; all is shown if it is lifted."""

    lifted: bool

    def number(self, number: str) -> str:
        """Return a certificate number as the caller sees it."""
        return number if self.lifted else masked_number(number)

    def name(self, name: str | None) -> str | None:
        """Return a name as the caller sees it."""
        return name if name is None or self.lifted else masked_name(name)

    def words(self, words: str | None, record: CertificateRecord) -> str | None:
        """Return words of ``record`` in which an agency may have put the holder."""
        return words if words is None or self.lifted else _masked(words, record)

    def text(self, text: Text, record: CertificateRecord) -> Text:
        """Return a reason about ``record``, which may quote what is masked."""
        if self.lifted:
            return text
        return Text(_masked(text.zh, record), _masked(text.en, record))


def mask_of(caller: Caller) -> Mask:
    """Return the mask ``caller`` looks through."""
    return Mask(lifted=caller.may(Scope.READ_IDENTITY))


def _masked(words: str, record: CertificateRecord) -> str:
    words = words.replace(record.number, masked_number(record.number))
    words = words.replace(record.holder.number, mask(record.holder.number))
    # A name of one character is part of too many other words.
    if record.holder_name is not None and len(record.holder_name) > 1:
        words = words.replace(record.holder_name, masked_name(record.holder_name))
    return without_identity_numbers(words)
