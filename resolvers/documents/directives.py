"""Declare at a field what it costs and whom it asks about.

Length and weight are in the words of the GraphQL Cost Directives specification
(https://ibm.github.io/graphql-specs/cost-spec.html), ``@listSize`` and ``@cost`` as
Federation has them, so that a supergraph's router can read them, too. People are in
words of ours. ``resolvers/documents/field_costs.py`` reads all of them, and
``docs/decisions/cost-at-the-field.md`` says where counting differs from IBM's.
"""

from strawberry import UNSET
from strawberry.federation.schema_directives import ListSize
from strawberry.schema_directive import Location, schema_directive

from resolvers.bilingual import both


def list_of(length: int) -> ListSize:
    """Declare how long a list is taken to be, where nothing states its length.

    The specification has it under "The List Size Directive". A list that is counted
    by its parent's ``sizedFields`` is as long as that says.
    """
    # Without slicing arguments none is required; said nothing, it is not printed.
    return ListSize(
        assumed_size=length,
        slicing_arguments=UNSET,
        sized_fields=UNSET,
        require_one_slicing_argument=UNSET,
    )


def page_of(length: int, *lists: str, stated_by: str = "first") -> ListSize:
    """Declare that an argument states how long some lists of the answer are.

    ``length`` counts where the argument is left out and has no default. Everything
    else below the field counts as often, which the specification does not ask for.
    """
    return ListSize(
        assumed_size=length,
        slicing_arguments=[stated_by],
        sized_fields=list(lists),
        require_one_slicing_argument=False,
    )


@schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description=both(
        "查询个人：每次一人；注明 each 时，该列表参数有几项就查几人，答复中 "
        "sizedFields 所列的列表也有几项；超过 most 项则拒答，不查任何人。注明 "
        "asClaims 时计入 limits.claims 而非 limits.people：除对错外不显示任何内容。"
        "只能以 POST 提问",
        "Looks people up: one a call, or one for each member of the list in the "
        "argument `each`, and the lists of the answer in `sizedFields` are as long; "
        "more than `most` are refused and nobody is looked up. With `asClaims` "
        "limits.claims counts them and not limits.people, since nothing is told of "
        "them but right or wrong. Asked by POST only",
    ),
)
class LooksUpPeople:
    """Stands on every field that can reach ``resolvers.look_ups``."""

    each: str | None = UNSET
    most: int | None = UNSET
    sized_fields: list[str] | None = UNSET
    as_claims: bool | None = UNSET


@schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description=both(
        "参数中可含个人信息，但不查询个人。只能以 POST 提问",
        "Can name a person in its arguments, and looks nobody up. Asked by POST only",
    ),
)
class NamesPeople:
    """Stands on a field that takes an identity number and asks no agency."""
