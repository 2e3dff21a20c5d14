"""What a page says of somebody's certificate and claim, and what it asks for that."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bureau.caller import Caller, Scope
from gateway.console.language import Language
from gateway.console.pages.certificate import Link, chain_of
from gateway.console.sections import Section
from gateway.console.words import WORDS
from tests.gateway.console.made_up import (
    EVERYBODY,
    NOBODY,
    MadeUp,
    after,
    opened,
    shown,
    visit_of,
)

WHY = {"purpose": "SUBSIDY_CLAIM", "caseNumber": "A-1"}
OF_CERTIFICATE = {"id": "c", **WHY}
CHECKS = ("AUTHORITY", "INTEGRITY", "KEY", "SCOPE", "BINDING", "FRESHNESS", "STATUS")
SIGNED, KEPT = "2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"


def checked(**of: Any) -> list[dict[str, str]]:
    """Return checks that came out as they are told, or else passed."""
    return [
        {"check": one, "result": of.get(one, "VALID"), "message": f"of {one}"}
        for one in (*CHECKS, "INCLUSION")
    ]


def certificate(**more: Any) -> dict[str, Any]:
    """Return a certificate as the graph gives it."""
    return {
        "evaluationBody": {"name": "assessor"},
        "authority": {"name": "bureau"},
        "collectionBody": {"name": "collector"},
        "examination": {"site": "site", "batch": "batch"},
        "provenance": {
            "keyId": "k",
            "algorithm": "EdDSA",
            "signedAt": SIGNED,
            "retrievedAt": KEPT,
            "collectedAt": None,
            "checks": checked(SCOPE="INVALID", INCLUSION="UNKNOWN"),
        },
        **more,
    }


def chain(found: Mapping[str, Any], language: Language = Language.EN) -> list[Link]:
    visit = visit_of(Section.CERTIFICATE, MadeUp(), language=language)
    return [*chain_of(visit, found)]


HOLDS = "It holds"


def test_the_chain_of_a_certificate_goes_from_who_examined_to_the_log() -> None:
    signed, received = "2026-11-01 08:00:00", "2026-11-02 08:00:00"

    assert chain(certificate()) == [
        Link(0, "Examined by", ["assessor", "site · batch"], "quiet", ""),
        Link(118, "Authority", ["bureau"], "good", HOLDS),
        Link(
            236,
            "Signed by the collection body",
            ["collector", "k · EdDSA", signed],
            "good",
            HOLDS,
        ),
        Link(354, "Signing key", ["of KEY"], "good", HOLDS),
        Link(472, "What the key may attest", ["of SCOPE"], "bad", "It does not hold"),
        Link(590, "Received by the gateway", [received, "of BINDING"], "good", HOLDS),
        Link(708, "Freshness and state", ["of FRESHNESS", "of STATUS"], "good", HOLDS),
        Link(
            826,
            "Transparency log",
            ["of INCLUSION"],
            "unsure",
            "It cannot be known now, which is not that it holds",
        ),
    ]


def test_a_chain_of_what_is_not_stated_says_so_and_leaves_out_what_is_empty() -> None:
    provenance = {**certificate()["provenance"], "collectedAt": SIGNED}
    found = certificate(evaluationBody=None, examination=None, provenance=provenance)
    bare = certificate(
        evaluationBody={"name": None}, examination={"site": None, "batch": "batch"}
    )

    assert chain(found)[0].lines == ["not stated"]
    assert chain(found)[5].lines[0] == "2026-11-01 08:00:00"
    assert chain(bare)[0].lines == ["not stated", "batch"]
    assert chain(found, Language.ZH)[0].lines == [WORDS["not_known"].zh]
    assert chain(found, Language.ZH)[3].mark == "通过"


def bundle(text: str) -> str:
    """Return a bundle of one row in which a text stands."""
    row = json.dumps({"source": "state_changes", "row": {"of": text}})
    return json.dumps(
        {
            "subject": {"kind": "CERTIFICATE", "id": "c"},
            "digest": "d",
            "log": {"origin": "o", "checkpoint": "c"},
            "rows": [{"row": row, "index": "1"}],
        }
    )


async def test_a_certificate_is_shown_with_its_chain_and_its_code() -> None:
    graph = MadeUp(
        {"Provenance.checks": checked(), "EvidenceBundle.json": bundle("text")}
    )

    status, text = await opened(visit_of(Section.CERTIFICATE, graph, OF_CERTIFICATE))

    asked = {"id": "c", "language": "EN"}
    assert status == 200
    assert graph.said == [("ConsoleCertificate", asked), ("ConsoleEvidence", asked)]
    assert [one.extensions for one in graph.asked] == [WHY, WHY]
    assert 'class="chain"' in text
    assert text.count('class="good"') == 14
    assert "EvidenceBundle.digest" in text
    assert WORDS["code_too_long"].en not in text
    assert "<svg" in text.partition('class="chain"')[2]


async def test_a_row_that_no_code_may_prove_has_no_code() -> None:
    known = {
        "Provenance.checks": checked(),
        "EvidenceBundle.json": bundle("110101199003074514"),
    }

    text, _ = await shown(Section.CERTIFICATE, known, OF_CERTIFICATE)

    assert WORDS["code_too_long"].en in text
    assert "EvidenceBundle.digest" not in text


@pytest.mark.parametrize(
    ("scopes", "is_asked"),
    [
        ({Scope.READ_IDENTITY, Scope.AUDIT}, True),
        ({Scope.READ_IDENTITY, Scope.WRITE_PAYMENTS}, True),
        ({Scope.READ_IDENTITY}, False),
        ({Scope.AUDIT, Scope.WRITE_PAYMENTS}, False),
    ],
)
async def test_evidence_is_asked_for_whom_it_is_given(
    scopes: set[Scope], is_asked: bool
) -> None:
    graph = MadeUp(
        {"Provenance.checks": checked(), "EvidenceOutcome": "EvidenceRefused"}
    )
    caller = Caller("clerk", frozenset(scopes))

    _, text = await opened(
        visit_of(Section.CERTIFICATE, graph, OF_CERTIFICATE, caller=caller)
    )

    assert [name for name, _ in graph.said][1:] == ["ConsoleEvidence"] * is_asked
    assert ("EvidenceRefused.message" in text) is is_asked


async def test_a_certificate_that_is_not_there_has_no_chain_and_no_evidence() -> None:
    for kind in ("UnknownCertificate", "AgencyUnavailable"):
        graph = MadeUp({"CertificateAnswer": kind})
        visit = visit_of(Section.CERTIFICATE, graph, OF_CERTIFICATE)
        _, text = await opened(visit)

        assert [name for name, _ in graph.said] == ["ConsoleCertificate"]
        assert 'class="chain"' not in text

    blank = MadeUp()
    await opened(visit_of(Section.CERTIFICATE, blank, {"id": " "}))
    assert blank.said == []


CLAIM = {"idNumber": "i", "itemCode": "x", "level": "LEVEL_3", **WHY}
OF_HOLDER: Mapping[str, object] = {
    "idNumber": "i",
    "idType": None,
    "name": None,
    "itemCode": "x",
    "itemCodes": ["x"],
    "level": "LEVEL_3",
    "claim": {},
    "language": "EN",
}


async def test_a_claim_is_asked_as_it_was_typed_and_nothing_is_made_up() -> None:
    graph = MadeUp()

    await opened(visit_of(Section.CLAIM, graph, CLAIM))

    assert graph.said[1:] == [("ConsoleClaim", OF_HOLDER)]
    assert graph.asked[1].extensions == WHY


async def test_a_claim_with_all_its_facts_is_compared_with_the_registry() -> None:
    graph = MadeUp()
    facts = {
        "claimedOn": "2026-11-01",
        "category": "EMPLOYED",
        "hukou": "SHANGHAI",
        "dischargedOn": "2026-10-01",
        "acquisition": "COMPETITION",
    }
    stated = {"issuedOn": "2024-01-01", "number": "N", "name": "张三"}
    answers = {"studiesInShanghai": "yes", "isCivilServant": "no"}
    form = {**CLAIM, **facts, **stated, **answers, "idType": "HOME_RETURN_PERMIT"}

    _, text = await opened(visit_of(Section.CLAIM, graph, form))

    claim = {**facts, "studiesInShanghai": True, "isCivilServant": False}
    of_holder = {"idType": "HOME_RETURN_PERMIT", "name": "张三", "claim": claim}
    compared = {
        "idNumber": "i",
        "idType": "HOME_RETURN_PERMIT",
        "item": "x",
        "level": "LEVEL_3",
    }
    assert graph.said[1:] == [
        ("ConsoleClaim", {**OF_HOLDER, **of_holder}),
        ("ConsoleComparison", {"claims": [{**compared, **stated}], "language": "EN"}),
    ]
    assert "ClaimCheck.reason" in text
    assert "data-code" not in text


@pytest.mark.parametrize("name", ["number", "issuedOn", "name"])
async def test_any_thing_that_is_stated_is_compared(name: str) -> None:
    value = "2024-01-01" if name == "issuedOn" else "N"
    graph = MadeUp()

    await opened(visit_of(Section.CLAIM, graph, {**CLAIM, name: value}))

    said = {key: CLAIM[key] for key in ("idNumber", "level")}
    compared = {**said, "item": "x", name: value}
    assert graph.said[-1] == (
        "ConsoleComparison",
        {"claims": [compared], "language": "EN"},
    )


@pytest.mark.parametrize("name", ["idNumber", "itemCode", "level"])
async def test_a_claim_without_what_it_needs_is_asked_of_nobody(name: str) -> None:
    graph = MadeUp()

    status, text = await opened(visit_of(Section.CLAIM, graph, {**CLAIM, name: " "}))

    assert (status, graph.said[1:]) == (422, [])
    assert text.count('aria-invalid="true"') == 1
    assert WORDS["fields_missing"].en in text


async def test_a_claim_is_explained_clause_by_clause() -> None:
    findings = [
        {"clause": "one", "outcome": "MET"},
        {"clause": "two", "outcome": "UNMET"},
    ]
    known = {"Eligibility.findings": findings, "Clause.id": "two"}

    text, seen = await shown(Section.CLAIM, known, CLAIM)

    assert after(seen, "what_is_missing", 2) == ["two", "Clause.title:"]
    assert [text.count(f'data-clause="{one}"') for one in ("one", "two")] == [1, 1]
    assert "Clause.words" in seen
    assert "7" in after(seen, "Amount:")
    assert after(seen, "registered_certificates")[0].startswith("Certificate.item")
    assert 'value="AnnexItem.code"' in text


async def test_one_may_choose_what_the_graph_knows() -> None:
    text, _ = await shown(Section.CLAIM, caller=NOBODY)

    for value in (
        "HOME_RETURN_PERMIT",
        "LEVEL_3",
        "SUBSIDY_CLAIM",
        "EMPLOYED",
        "SHANGHAI",
        "COMPETITION",
    ):
        assert f'<option value="{value}">' in text
    assert WORDS["fields_missing"].en not in text
    assert EVERYBODY.id in text
