"""Days after today over HTTP: undetermined, and no claim is dated on one."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.gateway.status.sending import today
from tests.running import Agencies, Gateway

JUDGED = """query($n: String!, $asOf: Date, $claim: ClaimInput) { holder(idNumber: $n) {
  certificates { nodes { level standing(asOf: $asOf)
    eligibility(asOf: $asOf, claim: $claim) { outcome } } }
  ... on Holder { eligibility(itemCode: "1.1", level: UNGRADED, asOf: $asOf) {
    outcome } } } }"""


def asked(
    gateway: Gateway, agencies: Agencies, as_of: date
) -> tuple[set[tuple[str, str]], str]:
    """Return what a person's certificates are worth, and a row they hold none of."""
    number = agencies.person("all-three")["idNumber"]
    holder = gateway.ask(JUDGED, n=number, asOf=as_of.isoformat())["holder"]
    found = {
        (node["standing"], node["eligibility"]["outcome"])
        for node in holder["certificates"]["nodes"]
    }
    return found, holder["eligibility"]["outcome"]


def test_what_is_good_today_is_not_known_for_tomorrow(
    gateway: Gateway, agencies: Agencies
) -> None:
    now = today()

    assert asked(gateway, agencies, now) == ({("VALID", "ELIGIBLE")}, "INELIGIBLE")
    assert asked(gateway, agencies, now + timedelta(days=1)) == (
        {("UNKNOWN", "UNDETERMINED")},
        "UNDETERMINED",
    )


def test_what_has_run_out_by_then_is_known(
    gateway: Gateway, agencies: Agencies
) -> None:
    found, _ = asked(gateway, agencies, date(9999, 12, 31))

    assert found == {("EXPIRED", "INELIGIBLE"), ("UNKNOWN", "UNDETERMINED")}


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        pytest.param(0, [], id="today"),
        pytest.param(1, ["CLAIM_IN_FUTURE"] * 3, id="tomorrow"),
    ],
)
def test_a_claim_is_not_dated_after_today(
    gateway: Gateway, agencies: Agencies, days: int, codes: list[str]
) -> None:
    number = agencies.person("all-three")["idNumber"]
    claim = {"claimedOn": (today() + timedelta(days=days)).isoformat()}

    variables = {"n": number, "claim": claim}
    _, body, _ = gateway.post({"query": JUDGED, "variables": variables})

    errors: list[dict[str, Any]] = body.get("errors", [])
    assert [error["extensions"]["code"] for error in errors] == codes


CLAIMED = """query($n: String!, $claim: ClaimInput!) { holder(idNumber: $n) {
  certificates { nodes { claimEligibility(claim: $claim) { ...Judged } } }
  ... on Holder { claimEligibility(itemCode: "1.1", level: UNGRADED, claim: $claim) {
    ...Judged } } } }
fragment Judged on ClaimEligibility { __typename
  ... on Eligibility { outcome findings { clause } }
  ... on ClaimInFuture { claimedOn today zh: message en: message(language: EN) } }"""


def claimed(gateway: Gateway, agencies: Agencies, on: date | None) -> list[Any]:
    """Return what a claim of the day comes to: by certificate, and for a row."""
    number = agencies.person("all-three")["idNumber"]
    claim = {"claimedOn": None if on is None else on.isoformat()}
    holder = gateway.ask(CLAIMED, n=number, claim=claim)["holder"]
    nodes = holder["certificates"]["nodes"]
    return [holder["claimEligibility"], *(node["claimEligibility"] for node in nodes)]


def test_a_claim_of_tomorrow_is_refused_by_type(
    gateway: Gateway, agencies: Agencies
) -> None:
    tomorrow = today() + timedelta(days=1)

    for _ in range(2):
        refused, *others = claimed(gateway, agencies, tomorrow)

        assert others == [refused] * 3
        assert refused.pop("zh") == f"申领日期{tomorrow}尚未到来，请更正"
        assert f"today in Shanghai is {today()}" in refused.pop("en")
        assert refused == {
            "__typename": "ClaimInFuture",
            "claimedOn": tomorrow.isoformat(),
            "today": today().isoformat(),
        }


@pytest.mark.parametrize("days", [0, 1, None])
def test_a_claim_of_today_or_before_is_judged_by_type(
    gateway: Gateway, agencies: Agencies, days: int | None
) -> None:
    on = None if days is None else today() - timedelta(days=days)

    judged = claimed(gateway, agencies, on)

    assert [one["__typename"] for one in judged] == ["Eligibility"] * 4
    assert {"219-1a", "17-once"} <= {one["clause"] for one in judged[1]["findings"]}
