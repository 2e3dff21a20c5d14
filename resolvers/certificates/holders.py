"""Ask the agencies about people: one by one, or many at once."""

from dataclasses import replace
from typing import Annotated

import strawberry

from bureau.caller import Scope
from bureau.person import Person
from policy.evidence import Claimant
from policy.identity import IdentityError, parse_identity
from policy.names import stated_name
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.holder import Holder, HolderAnswer, InvalidIdentity
from resolvers.context import RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import IdType
from resolvers.errors import RequestError
from resolvers.ledger.paid import paid_before
from resolvers.look_ups import count_name, look_up
from resolvers.sources import skipped, source_of

MAX_HOLDERS = 100
PEOPLE = Text("人", "people")

ClaimantName = Annotated[
    str | None,
    strawberry.argument(
        description=both(
            "申领人姓名；给出时与证书核对（219-2c）",
            "The claimant's name; compared if stated (219-2c)",
        )
    ),
]


@strawberry.input(description=both("批量查询中的一个人", "One person of a batch"))
class PersonInput:
    """A person to ask about."""

    id_number: str = strawberry.field(
        description=both("证件号码", "The identity number")
    )
    id_type: IdType | None = strawberry.field(
        default=None,
        description=both(
            "证件类型；省略时按号码推得（护照须注明）",
            "The id type; inferred if left out (a passport's must be stated)",
        ),
    )
    name: str | None = strawberry.field(
        default=None,
        description=both(
            "申领人姓名；给出时与证书核对（219-2c）",
            "The claimant's name; compared with the certificate if stated (219-2c)",
        ),
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("批量查询的结果", "What a batch gives"),
)
class Holders:
    """Answers in the order asked."""

    nodes: list[HolderAnswer] = strawberry.field(
        directives=[list_of(MAX_HOLDERS)],
        description=both("逐人结果，按所问顺序", "One answer a person, in order"),
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "列表为空或过长：未查询", "A list that is empty or too long; nobody was asked"
    ),
)
class InvalidList:
    """A batch that was not asked."""

    counted: strawberry.Private[Text] = PEOPLE
    found: int = strawberry.field(description=both("所给数目", "How many were given"))
    allowed: int = strawberry.field(description=both("最多数目", "The most allowed"))

    @strawberry.field(description=both("说明", "What to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the message in ``language``."""
        return said(
            Text(
                f"列表有{self.found}{self.counted.zh}，允许1至{self.allowed}"
                f"{self.counted.zh}，请分批查询",
                f"{self.found} {self.counted.en} given, 1 to {self.allowed} allowed; "
                "ask in several batches",
            ),
            language,
        )


HoldersAnswer = Annotated[
    Holders | InvalidList,
    strawberry.union(
        "HoldersAnswer",
        description=both("批量查询的结果", "What asking about several people gives"),
    ),
]


async def ask_about(
    context: RequestContext,
    asked: PersonInput,
    agencies: list[strawberry.ID] | None = None,
) -> HolderAnswer:
    """Ask the agencies about one person.

    Raises:
        RequestError: an agency id is unknown, or too many names were tried.
    """
    _refuse_unknown(context, agencies)
    registered = context.agencies
    try:
        identity = parse_identity(asked.id_number, asked.id_type)
    except IdentityError as error:
        return InvalidIdentity(
            stated=error.message,
            problem=error.problem,
            sources=[skipped(agency, _MALFORMED) for agency in registered],
        )
    chosen = registered
    if agencies is not None:
        chosen = [agency for agency in registered if agency.id in agencies]
    answers = await look_up(context, identity, chosen, name=asked.name)
    count_name(context, identity, asked.name)
    by_agency = dict(zip(chosen, answers, strict=True))
    return Holder(
        person=Person(
            Claimant(identity, stated_name(asked.name)),
            tuple(by_agency.items()),
            await paid_before(context, identity),
        ),
        id_type=identity.type,
        sources=[
            source_of(agency, by_agency[agency], context.now)
            if agency in by_agency
            else skipped(agency, _NOT_CHOSEN)
            for agency in registered
        ],
    )


def with_name(
    context: RequestContext, answer: HolderAnswer, name: str | None
) -> HolderAnswer:
    """Return ``answer`` for a claimant of ``name``, once it is counted.

    Raises:
        RequestError: too many names were tried.
    """
    if name is None or not isinstance(answer, Holder):
        return answer
    identity = answer.person.claimant.identity
    count_name(context, identity, name)
    claimant = Claimant(identity, stated_name(name))
    return replace(answer, person=replace(answer.person, claimant=claimant))


def _refuse_unknown(
    context: RequestContext, agencies: list[strawberry.ID] | None
) -> None:
    if not agencies:
        return
    known = [agency.id for agency in context.agencies]
    for id_ in agencies:
        if id_ not in known:
            raise RequestError(f"no agency {id_!r}; known are {', '.join(known)}")


_MALFORMED = Text("证件号码有误，未查询", "the number is malformed; not asked")
_NOT_CHOSEN = Text("本次未选择该机构，未查询", "not chosen; not asked")
