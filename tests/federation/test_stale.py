"""An agency that is down: what it signed before stands in, marked, and is not paid."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.federation.offices import CLAIM, DECIDE, PAYS, PREVIEW, stated
from tests.federation.queries import TRANSPORT
from tests.federation.test_claimable import CLAIMABLE
from tests.gateway.privacy.callers import entry
from tests.running import Agencies, Gateway, running_gateway

PLATFORM = "stale-platform"
QUESTION = """query($idNumber: String!) { holder(idNumber: $idNumber) {
  ... on Holder {
    eligibility(itemCode: "4-02-01-01", level: LEVEL_4) { outcome }
    certificates { nodes { id itemCode standing provenance { asOf retrievedAt }
      eligibility { outcome findings { clause outcome reason(language: EN) } } } }
    sources { agency outcome attempts asOf retrievedAt reason(language: EN) } } } }"""


STALE = "ttl_seconds = 0\nstale_if_error_seconds = 3600"
"""No answer is kept, but one stands in for a while."""


@pytest.fixture(name="patient", scope="module")
def _patient(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that lets answers stand in, and decides by none that does."""
    with running_gateway(
        tmp_path_factory.mktemp("stale"),
        running_agencies,
        manifest={"*": ("ttl_seconds = 10", STALE)},
        tables=entry(PLATFORM, *PAYS),
    ) as gateway:
        yield gateway


@pytest.fixture(name="deciding", scope="module")
def _deciding(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that decides by what stands in."""
    stale = f"{STALE}\nstale_decides_seconds = 3600"
    with running_gateway(
        tmp_path_factory.mktemp("deciding"),
        running_agencies,
        manifest={"*": ("ttl_seconds = 10", stale)},
        tables=entry(PLATFORM, *PAYS),
    ) as gateway:
        yield gateway


def test_what_was_verified_stands_in_is_undetermined_and_is_not_paid(
    patient: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("all-three")["idNumber"]
    before = patient.ask(QUESTION, idNumber=number)["holder"]
    (id_,) = [
        node["id"]
        for node in before["certificates"]["nodes"]
        if node["itemCode"] == "4-02-01-01"
    ]
    decision = stated(certificate=id_, claim="stale-1")
    variables = {"decision": decision, "key": "stale-1"}

    with agencies.fault(TRANSPORT, "error-500"):
        while_down = patient.ask(QUESTION, idNumber=number)["holder"]
        _, previewed, _ = patient.post(
            {"query": PREVIEW, "variables": {"decision": decision}}, PLATFORM
        )
        _, recorded, _ = patient.post(
            {"query": DECIDE, "variables": variables}, PLATFORM
        )
    afterwards = patient.ask(QUESTION, idNumber=number)["holder"]

    rows = {row["agency"]: row for row in while_down["sources"]}
    was = {row["agency"]: row for row in before["sources"]}
    nodes = {node["itemCode"]: node for node in while_down["certificates"]["nodes"]}
    down = nodes["4-02-01-01"]
    assert len(nodes) == len(before["certificates"]["nodes"])
    assert rows[TRANSPORT]["outcome"] == "UNREACHABLE"
    # What stands in came by no call, but the agency was asked.
    assert rows[TRANSPORT]["attempts"] == 1
    assert rows[TRANSPORT]["asOf"] == was[TRANSPORT]["retrievedAt"]
    assert "no revocation after that is known" in rows[TRANSPORT]["reason"]
    assert down["provenance"]["asOf"] == was[TRANSPORT]["retrievedAt"]
    assert (down["standing"], down["eligibility"]["outcome"]) == (
        "UNKNOWN",
        "UNDETERMINED",
    )
    assert while_down["eligibility"]["outcome"] == "UNDETERMINED"
    # The others answered, and are marked with nothing.
    others = [row for agency, row in rows.items() if agency != TRANSPORT]
    assert {(row["outcome"], row["asOf"]) for row in others} == {("ANSWERED", None)}
    for answer in (previewed, recorded):
        (told,) = answer["data"].values()
        assert told["__typename"] == "CertificateNotVerified", answer
        assert told["source"] == "UNREACHABLE"
    assert before["eligibility"] == afterwards["eligibility"] == {"outcome": "ELIGIBLE"}
    assert [row["asOf"] for row in afterwards["sources"]] == [None] * 3


def test_what_stands_in_is_not_claimable_even_where_it_decides(
    deciding: Gateway, agencies: Agencies
) -> None:
    """Nothing is paid for what a registry does not say now, so nobody can claim it."""
    number = agencies.person("all-three")["idNumber"]
    claim = {"claimedOn": None, **CLAIM}
    variables = {"n": number, "claim": claim}

    def asked() -> Any:
        _, answer, _ = deciding.post(
            {"query": CLAIMABLE, "variables": variables}, PLATFORM
        )
        found = answer["data"]["holder"]["claimable"]["certificates"]
        return next(one for one in found if one["certificate"]["level"] == "LEVEL_4")

    before = asked()
    with agencies.fault(TRANSPORT, "error-500"):
        while_down = asked()

    said = before["eligibility"]["outcome"]
    assert (before["outcome"], before["ledger"]) == (said, "CLEAR")
    assert while_down["eligibility"]["outcome"] == said == "ELIGIBLE"
    assert (while_down["outcome"], while_down["ledger"]) == ("UNDETERMINED", "UNKNOWN")
    assert while_down["amountYuan"] is None
