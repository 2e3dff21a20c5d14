"""The annex: which certificates are paid for, who examines, collects and oversees.

``annex/catalogue.toml`` is the data; here is its shape and its reading. A record
is matched to a row by code; names must agree with it, or stand in for it, and only
by exact spelling from a table: real data carries typing errors, and a likeness of
names is how a certificate of another scheme would slip in (``policy.row``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import TypeVar

from policy.errors import AnnexError
from policy.level import Level
from policy.table import Table, parse_table, read_annex
from policy.text import Text, same_words

T = TypeVar("T")


# Compared and hashed as an object, as ``Item`` is: what is shown of it is kept by it.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Body:
    """An institution the annex names: evaluation body, collection body, authority."""

    id: str
    name: Text
    aliases: tuple[str, ...] = ()
    # Not in the notice; filled in when an authority states it.
    social_credit_code: str | None = None

    def is_named(self, stated: str) -> bool:
        """Whether ``stated`` is this body's name or a listed alias of it."""
        if stated == self.name.zh:
            return True
        words = same_words(stated)
        return any(words == same_words(name) for name in (self.name.zh, *self.aliases))


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A value of the annex's first column, with what its rows have in common."""

    id: str
    name: Text
    aliases: tuple[str, ...]
    # Note 2 of the annex: paid by the day of first issue (初领日期).
    anchored_on_first_issue: bool
    evaluation_body: Body
    collection_body: Body
    authority: Body


# Compared and hashed as an object: the hot path looks clause results up by item.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """A row of the annex: one certificate item with the levels that are paid for."""

    code: str
    title: Text
    category: Text
    name: Text
    levels: tuple[Level, ...]
    evaluation_body: Body
    collection_body: Body
    authority: Body
    anchored_on_first_issue: bool
    aliases: tuple[str, ...]
    # A national code that several rows share, so that it names none alone.
    shared_code: str | None
    code_source: str
    # False: the code is the project's own, see ``code_source``.
    code_confirmed: bool
    # Other spellings under which the title of this row is known.
    title_aliases: tuple[str, ...]
    # All of its spellings, as ``same_words`` has them.
    title_words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """Certificates that resemble the annex's and are refused by name."""

    id: str
    words: tuple[str, ...]
    # Certificate numbers of this scheme have this many characters.
    number_length: int | None
    reason: Text


# Compared and hashed as an object: a catalogue is loaded once.
@dataclass(frozen=True, eq=False)
class Catalogue:
    """The annex in memory, with the tables that ``policy.row`` looks up."""

    items: Mapping[str, Item]
    look_alikes: tuple[LookAlike, ...]
    bodies: Mapping[str, Body]

    def rows_of(self, collection_body: str) -> frozenset[str]:
        """Return the codes of the rows that a body collects."""
        return frozenset(
            item.code
            for item in self.items.values()
            if item.collection_body.id == collection_body
        )

    @cached_property
    def code_of_name(self) -> Mapping[str, str]:
        """Every exact spelling of an item's name, to the item's code."""
        return MappingProxyType(
            {
                same_words(name): item.code
                for item in self.items.values()
                for name in (item.name.zh, *item.aliases)
            }
        )

    @cached_property
    def codes_bearing(self) -> Mapping[str, frozenset[str]]:
        """Every title, category and item name, to the codes of its rows."""
        bearing: dict[str, set[str]] = {}
        for item in self.items.values():
            names = (item.title.zh, item.category.zh, item.name.zh)
            for name in (*names, *item.aliases, *item.title_aliases):
                bearing.setdefault(same_words(name), set()).add(item.code)
        return MappingProxyType({k: frozenset(v) for k, v in bearing.items()})

    @cached_property
    def shared_codes(self) -> Mapping[str, frozenset[str]]:
        """A national code that names no row alone, to the codes that share it."""
        shared: dict[str, set[str]] = {}
        for item in self.items.values():
            if item.shared_code is not None:
                shared.setdefault(item.shared_code, set()).add(item.code)
        return MappingProxyType({k: frozenset(v) for k, v in shared.items()})

    @cached_property
    def look_alike_lengths(self) -> Mapping[int, LookAlike]:
        """The length of a certificate number that gives a look-alike away."""
        return MappingProxyType(
            {
                look_alike.number_length: look_alike
                for look_alike in self.look_alikes
                if look_alike.number_length is not None
            }
        )

    def look_alike_of(self, names: Iterable[str]) -> LookAlike | None:
        """Return the first look-alike one of whose words stands in ``names``."""
        stated = [same_words(name) for name in names]
        for look_alike in self.look_alikes:
            if any(word in name for word in look_alike.words for name in stated):
                return look_alike
        return None


@cache
def load_catalogue() -> Catalogue:
    """Return the annex, read once.

    Raises:
        AnnexError: the project's own file is broken.
    """
    return read_catalogue(read_annex("catalogue.toml"))


def read_catalogue(text: str) -> Catalogue:
    """Read a catalogue from TOML.

    Raises:
        AnnexError: a key is unknown, missing or of the wrong type, two entries
            share a name, or an entry refers to one that is not there.
    """
    root = parse_table(text, "catalogue.toml")
    bodies: dict[str, Body] = {}
    for table in root.tables("body"):
        body = _read_body(table)
        _add(bodies, body.id, body, table.where)
    titles: dict[str, Title] = {}
    for table in root.tables("title"):
        title = _read_title(table, bodies)
        _add(titles, title.id, title, table.where)
    categories: dict[str, tuple[Title, Text]] = {}
    for table in root.tables("category"):
        id_ = table.take("id", str)
        title = _find(titles, table.take("title", str), table.where)
        _add(categories, id_, (title, table.text()), table.where)
        table.finish()
    items: dict[str, Item] = {}
    names: dict[str, str] = {}
    for table in root.tables("item"):
        item = _read_item(table, categories)
        _add(items, item.code, item, table.where)
        for name in (item.name.zh, *item.aliases):
            _add(names, same_words(name), item.code, table.where)
    look_alikes = tuple(map(_read_look_alike, root.tables("look_alike")))
    root.finish()
    return Catalogue(MappingProxyType(items), look_alikes, MappingProxyType(bodies))


def _read_body(table: Table) -> Body:
    body = Body(
        id=table.take("id", str),
        name=table.text(),
        aliases=table.texts("aliases"),
        social_credit_code=table.take_optional("social_credit_code", str),
    )
    table.finish()
    return body


def _read_title(table: Table, bodies: Mapping[str, Body]) -> Title:
    title = Title(
        id=table.take("id", str),
        name=table.text(),
        aliases=table.texts("aliases"),
        anchored_on_first_issue=table.take("anchored_on_first_issue", bool),
        evaluation_body=_find(bodies, table.take("evaluation_body", str), table.where),
        collection_body=_find(bodies, table.take("collection_body", str), table.where),
        authority=_find(bodies, table.take("authority", str), table.where),
    )
    table.finish()
    return title


def _read_item(table: Table, categories: Mapping[str, tuple[Title, Text]]) -> Item:
    title, category = _find(categories, table.take("category", str), table.where)
    levels = table.texts("levels")
    if not levels or not set(levels) <= set(Level):
        raise AnnexError(table.where, f"levels {list(levels)}, allowed {list(Level)}")
    item = Item(
        code=table.take("code", str),
        title=title.name,
        category=category,
        name=table.text(),
        levels=tuple(map(Level, levels)),
        evaluation_body=title.evaluation_body,
        collection_body=title.collection_body,
        authority=title.authority,
        anchored_on_first_issue=title.anchored_on_first_issue,
        aliases=table.texts("aliases"),
        shared_code=table.take_optional("shared_code", str),
        code_source=table.take("code_source", str),
        code_confirmed=table.take("code_confirmed", bool),
        title_aliases=title.aliases,
        title_words=frozenset(map(same_words, (title.name.zh, *title.aliases))),
    )
    table.finish()
    return item


def _read_look_alike(table: Table) -> LookAlike:
    look_alike = LookAlike(
        id=table.take("id", str),
        words=table.texts("words"),
        number_length=table.take_optional("number_length", int),
        reason=table.text(),
    )
    table.finish()
    return look_alike


def _add(entries: dict[str, T], key: str, entry: T, where: str) -> None:
    if key in entries:
        raise AnnexError(where, f"{key} is there twice")
    entries[key] = entry


def _find(entries: Mapping[str, T], key: str, where: str) -> T:
    if key not in entries:
        raise AnnexError(where, f"{key} is none of {sorted(entries)}")
    return entries[key]
