"""A person by the number of a document, for a supergraph's router.

Another subgraph knows its people by type and number of a document; ours adds what they
hold. Whoever is found so is looked up as ``holder`` looks people up, through the same
gate, and those of one request together.
"""

import strawberry

from bureau.caller import Scope
from resolvers.bilingual import both
from resolvers.certificates.holder import HolderAnswer
from resolvers.certificates.holders import (
    ClaimantName,
    PersonInput,
    ask_about,
    with_name,
)
from resolvers.context import Info
from resolvers.enums import IdType
from resolvers.errors import RequestError


@strawberry.federation.type(
    keys=["idType idNumber"],
    description=both(
        "超图中的一个人；只能由路由器按证件类型和号码取得",
        "A person of a supergraph, found by its router by type and number of a "
        "document; no field of ours leads here",
    ),
)
class Person:
    """Somebody whom another subgraph knows; who may see this, ``SHARED`` says."""

    answer: strawberry.Private[HolderAnswer]
    id_type: IdType = strawberry.field(
        description=both("证件类型，如路由器所给", "The id type, as the router gave it")
    )
    id_number: str = strawberry.field(
        description=both(
            "证件号码，如路由器所给；无 identity:read 权限时部分隐去",
            "The identity number, as the router gave it; masked without identity:read",
        )
    )

    @strawberry.federation.field(
        requires_scopes=[[Scope.READ_CERTIFICATES]],
        description=both(
            "此人持有哪些证书、由谁担保、是否可获补贴",
            "What this person holds, who vouches for it, and whether the notice pays",
        ),
    )
    def holder(self, info: Info, name: ClaimantName = None) -> HolderAnswer | None:
        """Return what the agencies said.

        Raises:
            RequestError: too many names were tried.
        """
        return with_name(info.context, self.answer, name)

    @classmethod
    async def resolve_reference(cls, info: Info, **key: str) -> "Person":
        """Ask the agencies about whom ``key`` names.

        Raises:
            RequestError: ``idType`` is none, or as ``ask_about``.
        """
        id_type = IdType.__members__.get(key["idType"])
        if id_type is None:
            raise RequestError(
                f"idType of Person is none of {', '.join(IdType.__members__)}"
            )
        number = key["idNumber"]
        asked = PersonInput(id_number=number, id_type=id_type)
        return cls(
            answer=await ask_about(info.context, asked),
            id_type=id_type,
            id_number=info.context.mask.number(number),
        )
