"""Find the annex row a record is about.

The code decides. Names are consulted for three things only:

- A title, category or item that contains the word of a named look-alike is
  refused whatever the code: a code is one wrong digit away from a row, while
  nobody writes 压力焊 by mistake.
- A name that belongs to *another* row than the code contradicts it; which of the
  two is wrong is not ours to guess, so the row is undetermined.
- Without a code the item's exact spelling is looked up in a table of official
  names and known typing errors.

``docs/decisions/policy-code-before-name.md`` has the reasons.
"""

from dataclasses import dataclass
from functools import lru_cache

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


def row_of(record: CertificateRecord, catalogue: Catalogue) -> Row:
    """Return the annex row of ``record``; its level is not looked at."""
    look_alike = catalogue.look_alike_lengths.get(len(record.number))
    if look_alike is not None:
        return Row(FindingOutcome.UNMET, None, look_alike.reason)
    return _row_of_words(
        catalogue, record.title, record.category, record.item, record.item_code
    )


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
    found = code
    if code is None or by_name in catalogue.shared_codes.get(code, ()):
        found = by_name
    if found is None:
        return _undetermined(
            f"未提供项目代码，“{name}”不是附件中任何项目的名称",
            f"no item code is stated and “{name}” is no known spelling of an item",
        )
    item = catalogue.items.get(found)
    if item is None:
        return _unlisted(catalogue, found, by_name)
    for words in stated:
        bearing = catalogue.codes_bearing.get(same_words(words))
        if bearing is not None and found not in bearing:
            return _undetermined(
                f"代码{found}与名称“{words}”指向附件的不同项目",
                f"code {found} and the name “{words}” point to different rows",
            )
    return Row(
        FindingOutcome.MET,
        item,
        Text(
            f"附件所列项目：{item.name.zh}（{found}）",
            f"a row of the annex: {item.name.en} ({found})",
        ),
    )


def _unlisted(catalogue: Catalogue, code: str, by_name: str | None) -> Row:
    """Tell a code outside the annex from one we cannot place."""
    if code in catalogue.shared_codes:
        return _undetermined(
            f"代码{code}为多个项目共用，且未注明方向",
            f"code {code} is shared by several rows and the direction is not stated",
        )
    # The official code of this item is not known to us, so the registry may
    # well be right. A code we do know cannot be another item's.
    if by_name is not None and not catalogue.items[by_name].code_confirmed:
        return _undetermined(
            f"项目名称见于附件，但其官方代码未经确认，无法核对代码{code}",
            f"the item is in the annex, but its official code is not confirmed, "
            f"so code {code} cannot be compared",
        )
    return Row(
        FindingOutcome.UNMET,
        None,
        Text(f"代码{code}不在附件之列", f"code {code} is not in the annex"),
    )


def _undetermined(zh: str, en: str) -> Row:
    return Row(FindingOutcome.UNDETERMINED, None, Text(zh, en))
