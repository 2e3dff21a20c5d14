"""Find the annex row a record is about.

219-1a asks for title, item and level. The code says which row, and the names must
agree with it:

- A title, category or item that contains the word of a named look-alike is
  refused whatever the code: a code is one wrong digit away from a row, while
  nobody writes 压力焊 by mistake.
- A name that belongs to *another* row than the code contradicts it; which of the
  two is wrong is not ours to guess, so the row is undetermined.
- A title or item that is no known spelling of the row's is undetermined too: a
  typing error and a certificate of something else look the same. What is known
  stands in a table of official names and aliases.
- Without a code the item's exact spelling is looked up in that table.
- A code that is none of the annex beside an exact name of the annex is undetermined
  too: registries have codes of their own, which ``record.values.item_code`` maps.

``docs/decisions/policy-code-before-name.md`` has the reasons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from policy import normal_form
from policy.catalogue import Catalogue, Item
from policy.certificate import CertificateRecord
from policy.finding import FindingOutcome
from policy.text import Text, same_words


@dataclass(frozen=True, slots=True)
class Row:
    """The row a record is about: found, not in the annex, or not known."""

    outcome: FindingOutcome
    # Present exactly when ``outcome`` is MET.
    item: Item | None
    reason: Text
    # The codes of the rows it may be about: one if it is found, none if it is not
    # in the annex. Whoever looks for a person's certificate of a row must not pass
    # over one that may be it.
    candidates: frozenset[str] = frozenset()


def row_of(record: CertificateRecord, catalogue: Catalogue) -> Row:
    """Return the annex row of ``record``; its level is not looked at."""
    # Once for each record: it follows from that and the annex alone.
    row: Row | None = record.derived.get(catalogue)
    if row is None:
        row = record.derived[catalogue] = _row_of(record, catalogue)
    return row


def _row_of(record: CertificateRecord, catalogue: Catalogue) -> Row:
    look_alike = catalogue.look_alike_lengths.get(number_length(record))
    if look_alike is not None:
        return Row(FindingOutcome.UNMET, None, look_alike.reason)
    return _row_of_words(
        catalogue, record.title, record.category, record.item, record.item_code
    )


def number_length(record: CertificateRecord) -> int:
    """Return of how many characters the certificate's number is."""
    number = record.number
    return len(number if number.isalnum() else normal_form.number(number))


# Some hundred combinations exist in practice. None of these words is personal.
@lru_cache(maxsize=2048)
def _row_of_words(
    catalogue: Catalogue,
    title: str,
    category: str | None,
    name: str,
    code: str | None,
) -> Row:
    stated = [words for words in (title, category, name) if words is not None]
    look_alike = catalogue.look_alike_of(stated)
    if look_alike is not None:
        return Row(FindingOutcome.UNMET, None, look_alike.reason)
    by_name = catalogue.code_of_name.get(same_words(name))
    code = None if code is None else normal_form.code(code) or None
    found = code
    if code is None or by_name in catalogue.shared_codes.get(code, ()):
        found = by_name
    if found is None:
        return _undetermined(
            catalogue.items,
            f"未提供项目代码，“{name}”不是附件中任何项目的名称",
            f"no item code is stated and “{name}” is no known spelling of an item",
        )
    item = catalogue.items.get(found)
    if item is None:
        return _unlisted(catalogue, found, name)
    return _objection(catalogue, item, title, name, stated) or row_of_item(item)


def row_of_item(item: Item) -> Row:
    """Return the row that ``item`` is, found."""
    return Row(
        FindingOutcome.MET,
        item,
        Text(
            f"附件所列项目：{item.name.zh}（{item.code}）",
            f"a row of the annex: {item.name.en} ({item.code})",
        ),
        frozenset({item.code}),
    )


def _objection(
    catalogue: Catalogue, item: Item, title: str, name: str, stated: Iterable[str]
) -> Row | None:
    """Return what the names say against the row that the code is of."""
    code = item.code
    for words in stated:
        bearing = catalogue.codes_bearing.get(same_words(words))
        if bearing is not None and code not in bearing:
            return _undetermined(
                bearing | {code},
                f"代码{code}与名称“{words}”指向附件的不同项目",
                f"code {code} and the name “{words}” point to different rows",
            )
    if catalogue.code_of_name.get(same_words(name)) != code:
        return _undetermined(
            {code},
            f"代码{code}在附件之列，但“{name}”不是其项目的已知名称",
            f"code {code} is in the annex, but “{name}” is no known spelling of its "
            "item",
        )
    if same_words(title) not in item.title_words:
        return _undetermined(
            {code},
            f"代码{code}在附件之列，但“{title}”不是其证书的已知名称",
            f"code {code} is in the annex, but “{title}” is no known title of its "
            "certificates",
        )
    return None


def _unlisted(catalogue: Catalogue, code: str, name: str) -> Row:
    """Tell a code outside the annex from one we cannot place."""
    sharing = catalogue.shared_codes.get(code)
    if sharing is not None:
        return _undetermined(
            sharing,
            f"代码{code}为多个项目共用，且未注明方向",
            f"code {code} is shared by several rows and the direction is not stated",
        )
    # A registry may have a code of its own for it, or write none as "无" or "0".
    named = catalogue.codes_bearing.get(same_words(name))
    if named is not None:
        return _undetermined(
            named,
            f"“{name}”见于附件，但代码{code}不是附件代码，无法核对",
            f"“{name}” is in the annex, but code {code} is none of the annex's and "
            "cannot be compared",
        )
    if not any(character.isascii() and character.isalnum() for character in code):
        return _undetermined(
            catalogue.items,
            f"“{code}”不是代码，“{name}”不是附件中任何项目的名称",
            f"“{code}” is no code, and “{name}” is no known spelling of an item",
        )
    return Row(
        FindingOutcome.UNMET,
        None,
        Text(f"代码{code}不在附件之列", f"code {code} is not in the annex"),
    )


def _undetermined(candidates: Iterable[str], zh: str, en: str) -> Row:
    return Row(FindingOutcome.UNDETERMINED, None, Text(zh, en), frozenset(candidates))
