"""Write HTML in which every text is escaped: only ``Markup`` goes in as it is."""

from html import escape

from policy.text import Text


class Markup(str):
    """HTML that was made here, of texts that are escaped."""

    __slots__ = ()


def made(name: str, *inside: object, **attributes: str) -> Markup:
    """Return an element; what is inside and is no ``Markup`` becomes escaped text.

    ``class_`` is written ``class``, and ``data_code`` ``data-code``.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{said}>{joined(*inside)}</{name}>")


def joined(*some: object) -> Markup:
    """Return texts and elements one after the other."""
    return Markup("".join(one if type(one) is Markup else _text(one) for one in some))


def both(text: Text) -> Markup:
    """Return a text in Chinese with the English beside it."""
    zh, en = made("span", text.zh, lang="zh-Hans"), made("span", text.en, lang="en")
    return joined(zh, " ", en)


def _text(one: object) -> str:
    """Return a value as people read it, escaped; characters that steer are shown."""
    said = "—" if one is None else str(one)
    seen = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in said)
    return escape(seen)
