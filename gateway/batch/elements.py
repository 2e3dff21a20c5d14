"""Elements of an XML part of a workbook, one after the other and of bounded size.

A sheet of two hundred megabytes is read in the memory of one row: what has been read
is forgotten, and a text is cut where nobody would read on. A document type, in which
entities are declared, is refused; no workbook has one.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

MAX_TEXT = 2_000
"""Characters of a text that are read; one more tells that it went on."""
_CHUNK_BYTES = 16_384
_NAMESPACES = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/package/2006/relationships",
        "http://schemas.openxmlformats.org/package/2006/content-types",
    }
)
"""Of ECMA-376's transitional form, of its strict one, and of the package."""
_PHONETIC = "rPh"
"""How a text is pronounced; it is no part of it."""


class NoElementsError(Exception):
    """The part is no XML, or XML of a kind that no workbook has."""


@dataclass(frozen=True, slots=True)
class Element:
    """A whole element: its attributes, and the texts inside by their element."""

    name: str
    parent: str
    attributes: Mapping[str, str]
    texts: dict[str, str] = field(default_factory=dict)


class _Reader:
    """What expat calls."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names
        self.open: list[str] = []
        self.wanted: list[Element] = []
        self.phonetic = 0
        self.found: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name in self.names:
            parent = self.open[-1] if self.open else ""
            local = {
                key.rpartition("}")[2]: value[:MAX_TEXT]
                for key, value in attributes.items()
            }
            self.wanted.append(Element(name, parent, local))
        elif self.wanted and not self.phonetic:
            self.wanted[-1].texts.setdefault(name, "")
        self.phonetic += name == _PHONETIC
        self.open.append(name)

    def end(self, _name: str) -> None:
        name = self.open.pop()
        self.phonetic -= name == _PHONETIC
        if name in self.names:
            self.found.append(self.wanted.pop())

    def text(self, text: str) -> None:
        if self.wanted and not self.phonetic:
            texts, name = self.wanted[-1].texts, self.open[-1]
            if name in texts and len(texts[name]) <= MAX_TEXT:
                texts[name] = (texts[name] + text)[: MAX_TEXT + 1]


def read_elements(part: IO[bytes], *names: str) -> Iterator[Element]:
    """Yield every element of these names, in the order of their ends.

    Raises:
        NoElementsError: the part is not well formed, or declares a document type.
    """
    reader = _Reader(names)
    parser = ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    is_last = False
    while not is_last:
        chunk = part.read(_CHUNK_BYTES)
        is_last = not chunk
        try:
            parser.Parse(chunk, is_last)
        except (ExpatError, ValueError, LookupError) as error:
            # The last two for an encoding that expat does not know.
            raise NoElementsError(str(error)) from None
        found, reader.found = reader.found, []
        yield from found


def _local(name: str) -> str:
    """Return the name by itself, if it is a workbook's."""
    namespace, _, local = name.rpartition("}")
    return local if namespace in _NAMESPACES else name


def _refuse_doctype(*_: object) -> None:
    raise NoElementsError("a document type")
