"""A registry that sends its history rows: people are judged by the newest alone."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.federation.case_registry import VERSIONS, CaseRegistry, serving_cases
from tests.federation.claims import verify
from tests.federation.conftest import NO_CACHE
from tests.federation.offices import DECIDE, PAYS, PLATFORM, stated
from tests.federation.queries import EMERGENCY
from tests.gateway.privacy.callers import entry
from tests.running import Agencies, Gateway, running_gateway

ASK = """query($n: String!, $first: Int, $after: String) { holder(idNumber: $n) {
  certificates(first: $first, after: $after) { totalCount pageInfo { endCursor
    hasNextPage } nodes { id itemCode state firstIssuedOn
    eligibility { outcome }
    provenance { signedAt digest supersedes { signedAt digest envelope body
      verdict supersedes { digest } } } } }
  sources { agency outcome refusals { code } }
  ... on Holder { low: eligibility(itemCode: "1.2", level: UNGRADED) { outcome }
    high: eligibility(itemCode: "1.1", level: UNGRADED) { outcome } } } }"""
BY_ID = "query($id: ID!) { certificate(id: $id) { __typename } }"
BOTH, LEFT_OUT, TOO_MANY = (
    "310199196905158126",
    "310199196907158146",
    "310199196906158136",
)
TWICE_LEFT_OUT, REVOKED, OLDER_ISSUE, TWICE = (
    "310199197001158208",
    "310199197002158218",
    "310199197004158238",
    "310199197005158248",
)


@pytest.fixture(scope="module", name="cases")
def _cases(running_agencies: Agencies) -> Iterator[CaseRegistry]:
    with serving_cases(running_agencies.folder, VERSIONS) as cases:
        yield cases


@pytest.fixture(scope="module", name="history")
def _history(
    cases: CaseRegistry,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    """A gateway before an agency that sends what the cases say."""
    with gateway_before(
        cases, running_agencies, tmp_path_factory.mktemp("history")
    ) as gateway:
        yield gateway


@contextmanager
def gateway_before(
    cases: CaseRegistry, running_agencies: Agencies, folder: Path
) -> Iterator[Gateway]:
    agencies = replace(
        running_agencies, urls={**running_agencies.urls, EMERGENCY: cases.url}
    )
    with running_gateway(
        folder, agencies, manifest=NO_CACHE, tables=entry(PLATFORM, *PAYS)
    ) as gateway:
        yield gateway


def asked(gateway: Gateway, number: str, **page: object) -> Any:
    return gateway.ask(ASK, n=number, **page)["holder"]


def source(holder: Any) -> tuple[str, list[str]]:
    """Return the outcome of asking the agency of the cases, and its refusals."""
    (row,) = [one for one in holder["sources"] if one["agency"] == EMERGENCY]
    return row["outcome"], [refusal["code"] for refusal in row["refusals"]]


ANSWERED: tuple[str, list[str]] = ("ANSWERED", [])
INCOMPLETE = ("UNVERIFIED", ["INCOMPLETE"])
CONTRADICTION = ("UNVERIFIED", ["CONTRADICTION"])
YES, NO, OPEN = "ELIGIBLE", "INELIGIBLE", "UNDETERMINED"
JUDGED = [
    pytest.param(BOTH, (ANSWERED, ["VALID", "VALID"], YES, YES), id="two licences"),
    pytest.param(LEFT_OUT, (INCOMPLETE, ["VALID"], YES, OPEN), id="one of two"),
    pytest.param(TOO_MANY, (CONTRADICTION, [], OPEN, OPEN), id="two of one"),
    pytest.param(TWICE_LEFT_OUT, (INCOMPLETE, ["VALID"], YES, OPEN), id="one, twice"),
    pytest.param(REVOKED, (ANSWERED, ["REVOKED"], NO, NO), id="revoked since"),
    pytest.param(OLDER_ISSUE, (ANSWERED, ["VALID"], NO, NO), id="issued in 2019"),
    pytest.param(TWICE, (ANSWERED, ["VALID"], YES, NO), id="signed again"),
]


@pytest.mark.parametrize(("number", "judged"), JUDGED)
def test_every_case_is_judged_by_certificate(
    history: Gateway, cases: CaseRegistry, number: str, judged: tuple[object, ...]
) -> None:
    for _ in range(2):
        cases.people[number].reverse()
        holder = asked(history, number)

        nodes = holder["certificates"]["nodes"]
        assert judged == (
            source(holder),
            [node["state"] for node in nodes],
            holder["low"]["outcome"],
            holder["high"]["outcome"],
        )
        assert len({node["id"] for node in nodes}) == len(nodes)


@pytest.mark.parametrize(
    ("number", "item", "outcome"),
    [
        pytest.param(BOTH, "1.1", "MATCH", id="held"),
        pytest.param(TWICE, "1.1", "NOT_FOUND", id="not held"),
        pytest.param(TWICE_LEFT_OUT, "1.1", "UNKNOWN", id="may be the one left out"),
        pytest.param(TOO_MANY, "1.1", "UNKNOWN", id="may be the one too many"),
        pytest.param(TOO_MANY, "1.2", "UNKNOWN", id="may be the other"),
    ],
)
def test_claims_are_compared_with_the_newest_version(
    history: Gateway, number: str, item: str, outcome: str
) -> None:
    claim = {"idNumber": number, "item": item, "issuedOn": "2026-06-01"}

    (answer,) = verify(history, [claim])

    assert answer["outcome"] == outcome


def test_a_claim_matches_no_more_once_the_certificate_is_revoked(
    history: Gateway,
) -> None:
    (answer,) = verify(history, [{"idNumber": REVOKED, "item": "1.2"}])

    assert (answer["outcome"], answer["standing"]) == ("MATCH", "REVOKED")


def test_older_versions_stand_beside_the_newest_with_their_bytes(
    history: Gateway,
) -> None:
    (node,) = asked(history, OLDER_ISSUE)["certificates"]["nodes"]

    provenance = node["provenance"]
    (older,) = provenance["supersedes"]
    assert node["firstIssuedOn"] == "2019-06-01"
    assert older["signedAt"] < provenance["signedAt"]
    signed = hashlib.sha256(b"compact." + older["envelope"].encode()).hexdigest()
    assert older["digest"] == signed != provenance["digest"]
    assert (older["body"], older["verdict"], older["supersedes"]) == (
        *(None, "VERIFIED"),
        [],
    )


def test_a_page_shows_a_certificate_once(history: Gateway) -> None:
    seen, after = [], None
    for _ in range(3):
        page = asked(history, BOTH, first=1, after=after)["certificates"]
        seen += [node["itemCode"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == ["1.2", "1.1"]
    assert asked(history, REVOKED, first=1)["certificates"]["totalCount"] == 1


def decided(gateway: Gateway, id_: str, claim: str) -> Any:
    decision = stated(certificate=id_, claim=claim, amountYuan=800)
    body = {"query": DECIDE, "variables": {"key": claim, "decision": decision}}
    status, answer, _ = gateway.post(body, PLATFORM)
    assert (status, answer.get("errors")) == (200, None), answer
    found = answer["data"]["recordDecision"]
    return found["__typename"], found.get("code")


@pytest.mark.parametrize(
    ("number", "then"),
    [
        pytest.param(REVOKED, ("DecisionRefused", "NOT_IN_FORCE"), id="revoked"),
        pytest.param(OLDER_ISSUE, ("CertificateNotVerified", None), id="corrected"),
        pytest.param(TWICE, ("DecisionRecorded", None), id="signed again"),
    ],
)
def test_nothing_is_paid_on_an_older_version(
    running_agencies: Agencies,
    tmp_path: Path,
    number: str,
    then: tuple[str, str | None],
) -> None:
    with (
        serving_cases(running_agencies.folder, VERSIONS) as cases,
        gateway_before(cases, running_agencies, tmp_path) as gateway,
    ):
        versions = sorted(cases.people[number], key=lambda one: one[1])
        cases.people[number] = versions[:1]
        (before,) = asked(gateway, number)["certificates"]["nodes"]
        cases.people[number] = versions

        assert before["eligibility"]["outcome"] == "ELIGIBLE"
        assert decided(gateway, before["id"], f"versions-{number[-4:]}") == then
