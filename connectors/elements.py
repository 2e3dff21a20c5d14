"""The five elements of an office's question (五要素), and what agencies are told.

Whoever handles a matter (办事事项) says for which organisation, by which officer, under
which name and code of the matter, and on which business number. An agency whose
manifest has names for them is told, by those names, in the body or in headers of the
question; ``docs/decisions/five-elements.md`` has the reasons.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

from connectors.errors import ManifestError
from policy.identity import Identity
from policy.text import Text


class Element(StrEnum):
    """One of the five."""

    ORGANISATION = "organisation"
    OFFICER = "officer"
    MATTER_CODE = "matter_code"
    MATTER_NAME = "matter_name"
    BUSINESS_NUMBER = "business_number"


_ALL = tuple(Element)
ELEMENT_NAMES: Mapping[Element, Text] = {
    Element.ORGANISATION: Text("机构", "organisation"),
    Element.OFFICER: Text("经办人", "officer"),
    Element.MATTER_CODE: Text("事项编码", "matter code"),
    Element.MATTER_NAME: Text("事项名称", "matter name"),
    Element.BUSINESS_NUMBER: Text("业务流水号", "business number"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """The elements of one question; ``None`` is one that is not stated."""

    organisation: str | None = None
    officer: str | None = None
    """A pseudonym wherever it is kept or passed on."""
    matter_code: str | None = None
    matter_name: str | None = None
    business_number: str | None = None

    def stated(self) -> list[tuple[Element, str]]:
        """Return those that are stated."""
        values = [(one, getattr(self, one)) for one in _ALL]
        return [(one, value) for one, value in values if value is not None]

    def missing(self) -> list[Element]:
        """Return those that are not."""
        return [one for one in _ALL if getattr(self, one) is None]


NOT_STATED = Elements()
OURS = frozenset(
    {
        *("accept", "accept-encoding", "authorization", "connection", "content-length"),
        *("content-type", "expect", "host", "te", "trailer", "transfer-encoding"),
        *("upgrade", "user-agent"),
    }
)
"""Headers of a question that say something else, in lower case."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one question tells an agency beside whom it is about, in its own names."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Members of the body."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Values in visible ASCII: percent-encoded UTF-8."""
    names: Mapping[Identity, str] = field(default_factory=dict, repr=False)
    """The names of people that were stated, for an agency that identifies by them."""


def refuse_taken_names(
    in_body: Mapping[Element, str],
    in_headers: Mapping[Element, str],
    taken: Iterable[str | None],
) -> None:
    """Refuse names under which an agency would be told something else.

    Raises:
        ManifestError: a name stands for something else, or for two elements.
    """
    for place, names, used in (
        ("request.elements", list(in_body.values()), set(taken)),
        ("request.element_headers", [n.lower() for n in in_headers.values()], OURS),
    ):
        doubtful = [n for n in names if n in used or names.count(n) > 1]
        if doubtful:
            raise ManifestError(
                f"{place} has {doubtful[0]!r}, which stands for something else; "
                "take another name"
            )


def told_of(
    elements: Elements,
    in_body: Mapping[Element, str],
    in_headers: Mapping[Element, str],
) -> Told | None:
    """Return what an agency is told that has these names; ``None`` if it has none."""
    if not in_body and not in_headers:
        return None
    stated = dict(elements.stated())
    return Told(
        {name: stated[one] for one, name in in_body.items() if one in stated},
        {
            name: quote(stated[one], safe="")
            for one, name in in_headers.items()
            if one in stated
        },
    )
