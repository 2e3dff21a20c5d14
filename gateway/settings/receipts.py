"""The option of receipts: who gets one."""

from enum import StrEnum


class Receipts(StrEnum):
    """Who gets a receipt with an answer."""

    ASKED = "asked"
    """Who sends ``Prefer: receipt``."""
    ALWAYS = "always"
    """Everybody."""
    OFF = "off"
    """Nobody; the keys stay published."""
