"""Choose the language of a page: what was chosen, else what the browser prefers."""

import re
from enum import StrEnum

from starlette.requests import Request

from gateway.console.cookies import LANGUAGE, cookie_of
from policy.text import Text

PARAMETER = "language"
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q=([0-9.]{1,5}))?")


class Language(StrEnum):
    """A language of the pages, as the graph calls it."""

    ZH = "ZH"
    EN = "EN"

    @property
    def tag(self) -> str:
        """Return the language as HTML calls it (BCP 47)."""
        return "zh-Hans" if self is Language.ZH else "en"

    @property
    def other(self) -> "Language":
        """Return the one to switch to."""
        return Language.EN if self is Language.ZH else Language.ZH

    def of(self, text: Text) -> str:
        """Return the words of ``text``."""
        return text.zh if self is Language.ZH else text.en


def stated(request: Request) -> Language | None:
    """Return the language that the address asks for."""
    return _named(request.query_params.get(PARAMETER))


def language_of(request: Request) -> Language:
    """Return the language to answer in; Chinese, unless English is preferred."""
    chosen = stated(request) or _named(cookie_of(request, LANGUAGE))
    return chosen or preferred(request.headers.get("accept-language", ""))


def preferred(accepted: str) -> Language:
    """Return what an ``Accept-Language`` (RFC 9110, 12.5.4) likes best of the two."""
    weights = {"zh": 0.0, "en": 0.0}
    for entry in accepted.split(",")[:32]:
        found = _RANGE.fullmatch(entry)
        if found is not None and found[1].lower() in weights:
            name = found[1].lower()
            weights[name] = max(weights[name], _weight(found[2]))
    return Language.EN if weights["en"] > weights["zh"] else Language.ZH


def _weight(stated_weight: str | None) -> float:
    try:
        return 1.0 if stated_weight is None else float(stated_weight)
    except ValueError:
        return 0.0


def _named(name: str | None) -> Language | None:
    return Language(name) if name in list(Language) else None
