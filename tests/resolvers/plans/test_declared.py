"""What the schema says of a type is found with it."""

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType

from resolvers.certificates.certificate import Certificate
from resolvers.certificates.finding_values import FindingValue
from resolvers.plans.declared import origin_of
from resolvers.schema import schema


def test_a_type_and_an_interface_have_their_class_and_a_union_has_none() -> None:
    types = schema.core.type_map
    certificate, value = types["Certificate"], types["FindingValue"]
    answer = types["HoldersAnswer"]

    assert isinstance(certificate, GraphQLObjectType)
    assert isinstance(value, GraphQLInterfaceType)
    assert isinstance(answer, GraphQLUnionType)
    assert origin_of(certificate) is Certificate
    assert origin_of(value) is FindingValue
    assert origin_of(answer) is None
