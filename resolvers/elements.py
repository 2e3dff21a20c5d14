"""The five elements of a question (五要素), as a request states them.

By headers or by the operation's ``extensions``, which win, element by element; what
neither states is the caller's own. See ``bureau.look_ups.elements``.
"""

from collections.abc import Mapping

from bureau.caller import Caller
from bureau.look_ups.elements import ElementsError, elements_of
from connectors.elements import Element, Elements

ELEMENT_HEADERS: Mapping[Element, str] = {
    Element.ORGANISATION: "X-Organisation",
    Element.OFFICER: "X-Officer",
    Element.MATTER_CODE: "X-Matter-Code",
    Element.MATTER_NAME: "X-Matter-Name",
    Element.BUSINESS_NUMBER: "X-Business-Number",
}
_BY_HEADER = {name.lower(): element for element, name in ELEMENT_HEADERS.items()}
ELEMENT_EXTENSIONS: Mapping[Element, str] = {
    Element.ORGANISATION: "organisation",
    Element.OFFICER: "officer",
    Element.MATTER_CODE: "matterCode",
    Element.MATTER_NAME: "matterName",
    Element.BUSINESS_NUMBER: "businessNumber",
}


def stated_elements(
    headers: Mapping[str, str], extensions: Mapping[str, object] | None, caller: Caller
) -> Elements | ElementsError:
    """Return the elements of a question of ``caller``.

    Like a purpose that cannot be used, an element that cannot be is returned as an
    error, raised by the gate: a question about nobody needs none.
    """
    stated: dict[Element, object] = {}
    # Once through them: most requests have none, and asking for five costs more.
    for name, value in headers.items():
        if name in _BY_HEADER:
            stated.setdefault(_BY_HEADER[name], _utf_8(value))
    if extensions:
        stated |= {
            element: extensions[name]
            for element, name in ELEMENT_EXTENSIONS.items()
            if name in extensions
        }
    try:
        return elements_of(caller, stated)
    except ElementsError as error:
        return error


def header_of(headers: Mapping[str, str], name: str) -> str | None:
    """Return a header that may hold Chinese as UTF-8, which HTTP takes for Latin-1."""
    stated = headers.get(name.lower())
    return None if stated is None else _utf_8(stated)


def _utf_8(header: str) -> str:
    return header.encode("latin-1", "replace").decode("utf-8", "replace")
