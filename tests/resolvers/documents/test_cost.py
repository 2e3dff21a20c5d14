"""What a question may cost and how many people it asks about, before it is asked."""

import pytest
from graphql import get_introspection_query

from gateway.batch.query import QUERY
from resolvers.documents.limits import Limits
from tests.federation.queries import HOLDER_CHECK
from tests.resolvers.asking import prepare, refusals

PERSON = {"idNumber": "1"}
BATCH = "query($people:[PersonInput!]!){holders(people:$people){__typename}}"
CLAIM = {"idNumber": "1", "item": "1.2"}
CLAIMS = """query($claims:[StatedCertificateInput!]!){
  verifyClaims(claims:$claims){ ...on CheckedClaims{nodes{__typename}} } }"""
ONE_FIELD = "{ certificates { nodes { id } } }"


@pytest.mark.parametrize(
    ("text", "variables", "people"),
    [
        pytest.param('{holder(idNumber:"1"){__typename}}', {}, 1, id="one"),
        pytest.param("{policy{notice}}", {}, 0, id="nobody"),
        pytest.param(
            '{a:holder(idNumber:"1"){__typename} b:holder(idNumber:"2"){__typename}}',
            {},
            2,
            id="aliases",
        ),
        pytest.param(
            "{...f a:policy{notice} ...on Query{...f}} "
            'fragment f on Query{holder(idNumber:"1"){__typename}}',
            {},
            2,
            id="fragments",
        ),
        pytest.param(BATCH, {"people": [PERSON] * 7}, 7, id="a list"),
        pytest.param(BATCH, {"people": PERSON}, 1, id="no list, which is one of one"),
        pytest.param(BATCH, {"people": []}, 0, id="an empty list"),
        pytest.param(
            '{holders(people:[{idNumber:"1"},{idNumber:"2"}]){__typename}}',
            {},
            2,
            id="a list in the document",
        ),
        pytest.param(
            'query($people:[PersonInput!]!=[{idNumber:"1"},{idNumber:"2"}])'
            "{holders(people:$people){__typename}}",
            {},
            2,
            id="a list by default",
        ),
        pytest.param(
            "query($n:String!){holders(people:[{idNumber:$n}]){__typename}}",
            {"n": "1"},
            1,
            id="a variable in a list",
        ),
        pytest.param('{certificate(id:"x"){__typename}}', {}, 1, id="a certificate"),
        pytest.param(
            "query($r:[_Any!]!){_entities(representations:$r){__typename}}",
            {"r": [{}, {}, {}]},
            3,
            id="entities",
        ),
        pytest.param(
            'query($if:Boolean!){holder(idNumber:"1") @skip(if:$if){__typename}}',
            {"if": True},
            1,
            id="skipped: the estimate errs upwards",
        ),
    ],
)
def test_people_are_counted(
    text: str, variables: dict[str, object], people: int
) -> None:
    assert prepare(text, {}, **variables).people == people


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        pytest.param("{holders(people:[]){__typename}}", True, id="an empty list"),
        pytest.param(
            "{...f}fragment f on Query{certificate(id:1){__typename}}",
            True,
            id="through a fragment",
        ),
        pytest.param(
            "{agencies{id} holder:policy{notice}}", False, id="an alias that says so"
        ),
    ],
)
def test_asking_about_people_is_seen(text: str, asks: bool) -> None:
    assert prepare(text, {}).asks_about_people is asks


def test_the_last_allowed_people_pass_and_one_more_is_refused() -> None:
    twice = BATCH.replace("{holders", "{a:holders").replace(
        "}}", "} holders(people:$people){__typename}}"
    )

    assert prepare(twice, {"people": 8}, people=[PERSON] * 4).people == 8
    (told,) = refusals(twice, {"people": 7}, people=[PERSON] * 4)
    assert (told["limit"], told["found"], told["allowed"]) == ("people", 8, 7)


def test_a_list_that_the_graph_itself_refuses_asks_nobody() -> None:
    assert prepare(BATCH, {}, people=[PERSON] * 100).people == 100
    assert prepare(BATCH, {}, people=[PERSON] * 101).people == 0


def test_claims_have_a_limit_of_their_own() -> None:
    assert prepare(CLAIMS, {}, claims=[CLAIM] * 500).people == 500
    twice = CLAIMS.replace(
        "verifyClaims", "a:holders(people:[]){__typename}verifyClaims"
    )
    assert prepare(twice, {"people": 1, "claims": 4}, claims=[CLAIM] * 4).people == 4
    (told,) = refusals(CLAIMS, {"claims": 3}, claims=[CLAIM] * 4)
    assert (told["limit"], told["found"], told["allowed"]) == ("claims", 4, 3)


def test_claims_by_alias_are_counted_together() -> None:
    one = "verifyClaims(claims:$claims){__typename}"
    twice = f"query($claims:[StatedCertificateInput!]!){{a:{one} b:{one}}}"

    (told,) = refusals(twice, {}, claims=[CLAIM] * 251)

    assert (told["limit"], told["found"], told["allowed"]) == ("claims", 502, 500)


def test_claims_that_the_graph_itself_refuses_ask_nobody() -> None:
    assert prepare(CLAIMS, {}, claims=[CLAIM] * 501).people == 0
    assert prepare(CLAIMS, {}, claims=[]).people == 0


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        pytest.param("{policy{notice}}", {}, 2, id="two fields"),
        pytest.param("{catalogue{items{code}}}", {}, 42, id="a list of known length"),
        pytest.param("{agencies{keys{keyId}}}", {}, 111, id="lists in lists"),
        pytest.param(
            '{holder(idNumber:"1")' + ONE_FIELD + "}", {}, 42, id="first is not stated"
        ),
        pytest.param(
            '{holder(idNumber:"1"){certificates(first:3){nodes{id}}}}',
            {},
            8,
            id="first is stated",
        ),
        pytest.param(
            'query($n:Int){holder(idNumber:"1"){certificates(first:$n){nodes{id}}}}',
            {"n": 3},
            8,
            id="a variable states first",
        ),
        pytest.param(
            'query($n:Int=3){holder(idNumber:"1"){certificates(first:$n){nodes{id}}}}',
            {},
            8,
            id="a variable's default states first",
        ),
        pytest.param(
            'query($n:Int=3){holder(idNumber:"1"){certificates(first:$n){nodes{id}}}}',
            {"n": None},
            42,
            id="null states nothing",
        ),
        pytest.param(
            'query($n:Int){holder(idNumber:"1"){certificates(first:$n){nodes{id}}}}',
            {"n": -3},
            2,
            id="a negative first is none",
        ),
        pytest.param(
            "query($people:[PersonInput!]!){holders(people:$people)"
            "{...on Holders{nodes{certificates(first:2){nodes{id}}}}}}",
            {"people": [PERSON] * 5},
            1 + 5 * (1 + 1 + 2 * 2),
            id="people times certificates",
        ),
    ],
)
def test_lists_multiply_what_is_selected_of_them(
    text: str, variables: dict[str, object], cost: int
) -> None:
    assert prepare(text, {}, **variables).cost == cost


def test_the_last_allowed_cost_passes_and_one_more_is_refused() -> None:
    text = '{holder(idNumber:"1"){certificates(first:3){nodes{id}}}}'

    assert prepare(text, {"cost": 8}).cost == 8
    (told,) = refusals(text, {"cost": 7})
    assert (told["limit"], told["found"], told["allowed"]) == ("cost", 8, 7)


@pytest.mark.parametrize("first", [2**31 - 1, 10**30])
def test_no_number_is_too_large_to_be_refused(first: int) -> None:
    text = 'query($n:Int){holder(idNumber:"1"){certificates(first:$n){nodes{id}}}}'

    (told,) = refusals(text, {}, n=first)

    assert told["found"] == 20_000_002


HOLDER = HOLDER_CHECK.partition("{ holder(idNumber: $idNumber) {")[2].rpartition("} }")[
    0
]


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        pytest.param(HOLDER_CHECK, {"idNumber": "1"}, id="the holder check"),
        pytest.param(
            "{"
            + " ".join(f'a{n}:holder(idNumber:"1"){{{HOLDER}}}' for n in range(20))
            + "}",
            {},
            id="20 of them by alias",
        ),
        pytest.param(
            "query($people:[PersonInput!]!){holders(people:$people)"
            f"{{...on Holders{{nodes{{{HOLDER}}}}}}}}}",
            {"people": [PERSON | {"name": "x", "idType": "RESIDENT_ID"}] * 100},
            id="100 of them in a list",
        ),
        pytest.param(
            QUERY,
            {"claims": [dict.fromkeys(range(7), "x")] * 500},
            id="500 claims, every field stated",
        ),
        pytest.param(
            get_introspection_query(
                specified_by_url=True,
                directive_is_repeatable=True,
                schema_description=True,
                input_value_deprecation=True,
            ),
            {},
            id="GraphiQL's introspection",
        ),
    ],
)
def test_what_clients_ask_is_far_from_the_limits(
    text: str, variables: dict[str, object]
) -> None:
    prepared = prepare(text, {}, **variables)

    assert prepared.cost < Limits().cost * 4 // 5


JUDGING = """query($claim:ClaimInput%s){holder(idNumber:"1"){...on Holder{
  certificates{nodes{claimEligibility(claim:%s){__typename}}}}}}"""


@pytest.mark.parametrize(
    ("text", "variables", "judges"),
    [
        pytest.param(JUDGING % ("!", "$claim"), {"claim": {}}, True, id="a variable"),
        pytest.param(JUDGING % ("!={}", "$claim"), {}, True, id="by default"),
        pytest.param(
            JUDGING.replace("($claim:ClaimInput%s)", "%s") % ("", "{}"),
            {},
            True,
            id="written",
        ),
        pytest.param('{holder(idNumber:"1"){__typename}}', {}, False, id="none"),
    ],
)
def test_it_is_known_whether_claims_are_judged(
    text: str, variables: dict[str, object], judges: bool
) -> None:
    assert prepare(text, {}, **variables).judges_claims is judges
