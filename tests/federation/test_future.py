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
