"""Read the five elements (五要素) of an office's question.

An element that cannot be used is refused and never left out: whoever stated it meant
something. An officer is whom the caller's token names, if it names a person; a request
that says otherwise is refused, since the token is vouched for and the request is not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bureau.caller import Caller
from bureau.look_ups.purpose import CASE_NUMBER
from bureau.privacy.masks import has_identity_number
from connectors.elements import ELEMENT_NAMES, NOT_STATED, Element, Elements
from policy.text import Text

MAX_WORDS = 100
"""The longest name of an organisation or a matter."""
MAX_OFFICER = 64
_WORDS = (
    "为1至{}个可显示的字，且不得含证件号码",
    "has 1 to {} printable characters and no identity number",
)
_NUMBERS = Text(
    "为1至64个汉字、字母、数字或 ()[]〔〕._/- ，且不得含证件号码",
    "has 1 to 64 letters, digits, Chinese characters or ()[]〔〕._/- and no identity "
    "number",
)
_MAX_LENGTH = {
    Element.ORGANISATION: MAX_WORDS,
    Element.MATTER_NAME: MAX_WORDS,
    Element.OFFICER: MAX_OFFICER,
}


class ElementsError(Exception):
    """Elements are missing, or one cannot be used; the message is in both languages."""

    def __init__(self, message: str, elements: Iterable[Element]) -> None:
        super().__init__(message)
        self.message = message
        self.elements = tuple(elements)


class ElementsMissingError(ElementsError):
    """The operator requires all five, and these are not stated."""

    def __init__(self, missing: Iterable[Element]) -> None:
        missing = tuple(missing)
        zh = "、".join(ELEMENT_NAMES[one].zh for one in missing)
        en = ", ".join(ELEMENT_NAMES[one].en for one in missing)
        super().__init__(
            f"查询个人信息须说明五要素，缺少{zh} / looking people up needs the five "
            f"elements; missing: {en}",
            missing,
        )


def read_elements(stated: Mapping[Element, object]) -> Elements:
    """Return the elements that are stated; a value ``None`` is none.

    Raises:
        ElementsError: one of them cannot be used.
    """
    found: dict[str, str] = {}
    for element, value in stated.items():
        if value is None:
            continue
        if not isinstance(value, str) or not _is_fit(element, value):
            name, allowed = ELEMENT_NAMES[element], _allowed(element)
            raise ElementsError(
                f"{name.zh}{allowed.zh} / a {name.en} {allowed.en}", [element]
            )
        found[element] = value.strip()
    return Elements(**found) if found else NOT_STATED


def elements_of(caller: Caller, stated: Mapping[Element, object]) -> Elements:
    """Return the elements of a question of ``caller``: as stated, else the caller's.

    The officer is said in full: whose officer it is, and how they are called there.

    Raises:
        ElementsError: one cannot be used, or another officer is stated than the token
            names.
    """
    if not stated and caller.subject is None and caller.elements is NOT_STATED:
        return NOT_STATED
    found = read_elements(stated) if stated else NOT_STATED
    if caller.subject is not None:
        named = caller.subject.partition(":")[2]
        if found.officer not in (None, named):
            raise ElementsError(
                "所述经办人不是令牌所指之人 / the officer that is stated is not whom "
                "the token names",
                [Element.OFFICER],
            )
        officer: str | None = caller.subject
    else:
        stated_officer = found.officer or caller.elements.officer
        officer = None if stated_officer is None else f"{caller.id}:{stated_officer}"
    if found is NOT_STATED:
        return replace(caller.elements, officer=officer)
    known = {**dict(caller.elements.stated()), **dict(found.stated())}
    return replace(Elements(**known), officer=officer)


def pseudonymous(elements: Elements, of_officer: Callable[[str], str]) -> Elements:
    """Return ``elements`` with the officer's pseudonym in the officer's place."""
    if elements.officer is None:
        return elements
    return replace(elements, officer=of_officer(elements.officer))


def _is_fit(element: Element, value: str) -> bool:
    longest = _MAX_LENGTH.get(element)
    if longest is None:
        is_fit = CASE_NUMBER.fullmatch(value) is not None
    else:
        is_fit = 0 < len(value.strip()) <= len(value) <= longest and (
            value.isprintable()
        )
    return is_fit and not has_identity_number(value)


def _allowed(element: Element) -> Text:
    longest = _MAX_LENGTH.get(element)
    if longest is None:
        return _NUMBERS
    zh, en = _WORDS
    return Text(zh.format(longest), en.format(longest))
