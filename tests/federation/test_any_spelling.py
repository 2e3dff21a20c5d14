"""Whatever is asked, how it is spelt changes no answer: every input of the graph."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLNamedType,
    build_schema,
    get_named_type,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.architecture.documents import ROOT
from tests.federation.claims import story_claim
from tests.federation.offices import (
    BUREAU,
    DECIDE,
    PLATFORM,
    Offices,
    stated,
)
from tests.policy.test_normal_form import FULL_WIDTH, UNSEEN, WHITE_SPACE, spelt
from tests.running import Agencies, Gateway

STORY = "all-three"
ASKED = """query($n: String!, $name: String, $code: String!, $claimed: String!,
    $codes: [String!], $claim: ClaimInput!, $people: [PersonInput!]!,
    $claims: [StatedCertificateInput!]!) {
  holder(idNumber: $n, name: $name) { ...Told }
  holders(people: $people) { ... on Holders { nodes { ...Told } } }
  verifyClaims(claims: $claims) { ... on CheckedClaims { nodes { __typename
    ... on ClaimCheck { outcome fields { field outcome } } } } } }
  fragment Told on HolderAnswer {
    certificates(filter: {itemCodes: $codes}) { nodes { itemCode
      eligibility(claim: $claim) { outcome findings { clause outcome } } } }
    ... on Holder { eligibility(itemCode: $code, level: UNGRADED, claim: $claim) {
      outcome findings { clause outcome } }
      claimEligibility(itemCode: $claimed, level: UNGRADED, claim: $claim) {
        __typename ... on Eligibility { outcome findings { clause outcome } } } } }"""
FOUND = """query($filter: RecoveryFilter) {
  recoveries(filter: $filter) { nodes { id claim itemCode } } }"""
IDENTITY, WORDS, NAME, TEXT = "identity", "words", "name", "text"
SPELT: Mapping[str, str] = {
    "Query.holder.idNumber": IDENTITY,
    "Query.holder.name": NAME,
    "PersonInput.idNumber": IDENTITY,
    "PersonInput.name": NAME,
    "Holder.eligibility.itemCode": WORDS,
    "Holder.claimEligibility.itemCode": WORDS,
    "CertificateFilter.itemCodes": WORDS,
    "PaymentInput.itemCode": WORDS,
    "StatedCertificateInput.idNumber": IDENTITY,
    "StatedCertificateInput.item": WORDS,
    "StatedCertificateInput.number": WORDS,
    "StatedCertificateInput.name": NAME,
}
"""Inputs that a question about a person has, by how they may be spelt."""
ELSEWHERE: Mapping[str, str] = {
    "DecisionInput.claim": "recordDecision, below",
    "DecisionInput.district": "recordDecision, below",
    "SeenCertificateInput.itemCode": "as PaymentInput.itemCode: normal_form.code",
    "RecoveryFilter.claim": "recoveries, below",
    "RecoveryFilter.district": "recoveries, below",
    "RecoveryFilter.itemCodes": "recoveries, below",
    "Query.certificateByLicenceId.licenceId": "gateway/collection/test_licences.py",
    "ConnectorSubmission.creditCode": "tests/gateway/registration/test_mutations.py",
    "ConnectorSubmission.items": "tests/gateway/registration/test_mutations.py",
    "PaymentStepInput.claim": "takePaymentStep: as DecisionInput.claim",
    **dict.fromkeys(
        (
            *("DecisionFilter.claim", "Query.decision.claim"),
            *("Query.claimDistrict.claim", "Mutation.moveClaim.claim"),
            "Mutation.proveClaimFalse.claim",
        ),
        "as DecisionInput.claim: normal_form.text",
    ),
    **dict.fromkeys(
        ("DecisionFilter.district", "Mutation.moveClaim.from", "Mutation.moveClaim.to"),
        "as DecisionInput.district: normal_form.code",
    ),
    "ClaimantInput.idNumber": "as Query.holder.idNumber: policy.identity",
    "ClaimantInput.name": "as Query.holder.name: policy.names",
    "Person.holder.name": "as Query.holder.name: policy.names",
    "DecisionFilter.idNumber": "as Query.holder.idNumber: policy.identity",
    "HeldInput.itemCode": "as PaymentInput.itemCode: normal_form.code",
    **dict.fromkeys(
        (
            *("AuditFilter.businessNumber", "AuditFilter.matterCode"),
            *("AuditFilter.organisation", "AuditFilter.officerName"),
        ),
        "as AuditFilter.caseNumber: normal_form.text",
    ),
    "Mutation.withdrawFalseRecord.officer": "tests/store/ledger/test_proofs.py",
    "CorrectionInput.officer": "tests/store/ledger/test_corrections.py",
    "CorrectionAnswerInput.officer": "tests/store/ledger/test_corrections.py",
    "AuditFilter.caseNumber": "tests/gateway/privacy/test_audit_records.py",
    "AuditFilter.idNumber": "as Query.holder.idNumber: policy.identity",
}
A_MARK = "a mark that the gateway gave, or the caller's own; it has one spelling"
A_REASON = "kept as it was said; a blank one is refused"
A_CLAUSE = "an id of policy.clauses; any other text is refused by type"
PARSED = "read by a grammar of its own, which says what it does not read"
EXACT: Mapping[str, str] = {
    "RulingInput.clauses": A_CLAUSE,
    **dict.fromkeys(
        (
            *("AuditFilter.caller", "AuditFilter.person", "AuditFilter.requestId"),
            "AuditFilter.officer",
            *("Holder.certificates.after",),
            *("HolderAnswer.certificates.after", "InvalidIdentity.certificates.after"),
            *("Query.auditRecords.after", "Query.recoveries.after"),
            "Query.decisions.after",
            *(
                "Subscription.decisionRecorded.after",
                "Subscription.recoveryChanged.after",
            ),
            *("Subscription.certificateStateChanged.after",),
            *("Subscription.connectorStateChanged.after",),
            *("Subscription.sanctionChanged.after",),
            *(
                "Mutation.recordDecision.key",
                "KeyInput.keyId",
                "KeyInput.sm2SignerId",
                "Mutation.approveKey.keyId",
            ),
            *("Mutation.retireKey.keyId", "Mutation.rotateKey.oldKeyId"),
            *("Mutation.rotateKey.newKeyId", "Mutation.declareKeyCompromised.keyId"),
        ),
        A_MARK,
    ),
    **dict.fromkeys(
        (
            *("CorrectionInput.reason", "CorrectionAnswerInput.reason"),
            *("PaymentStepInput.officer", "PaymentStepInput.reason"),
            *("Mutation.moveClaim.reason", "Mutation.withdrawFalseRecord.reason"),
            *("Mutation.proveClaimFalse.officer", "Mutation.proveClaimFalse.reason"),
            "Mutation.proveClaimFalse.evidence",
            *("RulingInput.officer", "RulingInput.reason"),
            *("ConnectorStepInput.reason", "RecoveryStepInput.reason"),
            *("DecisionInput.ruling", "Mutation.draftConnector.reason"),
            *("Mutation.imposeSanction.reason", "Mutation.liftSanction.reason"),
            *("Mutation.decideSanctionProposal.reason", "Mutation.issueWarning.reason"),
            *("Mutation.proposeSanction.reason", "Mutation.confirmSanction.reason"),
            *("Mutation.rejectSanction.reason", "Mutation.freezeUrgently.reason"),
            *("Mutation.orderRectification.reason",),
            *("Mutation.proveRecordFalse.reason", "Mutation.proveRecordFalse.evidence"),
            *("ContactInput.name", "ContactInput.phone", "ContactInput.email"),
        ),
        A_REASON,
    ),
    **dict.fromkeys(
        (
            *("ConnectorSubmission.manifest", "ConnectorSubmission.plan"),
            *("KeyInput.publicKey", "Mutation.proveKey.proof"),
            "Mutation.issueCredential.holderKey",
        ),
        PARSED,
    ),
}


def inputs() -> set[str]:
    """Return every input of the graph that is a text, by its type and field."""
    schema = build_schema(
        (ROOT / "schema.graphql").read_text("utf-8"), assume_valid=True
    )
    found = set()
    for name, type_ in schema.type_map.items():
        if name.startswith("__"):
            continue
        fields: Mapping[str, Any] = getattr(type_, "fields", {})
        for field, about in fields.items():
            if isinstance(type_, GraphQLInputObjectType):
                found.add((f"{name}.{field}", about.type))
            else:
                arguments: Mapping[str, Any] = getattr(about, "args", {})
                found |= {(f"{name}.{field}.{a}", t.type) for a, t in arguments.items()}
    return {place for place, type_ in found if _is_text(get_named_type(type_))}


def _is_text(type_: GraphQLNamedType) -> bool:
    return type_.name == "String"


def test_every_input_is_spelt_or_says_why_not() -> None:
    assert inputs() == {*SPELT, *ELSEWHERE, *EXACT}


def identity(number: str) -> st.SearchStrategy[str]:
    """Return an identity number as it is typed; blanks inside are refused."""
    return st.integers(0, 2**32).map(lambda seed: _typed(number, Random(seed)))  # noqa: S311


def _typed(number: str, chance: Random) -> str:
    forms = [(c, c.lower(), FULL_WIDTH.get(c, c)) for c in number]
    typed = [chance.choice(ways) for ways in forms]
    typed.insert(chance.randrange(len(typed)), chance.choice(["", *UNSEEN]))
    around = ["", "", *WHITE_SPACE, *UNSEEN]
    return f"{chance.choice(around)}{''.join(typed)}{chance.choice(around)}"


HOW: Mapping[str, Callable[[str], st.SearchStrategy[str]]] = {
    IDENTITY: identity,
    WORDS: spelt,
    NAME: lambda name: spelt(name, is_name=True),
    TEXT: lambda text: st.sampled_from(WHITE_SPACE).map(lambda blank: f"{blank}{text}"),
}


def variables(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of ``ASKED`` that state each input."""
    payments = [{"itemCode": said["PaymentInput.itemCode"], "level": "UNGRADED"}]
    return {
        "n": said["Query.holder.idNumber"],
        "name": said["Query.holder.name"],
        "code": said["Holder.eligibility.itemCode"],
        "claimed": said["Holder.claimEligibility.itemCode"],
        "codes": [said["CertificateFilter.itemCodes"]],
        "claim": {"payments": payments, "isCivilServant": False},
        "people": [
            {
                "idNumber": said["PersonInput.idNumber"],
                "name": said["PersonInput.name"],
            }
        ],
        "claims": [
            {
                key: said[f"StatedCertificateInput.{key}"]
                for key in ("idNumber", "item", "number", "name")
            }
        ],
    }


@pytest.fixture(scope="module", name="canonical")
def _canonical(gateway: Gateway, running_agencies: Agencies) -> dict[str, str]:
    claim = story_claim(gateway, running_agencies, STORY)
    return {
        place: claim.get(place.rpartition(".")[2])
        or (claim["name"] if kind == NAME else claim["item"])
        for place, kind in SPELT.items()
    }


@pytest.fixture(scope="module", name="plain")
def _plain(gateway: Gateway, canonical: dict[str, str]) -> dict[str, Any]:
    plain: dict[str, Any] = gateway.ask(ASKED, **variables(canonical))
    return plain


def test_what_is_asked_is_answered_when_it_is_spelt_as_usual(
    plain: dict[str, Any],
) -> None:
    (claim,) = plain["verifyClaims"]["nodes"]
    clauses = {
        one["clause"]: one["outcome"]
        for one in plain["holder"]["eligibility"]["findings"]
    }

    assert claim["outcome"] == "MATCH"
    assert (clauses["219-2c"], clauses["17-once"]) == ("MET", "UNMET")
    assert len(plain["holder"]["certificates"]["nodes"]) == 1
    assert plain["holders"]["nodes"] == [plain["holder"]]


@pytest.mark.parametrize("place", SPELT)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_one_input_in_any_spelling_is_answered_as_in_the_usual_one(
    gateway: Gateway,
    canonical: dict[str, str],
    plain: dict[str, Any],
    place: str,
    data: st.DataObject,
) -> None:
    written = data.draw(HOW[SPELT[place]](canonical[place]))

    assert gateway.ask(ASKED, **variables(canonical | {place: written})) == plain


@pytest.mark.parametrize("place", [p for p, kind in SPELT.items() if kind == WORDS])
def test_another_code_is_another_in_any_spelling(
    gateway: Gateway, canonical: dict[str, str], plain: dict[str, Any], place: str
) -> None:
    found = gateway.ask(ASKED, **variables(canonical | {place: " １．３ "}))

    assert found != plain


@pytest.mark.parametrize(
    ("claim", "respelt"),
    [
        ("respelt-district-1", {"district": " ３１０１１５ "}),
        ("respelt-district-2", {"district": "310115\u200b"}),
        ("claim-1", {"claim": "\u3000claim-1\u200b"}),
    ],
)
def test_a_decision_in_any_spelling_is_the_same_request(
    offices: Offices, claim: str, respelt: dict[str, str]
) -> None:
    _, _, certificate = offices.certified()
    decision = stated(claim=claim, certificate=certificate, district="310115")

    first = offices.post(0, PLATFORM, DECIDE, key=claim, decision=decision)
    again = offices.post(1, PLATFORM, DECIDE, key=claim, decision=decision | respelt)

    assert first[1]["data"]["recordDecision"]["__typename"] == "DecisionRecorded"
    assert again == first


def test_recoveries_are_found_by_any_spelling(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    offices.decide(0, certificate, "found", district="310115")
    offices.change(said, "撤销")
    by_claim = {"claim": "found"}
    (plain,) = offices.ask(0, BUREAU, FOUND, filter=by_claim)["recoveries"]["nodes"]
    code = "".join(FULL_WIDTH[character] for character in plain["itemCode"])

    for selection in (
        {"claim": "\u3000found\u200b"},
        {"claim": "found", "district": " ３１０１１５\u200b"},
        {"claim": "found", "itemCodes": ["９．９", f"{code} "]},
        {"claim": "found", "district": " ", "itemCodes": None},
    ):
        found = offices.ask(0, BUREAU, FOUND, filter=selection)["recoveries"]["nodes"]
        assert found == [plain], selection
    for another in ({"district": "３１０１１６"}, {"itemCodes": ["９．９"]}):
        found = offices.ask(0, BUREAU, FOUND, filter={**by_claim, **another})[
            "recoveries"
        ]["nodes"]
        assert found == [], another
