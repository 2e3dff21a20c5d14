"""The graph's root, and the schema as one value.

The schema is also a valid Apollo Federation v2 subgraph (``_service``,
``_entities``), so that a supergraph of the bureau can include it.
"""

import asyncio
from functools import cached_property
from typing import Annotated, Any

import strawberry
from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse
from strawberry.extensions import MaskErrors
from strawberry.federation import Schema as FederationSchema
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.base import (
    WithStrawberryObjectDefinition,
    get_object_definition,
)

from resolvers.audit_records import FIRST as FIRST_RECORDS
from resolvers.audit_records import (
    AuditAfterArgument,
    AuditFilterArgument,
    AuditFirstArgument,
    AuditRecordConnection,
    read_audit_log,
)
from resolvers.authorization.permissions import CheckPermissions, Permissions
from resolvers.authorization.variants import Variant, printed
from resolvers.bilingual import both
from resolvers.catalogue.agencies import Agency, agencies
from resolvers.catalogue.catalogue import Catalogue, Policy, catalogue, policy
from resolvers.certificates.by_id import (
    AgencyUnavailable,
    CertificateAnswer,
    UnknownCertificate,
    certificate_by_id,
)
from resolvers.certificates.by_licence_id import (
    InvalidLicenceId,
    LicenceAnswer,
    UnknownLicence,
    certificate_by_licence_id,
)
from resolvers.certificates.finding_values import (
    FindingCodes,
    FindingDays,
    FindingNumbers,
    FindingWords,
)
from resolvers.certificates.holder import Holder, HolderAnswer, InvalidIdentity
from resolvers.certificates.holders import (
    MAX_HOLDERS,
    ClaimantName,
    Holders,
    HoldersAnswer,
    InvalidList,
    PersonInput,
    ask_about,
)
from resolvers.certificates.person import Person
from resolvers.claims.checks import (
    MAX_CLAIMS,
    ClaimsAnswer,
    StatedCertificateInput,
)
from resolvers.claims.verify import check_claims
from resolvers.context import Info
from resolvers.credentials import CredentialSteps
from resolvers.documents.directives import (
    LooksUpPeople,
    NamesPeople,
    list_of,
    page_of,
)
from resolvers.entities import Keys, keys_of, require_entities
from resolvers.enums import IdType
from resolvers.errors import is_ours_to_hide, log_bug
from resolvers.evidence import EvidenceQuestions
from resolvers.ledger.corrections import CorrectionQuestions, CorrectionSteps
from resolvers.ledger.deciding import DecisionQuestions, PaymentSteps
from resolvers.ledger.decision_questions import KeptDecisionQuestions
from resolvers.ledger.moves import ClaimQuestions, ClaimSteps
from resolvers.ledger.payment_steps import PaymentMoves
from resolvers.ledger.proofs import ProofSteps
from resolvers.ledger.recoveries import RecoveryQuestions
from resolvers.ledger.recovery_steps import RecoverySteps
from resolvers.ledger.totals import TotalsQuestions
from resolvers.node import NodeQuestions
from resolvers.registration.mutations import ConnectorSteps
from resolvers.registration.questions import RegistrationQuestions
from resolvers.registration.sanction_mutations import SanctionSteps
from resolvers.subscriptions.graph import EventQuestions, Subscription
from resolvers.transparency import LogQuestions


@strawberry.type(name="_Service")
class Service:
    """The subgraph, as a supergraph's composer asks for it."""

    sdl: str


@strawberry.type(description=both("查询", "Questions"))
class Query(
    RegistrationQuestions,
    DecisionQuestions,
    CorrectionQuestions,
    KeptDecisionQuestions,
    EvidenceQuestions,
    RecoveryQuestions,
    TotalsQuestions,
    ClaimQuestions,
    EventQuestions,
    LogQuestions,
    NodeQuestions,
):
    """Every question that can be asked."""

    @strawberry.field(
        directives=[LooksUpPeople()],
        description=both(
            "一个人持有哪些证书、由谁担保、是否可获补贴",
            "What a person holds, who vouches for it, and whether the notice pays",
        ),
    )
    async def holder(
        self,
        info: Info,
        id_number: Annotated[
            str,
            strawberry.argument(description=both("证件号码", "The identity number")),
        ],
        id_type: Annotated[
            IdType | None,
            strawberry.argument(
                description=both(
                    "证件类型；省略时按号码推得（护照须注明）",
                    "The id type; inferred if left out (a passport's must be stated)",
                )
            ),
        ] = None,
        name: ClaimantName = None,
        agencies: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(
                description=both(
                    "只查询这些机构；省略时查询全部",
                    "Ask only these agencies; all if left out",
                )
            ),
        ] = None,
    ) -> HolderAnswer | None:
        """Ask about one person."""
        asked = PersonInput(id_number=id_number, id_type=id_type, name=name)
        return await ask_about(info.context, asked, agencies)

    @strawberry.field(
        directives=[
            LooksUpPeople(each="people", most=MAX_HOLDERS, sized_fields=["nodes"])
        ],
        description=both(
            f"一次查询多人（1至{MAX_HOLDERS}人），每个机构只查询一批",
            f"Ask about 1 to {MAX_HOLDERS} people, one batch an agency",
        ),
    )
    async def holders(
        self,
        info: Info,
        people: Annotated[
            list[PersonInput],
            strawberry.argument(description=both("所查之人", "Whom to ask about")),
        ],
    ) -> HoldersAnswer | None:
        """Ask about several people."""
        if not 0 < len(people) <= MAX_HOLDERS:
            return InvalidList(found=len(people), allowed=MAX_HOLDERS)
        answers = (ask_about(info.context, person) for person in people)
        return Holders(nodes=await asyncio.gather(*answers))

    @strawberry.field(
        directives=[
            LooksUpPeople(
                each="claims",
                most=MAX_CLAIMS,
                sized_fields=["nodes"],
                as_claims=True,
            )
        ],
        description=both(
            f"核对申领人所述证书（1至{MAX_CLAIMS}项）与登记是否一致：逐项比较，不显示登记"
            "内容",
            f"Compare 1 to {MAX_CLAIMS} certificates that applicants state with what "
            "the registries say, field by field, and show nothing of that",
        ),
    )
    async def verify_claims(
        self,
        info: Info,
        claims: Annotated[
            list[StatedCertificateInput],
            strawberry.argument(
                description=both("申领人所述的证书", "What applicants state")
            ),
        ],
    ) -> ClaimsAnswer | None:
        """Verify a batch of claims."""
        return await check_claims(info.context, claims)

    @strawberry.field(
        directives=[LooksUpPeople()],
        description=both(
            "按不透明编号查询一张证书", "One certificate by its opaque id"
        ),
    )
    async def certificate(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - the field's argument
            strawberry.ID,
            strawberry.argument(description=both("证书编号", "Certificate.id")),
        ],
    ) -> CertificateAnswer | None:
        """Find one certificate again."""
        return await certificate_by_id(info.context, id)

    @strawberry.field(
        directives=[LooksUpPeople()],
        description=both(
            "按电子证照标识查询一张证书：在机构报送的数据中查找",
            "One certificate by its electronic licence id, found among what agencies "
            "sent",
        ),
    )
    async def certificate_by_licence_id(
        self,
        info: Info,
        licence_id: Annotated[
            str,
            strawberry.argument(
                description=both(
                    "电子证照标识（校验位按 ISO 7064 MOD 37,36 核对）",
                    "The electronic licence id; its check character is ISO 7064 "
                    "MOD 37,36",
                )
            ),
        ],
    ) -> LicenceAnswer | None:
        """Find a certificate by its licence."""
        return await certificate_by_licence_id(info.context, licence_id)

    @strawberry.field(
        directives=[NamesPeople(), page_of(FIRST_RECORDS, "nodes")],
        description=both(
            "审计日志：何人为何查询了谁；查阅本身也记入日志",
            "The audit log: who looked whom up, and why; reading it is on it, too",
        ),
    )
    async def audit_records(
        self,
        info: Info,
        filter: AuditFilterArgument = None,  # noqa: A002 - the field's argument
        first: AuditFirstArgument = FIRST_RECORDS,
        after: AuditAfterArgument = None,
    ) -> AuditRecordConnection | None:
        """Read the audit log."""
        return await read_audit_log(info.context, filter, first, after)

    @strawberry.field(name="_service")
    def service(self) -> Service:
        """Return the text that composes beside others."""
        return Service(sdl=schema.subgraph)

    catalogue: Catalogue = strawberry.field(
        resolver=catalogue,
        description=both("附件：纳入补贴的证书目录", "The annex: what is paid for"),
    )
    policy: Policy = strawberry.field(
        resolver=policy,
        description=both("条款与数值", "The clauses and figures of the rules"),
    )
    agencies: list[Agency] = strawberry.field(
        directives=[list_of(10)],
        resolver=agencies,
        description=both("已注册的机构及其近况", "The registered agencies"),
    )


@strawberry.type(description=both("办理", "What changes something"))
class Mutation(
    ConnectorSteps,
    SanctionSteps,
    PaymentSteps,
    PaymentMoves,
    CorrectionSteps,
    RecoverySteps,
    ClaimSteps,
    ProofSteps,
    CredentialSteps,
):
    """Every step that can be taken."""


class Schema(FederationSchema):
    """A schema that logs our bugs and leaves request errors to the client."""

    def _get_federation_query_type(
        self,
        query: type[WithStrawberryObjectDefinition] | None,
        *others: Any,  # noqa: ANN401 - passed on as they are
        **named: Any,  # noqa: ANN401 - likewise
    ) -> type:
        """Declare at Federation's field, which the library writes, whom it looks up."""
        made = super()._get_federation_query_type(query, *others, **named)
        definition = get_object_definition(made, strict=True)
        for field in definition.fields:
            if field.base_resolver is not None and (
                field.base_resolver.wrapped_func == self.entities_resolver
            ):
                field.directives = [LooksUpPeople(each="representations")]
        return made

    @property
    def core(self) -> GraphQLSchema:
        """The schema as graphql-core has it."""
        return self._schema

    @cached_property
    def permissions(self) -> Permissions:
        """Return what callers may ask, as the types and fields declare it."""
        return Permissions(self._schema)

    def printed(self, variant: Variant) -> str:
        """Return the text of the schema, as far as it is of ``variant``."""
        return printed(variant, self._whole, self._schema, self.permissions.rules)

    @cached_property
    def _whole(self) -> DocumentNode:
        return parse(self.as_str())

    @cached_property
    def subgraph(self) -> str:
        """Return the text of the schema for a supergraph."""
        return self.printed(Variant(is_subgraph=True))

    @cached_property
    def entity_keys(self) -> Keys:
        """Return the keys by which a supergraph's router finds each entity."""
        return keys_of(self._schema)

    def entities_resolver(
        self, info: Info, representations: list[FederationAny]
    ) -> list[FederationAny]:
        """Find entities for a supergraph's router, of what was looked at first."""
        rules = self.permissions.rules
        require_entities(representations, self.entity_keys, rules, info.context.caller)
        # Strawberry empties what it is given, which may be the document's own.
        given = [FederationAny(dict(one)) for one in representations]  # type: ignore[call-overload]  # they are objects
        return super().entities_resolver(info, given)

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,  # noqa: ARG002 - unused here
    ) -> None:
        """Log what the client will not be shown, and of a question nothing."""
        for error in errors:
            if is_ours_to_hide(error):
                log_bug(error)


schema: Schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[
        *(Holder, InvalidIdentity, InvalidList, Person),
        *(AgencyUnavailable, UnknownCertificate, UnknownLicence, InvalidLicenceId),
        *(FindingDays, FindingNumbers, FindingCodes, FindingWords),
    ],
    extensions=[
        lambda: MaskErrors(should_mask_error=is_ours_to_hide),
        # Last, so that no other validation takes its verdict away.
        lambda: CheckPermissions(lambda: schema.permissions),
    ],
    config=StrawberryConfig(),
    # The newest that every composer knows, and the oldest that has @cost.
    federation_version="2.9",
)
