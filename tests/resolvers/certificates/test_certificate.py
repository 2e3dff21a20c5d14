"""A certificate is shown as its registry has it, with all that was sent of it."""

import base64
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bureau.caller import Caller, Scope
from bureau.checks.codes import ProvenanceCheck
from bureau.transparency.inclusion import NoLog
from connectors.answer import (
    Answer,
    AttestedCertificate,
    ShownCertificate,
    SourceOutcome,
)
from connectors.connector import Collected, FileKind, LicenceFile
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState, StateChange
from policy.text import Text, same_words
from signing.errors import Check
from tests.connectors.agency import COLLECTION_BODY, NOW, ZHANG, record, response
from tests.resolvers.answered import IDS, SIGNED, UNSIGNED, Asked, answer, executed
from tests.resolvers.attested import certificate
from tests.resolvers.test_store_away import EVERYTHING

BODIES = {same_words(one.name.zh): one for one in load_catalogue().bodies.values()}
KNOWN = {"bodies_by_name": BODIES, "inclusions": NoLog(), "clock": lambda: NOW}
SENT = StateChange(
    state=CertificateState.SUSPENDED,
    effective_on=date(2026, 2, 1),
    received_at=NOW,
    reason="违章作业",
)
VOUCHED = """verdict keyId algorithm signedAt retrievedAt asOf collectedAt sequence
  digest envelope body steps"""
STRANGER = Caller("stranger", frozenset({Scope.READ_CERTIFICATES}))


def asked_for(text: str, *answers: Answer, caller: Caller = EVERYTHING) -> Any:
    found = executed(Asked([*answers]), text, caller=caller, **KNOWN)
    assert found.errors is None, found.errors
    return found.data


def shown(selected: str, one: ShownCertificate) -> dict[str, Any]:
    """Return what is shown of a certificate that is asked for by its id."""
    told = (
        answer(one) if isinstance(one, AttestedCertificate) else answer(unsigned=[one])
    )
    text = f"""{{ certificate(id: "{IDS.seal(one)}") {{
      ... on Certificate {{ {selected} }} }} }}"""
    found: dict[str, Any] = asked_for(text, told)["certificate"]
    return found


def test_what_its_registry_says() -> None:
    signed = certificate(
        holder_name="张三",
        category="轨道交通",
        licence_id="1.2.3",
        first_issued_on=date(2025, 5, 1),
        valid_from=date(2025, 6, 2),
        valid_until=date(2031, 6, 1),
        review_due_on=date(2028, 6, 1),
    )

    found = shown(
        """id number title category item itemCode level holderName licenceId
        firstIssuedOn issuedOn validFrom validUntil reviewDueOn state standing
        row { item { code } level } warnings { code } licenceFiles { reference }
        examination { site }""",
        signed,
    )

    assert found == {
        "id": IDS.seal(signed),
        "number": "0000123",
        "title": "轨道交通运输服务人员",
        "category": "轨道交通",
        "item": "轨道交通司机（城市轨道交通列车司机）",
        "itemCode": "4-02-01-01",
        "level": "LEVEL_4",
        "holderName": "张三",
        "licenceId": "1.2.3",
        "firstIssuedOn": "2025-05-01",
        "issuedOn": "2025-06-01",
        "validFrom": "2025-06-02",
        "validUntil": "2031-06-01",
        "reviewDueOn": "2028-06-01",
        "state": "VALID",
        "standing": "VALID",
        "row": {"item": {"code": "4-02-01-01"}, "level": "LEVEL_4"},
        "warnings": [{"code": "LICENCE_ID"}],
        "licenceFiles": [],
        "examination": None,
    }


def test_whoever_may_not_see_the_person_sees_masks() -> None:
    signed = certificate(
        number=f"T{ZHANG}", holder_name="张三丰", licence_id=f"1.2.{ZHANG}"
    )
    text = f"""{{ certificate(id: "{IDS.seal(signed)}") {{
      ... on Certificate {{ number holderName licenceId }} }} }}"""

    found = asked_for(text, answer(signed), caller=STRANGER)["certificate"]

    assert found["holderName"] != "张三丰"
    assert ZHANG not in str(found)


def test_whom_it_names_is_a_body_of_the_annex_or_a_name_alone() -> None:
    known = load_catalogue().bodies[COLLECTION_BODY].name
    signed = certificate(
        authority=None, evaluation_body="某部", collection_body=known.zh
    )

    found = shown(
        "authority { id } evaluationBody { id name } collectionBody { id name }",
        signed,
    )

    assert found == {
        "authority": None,
        "evaluationBody": {"id": None, "name": "某部"},
        "collectionBody": {"id": COLLECTION_BODY, "name": known.zh},
    }


def test_what_was_sent_of_its_state_counts_from_its_day_on() -> None:
    found = shown(
        """state stateChanges { state effectiveOn receivedAt reason } standing
        then: standing(asOf: "2026-01-31") eligibility { outcome }""",
        certificate(changes=(SENT,)),
    )

    assert found == {
        "state": "SUSPENDED",
        "stateChanges": [
            {
                "state": "SUSPENDED",
                "effectiveOn": "2026-02-01",
                "receivedAt": "2026-03-01T08:00:00+00:00",
                "reason": "违章作业",
            }
        ],
        "standing": "SUSPENDED",
        "then": "VALID",
        "eligibility": {"outcome": "INELIGIBLE"},
    }


@pytest.mark.parametrize(("changes", "sent"), [((), []), (None, None)])
def test_nothing_sent_and_nothing_known_of_it_are_two(changes: Any, sent: Any) -> None:
    found = shown("stateChanges { state } state standing", certificate(changes=changes))

    assert found["stateChanges"] == sent
    assert (found["state"] is None) is (sent is None)
    assert (found["standing"] == "UNKNOWN") is (sent is None)


def test_who_vouches_for_it() -> None:
    older = replace(SIGNED, envelope=record(signed_at=NOW))
    signed = replace(
        SIGNED, collected=Collected(NOW, 7), as_of=NOW, supersedes=(older,)
    )

    found = shown(
        f"provenance {{ {VOUCHED} supersedes {{ verdict }} checks {{ check }} }}",
        signed,
    )["provenance"]

    assert found == {
        "verdict": "VERIFIED",
        "keyId": "transport-1",
        "algorithm": "EdDSA",
        "signedAt": "2026-03-01T07:59:00+00:00",
        "retrievedAt": "2026-03-01T08:00:00+00:00",
        "asOf": "2026-03-01T08:00:00+00:00",
        "collectedAt": "2026-03-01T08:00:00+00:00",
        "sequence": 7,
        "digest": SIGNED.proof.digest.hex(),
        "envelope": SIGNED.envelope.signature.decode(),
        "body": None,
        "steps": [one.value for one in Check],
        "supersedes": [{"verdict": "VERIFIED"}],
        "checks": [{"check": one.value} for one in ProvenanceCheck],
    }


def test_what_nobody_signed_says_so_and_decides_nothing() -> None:
    files = (LicenceFile(FileKind.LICENCE, "urn:x:1"),)

    found = shown(
        f"""number licenceFiles {{ kind reference }} standing
        eligibility {{ outcome }} provenance {{ {VOUCHED} supersedes {{ verdict }}
          checks {{ result }} }}""",
        replace(UNSIGNED, files=files),
    )

    provenance = found.pop("provenance")
    assert found == {
        "number": "0000123",
        "licenceFiles": [{"kind": "LICENCE", "reference": "urn:x:1"}],
        "standing": "UNKNOWN",
        "eligibility": {"outcome": "UNDETERMINED"},
    }
    assert "VALID" not in [one["result"] for one in provenance.pop("checks")]
    assert provenance == {
        **dict.fromkeys(("keyId", "algorithm", "signedAt", "asOf", "collectedAt")),
        **dict.fromkeys(("sequence", "digest", "envelope", "body")),
        "verdict": "UNSIGNED",
        "retrievedAt": "2026-03-01T08:00:00+00:00",
        "steps": [],
        "supersedes": [],
    }


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_body_is_shown_unless_it_is_about_others_too(*, is_shared: bool) -> None:
    signed = replace(SIGNED, envelope=response({"a": 1}), is_envelope_shared=is_shared)

    found = shown("provenance { body }", signed)

    body = None if is_shared else base64.b64encode(b'{"a": 1}').decode()
    assert found == {"provenance": {"body": body}}


def test_a_claim_of_a_day_to_come_is_refused_by_either_question() -> None:
    claim = 'claim: {claimedOn: "2026-03-02"}'

    found = shown(
        f"""claimEligibility({claim}) {{ ... on ClaimInFuture {{ claimedOn today
          zh: message en: message(language: EN) }} }}""",
        SIGNED,
    )
    text = f"""{{ certificate(id: "{IDS.seal(SIGNED)}") {{
      ... on Certificate {{ eligibility({claim}) {{ outcome }} }} }} }}"""
    refused = executed(Asked([answer(SIGNED)]), text, **KNOWN).errors or []

    assert found["claimEligibility"] == {
        "claimedOn": "2026-03-02",
        "today": "2026-03-01",
        "zh": "申领日期2026-03-02尚未到来，请更正",
        "en": (
            "claimedOn is 2026-03-02, which has not come; today in Shanghai is "
            "2026-03-01"
        ),
    }
    assert [(one.message, (one.extensions or {})["code"]) for one in refused] == [
        (
            " / ".join(found["claimEligibility"][each] for each in ("zh", "en")),
            "CLAIM_IN_FUTURE",
        )
    ]


def test_there_is_none_of_another_id_and_no_number_is_told_back() -> None:
    text = f"""{{ certificate(id: "{ZHANG}") {{
      ... on UnknownCertificate {{ id }} }} }}"""

    found = asked_for(text, answer(SIGNED))["certificate"]

    assert found["id"]
    assert ZHANG not in found["id"]


def test_an_agency_that_cannot_tell_says_why() -> None:
    away = Answer(
        agency="transport",
        outcome=SourceOutcome.TIMED_OUT,
        reason=Text("超时", "timed out"),
    )

    text = f"""{{ certificate(id: "{IDS.seal(SIGNED)}") {{ ... on AgencyUnavailable {{
      source {{ outcome }} zh: reason en: reason(language: EN) }} }} }}"""

    found = asked_for(text, away)["certificate"]

    assert found == {
        "source": {"outcome": "TIMED_OUT"},
        "zh": "超时",
        "en": "timed out",
    }
