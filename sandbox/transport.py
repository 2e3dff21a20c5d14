"""Transport: an Apollo Federation v2 subgraph, asked through ``_entities``.

https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/entities/intro
The entity is a holder; its fields are signed texts, one JWS a record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import strawberry
from graphql import GraphQLError
from strawberry.dataloader import DataLoader
from strawberry.federation import Schema as FederationSchema
from strawberry.types import ExecutionContext

from policy.certificate import STATE_NAMES, CertificateRecord
from policy.identity import Identity
from policy.level import Level
from sandbox.binding import Binding
from sandbox.endpoint import Answer
from sandbox.errors import BadQuestionError
from sandbox.faults import Fault
from sandbox.question import (
    BAD_REQUEST,
    read_holder,
    refuse_long_batch,
)
from sandbox.registry import Registry
from sandbox.sealing import Sealer, padded, to_json
from sandbox.signed_records import SignedAnswer, SignedRecords, Words


@dataclass(frozen=True, slots=True)
class Context:
    """The context of one request: its batch of people, asked for at once."""

    holders: DataLoader[Identity, SignedAnswer]


@strawberry.federation.type(
    keys=["idType idNumber"],
    description="持证人 / a person who may hold certificates of this registry",
)
class Holder:
    """A person, by type and number of the identity document."""

    id_type: str = strawberry.field(description="证件类型 / type of the document")
    id_number: str = strawberry.field(description="证件号码 / its number")
    records: list[str] = strawberry.field(
        description="已签名的证书记录 / one compact JWS a certificate"
    )
    absence: str | None = strawberry.field(
        description="已签名的无证声明 / a compact JWS where there is no certificate"
    )

    @classmethod
    async def resolve_reference(cls, info: strawberry.Info, **key: str) -> Self:
        """Answer for the person a representation names."""
        context: Context = info.context
        signed = await context.holders.load(read_holder(key))
        return cls(
            id_type=signed.holder.type,
            id_number=signed.holder.number,
            records=signed.records,
            absence=signed.absence,
        )


class Schema(FederationSchema):
    """The subgraph's schema; what goes wrong is answered, not logged."""

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,
    ) -> None:
        """Leave the errors to the answer."""


schema = Schema(types=[Holder])


class Transport:
    """Executes GraphQL requests against the registry."""

    path = "/graphql"

    def __init__(self, registry: Registry, sealer: Sealer) -> None:
        self._records = SignedRecords(registry, sealer, Words(record_words, _absence))

    async def answer(
        self,
        question: Mapping[str, Any],
        fault: Fault | None,
        binding: Binding | None = None,
    ) -> Answer:
        """See ``Endpoint.answer``."""
        query = question.get("query")
        variables = question.get("variables") or {}
        if not isinstance(query, str) or not isinstance(variables, dict):
            raise BadQuestionError(BAD_REQUEST, "this is no GraphQL request")
        representations = variables.get("representations")
        if isinstance(representations, list):
            refuse_long_batch(representations)
        asked = 0

        async def load(holders: list[Identity]) -> list[SignedAnswer]:
            nonlocal asked
            # Those written into the query itself were not counted above.
            refuse_long_batch(holders)
            asked += len(holders)
            return self._records.answer(holders, fault, binding)

        result = await schema.execute(
            query, variables, context_value=Context(DataLoader(load))
        )
        content: dict[str, object] = {"data": result.data}
        if result.errors:
            content["errors"] = [error.formatted for error in result.errors]
        return Answer(padded(to_json(content), fault), asked or None)


def record_words(record: CertificateRecord, held: int) -> dict[str, object]:
    """Return a record as the agency puts it."""
    return {
        "certificateNumber": record.number,
        "holderName": record.holder_name,
        "idType": record.holder.type,
        "idNumber": record.holder.number,
        "occupation": record.title,
        "category": record.category,
        "job": record.item,
        "jobCode": record.item_code,
        "skillLevel": _grade(record.level),
        "firstIssueDate": _day(record.first_issued_on),
        "issueDate": _day(record.issued_on),
        "validFrom": _day(record.valid_from),
        "validTo": _day(record.valid_until),
        "status": None if record.state is None else STATE_NAMES[record.state].zh,
        "authority": record.authority,
        "assessor": record.evaluation_body,
        "collector": record.collection_body,
        "certificatesHeld": held,
    }


def _absence(holder: Identity) -> dict[str, object]:
    return {"idType": holder.type, "idNumber": holder.number, "certificates": []}


def _grade(level: Level | None) -> str | None:
    return None if level is None else level.removeprefix("LEVEL_")


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y%m%d}"
