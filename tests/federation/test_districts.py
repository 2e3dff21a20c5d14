"""A district records, sees and claims back its own, however it asks."""

import pytest

from tests.federation.districts import (
    IN_HUANGPU,
    IN_PUDONG,
    IN_XUHUI,
    ONE_BY_ALIAS,
    PROVE,
    TOTALS,
    claimed_back,
    code,
    new_claim,
    paid,
)
from tests.federation.offices import (
    ANOTHER_PLATFORM,
    BUREAU,
    DECIDE,
    DISTRICT_AUDITOR,
    FACTS,
    HUANGPU,
    NOWHERE,
    PLATFORM,
    PUDONG,
    RECOVERIES,
    XUHUI,
    Offices,
    stated,
)
from tests.gateway.status.sending import today


@pytest.mark.parametrize(
    ("token", "district", "is_recorded"),
    [
        pytest.param(PUDONG, IN_PUDONG, True, id="its own"),
        pytest.param(PUDONG, IN_XUHUI, False, id="another's"),
        pytest.param(NOWHERE, IN_PUDONG, False, id="of none"),
        pytest.param(HUANGPU, IN_HUANGPU, True, id="its role's"),
        pytest.param(HUANGPU, IN_PUDONG, False, id="another than its role's"),
        pytest.param(DISTRICT_AUDITOR, IN_PUDONG, False, id="an auditor acts for one"),
        pytest.param(PLATFORM, IN_XUHUI, True, id="the city's"),
    ],
)
def test_a_caller_records_for_the_districts_it_acts_for(
    offices: Offices, token: str, district: str, *, is_recorded: bool
) -> None:
    _, _, certificate = offices.certified()

    answer = offices.decide(1, certificate, new_claim(), token=token, district=district)

    if is_recorded:
        assert code(answer) == ("DecisionRecorded", None)
    else:
        assert code(answer) == ("DecisionRefused", "NOT_YOUR_DISTRICT")


def test_no_alias_and_no_fragment_records_for_another_district(
    offices: Offices,
) -> None:
    _, _, certificate = offices.certified()
    both = f"""mutation($a: DecisionInput!, $b: DecisionInput!,
      $claim: ClaimInput = {FACTS}) {{
      a: recordDecision(key: "a-1", decision: $a, claim: $claim) {{ ...Said }}
      b: recordDecision(key: "a-2", decision: $b, claim: $claim) {{ ...Said }} }}
    fragment Said on DecisionAnswer {{
      __typename ... on DecisionRefused {{ code }} }}"""
    first, second = (
        stated(claim=new_claim(), certificate=certificate, district=district)
        for district in (IN_XUHUI, IN_PUDONG)
    )

    answer = offices.ask(0, PUDONG, both, a=first, b=second)

    assert code(answer["a"]) == ("DecisionRefused", "NOT_YOUR_DISTRICT")
    assert code(answer["b"]) == ("DecisionRecorded", None)


def test_a_request_is_not_answered_again_to_another_district(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    decision = stated(claim=new_claim(), certificate=certificate)
    offices.ask(0, PUDONG, DECIDE, key="same-key", decision=decision)

    answer = offices.ask(1, XUHUI, DECIDE, key="same-key", decision=decision)

    assert code(answer["recordDecision"]) == ("DecisionRefused", "NOT_YOUR_DISTRICT")


@pytest.mark.parametrize("token", [XUHUI, PLATFORM, ANOTHER_PLATFORM])
def test_a_claim_is_decided_in_its_own_district(offices: Offices, token: str) -> None:
    _, _, certificate = offices.certified()
    claim = new_claim()
    first = {"outcome": "APPROVED", "district": IN_PUDONG}
    offices.decide(0, certificate, claim, key=f"{claim}-1", **first)

    answer = offices.decide(
        1, certificate, claim, key=f"{claim}-2", token=token, district=IN_XUHUI
    )

    assert code(answer) == ("DecisionRefused", "CLAIM_OF_ANOTHER_DISTRICT")


@pytest.mark.parametrize(
    ("token", "is_seen"),
    [
        (PUDONG, True),
        (XUHUI, False),
        (NOWHERE, False),
        (HUANGPU, False),
        (BUREAU, True),
        (DISTRICT_AUDITOR, True),
    ],
)
def test_a_recovery_is_seen_by_the_district_that_paid(
    offices: Offices, token: str, *, is_seen: bool
) -> None:
    recovery = claimed_back(offices)
    id_, claim = recovery["id"], recovery["claim"]

    listed = offices.ask(1, token, RECOVERIES)["recoveries"]["nodes"]
    found = offices.ask(1, token, ONE_BY_ALIAS, id=id_)
    narrowed = offices.ask(
        1,
        token,
        "query($c: String!) { recoveries(filter: {claim: $c, district: "
        '"310115"}) { totalCount totals { amountYuan } edges { node { claim } } } }',
        c=claim,
    )["recoveries"]

    assert (claim in [one["claim"] for one in listed]) is is_seen
    if is_seen:
        assert found["here"] == {"claim": claim, "amountYuan": 1600}
        assert narrowed["totalCount"] == 1
    else:
        assert found == {"here": None, "again": None}
        assert narrowed == {
            "totalCount": 0,
            "totals": {"amountYuan": 0},
            "edges": [],
        }


@pytest.mark.parametrize("token", [XUHUI, NOWHERE, DISTRICT_AUDITOR])
def test_no_other_district_takes_a_step(offices: Offices, token: str) -> None:
    recovery = claimed_back(offices)
    step = {"id": recovery["id"], "version": recovery["version"], "action": "NOTIFY"}

    refused = offices.step(token, **step)
    taken = offices.step(PUDONG, **step)

    assert refused == {
        "__typename": "RecoveryRefused",
        "code": "UNKNOWN_RECOVERY",
        "recovery": None,
    }
    assert taken["state"] == "NOTIFIED"


def test_no_district_proves_a_record_false_for_the_others(offices: Offices) -> None:
    claim, certificate = paid(offices)

    refused = offices.ask(0, PUDONG, PROVE, id=certificate)["proveRecordFalse"]
    proved = offices.ask(0, BUREAU, PROVE, id=certificate)["proveRecordFalse"]

    assert code(refused) == ("RecoveryRefused", "NOT_FOR_DISTRICTS")
    assert proved["__typename"] == "FalseRecordProved"
    assert offices.recovery(claim) is not None


def test_totals_are_those_of_the_callers_districts(offices: Offices) -> None:
    paid(offices, IN_PUDONG)
    paid(offices, IN_XUHUI)
    day = today().isoformat()

    def sums(token: str) -> tuple[dict[str | None, int], list[dict[str, int]]]:
        found = offices.ask(1, token, TOTALS, day=day)
        return {row["district"]: row["paid"] for row in found["totals"]}, found["all"]

    everybodys, (whole,) = sums(BUREAU)
    xuhui, (own,) = sums(XUHUI)
    nobodys, (none,) = sums(NOWHERE)

    assert whole["certificatesCollected"] > 0
    assert xuhui == {IN_XUHUI: everybodys[IN_XUHUI]}
    assert own["paid"] == everybodys[IN_XUHUI] < whole["paid"]
    assert own["certificatesCollected"] == 0
    assert (nobodys, none["paid"], none["paidYuan"]) == ({}, 0, 0)
    assert sums(DISTRICT_AUDITOR)[0] == everybodys


def test_the_table_is_that_of_the_callers_districts(offices: Offices) -> None:
    paid(offices, IN_PUDONG)
    paid(offices, IN_XUHUI)
    query = f"/totals.csv?from={today()}&to={today()}&by=DISTRICT"

    _, xuhui = offices.gateways[0].get(query, XUHUI)
    _, nobodys = offices.gateways[0].get(query, NOWHERE)
    _, everybodys = offices.gateways[0].get(query, BUREAU)

    assert IN_PUDONG in everybodys
    assert IN_XUHUI in xuhui
    assert IN_PUDONG not in xuhui
    assert len(nobodys.splitlines()) == 1


@pytest.mark.parametrize("name", ["Recovery", "ClaimDistrict", "TotalsRow"])
def test_no_entity_is_a_way_around(offices: Offices, name: str) -> None:
    recovery = claimed_back(offices)
    query = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }"

    _, answer = offices.post(
        0, XUHUI, query, r=[{"__typename": name, "id": recovery["id"]}]
    )

    assert answer["data"] in (None, {"_entities": None})
    assert "__typename is none of" in answer["errors"][0]["message"]
