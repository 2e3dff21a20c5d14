"""The notice in the graph: the annex's rows, its look-alikes, clauses and figures."""

from datetime import date

import strawberry

from policy.catalogue import Item as CatalogueItem
from policy.catalogue import LookAlike as CatalogueLookAlike
from policy.clause_text import ClauseText, load_clause_texts
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.parameters import Parameter as DatedParameter
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.bodies import Body, body_of
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.enums import Level, RuleSource


@strawberry.federation.type(
    name="AnnexItem",
    authenticated=True,
    description=both("附件的一行：一个证书项目", "A row of the annex: one item"),
)
class Item:
    """One item of the annex."""

    row: strawberry.Private[CatalogueItem]
    code: str = strawberry.field(
        description=both("项目代码", "The code by which records are matched")
    )
    code_confirmed: bool = strawberry.field(
        description=both(
            "代码是否为官方代码；否则为本项目自编",
            "Whether the code is official; else it is this project's own",
        )
    )
    levels: list[Level] = strawberry.field(
        directives=[list_of(5)],
        description=both("附件所列等级", "The grades the annex lists"),
    )
    aliases: list[str] = strawberry.field(
        directives=[list_of(10)],
        description=both(
            "视为同一项目的其他写法", "Other spellings known to mean this item"
        ),
    )
    authority: Body = strawberry.field(
        description=both("行业主管部门", "The authority")
    )
    evaluation_body: Body = strawberry.field(
        description=both("评价机构（考试机构）", "The evaluation body")
    )
    collection_body: Body = strawberry.field(
        description=both("证书数据归集机构", "The collection body")
    )

    @strawberry.field(description=both("职业资格名称", "The qualification's title"))
    def title(self, language: InLanguage = Language.ZH) -> str:
        """Return the title in ``language``."""
        return said(self.row.title, language)

    @strawberry.field(description=both("项目大类", "The category"))
    def category(self, language: InLanguage = Language.ZH) -> str:
        """Return the category in ``language``."""
        return said(self.row.category, language)

    @strawberry.field(description=both("项目名称", "The item's name"))
    def name(self, language: InLanguage = Language.ZH) -> str:
        """Return the name in ``language``."""
        return said(self.row.name, language)


def item_of(item: CatalogueItem) -> Item:
    """Return a row of the annex as the graph shows it."""
    return Item(
        row=item,
        code=item.code,
        code_confirmed=item.code_confirmed,
        levels=list(item.levels),
        aliases=list(item.aliases),
        authority=body_of(item.authority),
        evaluation_body=body_of(item.evaluation_body),
        collection_body=body_of(item.collection_body),
    )


@strawberry.federation.type(
    authenticated=True,
    description=both(
        "容易混淆、须按名称拒绝的证书",
        "A certificate that resembles the annex's and is refused by name",
    ),
)
class LookAlike:
    """One named look-alike."""

    entry: strawberry.Private[CatalogueLookAlike]
    id: strawberry.ID = strawberry.field(description=both("编号", "The id"))
    words: list[str] = strawberry.field(
        directives=[list_of(10)],
        description=both("名称中的字样", "The words that give it away"),
    )

    @strawberry.field(description=both("拒绝的理由", "Why it is refused"))
    def reason(self, language: InLanguage = Language.ZH) -> str:
        """Return the reason in ``language``."""
        return said(self.entry.reason, language)


@strawberry.federation.type(
    authenticated=True,
    description=both(
        "附件：31 个项目、41 个项目等级组合",
        "The annex: 31 items, 41 pairs of item and grade",
    ),
)
class Catalogue:
    """The annex."""

    items: list[Item] = strawberry.field(
        directives=[list_of(40)],
        description=both("全部项目，按附件顺序", "All items, in the annex's order"),
    )
    look_alikes: list[LookAlike] = strawberry.field(
        directives=[list_of(10)],
        description=both("容易混淆的证书", "The named look-alikes"),
    )


@strawberry.federation.type(
    authenticated=True, description=both("一条规定", "One clause")
)
class Clause:
    """One clause in the notice's words."""

    text: strawberry.Private[ClauseText]
    id: strawberry.ID = strawberry.field(
        description=both("条款编号，与 Finding.clause 相同", "As in Finding.clause")
    )
    source: RuleSource = strawberry.field(description=both("出处", "Its source"))

    @strawberry.field(description=both("要求什么", "What is demanded"))
    def title(self, language: InLanguage = Language.ZH) -> str:
        """Return the title in ``language``."""
        return said(self.text.title, language)

    @strawberry.field(description=both("原文", "The words of the notice"))
    def words(self, language: InLanguage = Language.ZH) -> str:
        """Return the words in ``language``."""
        return said(self.text.words, language)


@strawberry.federation.type(
    authenticated=True,
    description=both(
        "规定中的一个数值，自某日起适用", "A figure of the rules, in force from a day"
    ),
)
class Parameter:
    """One dated figure."""

    noted: strawberry.Private[Text | None]
    name: str = strawberry.field(description=both("名称", "The name"))
    clause: str = strawberry.field(description=both("所属条款", "Its clause"))
    in_force_from: date = strawberry.field(
        description=both("适用起始日", "The first day in force")
    )
    source: RuleSource = strawberry.field(description=both("出处", "Its source"))
    value: str = strawberry.field(description=both("数值", "The value"))

    @strawberry.field(description=both("说明", "A remark"))
    def note(self, language: InLanguage = Language.ZH) -> str | None:
        """Return the remark in ``language``; ``None`` if there is none."""
        return None if self.noted is None else said(self.noted, language)


@strawberry.federation.type(
    authenticated=True,
    description=both("判断所依据的规定", "The rules a verdict is made by"),
)
class Policy:
    """The rules in force."""

    notice: str = strawberry.field(description=both("文号", "The notice's number"))
    issued_on: date = strawberry.field(
        description=both("发文日期", "The date of the notice")
    )
    clauses: list[Clause] = strawberry.field(
        directives=[list_of(20)],
        description=both("全部条款，按报告顺序", "All clauses, in reporting order"),
    )
    parameters: list[Parameter] = strawberry.field(
        directives=[list_of(40)],
        description=both("全部数值及出处", "All figures with their sources"),
    )


def catalogue(info: Info) -> Catalogue:
    """Return the annex."""
    annex = info.context.services.catalogue
    return Catalogue(
        items=[item_of(item) for item in annex.items.values()],
        look_alikes=[
            LookAlike(entry=entry, id=strawberry.ID(entry.id), words=list(entry.words))
            for entry in annex.look_alikes
        ],
    )


def policy(info: Info) -> Policy:
    """Return the rules in force; of those that may exist, the ones that are on."""
    context = info.context
    parameters = context.services.parameters
    on = parameters.in_force(context.today).optional_clauses
    return Policy(
        notice="沪人社职〔2022〕219号",
        issued_on=date(2022, 8, 22),
        clauses=[
            Clause(text=text, id=strawberry.ID(text.id), source=text.source)
            for text in load_clause_texts()
            if text.id not in OPTIONAL_CLAUSES or text.id in on
        ],
        parameters=[parameter_shown(p) for p in parameters.entries],
    )


def parameter_shown(parameter: DatedParameter) -> Parameter:
    """Return a dated figure as the graph shows it."""
    return Parameter(
        noted=parameter.note,
        name=parameter.name,
        clause=parameter.clause,
        in_force_from=parameter.in_force_from,
        source=parameter.source,
        value=_plain(parameter.value),
    )


def _plain(value: object) -> str:
    """Return a figure as text: mappings and sets as comma-separated words."""
    match value:
        case dict() | frozenset() | tuple() if not value:
            return ""
        case frozenset():
            return ", ".join(sorted(_plain(part) for part in value))
        case tuple():
            return "; ".join(_plain(part) for part in value)
        case _ if hasattr(value, "items"):
            return ", ".join(f"{key}: {part}" for key, part in value.items())
        case _:
            return str(value)
