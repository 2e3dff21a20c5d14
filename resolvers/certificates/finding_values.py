"""The values that a clause compared, in the graph, each fit to be shown as it is."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from bureau.caller import Scope
from policy.catalogue import load_catalogue
from policy.compared import ANOTHER, IN_FORCE, NOT_IN_FORCE, SAME
from policy.compared_claims import NO, YES
from policy.compared_values import Codes, Days, Numbers, Value, Values, Words
from policy.facts import FACT_NAMES, Fact
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.documents.directives import list_of
from resolvers.enums import (
    AccountState,
    Acquisition,
    CertificateState,
    ClaimantCategory,
    FindingFact,
    Hukou,
    Level,
)


@strawberry.federation.interface(
    description=both(
        "一项事实的值：某条所要求的，或登记、所述的",
        "The value of one fact: what a clause expects, or what is registered or stated",
    )
)
class FindingValue:
    """A value, and of what it is."""

    fact: FindingFact = strawberry.field(
        description=both("哪一项事实", "Of which fact it is")
    )

    @strawberry.field(description=both("该项事实的名称", "The fact's name"))
    def name(self, language: InLanguage = Language.ZH) -> str:
        """Return the fact's name in ``language``."""
        return said(FACT_NAMES[Fact(self.fact)], language)

    @strawberry.field(description=both("该值，可原样显示", "The value, to be shown"))
    def words(self, language: InLanguage = Language.ZH) -> str:
        """Return the value in ``language``."""
        return said(self.text, language)

    @property
    def text(self) -> Text:
        """Return the value in both languages."""
        raise NotImplementedError


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "自某日至某日，首尾均含；两者相同即该日",
        "The days from one to another, both in it; the same twice is that day",
    ),
)
class FindingDays(FindingValue):
    """Days."""

    first: date | None = strawberry.field(
        name="from", description=both("首日；不限则为空", "The first; null is any")
    )
    last: date | None = strawberry.field(
        name="until", description=both("末日；不限则为空", "The last; null is any")
    )

    @property
    def text(self) -> Text:
        """Return the days in words."""
        first, last = self.first, self.last
        if first is None:
            if last is None:
                return Text("任何一日", "any day")
            return Text(f"{last}及以前", f"until {last}")
        if last is None:
            return Text(f"{first}及以后", f"from {first} on")
        if first == last:
            return Text(f"{first}", f"{first}")
        return Text(f"{first}至{last}", f"from {first} until {last}")


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "自某数至某数的整数；两者相同即该数",
        "The whole numbers from one to another; the same twice is that number",
    ),
)
class FindingNumbers(FindingValue):
    """Numbers."""

    least: int | None = strawberry.field(
        description=both("最小；不限则为空", "The least; null is any")
    )
    most: int | None = strawberry.field(
        description=both("最大；不限则为空", "The most; null is any")
    )

    @property
    def text(self) -> Text:
        """Return the numbers in words."""
        if self.least == self.most and self.least is not None:
            return Text(f"{self.least}", f"{self.least}")
        if self.most is None:
            least = self.least or 0
            return Text(f"至少{least}", f"at least {least}")
        if not self.least:
            return Text(f"至多{self.most}", f"at most {self.most}")
        return Text(f"{self.least}至{self.most}", f"from {self.least} to {self.most}")


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "若干代码之一：枚举值，或附件的代码",
        "One of some codes: values of an enum, or codes of the annex",
    ),
)
class FindingCodes(FindingValue):
    """Codes."""

    codes: list[str] = strawberry.field(
        directives=[list_of(10)], description=both("代码", "The codes")
    )

    @property
    def text(self) -> Text:
        """Return the codes in words, as far as there are any for them."""
        named = [_named(self.fact, code) for code in self.codes]
        return Text(
            "、".join(one.zh for one in named), ", ".join(one.en for one in named)
        )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "附件或登记机构所写的名称；无 identity:read 权限时部分隐去",
        "A name as the annex or a registry has it; what tells of a person is masked "
        "without identity:read",
    ),
)
class FindingWords(FindingValue):
    """A name."""

    stated: strawberry.Private[Text]

    @property
    def text(self) -> Text:
        """Return the name."""
        return self.stated


_ENUMS: Mapping[str, type[StrEnum]] = MappingProxyType(
    {
        Fact.LEVEL: Level,
        Fact.STATE: CertificateState,
        Fact.ACCOUNT: AccountState,
        Fact.CATEGORY: ClaimantCategory,
        Fact.HUKOU: Hukou,
        Fact.ACQUISITION: Acquisition,
    }
)
_NAMED: Mapping[str, Text] = MappingProxyType(
    {
        YES: Text("是", "yes"),
        NO: Text("否", "no"),
        SAME: Text("与持证人一致", "the holder's"),
        ANOTHER: Text("与持证人不一致", "not the holder's"),
        IN_FORCE: Text("在有效期内", "in force"),
        NOT_IN_FORCE: Text("不在有效期内", "not in force"),
    }
)


def _named(fact: str, code: str) -> Text:
    """Return what a code is called; the code itself if it is called nothing."""
    enum = _ENUMS.get(fact)
    if enum is not None:
        return _described(enum)[code]
    if fact in (Fact.ITEM, Fact.KEY_SCOPE):
        item = load_catalogue().items.get(code)
        if item is not None:
            return Text(f"{item.name.zh}（{code}）", f"{item.name.en} ({code})")
    if fact == Fact.COLLECTION_BODY:
        body = load_catalogue().bodies.get(code)
        if body is not None:
            return body.name
    return _NAMED.get(code, Text(code, code))


def _described(enum: type[StrEnum]) -> Mapping[str, Text]:
    """Return the words that the schema has for each value of ``enum``."""
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]  # set by strawberry.enum
    named = {}
    for value in definition.values:
        zh, _, en = (value.description or "").partition("\n")
        named[value.name] = Text(zh, en)
    return named


def shown_values(values: Values) -> list[FindingValue]:
    """Return values as the graph shows them."""
    return [_shown(fact, value) for fact, value in values.items()]


def _shown(fact: Fact, value: Value) -> FindingValue:
    match value:
        case Days(first, last):
            return FindingDays(fact=fact, first=first, last=last)
        case Numbers(least, most):
            return FindingNumbers(fact=fact, least=least, most=most)
        case Codes(codes):
            return FindingCodes(fact=fact, codes=[*codes])
        case Words(words):
            return FindingWords(fact=fact, stated=words)
